"""The endpoints: events in, documents as the register knows them, and what is kept once more."""

from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, StringConstraints, TypeAdapter
from starlette.requests import ClientDisconnect

from services.intake.adapters.door import Door
from services.intake.adapters.register import Register, row_of
from services.intake.adapters.republish import Republishing, UnknownCursor
from services.intake.domain.decode.body import (
    SINGLE,
    UnreadableBody,
    WrongMediaType,
    events_in,
    media_type_of,
)
from services.intake.domain.decode.file_kinds import binary_kind
from services.intake.domain.decode.strict_json import TooLarge
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.intake.views import problems
from services.intake.views.documents import document_detail, narrative_of, registered_document
from services.intake.views.items import batch_answer
from services.intake.views.openapi import EVENT_BODY, STRICT, problems_of
from shared.contracts.http.intake import (
    BatchAnswer,
    DocumentDetail,
    Item,
    Narrative,
    RegisteredDocument,
    RepublishedPage,
)
from shared.contracts.http.problem import Problem
from shared.contracts.values import DealerId, Instant
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal, internal, invalid_query, problem_response, unknown
from shared.platform.tracebacks import where_raised

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]
MOST_REPUBLISHED_AT_ONCE = 1_000
"""The most documents of one request: they bound its time and its memory."""

log = structlog.get_logger()

_PAGE = TypeAdapter(list[RegisteredDocument])


def events_router(intake: Intake, settings: IntakeSettings) -> APIRouter:
    """`POST /v1/events`."""
    door = Door(settings)
    router = APIRouter(tags=["events"])

    @router.post(
        "/v1/events",
        summary="Report what happened at a dealer",
        openapi_extra={"requestBody": EVENT_BODY, "parameters": [STRICT]},
        response_model=None,
        responses={
            200: {"model": BatchAnswer, "description": "A batch, or one event that was known"},
            202: {"model": Item, "description": "Accepted: the broker has it"},
            **problems_of(400, 408, 413, 415, 422, 503),
        },
    )
    async def report(request: Request) -> Response:
        """One event, a batch, or lines of events. 2xx: all that is not `rejected` is safe.

        An answer of 503 means that nothing is known to be taken: send the same again, as often
        as it takes. A repeat is answered `duplicate` and changes nothing.
        """
        with metrics.intake_request_seconds.time():
            response = await _take(request, intake, door, settings)
        metrics.intake_requests.labels(str(response.status_code)).inc()
        return response

    return router


def documents_router(register: Register, dealers: Dealers) -> APIRouter:
    """`GET /v1/documents`: one, and a dealer's."""
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/documents",
        summary="A dealer's documents",
        response_model=list[RegisteredDocument],
        responses=problems_of(404, 422, 503),
    )
    async def documents(
        dealer_id: Annotated[DealerId, Query(description="group/dealer")],
        after: Annotated[str, Query(description="the last document_id of the page before")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        kind: Annotated[
            Kind | None, Query(description="only this kind; profiles are shown only when named")
        ] = None,
    ) -> Response:
        """By document id; go on with `after` until a page is empty."""
        if dealers.find(dealer_id) is None:
            return problem_response(unknown("no such dealer here"))
        if after and not after.startswith(f"{dealer_id}/"):
            detail = "not valid: query.after is no document_id of this dealer"
            return problem_response(invalid_query(detail))
        try:
            rows = await register.page(dealer_id, after=after, limit=limit, kind=kind)
        except TransientFailure as failure:
            return _unavailable(failure)
        page = _PAGE.dump_json([registered_document(row) for row in rows])
        return Response(page, media_type="application/json")

    @router.get(
        "/v1/documents/{document_id:path}",
        summary="What the register knows of a document",
        response_model=DocumentDetail,
        responses=problems_of(404, 503),
    )
    async def document(
        document_id: Annotated[str, Path(description="as answered, its `%` percent-encoded")],
    ) -> Response:
        """Its version and customers; nothing personal, and no narrative."""
        try:
            row = await row_of(register, document_id)
        except TransientFailure as failure:
            return _unavailable(failure)
        if row is None:
            return problem_response(unknown("no such document"))
        return _json(200, document_detail(row))

    return router


def narratives_router(register: Register) -> APIRouter:
    """`GET /v1/narratives/{document_id}`: what was written in free words, for who works on it.

    An address of its own, not one below the document's: any number of a document may end in any
    word.
    """
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/narratives/{document_id:path}",
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


def republish_router(republishing: Republishing, dealers: Dealers) -> APIRouter:
    """`POST /v1/republish`."""
    router = APIRouter(tags=["operations"])

    @router.post(
        "/v1/republish",
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


async def _take(request: Request, intake: Intake, door: Door, settings: IntakeSettings) -> Response:
    headers = request.headers
    try:
        strict = _strictness_of(request.query_params.multi_items())
        media_type = media_type_of(headers.get("content-type"), headers.get("content-encoding"))
        is_batch = media_type != SINGLE
        async with (
            door.body(request.stream()) as body,
            door.turn(size=len(body), is_batch=is_batch) as aside,
        ):
            _refuse_what_is_no_text(body)
            events = events_in(
                body,
                media_type,
                max_items=settings.max_batch_items,
                max_event_bytes=settings.max_event_bytes,
            )
            traceparent = headers.get("traceparent")
            items = await intake.receive(
                events, traceparent=traceparent, aside=aside, strict=strict
            )
            return await aside(lambda: _batch(items) if is_batch else _one(items[0]))
    except Refusal as refusal:
        return _refused(intake, refusal.problem)
    except WrongMediaType as error:
        return _refused(intake, problems.wrong_media_type(str(error)))
    except UnreadableBody as error:
        return _refused(intake, problems.unreadable(str(error)))
    except TooLarge as error:
        return _refused(intake, problems.too_large(str(error)))
    except ClientDisconnect:
        return _refused(intake, problems.unreadable("the body was cut off"))
    except TransientFailure as failure:
        return _unavailable(failure)
    except Exception as error:  # its text may hold what was reported: only its kind is logged
        log.error("intake failed", because=where_raised(error))
        return problem_response(internal("Intake failed"))


def _strictness_of(query: Sequence[tuple[str, str]]) -> bool:
    """Whether unknown fields are refused: `?strict=true`; raises `Refusal` (422) for any other."""
    match query:
        case []:
            return False
        case [("strict", "true" | "false" as strict)]:
            return strict == "true"
        case _:
            detail = "not valid: only query.strict is taken, once, as true or false"
            raise Refusal(invalid_query(detail))


def _refuse_what_is_no_text(body: bytes) -> None:
    """Say it once of a whole body, where decoding would say it of each line."""
    if kind := binary_kind(body):
        raise Refusal(problems.unreadable(f"this looks like {kind}: send JSON in UTF-8"))


def _refused(intake: Intake, problem: Problem) -> Response:
    intake.monitor.request(problem)
    return problem_response(problem)


def _batch(items: list[Item]) -> Response:
    return _json(200, batch_answer(items))


def _one(item: Item) -> Response:
    if item.problem is not None:
        return problem_response(item.problem)
    return _json(202 if item.outcome == "accepted" else 200, item)


def _unavailable(failure: TransientFailure) -> Response:
    log.warning("not taken", because=str(failure))
    metrics.transient_failures.labels("intake", type(failure).__name__).inc()
    return problem_response(problems.unavailable())


def _json(status: int, content: BaseModel) -> Response:
    body = content.model_dump_json(exclude_none=True)
    return Response(body, status_code=status, media_type="application/json")
