"""Events in, as CloudEvents in all three modes, and the handshake before them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.intake.adapters.door import Body, Door
from services.intake.adapters.limited import refused
from services.intake.api.answering import answered, json_response, refuse_what_is_no_text
from services.intake.api.asked import (
    Asked,
    asked_in,
    headers_of,
    idempotency_key_of,
    is_trial,
    told_in,
)
from services.intake.api.callers import Callers, declared_size
from services.intake.api.first import FirstTime
from services.intake.api.senders import reach_of
from services.intake.domain.decode.binary import binary_event, check_type_of_data, is_binary
from services.intake.domain.decode.body import SINGLE, events_in, media_type_of
from services.intake.domain.decode.strict_json import TooLarge
from services.intake.domain.examine.feed import Reach
from services.intake.domain.limits.sender_limits import Caller, SenderLimits
from services.intake.domain.rejected.row import WayIn
from services.intake.domain.webhooks.handshake import permission
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.intake.views import problems
from services.intake.views.items import batch_answer, foreseen
from services.intake.views.openapi import (
    EVENT_BODY,
    HANDSHAKE_HEADERS,
    IDEMPOTENCY,
    PERMISSION,
    STRICT,
    VALIDATE,
    problems_of,
)
from shared.contracts.http.intake import BatchAnswer, Item
from shared.platform import metrics
from shared.platform.needs import later, needs, principal_of
from shared.platform.problems import problem_response

BINARY = "binary"
"""Stands for the media type of an event whose attributes are in headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What endpoints need that take events."""

    intake: Intake
    door: Door
    callers: Callers
    first: FirstTime
    settings: IntakeSettings

    def intake_for(self, request: Request) -> Intake:
        """One that does not really take anything, where that is asked."""
        return self.intake.trial() if is_trial(request) else self.intake


def events_router(taking: Taking) -> APIRouter:
    """`POST /v1/events` and its `OPTIONS`."""
    router = APIRouter(tags=["events"])

    @router.post(
        "/v1/events",
        dependencies=[needs("events:write", later)],
        summary="Report what happened at a dealer",
        openapi_extra={
            "requestBody": EVENT_BODY,
            "parameters": [STRICT, VALIDATE, IDEMPOTENCY],
        },
        response_model=None,
        responses={
            200: {"model": BatchAnswer, "description": "A batch, or one event that was known"},
            202: {"model": Item, "description": "Accepted: the broker has it"},
            **problems_of(400, 408, 409, 413, 415, 422, 429, 503),
        },
    )
    async def report(request: Request) -> Response:
        """One event, a batch, or lines of events. 2xx: all that is not `rejected` is safe.

        An answer of 503 means that nothing is known to be taken: send the same again, as often
        as it takes. A repeat is answered `duplicate` and changes nothing.
        """
        intake = taking.intake_for(request)
        with metrics.intake_request_seconds.time():
            response = await answered(lambda: _report(request, intake, taking), intake.monitor)
        metrics.intake_requests.labels(str(response.status_code)).inc()
        return response

    @router.options(
        "/v1/events",
        dependencies=[needs("events:write", later)],
        summary="Ask whether webhooks may be sent here",
        openapi_extra={"parameters": HANDSHAKE_HEADERS},
        response_class=Response,
        response_model=None,
        responses={**PERMISSION, **problems_of(400)},
    )
    async def handshake(request: Request) -> Response:
        """The handshake of CloudEvents: `WebHook-Allowed-Origin` says that they may."""
        return await permitted(request, taking)

    return router


async def permitted(request: Request, taking: Taking) -> Response:
    """The answer to one who asks for permission to send webhooks."""

    async def work() -> Response:
        headers = permission(
            origin=request.headers.get("webhook-request-origin"),
            rate=request.headers.get("webhook-request-rate"),
            allowed=taking.settings.webhook_origins,
        )
        return Response(status_code=200, headers=dict(headers))

    return await answered(work, taking.intake.monitor)


async def _report(request: Request, intake: Intake, taking: Taking) -> Response:
    asked = asked_in(request.query_params.multi_items())
    key = idempotency_key_of(request)
    media_type = media_type_sent(request)
    who = principal_of(request)
    caller, declared = taking.callers.of(who), declared_size(request)
    async with taking.door.body(request.stream(), by=caller, declared=declared) as body:

        async def work() -> Response:
            return await events_answer(
                request,
                body,
                media_type=media_type,
                asked=asked,
                intake=intake,
                taking=taking,
                way=WayIn(door="events", strict=asked.strict),
                only=reach_of(who),
            )

        if key is None or asked.validate:
            return await work()
        return await taking.first.answer(
            scope=f"events/{who.id}",
            key=key,
            request=[*told_in(request, asked), body.content],
            header="Idempotency-Key",
            work=work,
        )


async def events_answer(
    request: Request,
    body: Body,
    *,
    media_type: str,
    asked: Asked,
    intake: Intake,
    taking: Taking,
    way: WayIn,
    only: Reach,
) -> Response:
    """What becomes of the events of a body. `way`: by which they came; `only`: whose they may
    be."""
    is_batch = media_type not in (SINGLE, BINARY)
    async with taking.door.turn(body, is_batch=is_batch) as aside:
        refuse_what_is_no_text(body.content)
        items = await intake.receive(
            _events(request, body, media_type),
            traceparent=request.headers.get("traceparent"),
            aside=aside,
            strict=asked.strict,
            only=only,
            way=way,
        )
        if asked.validate:
            items = [foreseen(item) for item in items]
        return await aside(
            lambda: (
                json_response(200, batch_answer(items))
                if is_batch
                else _one(items[0], done=not asked.validate)
            )
        )


@contextmanager
def a_batch_of(caller: Caller) -> Iterator[SenderLimits]:
    """Refuses (413) where `TooLarge` is raised within it."""
    try:
        yield caller.limits
    except TooLarge as error:
        raise refused(caller, "batch", problems.too_large(str(error))) from None


def _events(request: Request, body: Body, media_type: str) -> Iterator[object]:
    """Each is counted to its sender."""
    with a_batch_of(body.caller) as limits:
        for event in _decoded(request, body.content, media_type, limits):
            body.events += 1
            yield event


def _decoded(
    request: Request, body: bytes, media_type: str, limits: SenderLimits
) -> Iterator[object]:
    if media_type == BINARY:
        yield binary_event(
            headers_of(request),
            body,
            content_type=request.headers.get("content-type"),
            max_event_bytes=limits.max_event_bytes,
        )
        return
    yield from events_in(
        body,
        media_type,
        max_items=limits.max_batch_items,
        max_event_bytes=limits.max_event_bytes,
    )


def media_type_sent(request: Request) -> str:
    """One of `MEDIA_TYPES`, or `BINARY`; raises `WrongMediaType` for any other."""
    content_type = request.headers.get("content-type")
    encoding = request.headers.get("content-encoding")
    if is_binary(content_type, headers_of(request)):
        check_type_of_data(content_type)
        return BINARY if media_type_of(SINGLE, encoding) else ""
    return media_type_of(content_type, encoding)


def _one(item: Item, *, done: bool) -> Response:
    if item.problem is not None:
        return problem_response(item.problem)
    return json_response(202 if done and item.outcome == "accepted" else 200, item)
