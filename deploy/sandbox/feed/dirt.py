"""What real exports are like: repeats, corrections, voids, late and disordered records, faults."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deploy.sandbox.feed import documents
from deploy.sandbox.feed.acquainted import RISING_ORDER
from deploy.sandbox.feed.dealership import Dealership
from deploy.sandbox.feed.feed import Fault, FeedDraft, VisitDraft, exported, repeated, visits_of

WINDOW_LINES = 12
"""Lines that an overlapping export window sends again, at most."""
_CHECKED_REGIONS = frozenset({"CN", "US"})
_FAULTS: tuple[Fault, ...] = (
    "cut off",
    "short VIN",
    "unknown dealer",
    "amount as a number",
    "no event id",
    "unknown type",
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much dirt there is in a feed."""

    repeats: int
    corrections: int
    voids: int
    overtaken: int
    late: int

    @classmethod
    def of(cls, events: int) -> "Amounts":
        """Realistic shares, but some of each."""
        return cls(
            repeats=max(2, events * 3 // 100),
            corrections=max(2, events * 3 // 100),
            voids=max(2, events * 8 // 1000),
            overtaken=max(2, events * 8 // 1000),
            late=max(2, events // 100),
        )

    @property
    def lines(self) -> int:
        """How many lines it adds: a late record is none, a move to another customer is one."""
        return self.repeats + self.corrections + self.voids + self.overtaken + 1


def faults(dealerships: Sequence[Dealership]) -> list[tuple[Dealership, Fault]]:
    """One of each fault, dealt to the dealers in turn; exactly one line is cut off.

    A failed check digit is one only where check digits are mandatory and refused.
    """
    found = [(dealerships[turn % len(dealerships)], fault) for turn, fault in enumerate(_FAULTS)]
    found.extend(
        (dealership, "failed check digit")
        for dealership in dealerships
        if dealership.dealer.region in _CHECKED_REGIONS and dealership.dealer.vin_check == "reject"
    )
    return found


def soiled(
    rng: random.Random,
    drafts: Sequence[FeedDraft],
    dealerships: Sequence[Dealership],
    *,
    amounts: Amounts,
    end: datetime,
) -> list[FeedDraft]:
    """`drafts` with `amounts.lines` more and some delayed; nothing is sent after `end`."""
    clean = sorted(drafts, key=lambda draft: draft.sent)
    correctable = [
        visit
        for visit in visits_of(clean)
        if visit.draft.fault is None
        and visit.report.customer is not None
        and visit.report.customer.kind != "internal"
        and visit.draft.sent < end - timedelta(hours=26)
        and visit.report.ro_no != RISING_ORDER  # the demo tells what comes of it
    ]
    needed = amounts.corrections + amounts.voids + amounts.overtaken + amounts.late + 1
    chosen = iter(rng.sample(correctable, needed))
    by_dealer = {dealership.dealer.id: dealership for dealership in dealerships}
    added = [_moved(rng, next(chosen), by_dealer)]
    for _ in range(amounts.corrections):
        added.append(_corrected(rng, next(chosen), by_dealer))
    for _ in range(amounts.voids):
        added.append(_voided(rng, next(chosen)))
    for _ in range(amounts.overtaken):
        added.append(_overtaken(rng, next(chosen)))
    late = {id(visit.draft) for visit in chosen}
    exports = [_delayed(rng, draft) if id(draft) in late else draft for draft in clean] + added
    return exports + list(_repeats(rng, exports, amounts.repeats, end))


def _after(rng: random.Random, visit: VisitDraft) -> datetime:
    return visit.draft.sent + timedelta(minutes=rng.randint(60, 24 * 60))


def _corrected(
    rng: random.Random, visit: VisitDraft, dealerships: dict[str, Dealership]
) -> FeedDraft:
    dealership = dealerships[visit.report.dealer_id]
    report = documents.corrected(rng, dealership, visit.report, modified_at=_after(rng, visit))
    return exported(rng, report, "visit corrected, another amount")


def _moved(rng: random.Random, visit: VisitDraft, dealerships: dict[str, Dealership]) -> FeedDraft:
    customer = visit.report.customer
    others = [
        owner.customer
        for owner in dealerships[visit.report.dealer_id].owners
        if customer is None or owner.customer.source_customer_id != customer.source_customer_id
    ]
    report = visit.report.model_copy(
        update={"customer": rng.choice(others), "source_modified_at": _after(rng, visit)}
    )
    return exported(rng, report, "visit corrected, another customer")


def _voided(rng: random.Random, visit: VisitDraft) -> FeedDraft:
    report = documents.voided(visit.report, modified_at=_after(rng, visit))
    return exported(rng, report, "visit voided")


def _overtaken(rng: random.Random, visit: VisitDraft) -> FeedDraft:
    """The version from before the car was ready, sent after the closed one."""
    before = visit.report.opened_at + timedelta(minutes=3)
    report = documents.opened(visit.report, modified_at=before)
    return FeedDraft(_after(rng, visit), report, "visit opened, overtaken by its closing")


def _delayed(rng: random.Random, draft: FeedDraft) -> FeedDraft:
    delay = timedelta(minutes=rng.randint(12 * 60, 25 * 60))
    return replace(draft, sent=draft.sent + delay, about=f"{draft.about}, arrived late")


def _repeats(
    rng: random.Random, exports: Sequence[FeedDraft], wanted: int, end: datetime
) -> Iterator[FeedDraft]:
    """Windows that overlap: stretches of lines are sent again soon after their last one."""
    repeatable = [
        draft
        for draft in sorted(exports, key=lambda draft: draft.sent)
        if draft.fault is None and draft.sent < end - timedelta(hours=1)
    ]
    while wanted > 0:
        length = min(wanted, WINDOW_LINES)
        start = rng.randrange(len(repeatable) - length)
        stretch = repeatable[start : start + length]
        sent = min(stretch[-1].sent + timedelta(minutes=rng.randint(5, 45)), end)
        for position, draft in enumerate(stretch):
            yield repeated(draft, sent=min(sent + timedelta(seconds=position), end))
        wanted -= length
