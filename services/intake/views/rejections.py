"""Which of what came was rejected, whose it is, and why: as it is kept."""

from collections.abc import Iterator, Mapping, Sequence

from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.examine.feed import Feed, Reach
from services.intake.domain.mappings.columns import column_of
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.shape import type_of
from services.intake.domain.rejected.content import Came, EventCame, packed, records_came
from services.intake.domain.rejected.row import (
    NOBODY,
    Rejected,
    RejectedFault,
    Rejection,
    WayIn,
)
from services.intake.domain.webhooks.records import as_pointer
from services.intake.views.problems import reason_of
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import Problem

UNKNOWN = "unknown"
"""What examining calls a dealer, a source or a type that is none of ours, or cannot be read."""
BY_THE_MAPPING = "mapping"
"""The reason where a record makes no event."""

Examined = Reported | InvalidEvent | UnreadableEvent


def rejected_events(
    examined: Sequence[Examined],
    items: Sequence[Item],
    originals: Mapping[int, Came],
    *,
    way: WayIn,
    only: Reach | None,
) -> list[Rejected]:
    """Those of a batch that were. `originals`: what came, of those that are not valid."""
    found = []
    for index, (event, item) in enumerate(zip(examined, items, strict=True)):
        if item.problem is None:
            continue
        dealer_id, source, type_ = _sender(event, only)
        came = originals.get(index) or _as_it_came(event)
        kind, content = packed(came)
        found.append(
            Rejected(
                dealer_id=dealer_id,
                source=source,
                way=way,
                type=type_,
                kind=kind,
                content=content,
                why=rejection_of(item.problem),
            )
        )
    return found


def rejected_records(
    outcomes: Sequence[Converted | Refused | Skipped],
    items: Sequence[Item],
    mapping: FeedMapping,
    *,
    way: WayIn,
    feed: Feed,
) -> list[Rejected]:
    """Those of a file that were, by the mapping or by intake. `items`: of the events that were made
    of them, in their order."""
    answers, found = iter(items), list[Rejected]()
    for outcome in outcomes:
        if isinstance(outcome, Skipped):
            continue
        problem = next(answers).problem if isinstance(outcome, Converted) else None
        if isinstance(outcome, Converted) and problem is None:
            continue
        kind, content = packed(_as_it_was_read(outcome))
        found.append(
            Rejected(
                dealer_id=feed.dealer_id,
                source=feed.source,
                way=way,
                type=type_of(mapping.report),
                kind=kind,
                content=content,
                why=rejection_of(problem, mapping) if problem else refusal_of(outcome),
                number=outcome.number,
                place=outcome.place,
            )
        )
    return found


def rejection_of(problem: Problem, mapping: FeedMapping | None = None) -> Rejection:
    """Why intake does not take an event; `mapping`: what made it."""
    faults = [
        RejectedFault.of(
            place.pointer,
            place.detail,
            "" if mapping is None else column_of(place.pointer, mapping),
        )
        for place in problem.errors
    ]
    if not faults or problem.detail:
        faults.insert(0, RejectedFault.of("", problem.detail or problem.title))
    return Rejection.of(reason_of(problem), faults)


def refusal_of(outcome: Converted | Refused | Skipped) -> Rejection:
    """Why a mapping makes no event of a record."""
    notes: Sequence[MappingNote] = outcome.errors if isinstance(outcome, Refused) else ()
    return Rejection.of(BY_THE_MAPPING, _of_notes(notes))


def _of_notes(notes: Sequence[MappingNote]) -> Iterator[RejectedFault]:
    for note in notes:
        yield RejectedFault.of(as_pointer(note), note.detail, note.column)


def _sender(event: Examined, only: Reach | None) -> tuple[str, str, str]:
    """Dealer, source, type. What is not valid was given to its sender when it was examined."""
    match event:
        case Reported():
            found = (event.dealer.id, event.report.source, event.event.type)
        case InvalidEvent():
            found = (_known(event.dealer_id, NOBODY), _known(event.source, ""), event.type)
        case UnreadableEvent():
            dealer, source = ("", "") if only is None else only.owner_of(UNKNOWN, UNKNOWN)
            found = (_known(dealer, NOBODY), _known(source, ""), UNKNOWN)
    return found if found[0] != NOBODY else (NOBODY, "", found[2])


def _known(word: str, otherwise: str) -> str:
    return otherwise if word == UNKNOWN else word


def _as_it_was_read(outcome: Converted | Refused) -> Came:
    """The rows; of what says more than they do, such as that a record is deleted, the event."""
    if isinstance(outcome, Converted) and not outcome.rows:
        return EventCame(dict(outcome.event))
    return records_came(outcome.rows)


def _as_it_came(event: Examined) -> Came:
    """Of a valid one, all that it said."""
    assert isinstance(event, Reported), "what is not valid was kept when it was examined"
    return EventCame(event.event.model_dump(mode="json", exclude_none=True))
