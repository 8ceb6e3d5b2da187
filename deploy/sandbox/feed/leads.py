"""People who may buy: how they come, who talks to them, and what becomes of them."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal, get_args

from deploy.sandbox.feed.contacts import Numbers
from deploy.sandbox.feed.dealership import Dealership, new_customer
from deploy.sandbox.feed.feed import FeedDraft, exported
from deploy.sandbox.feed.tasks import KnownTask, outcome
from services.intake.domain.documents import document_id_of
from services.intake.domain.documents.naming import key_of
from shared.contracts.feed_parts import Customer
from shared.contracts.identifiers import lead_key
from shared.contracts.leads import (
    LeadChannel,
    LeadContact,
    LeadReason,
    LeadReported,
    LeadStatus,
    LeadTurn,
)
from shared.contracts.values import instant_text

LeadStory = Literal[
    "talked to",
    "bought",
    "put off",
    "lost, approved",
    "named later",
    "lost, approved here",
    "hardly followed",
    "asks",
]
STORIES: tuple[LeadStory, ...] = get_args(LeadStory)
"""They are told in turn."""
Sell = Callable[[Customer, datetime], Iterator[FeedDraft]]
"""A car is handed over to somebody then."""

_CHANNELS: tuple[LeadChannel, ...] = ("web", "call", "walk_in")
_LOST_BECAUSE: tuple[LeadReason, ...] = (
    *("bought_elsewhere", "price", "brand", "model"),
    *("unreachable", "trust", "product_knowledge", "delivery_time"),
)
_PUT_OFF_BECAUSE: tuple[LeadReason, ...] = ("put_off", "undecided")
_COMPETITORS = ("BYD", "Geely", "Toyota")
_KNOWN = frozenset({"bought", "lost, approved here"})
"""In these the dealer knows the customer's number from the beginning."""
_NUMBERED = 0.3
_WRITTEN = timedelta(minutes=2)


class Prospects:
    """Tells of leads of one dealer. The same for the same arguments and calls."""

    def __init__(
        self, rng: random.Random, dealership: Dealership, numbers: Numbers, *, first_newcomer: int
    ) -> None:
        self._rng = rng
        self._dealership = dealership
        self._numbers = numbers
        self._newcomers = count(first_newcomer)
        self._manager = dealership.market.staff[-1]

    def told(self, story: LeadStory, at: datetime, sell: Sell) -> Iterator[FeedDraft]:
        """All that is reported of one lead who came `at`, in the order of time."""
        came = self._came(at, story)
        yield self._sent(came, "lead came")
        match story:
            case "asks":
                pass
            case "hardly followed":
                yield self._sent(self._lost(came, self._later(at)), "lead lost, hardly followed")
            case "named later":
                yield from self._named_later(came)
            case "talked to":
                yield from self._talked_to(came)
            case "bought":
                yield from self._bought(came, sell)
            case "put off":
                yield from self._put_off(came)
            case "lost, approved":
                yield from self._approved(came)
            case "lost, approved here":
                yield from self._approved_here(came)

    def last_word(self, story: LeadStory, at: datetime) -> FeedDraft:
        """The lead as the source has it at the end, as an export of years has it once."""
        told = [*self.told(story, at, _sells_nothing)]
        return [draft for draft in told if isinstance(draft.report, LeadReported)][-1]

    def _came(self, at: datetime, story: LeadStory) -> LeadReported:
        rng, market = self._rng, self._dealership.market
        customer = self._person() if story in _KNOWN or rng.random() < _NUMBERED else None
        return LeadReported(
            source=market.source,
            dealer_id=self._dealership.dealer.id,
            source_modified_at=at + _WRITTEN,
            lead_no=self._numbers.next("L"),
            status="open",
            at=at,
            channel=rng.choice(_CHANNELS),
            ability_to_pay=rng.choice(("high", "high", "some", "unknown")),
            brand_loyalty=rng.choice(("high", "some", "none", "unknown")),
            buys_within_days=rng.choice((14, 30, 60, 180)),
            competitor=rng.choice(_COMPETITORS) if rng.random() < 0.4 else None,
            model=rng.choice(market.models).name,
            owner=rng.choice(market.staff[:-1]),
            customer=customer,
        )

    def _person(self) -> Customer:
        """Somebody whom the dealer has in its books, mostly since now."""
        if self._rng.random() < 0.3:
            return self._rng.choice(self._dealership.owners).customer
        return new_customer(self._rng, self._dealership, next(self._newcomers))

    def _talked_to(self, came: LeadReported) -> Iterator[FeedDraft]:
        """Through the follow-up task, which somebody reports as done."""
        at = self._soon(came.at)
        kind = "lead_walk_in" if came.channel == "walk_in" else "lead_first_contact"
        if came.channel == "walk_in":
            at = self._later(came.at)
        task = _task(came, kind, document_id_of(came))
        talked = outcome(task, "done", at=at, by=came.owner, channel="phone")
        yield exported(self._rng, talked, "lead called, done")
        yield self._sent(_turned(came, "contacted", at), "lead contacted")

    def _named_later(self, came: LeadReported) -> Iterator[FeedDraft]:
        """Nobody answers at first; then they say who they are."""
        tried = self._contact(came, self._soon(came.at), reached=False)
        yield self._sent(tried, "lead not reached")
        again = self._contact(tried, self._later(came.at))
        named = again if again.customer else again.model_copy(update={"customer": self._person()})
        yield self._sent(named, "lead contacted, and known as a customer")

    def _bought(self, came: LeadReported, sell: Sell) -> Iterator[FeedDraft]:
        talked = self._contact(came, self._soon(came.at))
        yield self._sent(talked, "lead contacted")
        at = self._later(talked.contacts[-1].at)
        yield self._sent(_turned(talked, "bought", at), "lead bought")
        assert came.customer is not None, "who buys is known"
        yield from sell(came.customer, at + timedelta(hours=1))

    def _put_off(self, came: LeadReported) -> Iterator[FeedDraft]:
        talked = self._contact(came, self._soon(came.at))
        yield self._sent(talked, "lead contacted")
        reason = self._rng.choice(_PUT_OFF_BECAUSE)
        at = self._later(talked.contacts[-1].at)
        yield self._sent(_turned(talked, "quasi_lost", at, reason=reason), "lead quasi-lost")

    def _approved(self, came: LeadReported) -> Iterator[FeedDraft]:
        """The manager agrees in the source."""
        lost = self._followed_and_lost(came)
        yield self._sent(lost, "lead lost")
        assert lost.status_at is not None, "it is lost since then"
        at = lost.status_at + timedelta(hours=self._rng.uniform(1, 8))
        agreed = {"approved_by": self._manager, "approved_at": at}
        approved = lost.model_copy(update={**agreed, "source_modified_at": at + _WRITTEN})
        yield self._sent(approved, "lead lost, approved")

    def _approved_here(self, came: LeadReported) -> Iterator[FeedDraft]:
        """The manager answers the task that asks for it."""
        lost = self._followed_and_lost(came)
        yield self._sent(lost, "lead lost")
        assert lost.status_at is not None, "it is lost since then"
        since = instant_text(lost.status_at)
        task = _task(lost, "lost_approval", f"{document_id_of(lost)}/lost/{since}")
        at = lost.status_at + timedelta(hours=self._rng.uniform(1, 8))
        agreed = outcome(task, "approved_lost", at=at, by=self._manager, channel="app")
        yield exported(self._rng, agreed, "loss of a lead approved")

    def _followed_and_lost(self, came: LeadReported) -> LeadReported:
        talked = self._contact(came, self._soon(came.at))
        again = self._contact(talked, talked.contacts[-1].at + timedelta(hours=1), reached=False)
        return self._lost(again, self._later(again.contacts[-1].at))

    def _lost(self, lead: LeadReported, at: datetime) -> LeadReported:
        return _turned(lead, "lost", at, reason=self._rng.choice(_LOST_BECAUSE))

    def _contact(self, lead: LeadReported, at: datetime, *, reached: bool = True) -> LeadReported:
        contact = LeadContact(at=at, by=lead.owner, channel="phone", reached=reached)
        contacts = (*lead.contacts, contact)
        if reached and lead.status == "open":
            return _turned(lead, "contacted", at, contacts=contacts)
        return lead.model_copy(update={"contacts": contacts, "source_modified_at": at + _WRITTEN})

    def _soon(self, moment: datetime) -> datetime:
        """Within the hours in which an enquiry is to be answered, or shortly after."""
        return _to_seconds(moment + timedelta(hours=self._rng.uniform(0.2, 3)))

    def _later(self, moment: datetime) -> datetime:
        """On the next day, while the dealer works."""
        day = self._dealership.local_date(moment) + timedelta(days=1)
        return _to_seconds(self._dealership.at_work(self._rng, day))

    def _sent(self, report: LeadReported, about: str) -> FeedDraft:
        return exported(self._rng, report, about)


def _sells_nothing(_: Customer, __: datetime) -> Iterator[FeedDraft]:
    yield from ()


def _turned(lead: LeadReported, status: LeadStatus, at: datetime, **more: Any) -> LeadReported:
    """With another status from then on; the one before is kept."""
    before = LeadTurn.model_validate(
        {"status": lead.status, "at": lead.status_at or lead.at, "by": lead.status_by}
    )
    return lead.model_copy(
        update={
            "status": status,
            "status_at": at,
            "status_by": lead.owner,
            "earlier": (*lead.earlier, before),
            "source_modified_at": at + _WRITTEN,
            **more,
        }
    )


def _task(lead: LeadReported, kind: str, document_id: str) -> KnownTask:
    """A task on a lead, which has a key of its own while nobody knows who it is."""
    if lead.customer is not None:
        key = key_of(lead, lead.customer)
    else:
        key = lead_key(lead.dealer_id, lead.source, lead.lead_no)
    return KnownTask(lead.source, lead.dealer_id, key, kind, document_id)


def _to_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
