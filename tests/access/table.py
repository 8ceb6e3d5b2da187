"""Every route of every service: what it needs, and how it is asked for what is of a dealer's."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from shared.auth.scopes import Scope
from tests.access.dealers import SOURCES
from tests.access.services import Houses, report_of
from tests.services.intake.given import event

Whose = Literal["a dealer's", "everybody's", "nobody's"]
"""Of a dealer; of all alike, so that it needs to be allowed for all; and what who is known may see
without more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for what is a dealer's."""

    url: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[Houses, str], Asked]
"""The request for what is this dealer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One route."""

    service: str
    method: str
    path: str
    scope: Scope | None
    ask: Ask
    whose: Whose = "a dealer's"
    good: int = 200
    """What is answered to who may."""
    not_theirs: int = 403
    """And where it is of a dealer whom they may nothing at."""

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    async def answer(
        self, houses: Houses, dealer_id: str, headers: Mapping[str, str], more: str = ""
    ) -> httpx.Response:
        """What is answered to who shows this. `more`: in the query."""
        asked = self.ask(houses, dealer_id)
        joint = "&" if "?" in asked.url else "?"
        async with houses.client(self.service) as client:
            return await client.request(
                self.method,
                f"{asked.url}{joint}{more}" if more else asked.url,
                content=asked.content,
                headers={**asked.headers, **headers},
            )


def at(url: str) -> Ask:
    """`{dealer}`, `{source}`, `{job}`, an import, and `{rejected}` are those of the dealer."""

    def ask(houses: Houses, dealer_id: str) -> Asked:
        source, job = SOURCES[dealer_id], houses.import_ids.get(dealer_id, "")
        rejected = houses.rejected_id(dealer_id)
        return Asked(url.format(dealer=dealer_id, source=source, job=job, rejected=rejected))

    return ask


def sending(url: str, body: Callable[[str], Any], media_type: str = "application/json") -> Ask:
    """With this body, of the dealer's."""

    def ask(_: Houses, dealer_id: str) -> Asked:
        found = body(dealer_id)
        content = found if isinstance(found, bytes) else json.dumps(found).encode()
        whose = url.format(dealer=dealer_id, source=SOURCES[dealer_id])
        return Asked(whose, content, {"content-type": media_type})

    return ask


def an_event(dealer_id: str, number: str = "N1") -> Any:
    """A sale of this dealer's."""
    whose: Any = {"dealer_id": dealer_id, "source": SOURCES[dealer_id]}
    return event("sale", report_of("sale", deal_no=number, **whose))


def _edition(dealer_id: str) -> Any:
    return {"dealer": dealer_id, "edition": {}}


def _read(service: str, path: str, scope: Scope, url: str, **more: Any) -> Row:
    return Row(service=service, method="GET", path=path, scope=scope, ask=at(url), **more)


def _of_a_dealer(service: str, scope: Scope, *paths: str, **more: Any) -> list[Row]:
    return [
        _read(
            service,
            f"/v1/dealers/{{group}}/{{dealer}}/{path.partition('?')[0]}",
            scope,
            f"/v1/dealers/{{dealer}}/{path}",
            **more,
        )
        for path in paths
    ]


_HANDSHAKE = {"webhook-request-origin": "a.example"}
_INTAKE = (
    Row(
        service="intake",
        method="POST",
        path="/v1/events",
        scope="events:write",
        ask=sending("/v1/events", an_event, "application/cloudevents+json"),
        good=202,
        not_theirs=422,
    ),
    Row(
        service="intake",
        method="OPTIONS",
        path="/v1/events",
        scope="events:write",
        ask=lambda _houses, _dealer: Asked("/v1/events", headers=_HANDSHAKE),
        whose="nobody's",
    ),
    _read(
        "intake",
        "/v1/documents",
        "documents:read",
        "/v1/documents?dealer_id={dealer}&source={source}",
    ),
    _read(
        "intake",
        "/v1/documents/{document_id:path}",
        "documents:read",
        "/v1/documents/{dealer}/{source}/sale/D1",
    ),
    _read(
        "intake",
        "/v1/narratives/{document_id:path}",
        "narratives:read",
        "/v1/narratives/{dealer}/{source}/complaint/K1",
    ),
    Row(
        service="intake",
        method="POST",
        path="/v1/republish",
        scope="operations",
        ask=at("/v1/republish?dealer_id={dealer}"),
        whose="everybody's",
    ),
    Row(
        service="intake",
        method="POST",
        path="/v1/imports",
        scope="events:write",
        ask=sending(
            "/v1/imports?mapping=test-visits&dealer_id={dealer}&source={source}",
            lambda dealer_id: f"ro_no,status\r\n{SOURCES[dealer_id]}-2,closed\r\n".encode(),
            "text/csv",
        ),
        good=202,
    ),
    _read(
        "intake",
        "/v1/imports",
        "documents:read",
        "/v1/imports?dealer_id={dealer}&source={source}",
    ),
    _read(
        "intake",
        "/v1/imports/{import_id}",
        "documents:read",
        "/v1/imports/{job}",
        not_theirs=404,
    ),
    _read(
        "intake",
        "/v1/imports/{import_id}/records",
        "documents:read",
        "/v1/imports/{job}/records",
        not_theirs=404,
    ),
    *(
        Row(
            service="intake",
            method="POST",
            path=f"/v1/imports/{{import_id}}/{wish}",
            scope="events:write",
            ask=at(f"/v1/imports/{{job}}/{wish}"),
            not_theirs=404,
        )
        for wish in ("pause", "resume", "cancel")
    ),
    *(
        Row(
            service="intake",
            method=method,
            path=f"/v1/rejected{path}",
            scope="rejected:read" if method == "GET" else "rejected:write",
            ask=at(f"/v1/rejected{path}?dealer_id={{dealer}}&source={{source}}"),
        )
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/all/replay"))
    ),
    *(
        Row(
            service="intake",
            method=method,
            path=f"/v1/rejected/{{rejected_id}}{path}",
            scope="rejected:read" if method == "GET" else "rejected:write",
            ask=at(f"/v1/rejected/{{rejected}}{path}"),
            not_theirs=404,
        )
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/replay"))
    ),
)


def _of_all(service: str) -> list[Row]:
    return [
        _read(service, "/metrics", "metrics:read", "/metrics", whose="everybody's"),
    ]


def _deciding(service: str) -> list[Row]:
    """What all have that decide."""
    return [
        *_of_all(service),
        _read(service, "/v1/holdings", "operations", "/v1/holdings", whose="everybody's"),
        Row(
            service=service,
            method="POST",
            path="/v1/policies/dry-run",
            scope="policies:read",
            ask=sending("/v1/policies/dry-run", _edition),
            good=422,  # no edition that could be applied, which comes after who may
        ),
        _read(
            service,
            "/v1/policies/progress",
            "policies:read",
            "/v1/policies/progress?dealer={dealer}",
        ),
    ]


_CUSTOMER = ("/v1/customers/{key:path}", "/v1/customers/{dealer}/{source}/C1")

ROWS: tuple[Row, ...] = (
    *_INTAKE,
    *_of_all("intake"),
    *_deciding("identity"),
    _read("identity", _CUSTOMER[0], "persons:read", _CUSTOMER[1]),
    *_of_a_dealer("identity", "persons:read", "persons"),
    *_deciding("scoring"),
    _read(
        "scoring",
        "/v1/customers/{group}/{dealer}/{source}/{number:path}/history",
        "scores:read",
        f"{_CUSTOMER[1]}/history",
    ),
    _read("scoring", _CUSTOMER[0], "scores:read", _CUSTOMER[1]),
    *_of_a_dealer(
        "scoring",
        "scores:read",
        "customers",
        "grades",
        "moves?of=grade",
        "analysis?by=car",
        "rhythms",
    ),
    *_of_a_dealer("scoring", "policies:read", "shadow", good=404),  # nothing is tried
    *_deciding("followup"),
    _read("followup", _CUSTOMER[0], "tasks:read", _CUSTOMER[1]),
    *_of_a_dealer(
        "followup",
        "tasks:read",
        "tasks",
        "tasks/counts",
        "tasks/day?role=service_advisor",
        "tasks/calendar.ics?role=sales_consultant",
        "tasks/done?person=s-1",
        "satisfaction",
        "satisfaction/answers?survey=csi",
        "leads",
        "leads/list",
    ),
    *_deciding("complaints"),
    _read(
        "complaints",
        "/v1/cases/{case:path}",
        "complaints:read",
        "/v1/cases/{dealer}/{source}/complaint/K-1",
    ),
    *_of_a_dealer("complaints", "complaints:read", "cases", "statistics", "statistics.csv"),
)
WEBHOOKS = frozenset(
    {("intake", "POST", "/v1/webhooks/{name}"), ("intake", "OPTIONS", "/v1/webhooks/{name}")}
)
"""Open to whoever signs; an `OPTIONS` says nothing of them."""
HEALTH = ("/health/live", "/health/ready")
DOCUMENTS = frozenset({"/openapi.json", "/static-offline-docs", "/docs", "/docs/oauth2-redirect"})
"""What any holder of a key may see of a service."""
