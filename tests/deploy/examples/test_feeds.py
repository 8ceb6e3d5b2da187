"""The sample files are read by the mappings that are named beside them, and the clients send."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.cli import example
from deploy.cli.client_key import VARIABLE
from deploy.cli.mapping.found import mapping_of, settings, situation
from deploy.cli.mapping.guessing import guess
from deploy.cli.mapping.trial import FileTrial
from services.intake.adapters.mappings import Mappings, read_mapping
from shared.auth.principal import Grant
from shared.platform.doorman import Doorman
from shared.settings import HttpSettings
from shared.testing.keys import MemoryKeys
from tests import PROJECT
from tests.served import Served, served
from tests.services.intake.given import BERLIN, DEALERS, NOW, PUDONG, event, visit
from tests.services.intake.given_closed import ONE, key
from tests.services.intake.world import World

EXAMPLES = PROJECT / "deploy/examples"
FEEDS = EXAMPLES / "feeds"
README = (FEEDS / "README.md").read_text("utf-8")
SAMPLES = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|", README, re.MULTILINE)


def test_every_sample_is_named_and_every_format_has_one() -> None:
    named = {name for row in SAMPLES for name in row[:2] if "." in name}
    assert {path.name for path in FEEDS.iterdir()} - {"README.md"} == named
    assert {Path(name).suffix for name, _, _ in SAMPLES} == {
        ".csv", ".xlsx", ".xml", ".json", ".ndjson",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "mapping", "dealer"), SAMPLES)
def test_a_sample_becomes_events(name: str, mapping: str, dealer: str) -> None:
    typed = str(FEEDS / mapping) if mapping.endswith(".yaml") else mapping
    found = mapping_of(typed, Mappings(None))
    with (FEEDS / name).open("rb") as file:
        trial = FileTrial(file, found, situation(settings(), found, dealer, ""))
        tried = list(trial.records())
    refused = [note for one in tried for note in one.errors]
    assert trial.broken is None and not trial.faults
    assert tried
    assert not refused
    assert trial.counts["events"] >= 1


def test_the_draft_that_is_shown_was_drafted_from_the_sample(tmp_path: Path) -> None:
    shown = read_mapping(FEEDS / "another-dms.yaml")
    draft = tmp_path / "draft.yaml"
    text = guess(FEEDS / "another-dms.csv", None, Mappings(None), month_first=False).draft.text
    draft.write_text(text, "utf-8")
    drafted = read_mapping(draft)
    assert drafted.fields.keys() == shown.fields.keys()
    assert (drafted.reads, drafted.decimal) == (shown.reads, shown.decimal)


@pytest.fixture
async def intake() -> AsyncIterator[Served]:
    """Takes what comes with the key of the feed that is printed to try, and of the tests'."""
    world = World()
    feeds = frozenset({BERLIN, PUDONG})
    grant = Grant(scopes=frozenset({"events:write"}), dealers=feeds)
    keys = MemoryKeys(replace(key(ONE), grant=grant))
    app = world.app(doorman=Doorman(keys, world.clock))
    async with served(app, HttpSettings(port=8101)) as found:
        yield found


CLIENTS = [
    pytest.param([sys.executable, str(EXAMPLES / "clients/send.py")], id="Python"),
    pytest.param(
        [str(EXAMPLES / "clients/send.sh")],
        id="curl",
        marks=pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here"),
    ),
]


async def run(
    client: Sequence[str], path: Path, intake: Served, *, shows: str | None = ONE.text()
) -> tuple[int | None, str]:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if shows is not None:
        environment[VARIABLE] = shows
    process = await asyncio.create_subprocess_exec(
        *client,
        str(path),
        f"http://127.0.0.1:{intake.port}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


def lines(*events: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in events)


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_sends_what_is_printed_to_try(
    client: Sequence[str], intake: Served, tmp_path: Path
) -> None:
    berlin = DEALERS.find(BERLIN)
    assert berlin is not None
    path = tmp_path / "events.ndjson"
    path.write_text(lines(*(example.event(name, berlin, now=NOW) for name in example.NAMES)))
    status, told = await run(client, path, intake)
    assert status == 0, told
    again, told = await run(client, path, intake)
    assert again == 0
    assert f"{len(example.NAMES)} duplicate" in told or f'"duplicate":{len(example.NAMES)}' in told


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_tells_what_was_rejected_and_fails(
    client: Sequence[str], intake: Served, tmp_path: Path
) -> None:
    path = tmp_path / "events.ndjson"
    path.write_text(lines(event("visit", visit()), event("visit", visit(status="asleep"), id="2")))
    status, told = await run(client, path, intake)
    assert status == 1
    assert "/data/status" in told
    assert "1 rejected" in told or '"rejected":1' in told


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("shows", [None, "", ONE.text()[:-1]])
async def test_a_client_without_its_key_says_so_and_fails(
    client: Sequence[str], intake: Served, tmp_path: Path, shows: str | None
) -> None:
    path = tmp_path / "events.ndjson"
    path.write_text(lines(event("visit", visit())))
    status, told = await run(client, path, intake, shows=shows)
    assert status
    assert VARIABLE in told if not shows else "unauthenticated" in told
    assert ONE.secret not in told
