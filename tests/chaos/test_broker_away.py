"""A broker that goes away and comes back with its log: nothing is lost, nobody is restarted."""

from pathlib import Path

import httpx
import pytest

from deploy.local.apache_kafka import apache_kafka, kafka_libs
from shared.contracts.topics import SCORES
from shared.settings import MongoSettings
from tests.e2e.house import house, latest, visit
from tests.servers import Broker, with_topics

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


def test_intake_refuses_and_services_go_on_when_the_broker_is_back(
    tmp_path: Path, mongo_settings: MongoSettings
) -> None:
    libs = kafka_libs()
    assert libs is not None
    with apache_kafka(tmp_path / "kafka", libs=libs) as cluster:
        broker = with_topics(Broker("apache", cluster.bootstrap_servers))
        with house(tmp_path / "house", broker, mongo_settings) as running:
            assert running.send(visit(1, "1")).json()["accepted"] == 1
            running.until(lambda: len(running.held("scoring")) == 1)
            (node,) = cluster.nodes
            node.kill()
            refused = running.send(visit(2, "2"))
            assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
            assert int(refused.headers["retry-after"]) > 0
            node.start()
            running.until(lambda: running.send(visit(2, "2")).is_success)
            running.until(lambda: len(running.held("scoring")) == 2)
            running.until(lambda: len(running.held("followup")) == 2)
            running.until(lambda: len(latest(running.said(SCORES))) == 2)
            assert running.stack.ended() is None
