"""A broker that goes away under somebody's hands, and comes back with its log."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deploy.sandbox.apache_kafka import KafkaCluster, apache_kafka, kafka_libs
from tests.desk.browsers import Somebody, chromium
from tests.desk.sending import attempts, choose, opened_card, report
from tests.desk.working import desk_on
from tests.e2e.house import House
from tests.servers import Broker, broker_kind, with_topics

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(broker_kind() != "apache", reason="the embedded broker forgets everything"),
]
AWAY = 22
"""The customer of this test."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    libs = kafka_libs()
    if libs is None or chromium() is None:
        pytest.skip("needs Apache Kafka and Chromium")
    with apache_kafka(tmp_path_factory.mktemp("kafka"), libs=libs) as running:
        yield running


@pytest.fixture(scope="module")
def desk(cluster: KafkaCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Of this module's own."""
    broker = with_topics(Broker("apache", cluster.bootstrap_servers))
    with desk_on(broker, tmp_path_factory.mktemp("desk")) as running:
        yield running


def test_what_was_typed_outlives_a_broker_that_is_away_and_is_done_once(
    somebody: Somebody, desk: House, cluster: KafkaCluster
) -> None:
    person = somebody()
    page = opened_card(person, AWAY)
    choose(page, "postponed")
    page.locator("textarea[name=note]").first.fill("after lunch")
    command = page.locator("input[name=command]").first.get_attribute("value")
    (node,) = cluster.nodes
    node.kill()
    try:
        report(page)
        expect(page.get_by_role("alert").first).to_contain_text("Nothing is lost", timeout=60_000)
        expect(page.locator("textarea[name=note]").first).to_have_value("after lunch")
        assert page.locator("input[name=command]").first.get_attribute("value") == command
        person.check()
        report(page)
        expect(page.get_by_role("alert").first).to_contain_text("Nothing is lost", timeout=60_000)
    finally:
        node.start()
        cluster.wait_until_ready()
    desk.instance("intake").until_ready()
    report(page)
    expect(page.locator("#decision")).to_contain_text("Wants it later", timeout=60_000)
    desk.until(lambda: attempts(desk, AWAY) == ["postponed"])
    page.reload()
    assert attempts(desk, AWAY) == ["postponed"]
    assert desk.stack.ended() is None
