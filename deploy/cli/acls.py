"""`aftercare acls`: the least that each Kafka user has to be allowed, as lines of `kafka-acls`."""

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from deploy.cli.terminal import AsJson, write_json
from services.complaints.domain import facts as complaints_facts
from services.followup.domain import facts as followup_facts
from services.identity.domain import facts as identity_facts
from services.intake.app import RIGHTS as INTAKE
from services.scoring.domain import facts as scoring_facts
from shared.contracts import complaints, followup, identity, scoring
from shared.contracts.envelope import Message
from shared.contracts.topics import ALL, DEAD_LETTERS
from shared.platform.kafka import group_of
from shared.platform.rights import Operation, Right, to_work

Contracts = Sequence[type[Message]]

_DECIDERS: Mapping[str, tuple[Contracts, Contracts]] = {
    "scoring": (scoring_facts.READS, scoring.ALL),
    "followup": (followup_facts.READS, followup.ALL),
    "complaints": (complaints_facts.READS, complaints.ALL),
    "identity": (identity_facts.READS, identity.ALL),
}
"""What each of them reads and writes."""
_SERVERS = 'kafka-acls --bootstrap-server "$BROKERS" --command-config admin.properties --add'


def _service(name: str, reads: Contracts, writes: Contracts) -> tuple[Right, ...]:
    return to_work(
        reads=_topics(reads), writes={DEAD_LETTERS.name, *_topics(writes)}, group=group_of(name)
    )


def _topics(contracts: Contracts) -> set[str]:
    return {contract.TOPIC.name for contract in contracts}


def _on_all_topics(*operations: Operation) -> tuple[Right, ...]:
    return tuple(sorted(Right("topic", topic.name, each) for topic in ALL for each in operations))


RIGHTS: Mapping[str, Sequence[Right]] = {
    "intake": INTAKE,
    **{name: _service(name, reads, writes) for name, (reads, writes) in _DECIDERS.items()},
    "topics": _on_all_topics("Create", "Describe", "DescribeConfigs"),
    "operator": _on_all_topics("Read", "Write"),
}
"""User -> what they have to be allowed: the services; who runs `aftercare topics --create`; who
runs `aftercare tail` and `aftercare dead-letters`."""


def command(
    service: Annotated[str, typer.Option(help="One of them instead of all.")] = "",
    principal: Annotated[
        str, typer.Option(help="The principal; {name} stands for the service.")
    ] = "User:{name}",
    as_json: AsJson = False,
) -> None:
    """Print what each service's Kafka user has to be allowed, ready for a shell."""
    if service and service not in RIGHTS:
        raise typer.BadParameter(f"'{service}' is none of {', '.join(RIGHTS)}")
    names = [service] if service else list(RIGHTS)
    if as_json:
        write_json({name: as_data(RIGHTS[name]) for name in names})
        return
    for name in names:
        sys.stdout.write(f"# {name}\n")
        for line in lines(RIGHTS[name], principal.replace("{name}", name)):
            sys.stdout.write(f"{line}\n")


def lines(rights: Iterable[Right], principal: str) -> Iterator[str]:
    """A command for each operation on topics, and on groups."""
    for (kind, operation), names in _by_operation(rights).items():
        named = " ".join(f"--{kind} {shlex.quote(name)}" for name in names)
        allowed = f"--allow-principal {shlex.quote(principal)} --operation {operation}"
        yield f"{_SERVERS} {allowed} {named}"


def as_data(rights: Iterable[Right]) -> dict[str, Any]:
    """`topic` and `group` -> operation -> names."""
    found: dict[str, dict[str, list[str]]] = {}
    for (kind, operation), names in _by_operation(rights).items():
        found.setdefault(kind, {})[operation] = names
    return found


def _by_operation(rights: Iterable[Right]) -> dict[tuple[str, str], list[str]]:
    def what(right: Right) -> tuple[str, str]:
        return right.kind, right.operation

    return {
        key: sorted(each.name for each in same)
        for key, same in groupby(sorted(rights, key=what), key=what)
    }
