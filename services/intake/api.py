"""The endpoints: events in, and what the register knows of the documents."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, StringConstraints, TypeAdapter
from starlette.requests import ClientDisconnect

from services.intake.adapters.http.body import SINGLE, events_in, media_type_of, strictness_of
from services.intake.adapters.http.limits import Door
from services.intake.adapters.http.schema import EVENT_BODY, STRICT, problems_of
from services.intake.adapters.register import Register, row_of
from services.intake.domain.facts import Row
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.intake.views import problems
from services.intake.views.answers import BatchAnswer, Document, DocumentDetail, Item, batch_answer
from shared.contracts.http.problem import Problem
from shared.contracts.values import DealerId, instant_text
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal, invalid_query, problem_response, unknown
from shared.platform.tracebacks import where_raised

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]

log = structlog.get_logger()

_PAGE = TypeAdapter(list[Document])


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
            answer = await _answer(request, intake, door, settings)
        metrics.intake_requests.labels(str(answer.status_code)).inc()
        return answer

    return router


def documents_router(register: Register, dealers: Dealers) -> APIRouter:
    """`GET /v1/documents`: one, and a dealer's."""
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/documents",
        summary="A dealer's documents",
        response_model=list[Document],
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
        page = _PAGE.dump_json([_document(row) for row in rows])
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
        return _json(200, _detail(row))

    return router


async def _answer(
    request: Request, intake: Intake, door: Door, settings: IntakeSettings
) -> Response:
    headers = request.headers
    try:
        strict = strictness_of(request.query_params.multi_items())
        media_type = media_type_of(headers.get("content-type"), headers.get("content-encoding"))
        is_batch = media_type != SINGLE
        async with (
            door.body(request.stream()) as body,
            door.turn(size=len(body), is_batch=is_batch) as aside,
        ):
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
    except ClientDisconnect:
        return _refused(intake, problems.unreadable("the body was cut off"))
    except TransientFailure as failure:
        return _unavailable(failure)
    except Exception as error:  # its text may hold what was reported: only its kind is logged
        log.error("intake failed", because=where_raised(error))
        return problem_response(problems.internal())


def _refused(intake: Intake, problem: Problem) -> Response:
    intake.seen.request(problem)
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


def _document(row: Row) -> Document:
    return Document(
        document_id=row.document_id,
        kind=row.kind,
        version=row.version,
        customer_keys=tuple(sorted(row.keys)),
    )


def _detail(row: Row) -> DocumentDetail:
    return DocumentDetail(
        **_document(row).model_dump(),
        dealer_id=row.dealer_id,
        roles=dict(row.customer_keys),
        parent=row.parent,
        merged_into=row.merged_into,
        first_received_at=instant_text(row.first_received_at),
        updated_at=instant_text(row.updated_at),
    )
