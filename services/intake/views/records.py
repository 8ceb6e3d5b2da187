"""What became of the records of a webhook, as it is answered and as it is counted."""

from collections import Counter
from collections.abc import Iterator, Sequence

from services.intake.domain.findings import MOST_SHOWN, Finding
from services.intake.domain.mappings.columns import column_of
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.webhooks.records import Records, as_pointer
from services.intake.views import problems
from services.intake.views.problems import MOST_SHOWN_AT_ONCE
from shared.contracts.http.intake import Item
from shared.contracts.http.intake_webhooks import (
    PlaceInRecord,
    RecordItem,
    RecordsAnswer,
    RecordsProblem,
)
from shared.contracts.http.problem import PlaceInEvent

MANY = "Not a record of it can be taken"


def refused_items(records: Records) -> list[Item]:
    """Records of which no event could be made, as items: so refusals are counted."""
    return [refused_item(each, index) for index, each in enumerate(records.refused())]


def refused_item(refused: Refused, index: int) -> Item:
    """One of them."""
    findings = [Finding(as_pointer(note), note.detail) for note in refused.errors[:MOST_SHOWN]]
    return Item(index=index, outcome="rejected", problem=problems.invalid_event(findings))


def records_answer(
    records: Records, items: Sequence[Item], mapping: FeedMapping
) -> RecordsAnswer | RecordsProblem:
    """An item a record. `items`: what became of the events made of them, in their order.

    A problem where none was taken and some were rejected: its sender is to know.
    """
    found = tuple(_within_bounds(_items(records, items, mapping)))
    counts = Counter(item.outcome for item in found)
    if counts["rejected"] and not counts["accepted"] and not counts["duplicate"]:
        return RecordsProblem(
            type="urn:aftercare:problem:invalid-records", title=MANY, status=422, items=found
        )
    return RecordsAnswer(
        accepted=counts["accepted"],
        duplicate=counts["duplicate"],
        rejected=counts["rejected"],
        skipped=counts["skipped"],
        items=found,
    )


def _items(records: Records, items: Sequence[Item], mapping: FeedMapping) -> Iterator[RecordItem]:
    answered = iter(items)
    for outcome in records.outcomes:
        match outcome:
            case Converted():
                yield _taken(outcome, next(answered), mapping)
            case Refused():
                yield RecordItem(
                    record=outcome.number,
                    place=outcome.place,
                    outcome="rejected",
                    errors=tuple(map(_of_note, outcome.errors)),
                )
            case Skipped():
                yield RecordItem(record=outcome.number, place=outcome.place, outcome="skipped")


def _taken(outcome: Converted, item: Item, mapping: FeedMapping) -> RecordItem:
    problem = item.problem
    places = () if problem is None else problem.errors
    return RecordItem(
        record=outcome.number,
        place=outcome.place,
        outcome=item.outcome,
        document_id=item.document_id,
        version=item.version,
        customer_keys=item.customer_keys,
        detail=item.detail if problem is None else problem.detail or problem.title,
        errors=tuple(_of_event(place, mapping) for place in places),
        warnings=(
            *map(_of_note, outcome.notes),
            *(_of_event(place, mapping) for place in item.warnings),
        ),
    )


def _of_note(note: MappingNote) -> PlaceInRecord:
    return PlaceInRecord(field=note.field, column=note.column, detail=note.detail)


def _of_event(place: PlaceInEvent, mapping: FeedMapping) -> PlaceInRecord:
    is_data = place.pointer.startswith("/data/")
    return PlaceInRecord(
        field=place.pointer.removeprefix("/data/").removeprefix("/").replace("/", "."),
        column=column_of(place.pointer, mapping) if is_data else "",
        detail=place.detail,
    )


def _within_bounds(items: Iterator[RecordItem]) -> Iterator[RecordItem]:
    """Of each record, and of all, the first findings are told; the rest is counted."""
    left = MOST_SHOWN_AT_ONCE
    for item in items:
        errors = _cut(item.errors, min(left, MOST_SHOWN))
        left -= min(len(item.errors), left, MOST_SHOWN)
        warnings = _cut(item.warnings, min(left, MOST_SHOWN))
        left -= min(len(item.warnings), left, MOST_SHOWN)
        yield item.model_copy(update={"errors": errors, "warnings": warnings})


def _cut(places: Sequence[PlaceInRecord], most: int) -> tuple[PlaceInRecord, ...]:
    if len(places) <= most:
        return tuple(places)
    more = f"and {len(places) - most} more"
    return (*places[:most], PlaceInRecord(field="", column="", detail=more))
