"""Documents as the register knows them, and what is kept once more."""

from functools import partial
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints, TypeAdapter

from services.intake.adapters.register import Register, row_of
from services.intake.adapters.republish import Republishing, UnknownCursor
from services.intake.api.answering import json_response, not_taken
from services.intake.views import problems
from services.intake.views.documents import (
    MaySee,
    document_detail,
    narrative_of,
    notes_of,
    registered_document,
)
from services.intake.views.openapi import problems_of
from shared.contracts.http.intake import (
    DocumentDetail,
    Narrative,
    RegisteredDocument,
    RepublishedPage,
    TaskNotes,
)
from shared.contracts.values import DealerId, Instant
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.needs import (
    asked_documents,
    asked_feed,
    everywhere,
    named,
    needs,
    principal_of,
    source_asked,
)
from shared.platform.problems import Refusal, invalid_query, problem_response, unknown

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]
MOST_REPUBLISHED_AT_ONCE = 1_000
"""The most documents of one request: they bound its time and its memory."""
MOST_NOTES_AT_ONCE = 50

log = structlog.get_logger()

_PAGE = TypeAdapter(list[RegisteredDocument])


def documents_router(register: Register, dealers: Dealers) -> APIRouter:
    """`GET /v1/documents`: one, and a dealer's."""
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/documents",
        dependencies=[needs("documents:read", asked_feed)],
        summary="A dealer's documents",
        response_model=list[RegisteredDocument],
        responses=problems_of(404, 422, 503),
    )
    async def documents(
        request: Request,
        *,
        dealer_id: Annotated[DealerId, Query(description="group/dealer")],
        source: Annotated[str | None, source_asked("documents:read")],
        after: Annotated[str, Query(description="the last document_id of the page before")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        kind: Annotated[
            Kind | None, Query(description="only this kind; profiles are shown only when named")
        ] = None,
    ) -> Response:
        """By document id; go on with `after` until a page is empty."""
        if dealers.find(dealer_id) is None:
            return problem_response(unknown("no such dealer here"))
        whose = dealer_id if source is None else f"{dealer_id}/{source}"
        if after and not after.startswith(f"{whose}/"):
            detail = "not valid: query.after is no document_id of this dealer and source"
            return problem_response(invalid_query(detail))
        try:
            rows = await register.page(whose, after=after, limit=limit, kind=kind)
        except TransientFailure as failure:
            return not_taken(failure)
        page = _PAGE.dump_json(
            [registered_document(row, may_see=_seen_by(request)) for row in rows]
        )
        return Response(page, media_type="application/json")

    @router.get(
        "/v1/documents/{document_id:path}",
        dependencies=[needs("documents:read", named("document_id"))],
        summary="What the register knows of a document",
        response_model=DocumentDetail,
        responses=problems_of(404, 503),
    )
    async def document(
        request: Request,
        document_id: Annotated[str, Path(description="as answered, its `%` percent-encoded")],
    ) -> Response:
        """Its version and customers; nothing personal, and no narrative."""
        try:
            row = await row_of(register, document_id)
        except TransientFailure as failure:
            return not_taken(failure)
        if row is None:
            return problem_response(unknown("no such document"))
        return json_response(200, document_detail(row, may_see=_seen_by(request)))

    return router


def _seen_by(request: Request) -> MaySee:
    """A link names a customer of another dealer, too."""
    return partial(principal_of(request).reaches, "documents:read")


def narratives_router(register: Register) -> APIRouter:
    """`GET /v1/narratives/{document_id}`: what was written in free words, for who works on it.

    An address of its own, not one below the document's: any number of a document may end in any
    word.
    """
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/narratives/{document_id:path}",
        dependencies=[needs("narratives:read", named("document_id"))],
        summary="What was written of a document in free words",
        response_model=Narrative,
        responses=problems_of(404, 503),
    )
    async def narrative(
        document_id: Annotated[str, Path(description="as answered, its `%` percent-encoded")],
    ) -> Response:
        """Personal: give it only to who works on the case. 404 when nothing was written."""
        row = await row_of(register, document_id)
        if row is None:
            raise Refusal(unknown("no such document"))
        found = narrative_of(row)
        if found is None:
            raise Refusal(unknown("nothing is written of this document"))
        return Response(
            found.model_dump_json(exclude_none=True),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return router


def notes_router(register: Register) -> APIRouter:
    """`GET /v1/notes`: what was noted of attempts at tasks, for who tries next."""
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/notes",
        dependencies=[needs("tasks:read", asked_documents)],
        summary="What staff noted of attempts at tasks",
        response_model=TaskNotes,
        responses=problems_of(422, 503),
    )
    async def notes(
        document_id: Annotated[
            list[str],
            Query(min_length=1, max_length=MOST_NOTES_AT_ONCE, description="an attempt's, each"),
        ],
    ) -> Response:
        """A note is a part of the work on a task: whoever may see the task may read it, and by this
        no other free words. Personal all the same."""
        found = await register.find(document_id)
        return Response(
            notes_of(
                found[id_] for id_ in dict.fromkeys(document_id) if id_ in found
            ).model_dump_json(),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return router


def republish_router(republishing: Republishing, dealers: Dealers) -> APIRouter:
    """`POST /v1/republish`."""
    router = APIRouter(tags=["operations"])

    @router.post(
        "/v1/republish",
        dependencies=[needs("operations", everywhere)],
        summary="Put what is kept on the topics again, page by page",
        response_model=RepublishedPage,
        responses=problems_of(404, 422, 503),
    )
    async def republish(
        dealer_id: Annotated[DealerId | None, Query(description="group/dealer; else all")] = None,
        since: Annotated[
            Instant | None, Query(description="only what was registered or changed since")
        ] = None,
        after: Annotated[str, Query(description="`next` of the page before")] = "",
        limit: Annotated[
            int, Query(ge=1, le=MOST_REPUBLISHED_AT_ONCE, description="documents at once")
        ] = 500,
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
        except UnknownCursor:
            return problem_response(invalid_query("not valid: query.after"))
        except TransientFailure as failure:
            log.warning("not republished", because=str(failure))
            metrics.transient_failures.labels("intake", type(failure).__name__).inc()
            return problem_response(problems.unavailable())
        return Response(done.model_dump_json(), media_type="application/json")

    return router
