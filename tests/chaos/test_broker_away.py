"""A broker that goes away and comes back with its log: nothing is lost, nobody is restarted."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.sandbox.apache_kafka import apache_kafka, kafka_libs
from shared.contracts.topics import ESCALATIONS, SCORES
from shared.settings import MongoSettings
from tests.e2e.house import House, holds, house, latest, reported, visit
from tests.servers import Broker, with_topics

pytestmark = pytest.mark.broker


def due_in(*, seconds: float) -> dict[str, Any]:
    """A complaint whose customer has to be contacted so soon."""
    received_at = datetime.now(UTC) - timedelta(hours=2) + timedelta(seconds=seconds)
    return reported(
        "complaint",
        "complaint-1",
        case_no="C-1",
        received_at=received_at.isoformat(),
        channel="phone",
        category="noise",
        customer={"source_customer_id": "9"},
    )


def breaches(running: House) -> set[str]:
    """The ids of all breaches announced."""
    return {said.id for said in running.said(ESCALATIONS) if "breached" in said.type}


def test_intake_refuses_and_services_go_on_when_the_broker_is_back(
    tmp_path: Path, mongo_settings: MongoSettings
) -> None:
    libs = kafka_libs()
    assert libs is not None
    with apache_kafka(tmp_path / "kafka", libs=libs) as cluster:
        broker = with_topics(Broker("apache", cluster.bootstrap_servers))
        with house(tmp_path / "house", broker, mongo_settings) as running:
            assert running.send(visit(1, "1"), due_in(seconds=8)).json()["accepted"] == 2
            running.until(partial(holds, running, "scoring", 2))
            running.until(partial(holds, running, "complaints", 1))
            (node,) = cluster.nodes
            node.kill()
            refused = running.send(visit(2, "2"))
            assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
            assert int(refused.headers["retry-after"]) > 0
            running.until(lambda: not running.get("complaints", "/health/ready").is_success)
            node.start()
            running.until(lambda: running.send(visit(2, "2")).is_success)
            running.until(partial(holds, running, "scoring", 3))
            running.until(partial(holds, running, "followup", 3))
            running.until(lambda: len(latest(running.said(SCORES))) == 3)
            running.until(lambda: len(breaches(running)) == 1)
            assert running.stack.ended() is None
