"""`aftercare tasks rehearse`: what a feed would open today, without sending it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from deploy.cli.event_files import EventLine
from deploy.cli.send import Account
from deploy.cli.tasks.rows import ScratchRows
from deploy.cli.tasks.services import Services
from deploy.cli.tasks.tally import DealerTally
from deploy.cli.terminal import counting
from services.followup.domain.decide import NAME, customer_plan
from services.followup.domain.facts import FollowUpFacts
from services.intake.domain.decode.body import NDJSON, events_in
from services.intake.receive import Intake
from shared.platform.publisher import Record
from shared.runtime import Rehearsal

LINES_AT_ONCE = 1_000
_PRAGMAS = """\
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -100000;  -- in kB
pragma locking_mode = exclusive;
"""


class Rehearsed(NamedTuple):
    """What became of the lines, and of the customers."""

    account: Account
    tallies: dict[str, DealerTally]
    undecided: Mapping[str, int]
    """What could not be decided, by service and reason."""
    as_of: datetime


class StillClock(NamedTuple):
    """Shows one moment, that of the rehearsal."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def at(self, real: datetime, /) -> datetime:
        return self.moment


class ToServices(NamedTuple):
    """Takes intake's records to the services that are rehearsed."""

    rehearsal: Rehearsal

    async def publish(self, records: Sequence[Record]) -> None:
        self.rehearsal.tell(records)


def moment_of(text: str, present: datetime) -> datetime:
    """An instant, or the beginning of a day (UTC); nothing: the present. Raises ValueError."""
    if not text:
        return present
    if len(text) == len("2026-12-01"):
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found.astimezone(UTC)


def rehearse(
    lines: Iterable[EventLine], services: Services, now: datetime, *, dealer: str = ""
) -> Rehearsed:
    """Take all lines in as intake would, let the services come to rest, and count what followup
    says of each customer, or of those of one dealer, as of the dealer's next working hour. Nothing
    is known before."""
    with (
        TemporaryDirectory(prefix="aftercare-") as folder,
        closing(sqlite3.connect(Path(folder) / "rehearsal", isolation_level=None)) as database,
    ):
        database.executescript(_PRAGMAS)
        rows = ScratchRows(database)
        rehearsal = Rehearsal(services.deciders, database, now, listeners=[NAME])
        database.execute("begin")  # nobody else reads it, so that nothing need be written at once
        intake = Intake(
            register=rows,
            publisher=ToServices(rehearsal),
            clock=StillClock(now),
            dealers=services.dealers,
        )
        account = asyncio.run(_take_in(intake, lines, services))
        with counting("deciding customers") as show:
            rehearsal.settle(lambda done: show(done, None))
        with counting("planning customers") as show:
            tallies = _tallies(rehearsal, services, now, dealer, show)
        undecided = Counter(f"{each.service}: {each.because}" for each in rehearsal.undecided)
        return Rehearsed(account, tallies, undecided, now)


async def _take_in(intake: Intake, lines: Iterable[EventLine], services: Services) -> Account:
    account = Account()
    waiting = iter(lines)
    with counting("reading events") as show:
        while some := list(islice(waiting, LINES_AT_ONCE)):
            for part in _portions(some, services.most_bytes):
                items = await intake.receive(_events(part, services))
                for line, item in zip(part, items, strict=True):
                    account.add(line, item)
            show(account.sent, None)
    return account


def _portions(lines: Sequence[EventLine], most_bytes: int) -> Iterator[list[EventLine]]:
    """As much at once as intake takes at once."""
    portion: list[EventLine] = []
    size = 0
    for line in lines:
        if portion and size + len(line.content) > most_bytes:
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += len(line.content)
    if portion:
        yield portion


def _events(lines: Sequence[EventLine], services: Services) -> Iterator[object]:
    body = b"\n".join(line.content for line in lines)
    return events_in(
        body, NDJSON, max_items=len(lines), max_event_bytes=services.most_bytes_of_an_event
    )


def _tallies(
    rehearsal: Rehearsal,
    services: Services,
    now: datetime,
    dealer: str,
    show: Callable[[int, int | None], None],
) -> dict[str, DealerTally]:
    """As of when each dealer is open: what waits for that is not left out in the evening."""
    tallies: dict[str, DealerTally] = {}
    opens: dict[str, datetime] = {}
    facts: FollowUpFacts
    total = rehearsal.count(NAME)
    for done, (dealer_id, facts) in enumerate(rehearsal.aggregates(NAME)):
        show(done, total)
        if dealer not in ("", dealer_id):
            continue
        policy = services.tasks_of(dealer_id, now)
        if dealer_id not in tallies:
            zone = str(services.dealers.zone_of(dealer_id))
            tallies[dealer_id] = DealerTally()
            opens[dealer_id] = policy.hours.next_open(now, zone)
        tallies[dealer_id].add(customer_plan(facts, policy, opens[dealer_id]))
    return tallies
