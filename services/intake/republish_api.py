"""`POST /v1/republish`: a page of what is kept goes on the topics again."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Response

from services.intake.adapters.republish import PutBack, Republishing, UnknownPlace
from services.intake.views import problems
from services.intake.views.openapi import problems_of
from shared.contracts.values import DealerId, Instant
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal, invalid_query, problem_response, unknown

MOST_AT_ONCE = 1_000
"""So many documents of one request: they bound its time and its memory."""

log = structlog.get_logger()


def republish_router(republishing: Republishing, dealers: Dealers) -> APIRouter:
    """`POST /v1/republish`."""
    router = APIRouter(tags=["operations"])

    @router.post(
        "/v1/republish",
        summary="Put what is kept on the topics again, page by page",
        response_model=PutBack,
        responses=problems_of(404, 422, 503),
    )
    async def republish(
        dealer_id: Annotated[DealerId | None, Query(description="group/dealer; else all")] = None,
        since: Annotated[
            Instant | None, Query(description="only what was registered or changed since")
        ] = None,
        after: Annotated[str, Query(description="`next` of the page before")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE, description="documents at once")] = 500,
    ) -> Response:
        """The same records, under the same ids. Go on with `after` until `next` is null.

        An answer of 503 means that nothing is known of the page: ask for it again.
        """
        if dealer_id is not None and dealers.find(dealer_id) is None:
            raise Refusal(unknown("no such dealer here"))
        try:
            done = await republishing.page(
                dealer_id=dealer_id, since=since, after=after, limit=limit
            )
        except UnknownPlace:
            return problem_response(invalid_query("not valid: query.after"))
        except TransientFailure as failure:
            log.warning("not republished", because=str(failure))
            metrics.transient_failures.labels("intake", type(failure).__name__).inc()
            return problem_response(problems.unavailable())
        return Response(done.model_dump_json(), media_type="application/json")

    return router
