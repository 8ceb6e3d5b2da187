"""Two years of a dealer group, as its systems would export them for a first import."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice

from deploy.sandbox.feed import cases, contacts, dirt, documents
from deploy.sandbox.feed.acquainted import acquainted
from deploy.sandbox.feed.contacts import Numbers
from deploy.sandbox.feed.dealership import (
    CUSTOMERS,
    HISTORY_DAYS,
    Dealership,
    Owner,
    open_dealership,
)
from deploy.sandbox.feed.feed import FeedDraft, FeedLine, exported, feed_lines, visits_of
from deploy.sandbox.feed.leads import STORIES, Prospects
from shared.contracts.feeds import VisitReported
from shared.dealers.dealer import Dealer

FEWEST_EVENTS = 1000
"""With fewer there would not be room for everything that the feed promises."""
_QUIET = timedelta(days=10)
"""Before the end only deliveries and visits happen: all else is over."""
_CASES_END = timedelta(days=32)
_SALES, _COMPLAINTS, _SURVEYS, _CONSENTS, _REFERRALS, _HOUSE = 0.30, 0.03, 0.03, 0.02, 0.01, 0.01
_COMEBACKS = 0.01
_LEADS = 0.01
_FIRST_LEAD = 40_001
_OVERTAKEN = 0.08


def history(
    *, seed: int, dealers: Sequence[Dealer], until: datetime, events: int = 4500
) -> list[FeedLine]:
    """`events` lines of the two years up to `until`, in the order of export.

    The same for the same arguments. No complaint in it is younger than a month, so that nothing
    alarms. Raises `ValueError` for fewer than 1000 events, or a dealer whose country the sample
    does not know.
    """
    if events < FEWEST_EVENTS:
        raise ValueError(f"ask for at least {FEWEST_EVENTS} events of history")
    rng = random.Random(f"{seed}/history")
    dealerships = open_dealerships(seed=seed, dealers=dealers, today=until)
    amounts = dirt.Amounts.of(events)
    faults = dirt.faults(dealerships)
    faults += [(dealership, fault) for dealership, fault in faults if fault != "cut off"]
    cast = acquainted(seed=seed, dealerships=dealerships, until=until)
    pasts = [
        Past(seed, dealership, until, cast=cast[dealership.dealer.id]) for dealership in dealerships
    ]
    left = events - amounts.lines - len(faults)
    drafts = [
        draft
        for position, past in enumerate(pasts)
        for draft in past.drafts(left // len(pasts) + (position < left % len(pasts)))
    ]
    for dealership, fault in faults:
        past = pasts[dealerships.index(dealership)]
        visit = past.visit(rng.choice(dealership.owners), past.some_day())
        drafts.append(FeedDraft(visit.sent, visit.report, f"rejected: {fault}", fault))
    soiled = dirt.soiled(rng, drafts, dealerships, amounts=amounts, end=until)
    return feed_lines(soiled, prefix=f"past-{seed}")


def open_dealerships(*, seed: int, dealers: Sequence[Dealer], today: datetime) -> list[Dealership]:
    """The dealers with their customers, about two thousand in all."""
    return [
        open_dealership(
            seed=seed,
            dealer=dealer,
            today=today.astimezone(dealer.zone).date(),
            customers=CUSTOMERS // len(dealers),
        )
        for dealer in dealers
    ]


@dataclass(frozen=True, slots=True)
class _Coming:
    """Somebody comes with their car on a day."""

    owner: Owner
    day: date


class Past:
    """Tells the past of one dealer."""

    def __init__(
        self,
        seed: int,
        dealership: Dealership,
        until: datetime,
        *,
        cast: Sequence[FeedDraft] = (),
    ) -> None:
        self._rng = random.Random(f"{seed}/{dealership.dealer.id}/history")
        self._seed = seed
        self._dealership = dealership
        self._until = until
        self._today = dealership.local_date(until)
        self._numbers = Numbers(100_001)
        self._cast = cast

    def drafts(self, wanted: int) -> list[FeedDraft]:
        """Exactly `wanted` drafts of all kinds, in no particular order."""
        drafts = contacts.lately(seed=self._seed, dealership=self._dealership, until=self._until)
        drafts += self._cast
        drafts += self._sales(int(wanted * _SALES))
        drafts += [self._house_order() for _ in range(int(wanted * _HOUSE))]
        drafts += [self._consent() for _ in range(int(wanted * _CONSENTS))]
        drafts += [self._referral() for _ in range(int(wanted * _REFERRALS))]
        drafts += self._leads(int(wanted * _LEADS))
        surveys, complaints = int(wanted * _SURVEYS), int(wanted * _COMPLAINTS)
        stories = self._rng.choices(cases.STORIES, cases.PAST_WEIGHTS, k=complaints)
        chosen = [story(self._rng) for story in stories]
        steps = sum(1 + len(story.steps) for story in chosen)
        comebacks = int(wanted * _COMEBACKS)
        visits = self._visits(wanted - len(drafts) - surveys - steps - comebacks)
        over = [visit.report for visit in visits_of(visits)]
        drafts += self._comebacks(comebacks, over)
        drafts += self._complaints(chosen, over)
        drafts += self._surveys(surveys, over)
        return drafts + visits

    def _leads(self, wanted: int) -> Iterator[FeedDraft]:
        """Of half a year, as they stood when the system was exported."""
        prospects = Prospects(
            random.Random(f"{self._seed}/{self._dealership.dealer.id}/leads"),
            self._dealership,
            self._numbers,
            first_newcomer=_FIRST_LEAD,
        )
        for story in islice(cycle(STORIES), wanted):
            day = self._today - timedelta(days=self._rng.randint(_QUIET.days + 5, 180))
            yield prospects.last_word(story, self._dealership.at_work(self._rng, day))

    def visit(self, owner: Owner, day: date) -> FeedDraft:
        """A visit of `owner` on a day in the past."""
        at = contacts.stay(self._rng, self._dealership, day, before=self._until)
        report = contacts.visited(
            self._rng,
            self._dealership,
            number=self._numbers.next("R"),
            customer=owner.customer,
            car=contacts.car_on(owner, self._dealership.local_date(at.opened_at)),
            when=at,
        )
        return exported(self._rng, report, "visit closed")

    def some_day(self) -> date:
        """A day of the two years, but for the quiet last ones."""
        return self._today - timedelta(days=self._rng.randint(_QUIET.days, HISTORY_DAYS - 5))

    def _sales(self, most: int) -> list[FeedDraft]:
        start = self._today - timedelta(days=HISTORY_DAYS)
        lately = contacts.lately_since(self._dealership, self._until)
        bought = [
            (owner, car)
            for owner, car in contacts.bought_cars(self._dealership, since=start)
            if car.delivered_on <= lately
        ]
        drafts = []
        for owner, car in self._rng.sample(bought, min(most, len(bought))):
            at = self._dealership.at_work(self._rng, car.delivered_on)
            report = contacts.delivered(
                self._rng,
                self._dealership,
                customer=owner.customer,
                car=car,
                at=at,
                traded_in=contacts.traded_in_for(owner, car),
            )
            drafts.append(exported(self._rng, report, "sale delivered"))
        return drafts

    def _visits(self, wanted: int) -> list[FeedDraft]:
        """Those who bought elsewhere come once; then the loyal come as often as they do."""
        once, often = [], []
        owners = self._rng.sample(self._dealership.owners, len(self._dealership.owners))
        for owner in sorted(owners, key=lambda owner: -owner.visits_a_year):
            comings = self._comings(owner)
            if len(owner.cars) == 1 and owner.cars[0].delivered_on <= self._start:
                once.append(comings.pop() if comings else _Coming(owner, self.some_day()))
            often.extend(comings)
        self._rng.shuffle(once)
        planned = [*once, *often][:wanted]
        while len(planned) < wanted:
            planned.append(_Coming(self._rng.choice(self._dealership.owners), self.some_day()))
        return [self.visit(coming.owner, coming.day) for coming in planned]

    @property
    def _start(self) -> date:
        return self._today - timedelta(days=HISTORY_DAYS)

    def _comings(self, owner: Owner) -> list[_Coming]:
        """When the owner comes, by their habit, the last time last."""
        every = 365 / owner.visits_a_year
        first = max(self._start, owner.cars[0].delivered_on)
        day = first + timedelta(days=int(every * self._rng.uniform(0.4, 1.0)))
        last = min(self._today - _QUIET, owner.lost_after or self._today)
        comings = []
        while day <= last:
            comings.append(_Coming(owner, day))
            day += timedelta(days=max(20, int(every * self._rng.uniform(0.85, 1.15))))
        return comings

    def _complaints(
        self, chosen: Sequence[cases.CaseStory], visits: Sequence[VisitReported]
    ) -> Iterator[FeedDraft]:
        ended = self._until - _CASES_END
        about = [visit for visit in visits if visit.closed_at and visit.closed_at < ended]
        for story in chosen:
            visit = self._rng.choice(about)
            assert visit.closed_at is not None and visit.vehicle is not None
            filed = cases.complaint(
                self._rng,
                self._dealership,
                number=self._numbers.next("K"),
                story=story,
                received_at=visit.closed_at + timedelta(hours=self._rng.uniform(2, 72)),
                customer=visit.customer or self._rng.choice(self._dealership.owners).customer,
                vehicle=visit.vehicle,
                related_ro_no=visit.ro_no,
            )
            overtaken = self._rng.random() < _OVERTAKEN
            yield from cases.case(self._rng, self._dealership, filed, story, overtaken=overtaken)

    def _surveys(self, wanted: int, visits: Sequence[VisitReported]) -> Iterator[FeedDraft]:
        latest = self._until - _QUIET - timedelta(days=3)
        answerable = [
            visit
            for visit in visits
            if visit.customer is not None and visit.closed_at and visit.closed_at < latest
        ]
        for visit in self._rng.sample(answerable, wanted):
            assert visit.closed_at is not None and visit.customer is not None
            report = documents.survey(
                self._rng,
                self._dealership,
                number=self._numbers.next("Q"),
                customer=visit.customer,
                after_sale=False,
                at=visit.closed_at + timedelta(hours=self._rng.uniform(20, 70)),
            )
            yield exported(self._rng, report, "survey answered")

    def _comebacks(self, wanted: int, visits: Sequence[VisitReported]) -> Iterator[FeedDraft]:
        """Some come again within the fortnight, for what should have been done."""
        latest = self._until - timedelta(days=20)
        over = [visit for visit in visits if visit.closed_at and visit.closed_at < latest]
        for visit in self._rng.sample(over, wanted):
            assert visit.closed_at is not None
            day = self._dealership.local_date(visit.closed_at)
            day += timedelta(days=self._rng.randint(2, 14))
            report = documents.comeback(
                self._rng,
                self._dealership,
                visit,
                number=self._numbers.next("R"),
                stay=contacts.stay(self._rng, self._dealership, day, before=self._until),
            )
            yield exported(self._rng, report, "visit closed, a comeback")

    def _house_order(self) -> FeedDraft:
        at = contacts.stay(self._rng, self._dealership, self.some_day(), before=self._until)
        report = documents.house_order(
            self._rng, self._dealership, number=self._numbers.next("R"), stay=at
        )
        return exported(self._rng, report, "visit of the dealership's own car")

    def _consent(self) -> FeedDraft:
        owner = self._rng.choice(self._dealership.owners)
        at = self._dealership.at_work(self._rng, self.some_day())
        report = documents.consent(
            self._rng,
            self._dealership,
            number=self._numbers.next("E"),
            customer=owner.customer,
            at=at,
        )
        return exported(self._rng, report, "consent given")

    def _referral(self) -> FeedDraft:
        """Most of those who are referred buy a car some weeks later."""
        referrer, referred = self._rng.sample(self._dealership.owners, 2)
        day, bought = self.some_day(), referred.cars[-1].delivered_on
        if self._start + timedelta(days=60) < bought < self._today - _QUIET:
            day = bought - timedelta(days=self._rng.randint(5, 45))
        report = documents.referral(
            self._dealership,
            number=self._numbers.next("F"),
            referrer=referrer.customer,
            referred=referred.customer,
            at=self._dealership.at_work(self._rng, day),
        )
        return exported(self._rng, report, "referral made")
