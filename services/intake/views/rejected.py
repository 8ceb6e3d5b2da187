"""What was rejected and is kept, as it is answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.intake.domain.mappings.converted import Refused
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.rejected.again import Again, EventsAgain, NotAgain
from services.intake.domain.rejected.content import Came, shown
from services.intake.domain.rejected.row import RejectedFault, RejectedRow, Rejection
from services.intake.views.rejections import refusal_of, rejection_of
from shared.contracts.http.intake import Item
from shared.contracts.http.intake_rejected import (
    KeptEvent,
    RejectedContent,
    RejectedPage,
    RejectedPlace,
    ReplayedEvent,
    ReplayedPage,
    ReplayOutcome,
)
from shared.contracts.http.table import Heading, Lang, csv_text
from shared.contracts.values import instant_text

CANNOT = "not-possible"
"""The reason where it cannot be replayed as it is."""
_HEADINGS = (
    Heading("Id", "编号"),
    Heading("Last", "最近一次"),
    Heading("Times", "次数"),
    Heading("Source", "来源"),
    Heading("Door", "入口"),
    Heading("Name", "名称"),
    Heading("Place", "位置"),
    Heading("Type", "类型"),
    Heading("Reason", "原因"),
    Heading("Pointer", "字段位置"),
    Heading("Column", "列"),
    Heading("Detail", "说明"),
)


def rejected_page(rows: Sequence[RejectedRow], *, limit: int, is_kept: bool) -> RejectedPage:
    """`rows`: one more than `limit` where there are more."""
    page = rows[:limit]
    return RejectedPage(
        rejected=tuple(map(rejected_event, page)),
        after=page[-1].order if len(rows) > limit else None,
        is_kept=is_kept,
    )


def rejected_event(row: RejectedRow) -> KeptEvent:
    """One of a list."""
    return KeptEvent.model_validate(_fields(row))


def rejected_content(row: RejectedRow, came: Came) -> RejectedContent:
    """One with what it was."""
    return RejectedContent.model_validate({**_fields(row), "content": shown(came)})


def rejected_csv(found: RejectedPage, lang: Lang | None) -> str:
    """A row for each place that is wrong."""
    rows = [
        (
            each.rejected_id,
            each.last_at,
            each.times,
            each.source,
            each.door,
            each.name,
            each.place,
            each.type,
            each.reason,
            place.pointer,
            place.column,
            place.detail,
        )
        for each in found.rejected
        for place in each.places
    ]
    return csv_text([heading.of(lang) for heading in _HEADINGS], rows)


def rejection_again(
    sent: Again, items: Sequence[Item], mapping: FeedMapping | None
) -> Rejection | None:
    """Why it is not taken now; None: it is. `items`: of the events that were sent, which `mapping`
    made."""
    match sent:
        case Refused():
            return refusal_of(sent)
        case NotAgain():
            return Rejection.of(CANNOT, [RejectedFault.of("", sent.detail)])
        case EventsAgain():
            problems = [item.problem for item in items if item.problem is not None]
            return rejection_of(problems[0], mapping) if problems else None


def replayed_event(rejected_id: str, why: Rejection | None, items: Sequence[Item]) -> ReplayedEvent:
    """What became of one."""
    return ReplayedEvent(
        rejected_id=rejected_id,
        outcome=_outcome(why, items),
        document_ids=tuple(item.document_id for item in items if item.document_id),
        reason="" if why is None else why.reason,
        places=() if why is None else _places(why.faults),
        more_places=0 if why is None else why.more_faults,
        warnings=tuple(
            RejectedPlace(pointer=place.pointer, column="", detail=place.detail)
            for item in items
            for place in item.warnings
        ),
    )


def replayed_page(items: Sequence[ReplayedEvent], *, after: str | None) -> ReplayedPage:
    """What became of several."""
    outcomes = [item.outcome for item in items]
    return ReplayedPage(
        accepted=outcomes.count("accepted"),
        duplicate=outcomes.count("duplicate"),
        skipped=outcomes.count("skipped"),
        rejected=outcomes.count("rejected"),
        items=tuple(items),
        after=after,
    )


def _outcome(why: Rejection | None, items: Sequence[Item]) -> ReplayOutcome:
    if why is not None:
        return "rejected"
    if not items:
        return "skipped"
    return "accepted" if any(item.outcome == "accepted" for item in items) else "duplicate"


def _fields(row: RejectedRow) -> dict[str, Any]:
    same = ("rejected_id", "dealer_id", "source", "place", "type", "kind", "size", "times")
    moments = ("first_at", "last_at", "expires_at", "tried_at")
    return {
        **{name: getattr(row, name) for name in same},
        **{name: _written(getattr(row, name)) for name in moments},
        "door": row.way.door,
        "name": row.way.name,
        "mapping": row.way.mapping,
        "record": row.number,
        "reason": row.why.reason,
        "places": _places(row.why.faults),
        "more_places": row.why.more_faults,
    }


def _places(faults: Iterable[RejectedFault]) -> tuple[RejectedPlace, ...]:
    return tuple(RejectedPlace(**fault.model_dump()) for fault in faults)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)
