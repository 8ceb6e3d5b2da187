"""Signing in and out, and the language that the desk speaks with somebody."""

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.passwords import is_theirs
from services.desk.api.desk import Desk
from services.desk.api.visitor import (
    PLAIN_COOKIE,
    SECURE_COOKIE,
    SignedIn,
    cookie_name,
    csrf_of,
    desk_of,
    require_own_form,
)
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.users import LANGUAGES, Language, User
from shared.platform.needs import TO_ALL

SEE_OTHER = 303
_BEFORE = "desk-before"
"""The cookie of a browser before anybody has signed in: its form is known by it."""


def sign_in_router() -> APIRouter:
    """`/sign-in`, `/sign-out` and `/language`."""
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
        stored = await desk.users.find(username)
        language = language_asked(request)
        if not await is_theirs(password, stored):
            words = desk.pages.word(language, "This user and password do not belong together.")
            return _form(
                request, next=next, language=language, username=username, trouble=words, status=401
            )
        assert stored is not None
        return await begin(request, desk, stored.user, next)

    @router.post("/sign-out")
    async def sign_out(request: Request, visitor: SignedIn) -> Response:
        await desk_of(request).sessions.end(visitor.session.digest)
        response = RedirectResponse("/sign-in", SEE_OTHER)
        response.delete_cookie(cookie_name(request), path="/")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return router


async def begin(request: Request, desk: Desk, user: User, then: str) -> Response:
    """Sign them in: a new session, whatever their browser held before; then to the page asked."""
    if old := request.cookies.get(cookie_name(request)):
        await desk.sessions.end(digest_of(old))
    session_id, now = secrets.token_urlsafe(32), desk.real_clock.now()
    session = Session(digest=digest_of(session_id), user=user, began_at=now, used_at=now)
    await desk.sessions.begin(session)
    response = RedirectResponse(within(then), SEE_OTHER)
    name = cookie_name(request)
    response.set_cookie(
        name, session_id, path="/", httponly=True, samesite="lax", secure=name == SECURE_COOKIE
    )
    response.delete_cookie(_BEFORE, path="/")
    return response


def within(place: str) -> str:
    """The address itself where it is one of the desk's; else its beginning."""
    parts = urlsplit(place)
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
