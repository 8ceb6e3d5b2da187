"""What is tried beside a dealer's rules, for those who look: the endpoint that shows what it comes
to in all and who would be something else, and the gauges."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from shared.contracts.http.policies import ShadowPage, Tried
from shared.dealers.dealer import Dealer
from shared.platform import metrics
from shared.platform.asked import Limit, Responses
from shared.platform.needs import in_path, needs
from shared.platform.problems import Refusal, unknown
from shared.policies.shadow import DIFFERING, compared_in, tried_in
from shared.runtime.census import CountMore, GaugeValue
from shared.runtime.reader import Reader, known_dealer

_NOTHING_TRIED: Responses = {
    404: {"description": "There is no such dealer here, or nothing is tried beside its rules."},
    422: {"description": "The page is not one of this list."},
}


def shadow_routes(reader: Reader[Any]) -> APIRouter:
    """`/dealers/{group}/{dealer}/shadow`, of a service that decides `with_shadows`."""
    router = APIRouter()

    @router.get(
        "/dealers/{group}/{dealer}/shadow",
        dependencies=[needs("policies:read", in_path)],
        summary="What other rules, tried beside a dealer's, would make of its customers",
        responses=_NOTHING_TRIED,
    )
    async def shadow(
        group: str,
        dealer: str,
        order: Annotated[
            Literal["won", "lost"], Query(description="Who wins most points first, or loses most.")
        ] = "won",
        after: str = "",
        limit: Limit = 100,
    ) -> ShadowPage:
        """As of a moment ago; complete once `totals` has all of the dealer's customers. After other
        rules came into force beside which they are tried, `/policies/progress` tells how many
        customers are still compared with those before."""
        dealer_id = known_dealer(reader, group, dealer)
        tried = reader.policy.shadow(dealer_id)
        if tried is None:
            raise Refusal(
                unknown(
                    "no rules are tried beside those of this dealer; "
                    "`aftercare policy shadow set` begins it"
                )
            )
        until = await reader.summarized_until()  # first: what follows may only be newer
        page = await reader.listed(
            dealer_id, DIFFERING, descending=order == "won", after=after, limit=limit
        )
        found = (compared_in(each.line, tried.version) for each in page.lines)
        return ShadowPage(
            dealer_id=dealer_id,
            version=tried.version,
            totals=tried_in(await reader.totals(dealer_id), tried.version),
            summarized_until=until,
            customers=tuple(each for each in found if each is not None),
            next=page.next,
        )

    return router


def shadow_gauges(service: str, reader: Reader[Any]) -> CountMore:
    """What the shadow of a dealer comes to; nothing where it has none."""

    async def count(dealer: Dealer) -> list[GaugeValue]:
        tried = reader.policy.shadow(dealer.id)
        if tried is None:
            return []
        found = tried_in(await reader.totals(dealer.id), tried.version)
        return [
            GaugeValue(metrics.shadow_points, (service, dealer.id), _points(found)),
            *(
                GaugeValue(metrics.shadow_customers, (service, dealer.id, effect), number)
                for effect, number in _effects(found)
            ),
        ]

    return count


def _points(found: Tried) -> int:
    return sum(each.points for each in found.effects if each.rule == "score")


def _effects(found: Tried) -> Iterator[tuple[str, int]]:
    numbers = {(each.rule, each.effect): each.number for each in found.effects}
    yield "judged", found.judged
    yield "changed", found.changed
    yield "grade_up", numbers.get(("grade", "up"), 0)
    yield "grade_down", numbers.get(("grade", "down"), 0)
    yield "points_won", numbers.get(("score", "up"), 0)
    yield "points_lost", numbers.get(("score", "down"), 0)
