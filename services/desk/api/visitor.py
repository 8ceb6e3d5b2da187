"""Who looks at a page: known by the session that their browser holds."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import Depends, Request

from services.desk.api.desk import Desk
from services.desk.domain.allowed import Act, allowed, dealers_of
from services.desk.domain.sessions import Lifetimes, Session, digest_of
from services.desk.domain.users import Language, User
from shared.dealers.dealer import Dealer
from shared.platform.errors import TransientFailure

SECURE_COOKIE, PLAIN_COOKIE = "__Host-desk", "desk"
"""The second over plain HTTP, where browsers take no cookie with such a prefix."""
USE_NOTED_EVERY = timedelta(minutes=1)
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf"
_SAFE = frozenset({"GET", "HEAD"})


class NotSignedIn(Exception):
    """Nobody that the desk knows, or not any more."""


class NotAllowed(Exception):
    """Somebody who may not do this here."""


class NobodyMeant(Exception):
    """Somebody named in a form whom nobody is, or more than one."""


class Forged(Exception):
    """A form that no page of this session has sent."""

    def __init__(self, *, is_of_this_desk: bool = False) -> None:
        """`is_of_this_desk`: the browser says that a page of the desk has sent it, such as one that
        was opened before its reader signed in again."""
        super().__init__()
        self.is_of_this_desk = is_of_this_desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who has signed in."""

    session: Session
    csrf: str = field(repr=False)
    """Shows that a form is of a page of this session."""

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def language(self) -> Language:
        return self.session.user.language


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDealer:
    """And at which dealer they are."""

    visitor: Visitor
    dealer: Dealer

    @property
    def user(self) -> User:
        return self.visitor.user

    def may(self, act: Act) -> bool:
        return allowed(self.user, act, self.dealer.id)


def desk_of(request: Request) -> Desk:
    """What the routes of this application work with."""
    return cast("Desk", request.app.state.desk)


def origin_of(request: Request) -> str:
    """Where browsers reach the desk, `https://desk.example.org`: as it is configured, whatever a
    request says; where it is not, as the request says."""
    public = desk_of(request).settings.desk_public_url
    return public or f"{request.url.scheme}://{request.url.netloc}"


def is_encrypted(request: Request) -> bool:
    """Whether browsers reach the desk over TLS, be it a proxy's before it."""
    return origin_of(request).startswith("https://")


def address_of_page(request: Request) -> str:
    """What was asked for, as it stands in addresses; without what was asked of it."""
    return quote(request.url.path)


def cookie_name(request: Request) -> str:
    """By what browsers hold the id of a session."""
    return SECURE_COOKIE if is_encrypted(request) else PLAIN_COOKIE


def csrf_of(desk: Desk, digest: str) -> str:
    """What the forms of a session have, and nobody else can make."""
    secret = desk.settings.desk_secret.get_secret_value().encode()
    return hmac.digest(secret, f"csrf {digest}".encode(), "sha256").hex()


async def signed_in(request: Request) -> Visitor:
    """Who asks. Raises `NotSignedIn`, `Forged` where a form is none of ours, and
    `TransientFailure`."""
    desk = desk_of(request)
    session = await _session(request, desk)
    visitor = Visitor(session=session, csrf=csrf_of(desk, session.digest))
    request.state.visitor = visitor
    if request.method not in _SAFE:
        await require_own_form(request, visitor.csrf)
    return visitor


async def visitor_of(request: Request) -> Visitor | None:
    """Who asks, where that is known; it is looked up where no page has done so yet. Raises
    nothing."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is not None:
        return found
    desk = desk_of(request)
    try:
        session = await _session(request, desk)
    except (NotSignedIn, TransientFailure):
        return None
    request.state.visitor = Visitor(session=session, csrf=csrf_of(desk, session.digest))
    return await visitor_of(request)


async def require_own_form(request: Request, csrf: str) -> None:
    """Raises `Forged` where a request that changes something is not of a page of this session."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise Forged
    if origin is not None and origin != origin_of(request):
        raise Forged
    shown = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), csrf.encode()):
        raise Forged(is_of_this_desk=site == "same-origin" or origin is not None)


def lifetimes_of(desk: Desk) -> Lifetimes:
    """How long sessions last here."""
    return Lifetimes(
        whole=timedelta(hours=desk.settings.desk_session_hours),
        idle=timedelta(minutes=desk.settings.desk_idle_minutes),
    )


async def _session(request: Request, desk: Desk) -> Session:
    session_id = request.cookies.get(cookie_name(request))
    if not session_id:
        raise NotSignedIn
    session, now = await desk.sessions.find(digest_of(session_id)), desk.real_clock.now()
    if session is None:
        raise NotSignedIn
    if lifetimes_of(desk).is_over(session, now):
        await desk.sessions.end(session.digest)
        raise NotSignedIn
    if now - session.used_at >= USE_NOTED_EVERY and not is_by_itself(request):
        await desk.sessions.used(session.digest, now)
    return session


def is_by_itself(request: Request) -> bool:
    """Whether a page asks without its reader having done anything."""
    headers = request.headers
    return "x-by-itself" in headers or headers.get("accept") == "text/event-stream"


SignedIn = Annotated[Visitor, Depends(signed_in)]


def at_dealer(*acts: Act) -> Any:
    """The dependency of a page of `{group}/{dealer}`: who asks, if they may do one of these there.

    Raises `NotAllowed`; a dealer that is not there is told as one of which they may nothing.
    """
    return Depends(_AtDealer(acts))


@dataclass(frozen=True, slots=True)
class _AtDealer:
    acts: tuple[Act, ...]

    async def __call__(
        self, request: Request, group: str, dealer: str, visitor: SignedIn
    ) -> AtDealer:
        found = desk_of(request).dealers.find(f"{group}/{dealer}")
        if found is None or not any(allowed(visitor.user, act, found.id) for act in self.acts):
            raise NotAllowed
        return AtDealer(visitor=visitor, dealer=found)


def shown_to(request: Request, at: AtDealer) -> dict[str, Any]:
    """What every page of a dealer's shows."""
    desk = desk_of(request)
    return {
        **shown_to_all(request, at.visitor),
        "dealer": at.dealer,
        "zone": at.dealer.zone,
        "base": f"/d/{at.dealer.id}",
        "may": at.may,
        "now": desk.clock.now(),
    }


def shown_to_all(request: Request, visitor: Visitor) -> dict[str, Any]:
    """What every page shows of whoever has signed in."""
    desk = desk_of(request)
    return {
        "user": visitor.user,
        "csrf": visitor.csrf,
        "path": address_of_page(request),
        "dealers": dealers_of(visitor.user, desk.dealers.all()),
        "dealer_name": lambda dealer_id: _dealer_name(desk, dealer_id),
        "dealer": None,
        "now": desk.clock.now(),
    }


def _dealer_name(desk: Desk, dealer_id: str | None) -> str:
    """As people call a dealer; of one that is not there any more, the id."""
    found = desk.dealers.find(dealer_id) if dealer_id else None
    return found.name if found is not None else dealer_id or ""


May = Callable[[Act], bool]
