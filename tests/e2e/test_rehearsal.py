"""What `aftercare tasks rehearse` says of a feed is what the services come to that are sent it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.feed import history
from shared.settings import MongoSettings, ServiceSettings
from tests.deploy.cli.command import aftercare
from tests.e2e.house import House, house
from tests.servers import Broker

pytestmark = [pytest.mark.database, pytest.mark.long]

ALWAYS_OPEN = "hours: {week: {mon: %s, tue: %s, wed: %s, thu: %s, fri: %s, sat: %s, sun: %s}}\n"
"""So that it makes no difference when the test runs."""


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("rehearsal")
    policy = directory / "followup.yaml"
    policy.write_text(ALWAYS_OPEN.replace("%s", "['00:00-24:00']"))
    environment = {
        "AFTERCARE_FOLLOWUP_POLICY_FILE": str(policy),
        "AFTERCARE_IDENTITY_SECRET": "a secret of the tests",
    }
    with house(directory, own_broker, own_mongo, environment) as aftercare_running:
        yield aftercare_running


def feed(path: Path) -> list[bytes]:
    dealers = ServiceSettings().dealers().all()
    written = history(seed=11, dealers=dealers, until=datetime.now(UTC), events=1000)
    lines = [each.line for each in written if each.expected != "rejected"][-400:]
    path.write_bytes(b"\n".join(lines))
    return lines


def counted(running: House, dealer: str) -> dict[str, int]:
    told = running.get("followup", f"/v1/dealers/{dealer}/tasks/counts").json()
    return {each["of"]: each["open"] for each in told["by_kind"] if each["open"]}


def test_a_feed_opens_what_was_rehearsed(running: House, tmp_path: Path) -> None:
    file = tmp_path / "feed.ndjson"
    lines = feed(file)
    said = aftercare("tasks", "rehearse", str(file), "--json", **running.environment)
    rehearsed: dict[str, dict[str, Any]] = json.loads(said.stdout)["dealers"]
    expected = {
        dealer: {kind: rule["open"] for kind, rule in told["rules"].items() if rule["open"]}
        for dealer, told in rehearsed.items()
    }
    assert sum(map(len, expected.values())) > 3, "there is something to compare"
    running.send(*map(json.loads, lines))
    running.until(lambda: {dealer: counted(running, dealer) for dealer in expected} == expected)
