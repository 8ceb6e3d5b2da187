"""What scoring's endpoints read: a customer, pages of a list, the months of a dealer."""

from asyncio import to_thread
from datetime import datetime

from services.scoring.domain.counters import Trait
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.monthly import MONTHS_COUNTED
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.views.customer import score_of
from services.scoring.views.dealer import customers_page
from services.scoring.views.listing import AskedList, customers_of
from services.scoring.views.moves import AskedMoves
from services.scoring.views.totals import CountedMonths
from shared.contracts.http.scoring_lists import CustomerLine, Customers
from shared.contracts.http.scoring_moves import Moves
from shared.dealers.dealer import Dealers
from shared.decider.snapshot import Snapshot
from shared.platform.problems import Refusal, refusing, unknown, wrongly_asked
from shared.runtime import PAGE_LIMIT, Reader, customer_snapshot, lines_listed
from shared.time.asked_months import asked_months
from shared.time.months import month_at


async def counted_months(
    reader: Reader[ScoringFacts],
    dealers: Dealers,
    dealer_id: str,
    now: datetime,
    *,
    first: str | None = None,
    last: str | None = None,
    among: Trait | None = None,
    and_since: bool = False,
) -> CountedMonths:
    """The months from one to another of all customers, or of those `among` groups; `and_since`:
    and those up to the present one. Refuses (422) months that cannot be."""
    present = month_at(now, dealers.zone_of(dealer_id))
    with refusing():
        months = asked_months(first, last, present=present, counted=MONTHS_COUNTED)
    if and_since:
        months = range(months.start, present + 1)
    until = await reader.summarized_until()
    totals = await reader.totals(dealer_id)
    return await to_thread(CountedMonths.of, totals, months, until, among)


async def moves_listed(
    reader: Reader[ScoringFacts], asked: AskedMoves, after: str, limit: int, now: datetime
) -> Moves:
    """`limit` moves at most, those behind `after`. Refuses (422) what is the `after` of no page of
    them."""
    until = await reader.summarized_until()
    return asked.page(await lines_listed(reader, asked, after, limit), now, until)


async def scored_customer(reader: Reader[ScoringFacts], key: str) -> Snapshot[ScoringFacts]:
    """The customer of this key, with a score. Refuses who has none (404) or cannot be decided at
    present (503)."""
    snapshot = await customer_snapshot(reader, key)
    if snapshot is None or score_of(snapshot) is None:
        raise Refusal(unknown("no score of such a customer"))
    return snapshot


def rules_of(
    reader: Reader[ScoringFacts], snapshot: Snapshot[ScoringFacts], now: datetime
) -> ScoringPolicy:
    """By which the customer is decided now."""
    rulebook: ScoringRulebook = reader.policy
    return rulebook.in_force(snapshot.dealer_id, now).policy


async def customers_by_key(
    reader: Reader[ScoringFacts], dealer_id: str, after: str, limit: int, now: datetime
) -> Customers:
    """`limit` customers at most, by key, those behind the key `after`. Refuses (422) another's."""
    if after and not after.startswith(f"{dealer_id}/"):
        raise wrongly_asked("after", "not the `after` of a page of this dealer's customers")
    found: list[CustomerLine] = []
    while True:
        at_once = min(limit, PAGE_LIMIT)
        page = await reader.page(dealer_id, after=after, limit=at_once)
        shown = customers_page(page, limit=at_once, now=now)
        found += shown.customers
        limit -= len(page)
        if shown.after is None or not limit:
            return shown.model_copy(update={"customers": tuple(found)})
        after = shown.after


async def customers_listed(
    reader: Reader[ScoringFacts], asked: AskedList, after: str, limit: int, now: datetime
) -> Customers:
    """`limit` customers of a list at most, those behind `after`. Refuses (422) what is the `after`
    of no page of it."""
    until = await reader.summarized_until()
    found = await lines_listed(reader, asked, after, limit)
    return customers_of(found, asked, now, until)
