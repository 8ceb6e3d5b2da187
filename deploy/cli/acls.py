"""`aftercare acls`: the least that each Kafka user has to be allowed, as lines of `kafka-acls`."""

import shlex
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated, Any

import typer

from deploy.cli.terminal import AsJson, write_json
from shared.platform.rights import Right

_SERVERS = 'kafka-acls --bootstrap-server "$BROKERS" --command-config admin.properties --add'


def command(
    service: Annotated[str, typer.Option(help="One of them instead of all.")] = "",
    principal: Annotated[
        str, typer.Option(help="The principal; {name} stands for the service.")
    ] = "User:{name}",
    as_json: AsJson = False,
) -> None:
    """Print what each service's Kafka user has to be allowed, ready for a shell; intake's on the
    topics of connectors, too, where AFTERCARE_CONNECTORS_FILE names them."""
    from deploy.cli.kafka_rights import RIGHTS, on_connectors  # noqa: PLC0415 - only this waits

    if service and service not in RIGHTS:
        raise typer.BadParameter(f"'{service}' is none of {', '.join(RIGHTS)}")
    names = [service] if service else list(RIGHTS)
    rights = {name: RIGHTS[name] for name in names}
    if "intake" in rights:
        rights["intake"] = (*rights["intake"], *on_connectors())
    if as_json:
        write_json({name: as_data(found) for name, found in rights.items()})
        return
    for name, found in rights.items():
        sys.stdout.write(f"# {name}\n")
        for line in lines(found, principal.replace("{name}", name)):
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
