"""Signing in and out, and the language that the desk speaks with somebody."""

import math
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.passwords import is_theirs
from services.desk.api.desk import Desk
from services.desk.api.visitor import (
    PLAIN_COOKIE,
    SECURE_COOKIE,
    NotSignedIn,
    SignedIn,
    cookie_name,
    csrf_of,
    desk_of,
    require_own_form,
)
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.users import LANGUAGES, NOBODY, Language, User
from services.desk.views.speech import N_
from shared.platform.needs import TO_ALL

SEE_OTHER = 303


_BEFORE = "desk-before"
"""The cookie of a browser before anybody has signed in: its form is known by it."""


def sign_in_router() -> APIRouter:
    """`/sign-in` and `/sign-out`."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/sign-in")
    async def form(request: Request, next: str = "/", language: Language | None = None) -> Response:  # noqa: A002 - in the address
        return _form(request, next=next, language=language or language_asked(request))

    @router.post("/sign-in")
    async def sign_in(
        request: Request,
        username: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=200)],
        next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
    ) -> Response:
        desk = desk_of(request)
        before = request.cookies.get(_BEFORE, "")
        await require_own_form(request, csrf_of(desk, digest_of(before)))
        username, address = username.strip().lower(), address_of(request)
        now = desk.real_clock.now()
        wait = await desk.attempts.allow(username, address, now)
        if wait is not None:
            return _too_many(request, wait, next=next, username=username)
        stored = await desk.users.find(username)
        if not await is_theirs(password, stored):
            who = NOBODY if stored is None else stored.user
            await desk.trail.note(who, None, "sign_in_refused", "")
            trouble = N_("This user and password do not belong together.")
            return _form(
                request,
                next=next,
                language=language_asked(request),
                username=username,
                trouble=desk.pages.word(language_asked(request), trouble),
                status=HTTPStatus.UNAUTHORIZED,
            )
        assert stored is not None
        await desk.attempts.succeeded(username, address)
        return await begin(request, desk, stored.user, next)

    @router.post("/sign-out")
    async def sign_out(request: Request, visitor: SignedIn) -> Response:
        desk = desk_of(request)
        await desk.trail.note(visitor.user, None, "signed_out", "")
        await desk.sessions.end(visitor.session.digest)
        response = RedirectResponse("/sign-in", SEE_OTHER)
        response.delete_cookie(cookie_name(request), path="/")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return router


async def begin(request: Request, desk: Desk, user: User, then: str) -> Response:
    """Sign them in: a new session, whatever their browser held before; then to the page asked.

    Raises `NotSignedIn` where somebody has changed or disabled them meanwhile.
    """
    await desk.trail.note(user, None, "signed_in", "")
    if old := request.cookies.get(cookie_name(request)):
        await desk.sessions.end(digest_of(old))
    session_id, now = secrets.token_urlsafe(32), desk.real_clock.now()
    session = Session(digest=digest_of(session_id), user=user, began_at=now, used_at=now)
    await desk.sessions.begin(session)
    latest = await desk.users.find(user.username)  # who ends sessions may not have seen this one
    if latest is None or latest.disabled_at is not None or latest.user.grants != user.grants:
        await desk.sessions.end(session.digest)
        raise NotSignedIn
    response = RedirectResponse(within(then), SEE_OTHER)
    name = cookie_name(request)
    response.set_cookie(
        name, session_id, path="/", httponly=True, samesite="lax", secure=name == SECURE_COOKIE
    )
    response.delete_cookie(_BEFORE, path="/")
    return response


def address_of(request: Request) -> str:
    """Whence somebody asks; behind a proxy that the server trusts, what that says."""
    return request.client.host if request.client is not None else ""


def within(place: str) -> str:
    """The address itself where it is one of the desk's; else its beginning."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return "/"
    inside = place.startswith("/") and not place.startswith(("//", "/\\"))
    return place if inside and not parts.scheme and not parts.netloc else "/"


def language_asked(request: Request) -> Language:
    """What the browser prefers, of what the desk speaks."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip()
        for language in LANGUAGES:
            if tag.partition("-")[0] == language:
                return language
    return LANGUAGES[0]


def refused_form(
    request: Request,
    words: str,
    status: HTTPStatus,
    *,
    next: str = "/",  # noqa: A002
) -> Response:
    """The form again, with what was wrong elsewhere."""
    language = language_asked(request)
    trouble = desk_of(request).pages.word(language, words)
    return _form(request, next=next, language=language, trouble=trouble, status=status)


def _too_many(request: Request, wait: timedelta, *, next: str, username: str) -> Response:  # noqa: A002
    desk, language = desk_of(request), language_asked(request)
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    words = desk.pages.word(
        language,
        N_("Too many attempts to sign in. Try again in %(minutes)s minutes."),
        minutes=minutes,
    )
    response = _form(
        request,
        next=next,
        language=language,
        username=username,
        trouble=words,
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response


def _form(
    request: Request,
    *,
    next: str,  # noqa: A002
    language: Language,
    username: str = "",
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    desk = desk_of(request)
    before = request.cookies.get(_BEFORE) or secrets.token_urlsafe(16)
    shown = {
        "csrf": csrf_of(desk, digest_of(before)),
        "next": within(next),
        "username": username,
        "trouble": trouble,
        "elsewhere": None if desk.elsewhere is None else desk.settings.desk_oidc.name,
    }
    response = desk.pages.page(request, "sign_in.html", shown, language=language, status=status)
    response.set_cookie(
        _BEFORE,
        before,
        path="/",
        httponly=True,
        samesite="lax",
        secure=cookie_name(request) != PLAIN_COOKIE,
    )
    return response
