"""`aftercare dead-letters`, as an operator uses it."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.dead_letters.work import DeadLetter, fold, read_letters, replay
from deploy.cli.main import app
from deploy.cli.topic_tail import Record as Written
from shared.contracts.topics import DEAD_LETTERS, VISITS
from shared.platform.dead_letters import PREFIX
from shared.platform.publisher import Record
from tests.deploy.cli.letters import GOOD, died, only
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime.on_servers import publisher_to, read_all

pytestmark = pytest.mark.broker


def environment(broker: Broker) -> dict[str, str]:
    return {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
    }


def command(broker: Broker, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["dead-letters", *arguments], env=environment(broker))


def publish(broker: Broker, *letters: Written) -> None:
    """Put dead letters onto their topic."""

    async def put() -> None:
        async with publisher_to(broker.settings()) as publisher:
            for letter in letters:
                headers = tuple(letter.headers)
                await publisher.publish(
                    [Record(DEAD_LETTERS.name, letter.key, letter.value, headers)]
                )

    asyncio.run(put())


def listed(broker: Broker) -> list[DeadLetter]:
    return asyncio.run(read_letters(broker.settings()))


def test_dead_letters_are_listed_shown_and_discarded(fresh_broker: Broker) -> None:
    assert command(fresh_broker, "list").stdout == "no open dead letters\n"
    letters = [died(offset=1), died(offset=2, service="followup", reason="the value is null")]
    publish(fresh_broker, *letters)
    assert command(fresh_broker, "list").stdout.endswith(
        "2 dead letters: 1 × value: json_invalid; 1 × the value is null\n"
    )
    first, second = json.loads(command(fresh_broker, "list", "--json").stdout)
    assert f"{VISITS.name}[0]@1" in command(fresh_broker, "show", first["id"][:8]).stdout
    discarded = command(fresh_broker, "discard", second["id"], "--note", "a test record")
    assert discarded.stdout == "1 dead letter discarded\n"
    assert second["id"][:8] not in command(fresh_broker, "list").stdout
    (_, closed) = json.loads(command(fresh_broker, "list", "--all", "--json").stdout)
    assert (closed["state"], closed["note"]) == ("discarded", "a test record")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["replay"], "say which"),
        (["discard", "1", "--all"], "but not both"),
        (["replay", "xyz"], "no dead letter's id begins with 'xyz'"),
        (["show", "xyz"], "no dead letter's id begins with 'xyz'"),
        (["discard", "--topic", "visits"], "add --yes"),
        (["replay", "--all", "--json"], "add --yes"),
    ],
)
def test_wrong_use_does_nothing(own_broker: Broker, arguments: list[str], why: str) -> None:
    publish(own_broker, died())
    wrong = command(own_broker, *arguments)
    assert wrong.exit_code == 2
    assert why in " ".join(wrong.stderr.split())
    assert wrong.stdout == ""
    (letter,) = listed(own_broker)
    assert letter.state == "open"


@pytest.mark.parametrize(("answer", "status", "state"), [("n", 1, "open"), ("y", 0, "discarded")])
def test_somebody_is_asked_first(
    fresh_broker: Broker, answer: str, status: int, state: str
) -> None:
    publish(fresh_broker, died())
    asked = answered(fresh_broker, answer, "discard", "--all")
    assert asked.returncode == status
    assert "value: json_invalid" in asked.stderr and "Discard 1 dead letter?" in asked.stderr
    (letter,) = listed(fresh_broker)
    assert letter.state == state


def answered(broker: Broker, answer: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, at a terminal where somebody answers its question so."""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    try:
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli.main", "dead-letters", *arguments],
            stdin=terminal,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
            env={**os.environ, **environment(broker)},
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_a_record_is_replayed_once_for_all_who_could_not_process_it(
    fresh_broker: Broker,
) -> None:
    keyless = died(replace(GOOD, key=None, partition=3), offset=2)
    gone = died(replace(GOOD, topic="aftercare.of-old"), offset=3)
    both = died(offset=1), died(offset=1, service="followup")
    publish(fresh_broker, *both, keyless, gone)
    done_ = command(fresh_broker, "replay", "--all", "--yes")
    assert done_.exit_code == 1
    assert "not replayed: there is no topic aftercare.of-old any more" in done_.stdout
    assert done_.stdout.endswith("2 records replayed, 3 dead letters closed\n")
    found: list[Any] = asyncio.run(read_all(fresh_broker.settings(), VISITS.name, 2))
    assert sorted((record.key is None, record.partition == 3) for record in found)[1] == (
        True,
        True,
    )
    assert all(dict(record.headers)["ce_id"] == dict(GOOD.headers)["ce_id"] for record in found)
    (left,) = json.loads(command(fresh_broker, "list", "--json").stdout)
    assert left["topic"] == "aftercare.of-old"


def test_what_a_topic_does_not_take_stays_open(fresh_broker: Broker) -> None:
    settings = fresh_broker.settings()
    small, large = died(offset=1), died(replace(GOOD, value=b"x" * 2_499_900), offset=2)
    failed = asyncio.run(replay(settings, fold([small, large]), note=""))
    ((id_, why),) = failed.items()
    assert id_ == only(large).id
    assert "raise its max.message.bytes, or discard it" in why
    closed = asyncio.run(read_all(settings, DEAD_LETTERS.name, 1))
    assert [dict(record.headers)[f"{PREFIX}id"].decode() for record in closed] == [only(small).id]
