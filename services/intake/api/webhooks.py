"""Webhooks in, CloudEvents or plain JSON by a mapping: signed, as Standard Webhooks has it, or from
a sender that shows a key."""

from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request, Response

from services.intake.adapters.door import Body
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.monitor import Sender
from services.intake.adapters.webhooks import ExpectedWebhooks, Webhook
from services.intake.api.answering import answered, json_response, refuse_what_is_no_text
from services.intake.api.asked import (
    Asked,
    asked_in,
    headers_of,
    idempotency_key_of,
    told_in,
)
from services.intake.api.callers import declared_size
from services.intake.api.events import (
    Taking,
    a_batch_of,
    events_answer,
    media_type_sent,
    permitted,
)
from services.intake.api.first import Work
from services.intake.domain.decode.binary import is_binary
from services.intake.domain.decode.body import NDJSON, WrongMediaType, media_type_of
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.shape import type_of
from services.intake.domain.rejected.row import WayIn
from services.intake.domain.webhooks.records import records_in
from services.intake.domain.webhooks.signature import ID, Verdict, is_id, verdict_of
from services.intake.receive import Intake
from services.intake.views import problems
from services.intake.views.items import foreseen
from services.intake.views.openapi import (
    HANDSHAKE_HEADERS,
    IDEMPOTENCY,
    PERMISSION,
    STRICT,
    VALIDATE,
    WEBHOOK_BODY,
    WEBHOOK_HEADERS,
    problems_of,
)
from services.intake.views.records import records_answer, refused_items
from services.intake.views.rejections import rejected_records
from shared.contracts.http.intake_webhooks import RecordsAnswer, RecordsProblem
from shared.platform import metrics
from shared.platform.needs import TO_ALL, shown_principal
from shared.platform.problems import Refusal, problem_response
from shared.time.clock import TimeSource
from shared.yaml_file import WrongFile

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expecting:
    """Which webhooks are expected, and what they are read through."""

    webhooks: ExpectedWebhooks
    mappings: Mappings
    clock: TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """A webhook that is genuine."""

    request: Request
    body: Body
    asked: Asked
    webhook: Webhook
    intake: Intake
    taking: Taking


def webhooks_router(taking: Taking, expecting: Expecting) -> APIRouter:
    """`POST /v1/webhooks/{name}` and its `OPTIONS`."""
    router = APIRouter(tags=["webhooks"])

    @router.post(
        "/v1/webhooks/{name}",
        dependencies=[TO_ALL],
        summary="Deliver a webhook",
        openapi_extra={
            "requestBody": WEBHOOK_BODY,
            "parameters": [*WEBHOOK_HEADERS, STRICT, VALIDATE, IDEMPOTENCY],
        },
        response_model=None,
        responses={
            200: {
                "model": RecordsAnswer,
                "description": "What became of it; of CloudEvents as `POST /v1/events` answers",
            },
            **problems_of(400, 401, 408, 409, 413, 415, 422, 429, 503),
        },
    )
    async def deliver(name: str, request: Request) -> Response:
        """Signed, or where the sender cannot sign with a key. The same `webhook-id` again is
        answered as the first time, and does nothing."""
        intake = taking.intake_for(request)
        response = await answered(
            lambda: _deliver(name, request, intake, taking, expecting), intake.monitor
        )
        metrics.intake_requests.labels(str(response.status_code)).inc()
        return response

    @router.options(
        "/v1/webhooks/{name}",
        dependencies=[TO_ALL],
        summary="Ask whether webhooks may be sent here",
        openapi_extra={"parameters": HANDSHAKE_HEADERS},
        response_class=Response,
        response_model=None,
        responses={**PERMISSION, **problems_of(400)},
    )
    async def handshake(name: str, request: Request) -> Response:
        """The handshake of CloudEvents; it does not tell whether there is such a webhook."""
        return await permitted(request, taking)

    return router


async def _deliver(
    name: str, request: Request, intake: Intake, taking: Taking, expecting: Expecting
) -> Response:
    known = expecting.webhooks.find(name)
    stranger = taking.callers.of_stranger(request, None if known is None else known.name)
    async with taking.door.body(
        request.stream(), by=stranger, declared=declared_size(request)
    ) as body:
        webhook = await _genuine(name, request, body.content, expecting)
        dealer = taking.callers.of_dealer(webhook.feed.dealer_id)
        async with taking.door.known(body, by=dealer) as theirs:
            delivery = _Delivery(
                request=request,
                body=theirs,
                asked=asked_in(request.query_params.multi_items()),
                webhook=webhook,
                intake=intake,
                taking=taking,
            )
            return await _once(delivery, expecting)


async def _once(delivery: _Delivery, expecting: Expecting) -> Response:
    request, mapping = delivery.request, delivery.webhook.mapping
    key = idempotency_key_of(request)

    async def work() -> Response:
        if mapping is None:
            return await _take_events(delivery)
        return await _take_records(delivery, _mapping(mapping, expecting))

    async def once() -> Response:
        if key is None:
            return await work()
        return await _first_of(delivery, "key", key, "Idempotency-Key", work)

    if delivery.asked.validate:
        return await work()
    id_ = _id_of(delivery)
    return await (once() if id_ is None else _first_of(delivery, "id", id_, ID, once))


def _id_of(delivery: _Delivery) -> str | None:
    """Its `webhook-id`; None where one that is not signed has none. Raises `Refusal` (400)."""
    found = delivery.request.headers.getlist(ID)
    if delivery.webhook.is_signed or (len(found) == 1 and is_id(found[0])):
        return found[0]
    if found:
        raise Refusal(problems.wrong_id())
    return None


async def _genuine(name: str, request: Request, body: bytes, expecting: Expecting) -> Webhook:
    """The webhook that this is. Raises `Refusal` (401), the same whatever is wrong with it."""
    webhook = expecting.webhooks.find(name)
    verdict = verdict_of(
        request.headers,
        body,
        secrets=() if webhook is None else webhook.secrets,
        now=expecting.clock.now(),
    )
    if webhook is not None and not webhook.is_signed:
        verdict = await _verdict_of_key(request, webhook.feed)
    metrics.intake_webhooks.labels("unknown" if webhook is None else webhook.name, verdict).inc()
    if webhook is None or verdict != "genuine":
        if webhook is not None:
            log.warning("webhook refused", webhook=webhook.name, because=verdict)
        raise Refusal(problems.unverified())
    return webhook


async def _verdict_of_key(request: Request, feed: Feed) -> Verdict:
    """Whether who sends shows a key, or a token, that may report for this feed."""
    if "authorization" not in request.headers:
        return "unsigned"
    try:
        who = await shown_principal(request)
    except Refusal:
        return "forged"
    return "genuine" if who.may("events:write", feed.dealer_id, feed.source) else "forged"


async def _first_of(delivery: _Delivery, kind: str, key: str, header: str, work: Work) -> Response:
    return await delivery.taking.first.answer(
        scope=f"webhook-{kind}/{delivery.webhook.name}",
        key=key,
        request=[*told_in(delivery.request, delivery.asked), delivery.body.content],
        header=header,
        work=work,
    )


async def _take_events(delivery: _Delivery) -> Response:
    headers = delivery.request.headers
    is_in_headers = is_binary(headers.get("content-type"), headers_of(delivery.request))
    if is_in_headers and delivery.webhook.is_signed:
        raise WrongMediaType(
            "the signature of a webhook does not cover its ce- headers: send the event in "
            "structured mode, as application/cloudevents+json"
        )
    return await events_answer(
        delivery.request,
        delivery.body,
        media_type=media_type_sent(delivery.request),
        asked=delivery.asked,
        intake=delivery.intake,
        taking=delivery.taking,
        way=_way(delivery),
        only=delivery.webhook.feed,
    )


async def _take_records(delivery: _Delivery, mapping: FeedMapping) -> Response:
    headers, webhook = delivery.request.headers, delivery.webhook
    _check_is_json(headers.get("content-type"), headers.get("content-encoding"))
    async with delivery.taking.door.turn(delivery.body, is_batch=True) as aside:
        refuse_what_is_no_text(delivery.body.content)
        with a_batch_of(delivery.body.caller) as limits:
            records = await aside(
                lambda: records_in(
                    delivery.body.content,
                    mapping,
                    source=webhook.feed.source,
                    dealer=webhook.dealer,
                    max_records=limits.max_batch_items,
                )
            )
        delivery.body.events = len(records.outcomes)
        items = await delivery.intake.receive(
            records.events(),
            traceparent=headers.get("traceparent"),
            aside=aside,
            strict=delivery.asked.strict,
            only=webhook.feed,
        )
        await delivery.intake.keep(
            lambda: rejected_records(
                records.outcomes, items, mapping, way=_way(delivery), feed=webhook.feed
            ),
            aside=aside,
        )
        sender = Sender(webhook.feed.dealer_id, webhook.feed.source, type_of(mapping.report))
        refused = refused_items(records)
        delivery.intake.monitor.events([sender] * len(refused), refused)
        if delivery.asked.validate:
            items = [foreseen(item) for item in items]
        answer = await aside(lambda: records_answer(records, items, mapping))
    if isinstance(answer, RecordsProblem):
        return problem_response(answer)
    return json_response(200, answer)


def _way(delivery: _Delivery) -> WayIn:
    return WayIn(
        door="webhook",
        name=delivery.webhook.name,
        mapping=delivery.webhook.mapping or "",
        strict=delivery.asked.strict,
    )


def _mapping(name: str, expecting: Expecting) -> FeedMapping:
    """Raises `Refusal` (503) while it cannot be used: the sender sends it again."""
    try:
        found = expecting.mappings.find(name)
    except WrongFile as wrong:
        log.error("a mapping cannot be used", mapping=name, because=wrong.lines)
        raise Refusal(problems.mapping_unusable()) from None
    if found is None:
        log.error("a mapping cannot be used", mapping=name, because=["it is not there any more"])
        raise Refusal(problems.mapping_unusable())
    return found


def _check_is_json(content_type: str | None, content_encoding: str | None) -> None:
    written, semicolon, parameters = (content_type or "").partition(";")
    media_type = written.strip().lower()
    is_json = media_type in ("application/json", NDJSON) or media_type.endswith("+json")
    if not is_json:
        raise WrongMediaType("send application/json: a mapping makes events of it")
    media_type_of(f"{NDJSON}{semicolon}{parameters}", content_encoding)
