"""Killed anywhere: nothing lost, nothing doubled after dropping repeats by id."""

from functools import partial
from pathlib import Path

import httpx
import pytest

from deploy.cli.readiness import what_keeps
from deploy.sandbox.embedded import embedded_database
from deploy.sandbox.processes import free_port
from shared.contracts.topics import SCORES, TASKS
from shared.settings import MongoSettings
from tests.e2e.house import House, holds, house, latest, visit
from tests.servers import PATIENCE_SECONDS, Broker

pytestmark = pytest.mark.broker

CONCERNED = ("intake", "scoring", "followup")
CUSTOMERS = 40
ROUNDS = 8


def test_services_killed_under_load_lose_and_double_nothing(
    tmp_path: Path, fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    with house(tmp_path, fresh_broker, mongo_settings, only=CONCERNED) as running:
        sent = 0
        for number in range(ROUNDS):
            batch = [
                visit(number * CUSTOMERS + customer, str(customer)) for customer in range(CUSTOMERS)
            ]
            answer = running.send(*batch)
            assert answer.json()["accepted"] == CUSTOMERS
            sent += CUSTOMERS
            if number in (2, 5):
                _crash_and_restart(running, ("scoring", "followup")[number % 2])
        for service in ("scoring", "followup"):
            running.until(partial(holds, running, service, sent))
        running.until(lambda: len(latest(running.said(SCORES))) == CUSTOMERS)
        _each_message_has_one_content(running)


def _crash_and_restart(running: House, service: str) -> None:
    """kill -9, and the same process again, as an orchestrator would start it."""
    child = running.child(service)
    child.restart()
    child.wait_until(
        lambda: not what_keeps(running.stack.urls[service]), within_seconds=PATIENCE_SECONDS
    )


def _each_message_has_one_content(running: House) -> None:
    for topic in (SCORES, TASKS):
        contents: dict[str, bytes] = {}
        for said in running.said(topic):
            assert contents.setdefault(said.id, said.value) == said.value


def test_intake_answers_503_while_the_database_is_away_and_loses_nothing(
    tmp_path: Path, fresh_broker: Broker
) -> None:
    port, storage = free_port(), tmp_path / "data"
    mongo = MongoSettings.model_validate({"uri": f"mongodb://127.0.0.1:{port}"})
    with (
        embedded_database(tmp_path / "first", storage=storage, port=port) as database,
        house(tmp_path / "house", fresh_broker, mongo, only=CONCERNED) as running,
    ):
        assert running.send(visit(1, "1")).json()["accepted"] == 1
        running.until(partial(holds, running, "scoring", 1))
        database.child.stop()
        refused = running.send(visit(2, "2"))
        assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) > 0
        with embedded_database(tmp_path / "second", storage=storage, port=port):
            running.until(lambda: running.send(visit(2, "2")).is_success)
            running.until(partial(holds, running, "scoring", 2))
            running.until(partial(holds, running, "followup", 2))
