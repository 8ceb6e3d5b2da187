"""Rights on Kafka: what the code reads and writes, and no more."""

import shlex
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest

from deploy.cli import acls, configuration
from deploy.cli.address_file import SERVICES
from deploy.cli.kafka_rights import RIGHTS
from services.intake.adapters.reports import GROUP, TOPICS
from shared.contracts.topics import ALL, DEAD_LETTERS, PROFILES
from shared.platform.rights import Right, to_work
from tests import PROJECT
from tests.deploy.cli.command import aftercare

DECIDERS = [name for name in SERVICES if name not in ("intake", "desk")]


@pytest.mark.parametrize("name", DECIDERS)
def test_they_are_those_of_the_decider_that_runs(name: str) -> None:
    made = import_module(f"services.{name}.app").decider(configuration.SETTINGS[name]())
    assert RIGHTS[name] == to_work(
        reads={topic.name for topic in made.topics},
        writes={contract.TOPIC.name for contract in made.writes} | {DEAD_LETTERS.name},
        group=f"aftercare.{name}",
    )


def test_intake_writes_what_it_is_the_producer_of() -> None:
    writes = {each.name for each in RIGHTS["intake"] if each.operation == "Write"}
    assert writes == {topic.name for topic in ALL if topic.producer in ("intake", "all")}
    reads = {each.name for each in RIGHTS["intake"] if each.operation == "Read"}
    assert reads == {*TOPICS, GROUP}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_writes_what_another_is_the_producer_of(name: str) -> None:
    writes = {each.name for each in RIGHTS[name] if each.operation == "Write"}
    assert writes == {topic.name for topic in ALL if topic.producer in (name, "all")}


def test_personal_data_is_read_by_who_needs_it_alone() -> None:
    personal = Right("topic", PROFILES.name, "Read")
    readers = {name for name in SERVICES if personal in RIGHTS[name]}
    assert readers == {"scoring", "identity", "desk"}


def read(line: str) -> tuple[str, set[Right]]:
    """The principal, and the rights that a line of `kafka-acls` gives."""
    words = shlex.split(line)
    assert words[0] == "kafka-acls"
    assert "--add" in words
    options = [(one, two) for one, two in pairwise(words) if one[:2] == "--"]
    [principal] = [value for name, value in options if name == "--allow-principal"]
    [operation] = [value for name, value in options if name == "--operation"]
    kinds: Any = ("topic", "group")
    given = {
        Right(kind, value, operation)  # type: ignore[arg-type] # as it was printed
        for kind in kinds
        for name, value in options
        if name == f"--{kind}"
    }
    return principal, given


@pytest.mark.parametrize("name", RIGHTS)
def test_the_lines_give_just_these(name: str) -> None:
    given: set[Right] = set()
    for line in acls.lines(RIGHTS[name], "User:CN=it's mine"):
        principal, found = read(line)
        assert principal == "User:CN=it's mine"
        assert not given & found
        given |= found
    assert given == set(RIGHTS[name])


def test_the_command_prints_one_service_or_all() -> None:
    done = aftercare("acls", "--service", "scoring", "--principal", "User:CN={name}")
    assert done.returncode == 0
    title, *lines = done.stdout.splitlines()
    assert title == "# scoring"
    assert {read(line)[0] for line in lines} == {"User:CN=scoring"}
    wrong = aftercare("acls", "--service", "scorer")
    assert wrong.returncode == 2
    assert "none of intake, scoring" in wrong.stderr.replace("\n", " ")


def test_topics_of_connectors_are_intakes_where_the_environment_names_them() -> None:
    file = str(PROJECT / "deploy" / "examples" / "doors" / "connectors.yaml")
    done = aftercare("acls", "--service", "intake", AFTERCARE_CONNECTORS_FILE=file)
    assert done.returncode == 0
    given = {right for line in done.stdout.splitlines()[1:] for right in read(line)[1]}
    assert given - {*RIGHTS["intake"]} == {
        Right("group", "aftercare.intake.connectors", "Read"),
        Right("topic", "dms.public.repair_order", "Read"),
        Right("topic", "crm.events", "Read"),
    }
    wrong = aftercare("acls", AFTERCARE_CONNECTORS_FILE=f"{file}.none")
    assert wrong.returncode == 2
    assert "cannot be read" in wrong.stderr
