"""What triggers of leads share: what closes their tasks, what their words may name. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from services.followup.domain.leads.course import LeadCourse, LeadStand
from services.followup.domain.occasion import NOT_SAID, Occasion, TaskClosing
from shared.contracts.identifiers import number_in
from shared.contracts.leads import LeadReason

LEAD_SAYS: Mapping[str, str] = MappingProxyType(
    {
        "lead": "the number of the lead",
        "wish": "the model that they are interested in, and what they compare it with",
        "tries": "how often somebody tried to talk to them",
    }
)
LOSS_SAYS: Mapping[str, str] = MappingProxyType(
    {**LEAD_SAYS, "reason": "why they are lost, or nearly"}
)
_REASONS: Mapping[LeadReason, str] = MappingProxyType(
    {
        "product_knowledge": "product knowledge 产品知识",
        "process": "process 流程",
        "trust": "trust 信任",
        "brand": "brand 品牌",
        "price": "price 价格",
        "model": "model 车型",
        "delivery_time": "delivery time 交车期",
        "bought_elsewhere": "bought elsewhere 已在他处购买",
        "unreachable": "cannot be reached 无法联系",
        "put_off": "put off 暂缓购买",
        "undecided": "undecided 犹豫不决",
        "other": "other 其他",
    }
)


def lead_occasion(
    course: LeadCourse,
    document_id: str,
    *,
    at: datetime,
    known_at: datetime,
    endings: tuple[TaskClosing, ...],
    stand: LeadStand | None = None,
) -> Occasion:
    """An occasion of this lead, for who is responsible for it; `stand`: the loss that it is of."""
    said = {
        "lead": number_in(course.document_id),
        "wish": _wish(course),
        "tries": str(max(course.lead.contacts_made, len(course.tries))),
    }
    if stand is not None:
        said["reason"] = _REASONS[stand.reason] if stand.reason is not None else NOT_SAID
    return Occasion(
        document_id=document_id,
        at=at,
        known_at=known_at,
        zone=course.zone,
        late=course.late(known_at),
        endings=endings,
        said=said,
        grade=course.grade,
        person=course.lead.owner or None,
    )


def _wish(course: LeadCourse) -> str:
    return " / ".join(filter(None, (course.lead.model, course.lead.competitor))) or NOT_SAID


def contacted(
    course: LeadCourse, after: datetime, *, at_once: bool = False
) -> Iterator[TaskClosing]:
    """The first talk after that; `at_once`: or at that."""
    for moment in course.talks:
        if moment > after or (at_once and moment == after):
            yield TaskClosing(None, moment, "done", "contacted")
            return


def bought(course: LeadCourse, after: datetime) -> Iterator[TaskClosing]:
    """That they buy, by a delivery or by what the source of the lead says."""
    moments = [each.at for each in course.purchases if each.at >= after]
    moments += [
        each.since for each in course.stands if each.status == "bought" and each.since >= after
    ]
    if moments:
        yield TaskClosing(None, min(moments), "done", "lead bought")


def no_longer_followed(course: LeadCourse, after: datetime) -> Iterator[TaskClosing]:
    """What ends the contacts by the plan: they buy, put it off, or are lost for good."""
    yield from bought(course, after)
    for stand in course.stands:
        if stand.status == "quasi_lost" and stand.since > after:
            yield TaskClosing(None, stand.since, "cancelled", "quasi-lost")
        if stand.approved_at is not None and stand.approved_at > after:
            yield TaskClosing(None, stand.approved_at, "cancelled", "approved as lost")


def otherwise(stand: LeadStand) -> Iterator[TaskClosing]:
    """That the source says something else of them by then; that they bought, `bought` says."""
    if stand.until is None or stand.then == "bought":
        return
    if stand.then == "lost":
        yield TaskClosing(None, stand.until, "cancelled", "reported lost")
    elif stand.then == "quasi_lost":
        yield TaskClosing(None, stand.until, "cancelled", "quasi-lost")
    else:
        yield TaskClosing(None, stand.until, "cancelled", "lead taken up again")
