"""Records to events: what each becomes, with what was doubtful, or why it becomes none. Pure.

The same record again is the same event again: its id is made of what it says.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from hashlib import blake2b
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from services.intake.domain.mappings.columns import missing_and_doubled as missing_and_doubled  # noqa: PLC0414
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.leaf_plan import LeafPlan
from services.intake.domain.mappings.outcome import RecordFindings, Scope, Value
from services.intake.domain.mappings.paths import Headings, alike, stands_nothing, word_of
from services.intake.domain.mappings.plan import MOST_PARTS, ListPlan, plan_of
from services.intake.domain.mappings.reading import Setting
from services.intake.domain.mappings.records import (
    FaultyCell,
    Fields,
    Node,
    SourceRecord,
    UnreadableRecord,
)
from services.intake.domain.mappings.says import Says
from services.intake.domain.mappings.shape import GIVEN, NUMBERS, type_of
from shared.dealers.dealer import Dealer

MOST_REMEMBERED = 1_000_000
"""The documents of one file whose rows are known to have stood before."""
Outcome: TypeAlias = Converted | Refused | Skipped


def converted(
    records: Iterable[SourceRecord | UnreadableRecord],
    mapping: FeedMapping,
    *,
    source: str,
    dealer: Dealer,
) -> Iterator[Outcome]:
    """What each record becomes, in the order of the file, as they are asked for.

    `source`: the name of the source in the documents. Where rows make a document together, it
    stands where the first of them does. Never raises for what a record says.
    """
    return converting(mapping, source=source, dealer=dealer)(records)


def converting(
    mapping: FeedMapping, *, source: str, dealer: Dealer
) -> Callable[[Iterable[SourceRecord | UnreadableRecord]], Iterator[Outcome]]:
    """`converted` for many small files of one kind, each by itself: made ready once."""
    return partial(_converted, _Conversion(mapping, source, dealer))


def _converted(
    conversion: "_Conversion", records: Iterable[SourceRecord | UnreadableRecord]
) -> Iterator[Outcome]:
    if conversion.groups:
        yield from _Rows(conversion).outcomes(records)
        return
    for record in records:
        match record:
            case UnreadableRecord():
                yield _unreadable(record)
            case SourceRecord() if conversion.skips(record.fields):
                yield Skipped(record.number, record.place)
            case SourceRecord():
                yield conversion.of([record])


class _Conversion:
    """A mapping made ready for the files of one dealer."""

    def __init__(self, mapping: FeedMapping, source: str, dealer: Dealer) -> None:
        self._headings = Headings()
        setting = Setting(
            zone=ZoneInfo(mapping.zone or dealer.timezone),
            currency=dealer.currency,
            in_spreadsheet=mapping.reads.format == "xlsx",
            headings=self._headings,
        )
        self._mapping = mapping
        self._given: Mapping[str, JsonValue] = {"source": source, "dealer_id": dealer.id}
        self._plan = plan_of(mapping, setting)
        self._skip = [Says(condition, self._headings) for condition in mapping.skip]
        self._is_table = mapping.reads.format in ("csv", "xlsx")
        number = self._plan.fields.get(NUMBERS[mapping.report])
        self.number_plan = number if isinstance(number, LeafPlan) else None
        self.groups = self.number_plan is not None and any(
            isinstance(plan, ListPlan) and plan.of_rows for plan in self._plan.fields.values()
        )

    def skips(self, fields: Fields) -> bool:
        """Whether this record is none: a blank line, totals, the headings once more."""
        self._headings.look_at([fields])
        if self._is_table and _is_headings(fields):
            return True
        return any(each.so(fields) for each in self._skip)

    def number(self, record: SourceRecord) -> str | None:
        """What tells its document from others, folded; None: it does not say."""
        if self.number_plan is None:
            return None
        return self.number_plan.number(Scope(record.fields, record.fields))

    def of(self, records: Sequence[SourceRecord]) -> Converted | Refused:
        """The event of one document, that one record or several rows make."""
        first = records[0]
        rows = [record.fields for record in records]
        self._headings.look_at(rows)
        findings = RecordFindings()
        found = self._plan.read(
            Scope(first.fields, first.fields, rows if len(rows) > 1 else ()), findings, must=True
        )
        values = found.value if isinstance(found, Value) else None
        data: dict[str, JsonValue] = dict(values) if isinstance(values, dict) else {}
        if self._mapping.as_they_are:
            data = {**data, **self._as_it_is(first.fields, findings)}
        if findings.errors:
            errors = tuple(findings.errors)
            return Refused(first.number, first.place, errors, len(records), rows)
        data = {**self._given, **data}
        text = json.dumps(data, sort_keys=True, ensure_ascii=True)
        return Converted(
            number=first.number,
            place=first.place,
            event=self._event(data, blake2b(text.encode(), digest_size=16).hexdigest()),
            notes=tuple(findings.notes),
            records=len(records),
            rows=rows,
            letters=len(text),
        )

    def _as_it_is(self, fields: Fields, findings: RecordFindings) -> dict[str, JsonValue]:
        for name in GIVEN & fields.keys():
            if fields[name] not in (None, self._given[name]):
                detail = "the record names another than who sends it does"
                findings.error(MappingNote(name, name, detail))
        return {name: _json(node) for name, node in fields.items() if name not in GIVEN}

    def _event(self, data: dict[str, JsonValue], digest: str) -> Mapping[str, JsonValue]:
        kind = self._mapping.report
        number = data.get(NUMBERS[kind])
        words = str(number)[:120] if isinstance(number, str | int) else ""
        legible = words if words.isprintable() else ""
        return {
            "specversion": "1.0",
            "id": f"{kind}:{legible}:{digest}",
            "source": f"/{self._given['dealer_id']}/{self._given['source']}",
            "type": type_of(kind),
            "datacontenttype": "application/json",
            "data": data,
        }


@dataclass(slots=True)
class _Document:
    """Rows that follow each other, of one document so far."""

    key: str | None
    rows: list[SourceRecord]
    count: int = 1
    errors: list[MappingNote] = field(default_factory=list)
    between: list[Outcome] = field(default_factory=list)
    """What came since its first row, and is none of it."""
    unreadable: list[str] = field(default_factory=list)
    """The places of records since its last row that could not be read."""

    def add(self, row: SourceRecord) -> None:
        for place in self.unreadable:
            self.errors.append(MappingNote("", "", f"a row within it cannot be read: {place}"))
        self.unreadable = []
        self.count += 1
        if self.count <= MOST_PARTS:
            self.rows.append(row)


class _Rows:
    """Where rows that follow each other make a document together."""

    def __init__(self, conversion: _Conversion) -> None:
        self._conversion = conversion
        self._seen = set[int]()
        self._open: _Document | None = None

    def outcomes(self, records: Iterable[SourceRecord | UnreadableRecord]) -> Iterator[Outcome]:
        for record in records:
            if isinstance(record, UnreadableRecord) or self._conversion.skips(record.fields):
                yield from self._none(record)
                continue
            key = self._conversion.number(record)
            if self._open is not None and key is not None and key == self._open.key:
                self._open.add(record)
                continue
            yield from self._close()
            self._open = _Document(key, [record])
        yield from self._close()

    def _none(self, record: SourceRecord | UnreadableRecord) -> Iterator[Outcome]:
        found: Outcome
        if isinstance(record, UnreadableRecord):
            found = _unreadable(record)
        else:
            found = Skipped(record.number, record.place)
        if self._open is None:
            yield found
            return
        self._open.between.append(found)
        if isinstance(record, UnreadableRecord):
            self._open.unreadable.append(record.place)
        if len(self._open.between) > MOST_PARTS:
            yield from self._close()

    def _close(self) -> Iterator[Outcome]:
        document, self._open = self._open, None
        if document is None:
            return
        found = self._conversion.of(document.rows)
        errors = [*document.errors, *self._order(document)]
        if document.count > MOST_PARTS:
            errors.append(MappingNote("", "", f"a document of more than {MOST_PARTS} rows"))
        if errors:
            own = found.errors if isinstance(found, Refused) else ()
            wrong = (*errors, *own)[:MOST_PARTS]
            found = Refused(found.number, found.place, wrong, rows=found.rows)
        if isinstance(found, Refused):
            found = replace(found, records=document.count)
        yield found
        yield from document.between

    def _order(self, document: _Document) -> Iterator[MappingNote]:
        plan = self._conversion.number_plan
        if document.key is None or plan is None:
            return
        key = hash(document.key)
        if key in self._seen:
            detail = "rows of this document stand further up, too: sort the file by this column"
            yield MappingNote(plan.name, plan.label, detail)
        elif len(self._seen) < MOST_REMEMBERED:
            self._seen.add(key)


def _unreadable(record: UnreadableRecord) -> Refused:
    return Refused(record.number, record.place, (MappingNote("", "", record.because),))


def _is_headings(fields: Fields) -> bool:
    """A blank line, or what stands after a page break: in each cell its own heading."""
    return all(
        stands_nothing(node) or alike(word_of(node)) == alike(heading)
        for heading, node in fields.items()
    )


def _json(node: Node) -> JsonValue:
    match node:
        case Mapping():
            return {name: _json(inner) for name, inner in node.items()}
        case None | bool() | int() | str():
            return node
        case FaultyCell():
            return None
        case float():
            return node if node - node == 0 else None
        case Decimal():
            return format(node, "f") if node.is_finite() else None
        case datetime() | date() | time():
            return node.isoformat()
        case _:
            return [_json(inner) for inner in node]
