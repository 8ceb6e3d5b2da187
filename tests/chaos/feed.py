"""What dealers report during a run: made up from a seed, and never the same document twice.

Sales, visits, their corrections (some to another customer), repeats of what was sent before,
complaints whose deadlines fall due within the run, and steps taken on some of them; and of people
who are known under two numbers, and turn out not to be one, and to be one after all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from shared.contracts.values import to_milliseconds
from tests.e2e.house import ago, reported, visit

Event = Mapping[str, Any]

CONTACT_AFTER = timedelta(hours=2)
WARNED_AFTER = timedelta(minutes=90)
KINDS = {
    "visit": 37,
    "sale": 10,
    "correction": 15,
    "repeat": 10,
    "complaint": 12,
    "step": 8,
    "acquainted": 8,
}
"""What is reported, and how often of a hundred."""
LATEST_DEADLINE_SECONDS = 10.0
NEVER = datetime.min.replace(tzinfo=UTC)
NUMBERS_A_FEED = 10_000_000
REPORTS_OF_AN_ACQUAINTANCE = 4
NOT_NEW = 0.7
"""How often more is reported of somebody who is known, and not of somebody new."""
REPEATED_AT_MOST = 500
"""A repeat is of one of so many events before it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint as it was reported, and when the customer was contacted, if he was."""

    case_no: str
    received_at: datetime
    contacted_at: datetime | None = None

    @property
    def warns_at(self) -> datetime:
        return self.received_at + WARNED_AFTER

    @property
    def due_at(self) -> datetime:
        return self.received_at + CONTACT_AFTER

    def announces(self, moment: datetime, now: datetime) -> bool:
        """Whether what is to be said at `moment` must stand: nobody had made contact by then."""
        moment = to_milliseconds(moment)  # as all instants are on the wire
        contacted_at = self.contacted_at and to_milliseconds(self.contacted_at)
        return moment <= now and (contacted_at is None or moment < contacted_at)


@dataclass(frozen=True, slots=True)
class Acquainted:
    """Somebody who is reported under two numbers: the one, the other, that one under another name,
    and that one as before."""

    number: int
    reported: int = 1

    @property
    def customers(self) -> tuple[str, str]:
        """The source's numbers."""
        return f"{self.number}-a", f"{self.number}-b"

    @property
    def is_one(self) -> bool:
        """Whether both are known, under one name."""
        return self.reported in (2, REPORTS_OF_AN_ACQUAINTANCE)

    @property
    def visitor(self) -> Mapping[str, Any]:
        """Who came last, in the words of the feed."""
        name = f"Other {self.number}" if self.reported == 3 else f"Somebody {self.number}"
        phone = {"number": f"+4915{self.number:09d}", "verified": True}
        return {
            "source_customer_id": self.customers[min(self.reported, 2) - 1],
            "name": name,
            "phones": [phone],
        }


@dataclass(slots=True)
class Feed:
    """One dealer-management system. Feeds of different numbers report different documents."""

    number: int
    random: Random
    customers: int
    cases: dict[str, Case] = field(default_factory=dict)
    acquainted: dict[int, Acquainted] = field(default_factory=dict)
    """By number."""
    _reported: int = 0
    _written_at: datetime = NEVER
    _visits: list[int] = field(default_factory=list)
    _sent: list[Event] = field(default_factory=list)

    def batch(self, size: int, now: datetime) -> list[Event]:
        """The next events, in no order."""
        made = [self._event(now) for _ in range(size)]
        self._sent = (self._sent + made)[-REPEATED_AT_MOST:]
        self.random.shuffle(made)
        return made

    def _event(self, now: datetime) -> Event:
        kinds: Mapping[str, Callable[[datetime], Event]] = {
            "visit": self._visit,
            "sale": self._sale,
            "correction": self._correction,
            "repeat": self._repeat,
            "complaint": self._complaint,
            "step": self._step,
            "acquainted": self._acquainted,
        }
        (kind,) = self.random.choices(list(KINDS), list(KINDS.values()))
        return kinds[kind](now)

    def _customer(self) -> str:
        return str(self.random.randrange(self.customers))

    def _next_number(self) -> int:
        self._reported += 1
        return self.number * NUMBERS_A_FEED + self._reported

    def _visit(self, _: datetime) -> Event:
        number = self._next_number()
        self._visits.append(number)
        return visit(number, self._customer())

    def _correction(self, now: datetime) -> Event:
        """Another amount, and most likely another customer."""
        if not self._visits:
            return self._visit(now)
        amount = f"{self.random.randrange(10, 900)}.00"
        return visit(
            self.random.choice(self._visits),
            self._customer(),
            source_modified_at=now.isoformat(),
            lines=[{"line_no": "1", "pay_type": "customer", "labour_amount": amount}],
        )

    def _repeat(self, now: datetime) -> Event:
        return self.random.choice(self._sent) if self._sent else self._visit(now)

    def _sale(self, _: datetime) -> Event:
        number = self._next_number()
        return reported(
            "sale",
            f"sale-{number}",
            deal_no=f"D-{number}",
            status="delivered",
            source_modified_at=ago(hours=20),
            deal_date=ago(days=9)[:10],
            delivered_at=ago(hours=20),
            sale_type="retail",
            vehicle={"vin": "WVWZZZ1JZXW000001"},
            price={"amount": "31500.00", "currency": "EUR"},
            customer={"source_customer_id": self._customer()},
        )

    def _acquainted(self, now: datetime) -> Event:
        """Somebody new, or the next of somebody; each later than the one before."""
        known = [
            each for each in self.acquainted.values() if each.reported < REPORTS_OF_AN_ACQUAINTANCE
        ]
        number = self._next_number()
        if known and self.random.random() < NOT_NEW:
            found = self.random.choice(known)
            found = replace(found, reported=found.reported + 1)
        else:
            found = Acquainted(number)
        self.acquainted[found.number] = found
        self._written_at = max(now, self._written_at + timedelta(milliseconds=1))
        event = visit(number, "", source_modified_at=self._written_at.isoformat())
        return {**event, "data": {**event["data"], "customer": found.visitor}}

    def _complaint(self, now: datetime) -> Event:
        """One whose warning, or whose breach, falls due soon."""
        number = self._next_number()
        soon = timedelta(seconds=self.random.uniform(1, LATEST_DEADLINE_SECONDS))
        elapsed = self.random.choice((WARNED_AFTER, CONTACT_AFTER))
        case = Case(f"C-{number}", now - elapsed + soon)
        self.cases[case.case_no] = case
        return reported(
            "complaint",
            f"complaint-{number}",
            case_no=case.case_no,
            source_modified_at=case.received_at.isoformat(),
            received_at=case.received_at.isoformat(),
            channel="phone",
            category="noise",
            customer={"source_customer_id": self._customer()},
        )

    def _step(self, now: datetime) -> Event:
        """Contact with somebody who complained, in time or not."""
        waiting = [case for case in self.cases.values() if case.contacted_at is None]
        if not waiting:
            return self._complaint(now)
        case = self.random.choice(waiting)
        self.cases[case.case_no] = replace(case, contacted_at=now)
        return reported(
            "complaint-step",
            f"step-{case.case_no}",
            case_no=case.case_no,
            step_id="contact",
            step="contacted",
            at=now.isoformat(),
            by="staff-7",
            source_modified_at=now.isoformat(),
        )
