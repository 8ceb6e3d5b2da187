"""What each route needs of whoever asks, and the door in front of all of them.

A route names it: `dependencies=[needs("scores:read", in_path)]`. A route that names nothing is
answered to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from shared.auth.principal import Principal
from shared.auth.scopes import Scope
from shared.contracts.http.problem import Problem, problem
from shared.contracts.values import SourceName
from shared.platform import metrics, problems
from shared.platform.doorman import Doorman, Unauthenticated
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal, problem_response

CHALLENGE = 'Bearer realm="aftercare"'
CHALLENGE_OF_READERS = f'{CHALLENGE}, Basic realm="aftercare: the key is the password"'
_READING = frozenset({"GET", "HEAD"})
_PRINCIPAL, _DOORMAN = "aftercare.principal", "aftercare.doorman"

Told: TypeAlias = Callable[[Request, Principal, Scope], bool]
"""Whether somebody may do this with what a request says where it is about."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a route needs; as a dependency of FastAPI it refuses (403) who may not."""

    scope: Scope | None
    """None: nothing but to be known, or not even that where the door is open."""
    told: Told

    async def __call__(self, request: Request) -> None:
        if self.scope is not None and not self.told(request, principal_of(request), self.scope):
            raise not_allowed(self.scope)


def needs(scope: Scope, told: Told) -> Any:
    """The dependency of a route."""
    return Depends(Needs(scope, told))


def in_path(request: Request, who: Principal, scope: Scope) -> bool:
    """Of the dealer `{group}/{dealer}`."""
    found = request.path_params
    return who.may(scope, f"{found['group']}/{found['dealer']}")


def named(parameter: str) -> Told:
    """Of the dealer with whom a path parameter begins, and the source after it: a customer's key,
    a document's id."""

    def told(request: Request, who: Principal, scope: Scope) -> bool:
        group, _, rest = str(request.path_params[parameter]).partition("/")
        dealer, _, rest = rest.partition("/")
        return who.may(scope, f"{group}/{dealer}", rest.partition("/")[0])

    return told


def asked(parameter: str) -> Told:
    """Of the dealer whom the query names; where it names none, of all."""

    def told(request: Request, who: Principal, scope: Scope) -> bool:
        dealers = request.query_params.getlist(parameter)
        if not dealers:
            return who.may_everywhere(scope)
        return all(who.may(scope, dealer) for dealer in dealers)

    return told


def asked_documents(request: Request, who: Principal, scope: Scope) -> bool:
    """Of the dealers, and the sources after them, with whom each `document_id` of the query
    begins; where it has none, of all."""
    documents = [each.split("/", 3) for each in request.query_params.getlist("document_id")]
    if not documents:
        return who.may_everywhere(scope)
    return all(
        len(parts) == 4 and who.may(scope, f"{parts[0]}/{parts[1]}", parts[2])
        for parts in documents
    )


def asked_feed(request: Request, who: Principal, scope: Scope) -> bool:
    """Of the `dealer_id`, and the `source`, whom the query names; where it names none, of all. A
    route that needs this takes its source from `source_asked`, or calls `require` once it knows
    it."""
    dealers = request.query_params.getlist("dealer_id")
    sources = request.query_params.getlist("source")
    if not dealers:
        return who.may_everywhere(scope)
    if not sources:
        return all(who.reaches(scope, dealer) for dealer in dealers)
    return all(who.may(scope, dealer, source) for dealer in dealers for source in sources)


def source_asked(scope: Scope) -> Any:
    """The parameter `source` of a route: the one that the query names; else that of which alone
    who asks may. Raises `Refusal` (422) where they may of several, and name none."""

    async def found(
        request: Request,
        source: Annotated[SourceName | None, Query(description="only those of it")] = None,
    ) -> str | None:
        dealer_id, who = request.query_params.get("dealer_id"), principal_of(request)
        if source is not None or dealer_id is None or who.may(scope, dealer_id):
            return source
        sources = sorted(who.sources(scope, dealer_id))
        if len(sources) > 1:
            raise problems.wrongly_asked("source", f"say which: {', '.join(sources)}")
        return next(iter(sources), None)

    return Depends(found)


def later(_: Request, who: Principal, scope: Scope) -> bool:
    """Of a dealer who is known later: the route itself calls `require`."""
    return who.has(scope)


def everywhere(_: Request, who: Principal, scope: Scope) -> bool:
    """Of all dealers."""
    return who.may_everywhere(scope)


def _anybody(_request: Request, _who: Principal, _scope: Scope) -> bool:
    return True


TO_ALL = Depends(Needs(None, _anybody))
"""The dependency of a route that needs no more than the door in front of it lets in."""


def principal_of(request: Request) -> Principal:
    """Who asks; raises `Refusal` (401) where nobody was asked who they are."""
    found = request.scope.get(_PRINCIPAL)
    if not isinstance(found, Principal):
        raise Refusal(unauthenticated("send Authorization: Bearer and a key or a token"))
    return found


async def shown_principal(request: Request) -> Principal:
    """Who asks at an open door. Raises `Refusal` (401) where they do not show who they are, and
    `TransientFailure`."""
    doorman: Doorman = request.scope[_DOORMAN]
    try:
        return await doorman.principal(request.headers.get("authorization"), reads=False)
    except Unauthenticated as nobody:
        raise Refusal(unauthenticated(str(nobody))) from None


def require(request: Request, scope: Scope, dealer_id: str, source: str | None = None) -> None:
    """Raises `Refusal` (403) where who asks may not do this at this dealer."""
    if not principal_of(request).may(scope, dealer_id, source):
        raise not_allowed(scope)


def seen_by(request: Request, scope: Scope) -> Callable[[str, str | None], bool]:
    """Whether who asks may do this at a dealer, with what is of a source of theirs."""
    return partial(principal_of(request).may, scope)


def not_allowed(scope: Scope) -> Refusal:
    """That it is known who asks, and that they may not."""
    metrics.requests_refused.labels("not allowed").inc()
    detail = f"this needs the scope {scope} for the dealer, or the source, that is asked for"
    return Refusal(problem("not-allowed", "Not allowed", 403, detail=detail))


def unauthenticated(detail: str) -> Problem:
    """That it is not known who asks."""
    return problem("unauthenticated", "Show who you are", 401, detail=detail)


async def says_what_it_needs(request: Request) -> None:
    """The dependency of all routes: one that names nothing is answered to nobody."""
    if needed_by(request.scope["route"]) is None:
        raise Refusal(problems.internal("This endpoint does not say who may use it"))


def needed_by(route: object) -> Needs | None:
    """What a route names."""
    if not isinstance(route, APIRoute):
        return None
    found = (each.dependency for each in route.dependencies)
    return next((each for each in found if isinstance(each, Needs)), None)


class FrontDoor:
    """Lets in whoever shows who they are, and everybody to the paths that are open.

    In front of everything, so that strangers cannot even learn which paths there are. The body of
    who is not let in is not read.
    """

    def __init__(self, app: ASGIApp, *, doorman: Doorman, is_open: Callable[[str], bool]) -> None:
        self._app = app
        self._doorman = doorman
        self._is_open = is_open

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_DOORMAN] = self._doorman
        if not self._is_open(scope["path"]):
            reads = scope["method"] in _READING
            authorization = Request(scope).headers.get("authorization")
            try:
                scope[_PRINCIPAL] = await self._doorman.principal(authorization, reads=reads)
            except Unauthenticated as nobody:
                metrics.requests_refused.labels("unauthenticated").inc()
                response = problem_response(unauthenticated(str(nobody)))
                response.headers["WWW-Authenticate"] = CHALLENGE_OF_READERS if reads else CHALLENGE
                await response(scope, receive, send)
                return
            except TransientFailure:
                unsure = problems.away("who you are cannot be told at present")
                await problem_response(unsure)(scope, receive, send)
                return
        await self._app(scope, receive, send)
