"""What a file would become, in words: for people a table and what is doubtful, for programs lines
of JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from deploy.cli.mapping.trial import FileTrial, TriedRecord
from deploy.cli.terminal import count, printable
from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.shape import NUMBERS

BECOMES: Mapping[str, str] = {
    "event": "event",
    "again": "repeat",
    "refused": "refused",
    "skipped": "skipped",
}
_WHEN = ("opened_at", "deal_date", "received_at", "at")
_MONEY = ("total", "price")
_WIDEST = 40


def table(tried: Sequence[TriedRecord], trial: FileTrial) -> Table:
    """The records, a row each."""
    number = NUMBERS[trial.mapping.report]
    heads = ("where", "becomes", number, "status", "when", "customer", "car", "amount", "remarks")
    shown = Table(box=None, pad_edge=False)
    for head in heads:
        shown.add_column(head, no_wrap=True)
    for one in tried:
        cells = (*_document(one.event, trial), _remarks(one))
        row = [one.place, BECOMES[one.becomes], *cells]
        shown.add_row(*(Text(printable(cell)[:_WIDEST]) for cell in row))
    return shown


def _document(event: Mapping[str, JsonValue] | None, trial: FileTrial) -> Sequence[str]:
    data = _within(event, "data")
    customer, vehicle = _within(data, "customer"), _within(data, "vehicle")
    return (
        _text(data.get(NUMBERS[trial.mapping.report])),
        _text(data.get("status") or data.get("step") or data.get("overall")),
        next((_when(data[name], trial) for name in _WHEN if name in data), ""),
        _text(customer.get("source_customer_id") or customer.get("name")),
        _text(vehicle.get("vin") or vehicle.get("plate")),
        next((_amount(data[name]) for name in _MONEY if name in data), ""),
    )


def _remarks(one: TriedRecord) -> str:
    parts = [count(one.records, "row")] if one.records > 1 else []
    parts += [count(len(one.errors), "error")] if one.errors else []
    parts += [count(len(one.warnings), "warning")] if one.warnings else []
    return ", ".join(parts)


def _when(value: JsonValue, trial: FileTrial) -> str:
    """An instant by the dealer's clocks; a day as it is."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return _text(value)
    if found.tzinfo is None:
        return _text(value)
    return f"{found.astimezone(trial.situation.dealer.zone):%Y-%m-%d %H:%M}"


def _within(node: Mapping[str, JsonValue] | None, name: str) -> Mapping[str, JsonValue]:
    found = None if node is None else node.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: JsonValue) -> str:
    return "" if value is None else str(value)


def _amount(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"{value.get('amount')} {value.get('currency')}"
    return _text(value)


def in_full(one: TriedRecord, trial: FileTrial) -> Iterator[str]:
    """Each field of an event, and the column that it came from."""
    yield f"{one.place} in full:"
    rows = list(_leaves(dict(_within(one.event, "data")), "", ""))
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, pointer, value in rows:
        column = trial.column_of(f"/data{pointer}")
        origin = f"  ({column})" if column else ""
        yield printable(f"  {name:{width}}  {value}{origin}")


def _leaves(node: JsonValue, name: str, pointer: str) -> Iterator[tuple[str, str, JsonValue]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{name}.{key}" if name else key, f"{pointer}/{key}")
    elif isinstance(node, list) and node:
        for position, value in enumerate(node):
            yield from _leaves(value, f"{name}[{position + 1}]", f"{pointer}/{position}")
    else:
        yield name, pointer, node


def remarks(one: TriedRecord) -> Iterator[str]:
    """What is wrong with a record, and what is doubtful of it; nothing of what stands there."""
    for note in one.errors:
        yield printable(f"{one.place}: refused: {in_words(note)}")
    for note in one.warnings:
        yield printable(f"{one.place}: warning: {in_words(note)}")


def in_words(note: MappingNote) -> str:
    """`field (column): what about it`."""
    column = f" (column '{note.column}')" if note.column else ""
    where = f"{note.field}{column}"
    return f"{where.strip()}: {note.detail}" if where else note.detail


def totals(trial: FileTrial) -> str:
    """How many records became what."""
    counts = trial.counts
    read = sum(counts[name] for name in BECOMES)
    parts = [f"{count(read, 'record')} make {count(counts['events'], 'event')}"]
    parts += [f"{counts['again']} repeated"] if counts["again"] else []
    parts.append(f"{counts['refused']} refused")
    parts += [f"{counts['skipped']} skipped as the mapping says"] if counts["skipped"] else []
    parts += [f"{counts['warned']} with warnings"] if counts["warned"] else []
    return "; ".join(parts)


def faults(trial: FileTrial) -> list[str]:
    """What is wrong with the file as a whole."""
    lines = [f"the file: {in_words(note)}" for note in trial.faults]
    if trial.broken is not None:
        lines.append(f"the file: cannot be read {_how_far(trial)}: {trial.broken}")
    return [printable(line) for line in lines]


def _how_far(trial: FileTrial) -> str:
    return "further" if trial.counts else "so"


def as_json(one: TriedRecord) -> dict[str, object]:
    """One record for programs."""
    return {
        "number": one.number,
        "place": one.place,
        "becomes": one.becomes,
        "records": one.records,
        "errors": [note._asdict() for note in one.errors],
        "warnings": [note._asdict() for note in one.warnings],
        "event": one.event,
    }


def totals_as_json(trial: FileTrial) -> dict[str, object]:
    """The last line for programs."""
    return {
        "records": sum(trial.counts[name] for name in BECOMES),
        **{name: trial.counts[name] for name in BECOMES},
        "events": trial.counts["events"],
        "warned": trial.counts["warned"],
        "file": [note._asdict() for note in trial.faults],
        "broken": trial.broken,
        "unused_columns": list(trial.unused),
    }
