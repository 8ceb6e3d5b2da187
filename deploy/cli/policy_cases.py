"""The open cases of a dealer in the complaints database: read page by page, never written."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from services.complaints.domain.dry_run import Rehearsal, moves
from services.complaints.domain.facts import CaseFacts
from services.complaints.domain.rulebook import CaseRulebook
from shared.platform.errors import TransientFailure
from shared.platform.mongo import Mongo
from shared.runtime.aggregate import Aggregate
from shared.runtime.mongo_store import MongoStore
from shared.runtime.store import Store
from shared.settings import MongoSettings

PAGE = 200

Tell = Callable[[int], None]
"""Told how many cases were read so far."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a dealer's open cases have been brought to a version of its rules."""

    cases: int
    left: int


@asynccontextmanager
async def open_store(settings: MongoSettings) -> AsyncIterator[Store]:
    """The store of complaints. Raises `CannotRun` where the database does not answer."""
    mongo = Mongo(settings, "complaints")
    try:
        await mongo.ping()
        yield MongoStore(mongo.database, listed=True)
    except TransientFailure as failure:
        raise CannotRun(
            f"the database of complaints does not answer ({failure}); "
            f"AFTERCARE_MONGO__URI says where it is, {hint('up')} starts one"
        ) from failure
    finally:
        await mongo.close()


async def open_cases(store: Store, dealer_id: str) -> AsyncIterator[Aggregate]:
    """By deadline. One whose deadline moves meanwhile may come twice, or not at all."""
    after: tuple[datetime, str] | None = None
    while True:
        page = await store.open_by_deadline(dealer_id, after=after, limit=PAGE)
        for aggregate in page:
            yield aggregate
        if len(page) < PAGE:
            return
        last = page[-1]
        assert last.listing is not None and last.listing.deadline is not None
        after = (last.listing.deadline, last.id)


async def rehearse(
    store: Store,
    dealer_id: str,
    current: CaseRulebook,
    other: CaseRulebook,
    *,
    now: datetime,
    tell: Tell = lambda _: None,
) -> Rehearsal:
    """What other rules would do to the open cases."""
    found = Rehearsal()
    async for aggregate in open_cases(store, dealer_id):
        try:
            moved = moves(CaseFacts.model_validate_json(aggregate.facts), current, other, now)
        except Exception:  # one case that cannot be judged must not hide the others
            found.unreadable += 1
        else:
            if moved is not None:
                found.add(moved)
        tell(found.cases + found.unreadable)
    return found


async def progress(store: Store, dealer_id: str, version: str) -> Progress:
    """How many open cases there are, and how many are decided by other rules still."""
    cases = left = 0
    async for aggregate in open_cases(store, dealer_id):
        cases += 1
        left += aggregate.policy_version != version
    return Progress(cases, left)
