"""The days that follow the history: work goes on, complaints come in, some are handled late."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, cycle, islice
from math import ceil
from typing import TypeVar

from deploy.sandbox.feed import cases, contacts, dirt, documents, outcomes
from deploy.sandbox.feed.acquainted import Cast
from deploy.sandbox.feed.contacts import Numbers
from deploy.sandbox.feed.dealership import Dealership, Owner, new_car, new_customer
from deploy.sandbox.feed.documents import Stay
from deploy.sandbox.feed.featured import FEATURED, NEEDS_DAYS, Featured
from deploy.sandbox.feed.feed import FeedDraft, FeedLine, exported, feed_lines
from deploy.sandbox.feed.history import open_dealerships
from deploy.sandbox.feed.leads import STORIES, Prospects
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import SaleReported
from shared.dealers.dealer import Dealer

FEWEST_EVENTS = 400
SHORTEST_DAYS = 3.0
_SALES, _COMPLAINTS, _SURVEYS, _CONSENTS, _REFERRALS, _OUTCOMES = 0.05, 0.02, 0.02, 0.01, 0.01, 0.17
_LEADS = 0.04
_NEW_TO_THE_DEALER = 0.75
_FIRST_NEW_SERIAL = 800_000
_FIRST_NEWCOMER = 50_001
_FIRST_LEAD = 60_001
_EARLY = timedelta(days=1.2)
"""Stories that take days begin this early."""

_LEADS_NEED = timedelta(days=2)
"""From the last lead that comes to the end."""

StoryMaker = Callable[[random.Random], cases.CaseStory]
_Thing = TypeVar("_Thing")


def live(
    *,
    seed: int,
    dealers: Sequence[Dealer],
    start: datetime,
    days: float = 6,
    events: int = 900,
) -> list[FeedLine]:
    """`events` lines of the `days` after `start`, in the order they are sent.

    The same for the same arguments. Raises `ValueError` for fewer than 400 events or 3 days, or
    a dealer whose country the sample does not know.
    """
    if events < FEWEST_EVENTS or days < SHORTEST_DAYS:
        raise ValueError(f"ask for at least {FEWEST_EVENTS} events in {SHORTEST_DAYS:.0f} days")
    rng = random.Random(f"{seed}/live")
    end = start + timedelta(days=days)
    dealerships = open_dealerships(seed=seed, dealers=dealers, today=start)
    amounts = dirt.Amounts.of(events)
    faults = dirt.faults(dealerships)
    presents = [
        Present(seed, dealership, start, end, position=position, of=len(dealerships))
        for position, dealership in enumerate(dealerships)
    ]
    left = events - amounts.lines - len(faults)
    drafts = [
        draft
        for position, present in enumerate(presents)
        for draft in present.drafts(left // len(presents) + (position < left % len(presents)))
    ]
    for dealership, fault in faults:
        visit = presents[dealerships.index(dealership)].visit()[-1]
        drafts.append(FeedDraft(visit.sent, visit.report, f"rejected: {fault}", fault))
    soiled = dirt.soiled(rng, drafts, dealerships, amounts=amounts, end=end)
    return feed_lines(soiled, prefix=f"live-{seed}")


class Present:
    """Tells the live days of one dealer of several. Nothing is sent after `end`."""

    def __init__(
        self,
        seed: int,
        dealership: Dealership,
        start: datetime,
        end: datetime,
        *,
        position: int,
        of: int,
    ) -> None:
        self._rng = random.Random(f"{seed}/{dealership.dealer.id}/live")
        self._dealership = dealership
        self._start = start
        self._end = end
        self._position = position
        self._of = of
        self._numbers = Numbers(500_001)
        self._newcomers = count(_FIRST_NEWCOMER)
        self._serials = count(_FIRST_NEW_SERIAL)
        self._cast = Cast(seed, dealership, start)
        self._prospects = Prospects(
            random.Random(f"{seed}/{dealership.dealer.id}/live leads"),
            dealership,
            self._numbers,
            first_newcomer=_FIRST_LEAD,
        )
        self._lately = contacts.lately(seed=seed, dealership=dealership, until=start)

    def drafts(self, wanted: int) -> list[FeedDraft]:
        """Exactly `wanted` drafts of all kinds, in no particular order."""
        drafts = list(self._complaints(max(4, int(wanted * _COMPLAINTS))))
        if self._position == 0:
            drafts += self._cast.rising(self._start)
        for _ in range(int(wanted * _SALES)):
            drafts += self._sale()
        drafts += [self._survey() for _ in range(int(wanted * _SURVEYS))]
        drafts += [self._consent() for _ in range(int(wanted * _CONSENTS))]
        drafts += [self._referral() for _ in range(max(1, int(wanted * _REFERRALS)))]
        drafts += self._leads(int(wanted * _LEADS))
        while len(drafts) < wanted * (1 - _OUTCOMES):
            drafts += self.visit()
        calls = outcomes.calls(
            self._rng, self._dealership, self._lately + drafts, after=self._start, before=self._end
        )
        for call in self._rng.sample(calls, len(calls)):
            if len(drafts) + len(call) <= wanted:
                drafts += call
        while len(drafts) < wanted:
            drafts += self.visit()
        return drafts[:wanted]

    def visit(self) -> list[FeedDraft]:
        """A car comes in, and leaves if there is time: two versions of one document."""
        owner = self._rng.choice(self._dealership.owners)
        opened_at = self._moment(before=self._end - timedelta(hours=1))
        ready_at = opened_at + timedelta(hours=self._rng.choice((2, 3, 5, 7, 22, 27, 46)))
        report = contacts.visited(
            self._rng,
            self._dealership,
            number=self._numbers.next("R"),
            customer=owner.customer,
            car=contacts.car_on(owner, self._dealership.local_date(opened_at)),
            when=Stay(opened_at, ready_at + timedelta(minutes=self._rng.randint(0, 59))),
        )
        begun = documents.opened(report, modified_at=opened_at + timedelta(minutes=5))
        versions = [
            exported(self._rng, begun, "visit opened"),
            exported(self._rng, report, "visit closed"),
        ]
        return [draft for draft in versions if draft.sent < self._end]

    def _moment(
        self, *, before: datetime | None = None, after: timedelta = timedelta()
    ) -> datetime:
        """A moment of opening hours; any moment if the dealer is closed all the while."""
        first, last = self._start + after, before or self._end
        days = ceil((last - first) / timedelta(days=1))
        for _ in range(20):
            day = self._dealership.local_date(first) + timedelta(days=self._rng.randint(0, days))
            moment = self._dealership.at_work(self._rng, day)
            if first <= moment < last:
                return moment
        return first + (last - first) * self._rng.random()

    def _sale(self) -> list[FeedDraft]:
        """A new car, mostly of a new customer. Some are reported before they are delivered."""
        at = self._moment(before=self._end - timedelta(hours=2))
        report = self._handed_over(self._buyer(), at)
        delivery = exported(self._rng, report, "sale delivered")
        ordered_at = at - timedelta(hours=self._rng.uniform(5, 60))
        if ordered_at < self._start:
            return [delivery]
        order = documents.ordered(report, modified_at=ordered_at)
        return [exported(self._rng, order, "sale ordered"), delivery]

    def _handed_over(self, customer: Customer, at: datetime) -> SaleReported:
        car = new_car(
            self._rng,
            self._dealership,
            delivered_on=self._dealership.local_date(at),
            serial=next(self._serials),
        )
        return contacts.delivered(self._rng, self._dealership, customer=customer, car=car, at=at)

    def _leads(self, wanted: int) -> Iterator[FeedDraft]:
        """The stories of leads in turn, as many as are `wanted`; what has no time ends there."""
        latest = self._end - _LEADS_NEED
        for story in islice(cycle(STORIES), wanted):
            at = self._moment(before=latest)
            for draft in self._prospects.told(story, at, self._sold_to_a_lead):
                if draft.sent < self._end:
                    yield draft

    def _sold_to_a_lead(self, customer: Customer, at: datetime) -> Iterator[FeedDraft]:
        if at < self._end - timedelta(hours=1):
            yield exported(self._rng, self._handed_over(customer, at), "sale delivered to a lead")

    def _buyer(self) -> Customer:
        if self._rng.random() < _NEW_TO_THE_DEALER:
            return new_customer(self._rng, self._dealership, next(self._newcomers))
        return self._rng.choice(self._dealership.owners).customer

    def _complaints(self, wanted: int) -> Iterator[FeedDraft]:
        """The stories every dealer tells, and as many kept promises as are `wanted` besides."""
        late: list[StoryMaker] = [
            cases.warned_then_saved,
            cases.contact_breached,
            cases.contact_reported_late,
            cases.executive_late if self._position == 0 else cases.executive_in_time,
        ]
        if self._position == self._of - 1:
            late.append(cases.unsatisfied)
        for make in late:
            yield from self._case(make(self._rng), before=self._start + _EARLY)
        for position in range(wanted):
            latest = self._end - timedelta(hours=12)
            story = cases.contacted_in_time(self._rng)
            yield from self._case(story, before=latest, overtaken=position == 0)
        if self._end - self._start >= timedelta(days=NEEDS_DAYS):
            for featured in self._dealt(FEATURED):
                yield from self._featured(featured)
        for make in self._dealt((cases.held, cases.reassigned, cases.regraded)):
            yield from self._case(make(self._rng), before=self._start + _EARLY)
        if self._position == self._of - 1:
            yield from self._duplicate()

    def _dealt(self, things: Sequence[_Thing]) -> Sequence[_Thing]:
        """Those of `things` that fall to this dealer, when they are dealt in turn."""
        return things[self._position :: self._of]

    def _case(
        self, story: cases.CaseStory, *, before: datetime, overtaken: bool = False
    ) -> Iterator[FeedDraft]:
        number = self._numbers.next("K")
        received_at = self._moment(before=before, after=timedelta(minutes=30))
        owner = self._rng.choice(self._dealership.owners)
        return self._sent_of(story, number, received_at, owner, overtaken=overtaken)

    def _featured(self, featured: Featured) -> Iterator[FeedDraft]:
        received_at = featured.received_at(self._start)
        owner = self._rng.choice(self._dealership.owners)
        return self._sent_of(featured.story, featured.case_no, received_at, owner)

    def _duplicate(self) -> Iterator[FeedDraft]:
        """Two customers complain of the same; the earlier case is merged into the later one."""
        later = self._moment(before=self._start + _EARLY, after=timedelta(hours=6))
        earlier = later - timedelta(hours=cases.DUPLICATE_HOURS)
        one, other = self._numbers.next("K"), self._numbers.next("K")
        first, second = self._rng.sample(self._dealership.owners, 2)
        yield from self._sent_of(cases.duplicate(into=other), one, earlier, first)
        yield from self._sent_of(cases.survivor(self._rng), other, later, second)

    def _sent_of(
        self,
        story: cases.CaseStory,
        number: str,
        received_at: datetime,
        owner: Owner,
        *,
        overtaken: bool = False,
    ) -> Iterator[FeedDraft]:
        filed = cases.complaint(
            self._rng,
            self._dealership,
            number=number,
            story=story,
            received_at=received_at,
            customer=owner.customer,
            vehicle=owner.cars[-1].vehicle,
        )
        for draft in cases.case(self._rng, self._dealership, filed, story, overtaken=overtaken):
            if draft.sent < self._end:
                yield draft

    def _survey(self) -> FeedDraft:
        report = documents.survey(
            self._rng,
            self._dealership,
            number=self._numbers.next("Q"),
            customer=self._rng.choice(self._dealership.owners).customer,
            after_sale=self._rng.random() < 0.3,
            at=self._moment(before=self._end - timedelta(hours=1)),
        )
        return exported(self._rng, report, "survey answered")

    def _consent(self) -> FeedDraft:
        report = documents.consent(
            self._rng,
            self._dealership,
            number=self._numbers.next("E"),
            customer=self._rng.choice(self._dealership.owners).customer,
            at=self._moment(before=self._end - timedelta(hours=1)),
        )
        return exported(self._rng, report, "consent given")

    def _referral(self) -> FeedDraft:
        referrer, referred = self._rng.sample(self._dealership.owners, 2)
        report = documents.referral(
            self._dealership,
            number=self._numbers.next("F"),
            referrer=referrer.customer,
            referred=referred.customer,
            at=self._moment(before=self._end - timedelta(hours=1)),
        )
        return exported(self._rng, report, "referral made")
