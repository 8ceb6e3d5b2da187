"""What a record of a connector says of a row: how it is now, that it was deleted, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from services.intake.domain.connectors.typed import plain

Envelope = Literal["plain", "connect", "debezium"]
"""`plain`: the value is the row. `connect`: the row is its `payload`, beside a `schema`, as Kafka
Connect's JSON converter writes it. `debezium`: the row is `after`, with or without `payload`
around it."""
SAYS_NOTHING = frozenset({"t", "m"})
"""Debezium's operations that are about no row: a table that was emptied, a message."""
_ROW_NOW = frozenset({"c", "u", "r"})
"""Created, changed, or read when the connector began."""
_WHY_NO_ROW = (
    "a row was deleted and the record does not say what stood in it: let the database keep whole "
    "rows in its log (such as REPLICA IDENTITY FULL), or ignore what is deleted"
)


class WrongEnvelope(ValueError):
    """A value that is none of this kind; says nothing of its content."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """What became of a row."""

    row: object
    is_deleted: bool = False
    """`row` is what stood in it."""


def change_in(value: object, envelope: Envelope, *, deletes: bool) -> RowChange | None:
    """None: it says nothing that counts here. `deletes`: whether what was deleted does.

    Raises `WrongEnvelope`.
    """
    match envelope:
        case "plain":
            return _plain(value, deletes=deletes)
        case "connect":
            if not _is_wrapped(value):
                raise WrongEnvelope("has no schema and payload: the envelope is another one")
            return _plain(_unwrapped(value), deletes=deletes)
        case "debezium":
            return _debezium(_unwrapped(value), deletes=deletes)
        case _:
            assert_never(envelope)


def _plain(row: object, *, deletes: bool) -> RowChange | None:
    """The row. Debezium's `ExtractNewRecordState` says in it whether it was deleted."""
    if row is None:
        return None
    is_deleted = isinstance(row, Mapping) and row.get("__deleted") in ("true", True)
    if is_deleted and not deletes:
        return None
    return RowChange(row, is_deleted=is_deleted)


def _debezium(value: object, *, deletes: bool) -> RowChange | None:
    if value is None:
        return None
    operation = value.get("op") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(operation, str):
        raise WrongEnvelope("is no change of a row, as Debezium writes it: it has no op")
    if operation in _ROW_NOW:
        if value.get("after") is None:
            raise WrongEnvelope("says that there is a row, and not which: it has no after")
        return RowChange(value["after"])
    if operation == "d":
        if not deletes:
            return None
        if value.get("before") is None:
            raise WrongEnvelope(_WHY_NO_ROW)
        return RowChange(value["before"], is_deleted=True)
    if operation in SAYS_NOTHING:
        return None
    raise WrongEnvelope("has an op that is not known here")


def _is_wrapped(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"schema", "payload"}


def _unwrapped(value: object) -> object:
    if not (isinstance(value, Mapping) and _is_wrapped(value)):
        return value
    return plain(value["payload"], value["schema"])
