"""What `/openapi.json` says of the events, which the endpoint reads raw."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import REPORTS

_REFERENCE = "#/components/schemas/{model}"
_EVENT = {"$ref": _REFERENCE.format(model="ReportedEvent")}

EVENT_BODY: dict[str, Any] = {
    "required": True,
    "description": "CloudEvents 1.0 in structured, batched or binary mode: in binary mode the "
    "attributes are `ce-` headers, and the body is `data`. `type` says what `data` is.",
    "content": {
        SINGLE: {"schema": _EVENT},
        BATCH: {"schema": {"type": "array", "items": _EVENT}},
        NDJSON: {"schema": {"type": "string", "description": "one event a line"}},
        "application/json": {
            "schema": {"type": "object", "description": "the data of an event in binary mode"}
        },
    },
}
"""The request body of `POST /v1/events`."""

FILE_BODY: dict[str, Any] = {
    "required": True,
    "description": "The file as it is. It is unpacked where `content-encoding` is gzip, and where "
    "it is a gzip file itself.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
"""The request body of `POST /v1/imports`."""

CORRECTION_BODY: dict[str, Any] = {
    "required": False,
    "description": "What is to be taken in the place of what came: an event, the record as the "
    "mapping reads it, or its rows. Without a body it is taken as it came.",
    "content": {"application/json": {"schema": {}}},
}
"""The request body of `POST /v1/rejected/{rejected_id}/replay`."""

STRICT: dict[str, Any] = {
    "name": "strict",
    "in": "query",
    "required": False,
    "description": "Reject events with fields that are not known, instead of warning about them",
    "schema": {"type": "boolean", "default": False},
}
"""A query parameter of what takes events."""

VALIDATE: dict[str, Any] = {
    "name": "validate",
    "in": "query",
    "required": False,
    "description": "Only say what would become of each event: nothing is published or registered, "
    "and an event that would be accepted has no version yet",
    "schema": {"type": "boolean", "default": False},
}
"""Another one."""

IDEMPOTENCY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request is answered as the first time, for a day, "
    "with `Idempotent-Replayed: true`; with another request 422",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

_IN_A_HEADER = "^[ -~]*$"
HANDSHAKE_HEADERS: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "pattern": _IN_A_HEADER},
    }
    for name, description in (
        (
            "WebHook-Request-Origin",
            "from where webhooks are to be sent, a DNS name such as `events.example.com`; without "
            "it there is no permission in the answer",
        ),
        ("WebHook-Request-Rate", "how many a minute are asked for: a whole number, over 0"),
        ("WebHook-Request-Callback", "is never called: the answer says all"),
    )
]
"""With which a handshake asks."""

PERMISSION: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "They may; there is no body",
        "headers": {
            name: {"description": description, "schema": {"type": "string"}}
            for name, description in (
                ("WebHook-Allowed-Origin", "from where, as it was asked"),
                ("WebHook-Allowed-Rate", "how many a minute: `*`, any number"),
                ("Allow", "with which method"),
            )
        },
    }
}
"""What a handshake is answered with."""

WEBHOOK_HEADERS: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "description": f"{description}; of a sender that signs",
        "schema": {"type": "string"},
    }
    for name, description in (
        ("webhook-id", "the same for the same webhook, however often it is sent; no full stop"),
        ("webhook-timestamp", "seconds since 1970, within five minutes of now"),
        ("webhook-signature", "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    )
]

WEBHOOK_BODY: dict[str, Any] = {
    "required": True,
    "description": "Plain JSON, as the mapping of this webhook reads it, or CloudEvents in "
    "structured mode.",
    "content": {
        "application/json": {"schema": {}},
        SINGLE: {"schema": _EVENT},
        BATCH: {"schema": {"type": "array", "items": _EVENT}},
        NDJSON: {"schema": {"type": "string", "description": "one record or event a line"}},
    },
}
"""The request body of `POST /v1/webhooks/{name}`."""

_WHEN = {
    400: "Not JSON in UTF-8, cut off, or nested too deeply; a header that cannot be",
    401: "No webhook of this name, or not signed as it should be",
    404: "Not in the register, or no dealer of this group",
    408: "The body came too slowly",
    409: "Not possible as it is now; or the same request is being worked on: send it again after "
    "`Retry-After` seconds",
    413: "Too many bytes or events at once, or too large an event",
    415: "A content type that is not taken",
    422: "Not valid; `errors` says where, of many faults the first",
    429: "More than this sender may send: send it again after `Retry-After` seconds",
    503: "The broker or the database is away, or too much is under way: send it again after "
    "`Retry-After` seconds",
}


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an endpoint's problems are described."""
    return {status: {"description": _WHEN[status]} for status in statuses}


def with_events(openapi: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the schemas of all events."""
    models: list[type[BaseModel]] = [CloudEvent, *REPORTS.values()]
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REFERENCE
    )
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    for schema in schemas.values():
        _let_out(schema)
    schemas.update(definitions["$defs"])
    schemas["ReportedEvent"] = {
        "title": "ReportedEvent",
        "oneOf": [_event_of(name, model.__name__) for name, model in REPORTS.items()],
    }
    return openapi


def _let_out(schema: dict[str, Any]) -> None:
    """What there is nothing to say of is not in an answer."""
    properties = schema.get("properties", {})
    if "required" in schema:
        schema["required"] = [
            name
            for name in schema["required"]
            if {"type": "null"} not in properties[name].get("anyOf", ())
        ]


def _event_of(type_name: str, model: str) -> dict[str, Any]:
    of_type = {
        "type": "object",
        "required": ["data"],
        "properties": {
            "type": {"const": type_name},
            "data": {"$ref": _REFERENCE.format(model=model)},
        },
    }
    return {"title": model, "allOf": [{"$ref": _REFERENCE.format(model="CloudEvent")}, of_type]}
