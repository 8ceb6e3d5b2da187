"""The sample feed as tests read it: made once, and as intake sees it."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from deploy.sandbox.feed import FeedLine, history, live
from services.intake.domain.decide import decide
from services.intake.domain.examine.event import Reported, examine
from services.intake.domain.submissions import submissions
from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import REPORTS, AnyReport
from shared.contracts.intake import Recorded
from shared.dealers.dealer import Dealer, Dealers
from shared.settings import ServiceSettings
from tests.services.intake.memory_register import HASH_KEY

SEED = 7
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 6


@cache
def dealers() -> Dealers:
    return ServiceSettings().dealers()


@cache
def past() -> list[FeedLine]:
    return history(seed=SEED, dealers=dealers().all(), until=UNTIL)


@cache
def present() -> list[FeedLine]:
    return live(seed=SEED, dealers=dealers().all(), start=UNTIL, days=DAYS)


def report_of(line: FeedLine) -> AnyReport:
    event = CloudEvent.model_validate_json(line.line)
    return REPORTS[event.type].model_validate(event.data)


def reported(line: FeedLine, *, now: datetime) -> Reported | None:
    """The line as intake sees it; None if it refuses it."""
    try:
        raw = json.loads(line.line)
    except ValueError:
        return None
    found = examine(raw, dealers=dealers(), now=now)
    return found if isinstance(found, Reported) else None


def told(lines: Iterable[FeedLine]) -> Counter[str]:
    """How often each thing happens, whichever the dealer."""
    return Counter(line.about.split(": ", 1)[1] for line in lines)


def of_dealer(lines: Iterable[FeedLine], dealer: Dealer) -> list[FeedLine]:
    return [line for line in lines if line.dealer_id == dealer.id]


def recorded(found: Reported, *, now: datetime) -> tuple[Recorded, ...]:
    """What intake publishes of a report it has not seen before, but for the profiles."""
    return decide(None, submissions(found, key=HASH_KEY)[0], received_at=now).messages
