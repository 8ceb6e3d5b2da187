"""One's own password, and where one is signed in."""

from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.passwords import hashed, is_theirs
from services.desk.api.sign_in import SEE_OTHER, address_of
from services.desk.api.visitor import (
    NotAllowed,
    SignedIn,
    Visitor,
    desk_of,
    lifetimes_of,
    shown_to_all,
)
from services.desk.domain.passwords import LEAST, MOST, PasswordTrouble, trouble_with
from services.desk.views.speech import N_
from shared.platform.needs import TO_ALL

MOST_SHOWN = 20
Done: TypeAlias = Literal["password", "elsewhere"]

_WORDS: dict[PasswordTrouble, str] = {
    "short": N_("At least %(least)s characters."),
    "long": N_("At most %(most)s characters."),
    "simple": N_("Too easily guessed: more different characters, and not your user name."),
    "differs": N_("The two are not the same."),
    "same": N_("This is the old one."),
}
Typed = Annotated[str, Form(max_length=1000)]


def password_router() -> APIRouter:
    """`/password` and `/password/elsewhere`."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/password")
    async def page(request: Request, visitor: SignedIn, done: Done | None = None) -> Response:
        return await _page(request, visitor, done=done)

    @router.post("/password")
    async def change(
        request: Request,
        visitor: SignedIn,
        old_password: Typed,
        new_password: Typed,
        new_password_again: Typed,
    ) -> Response:
        desk, username = desk_of(request), visitor.user.username
        stored = await desk.users.find(username)
        if stored is None or stored.password is None:
            raise NotAllowed
        address, now = address_of(request), desk.real_clock.now()
        if await desk.attempts.allow(username, address, now) is not None:
            words = N_("Too many attempts. Try again in a quarter of an hour.")
            return await _page(request, visitor, wrong={"old": words}, status=429)
        if not await is_theirs(old_password, stored):
            return await _page(request, visitor, wrong={"old": N_("This is not your password.")})
        trouble = trouble_with(
            new_password, new_password_again, username=username, old=old_password
        )
        if trouble is not None:
            where = "again" if trouble == "differs" else "new"
            return await _page(request, visitor, wrong={where: _WORDS[trouble]})
        await desk.trail.note(visitor.user, None, "changed_password", "")
        await desk.users.keep_password(username, await hashed(new_password))
        await desk.sessions.end_all_of(username, but=visitor.session.digest)
        await desk.attempts.succeeded(username, address)
        return RedirectResponse("/password?done=password", SEE_OTHER)

    @router.post("/password/elsewhere")
    async def end_others(request: Request, visitor: SignedIn) -> Response:
        desk = desk_of(request)
        await desk.trail.note(visitor.user, None, "signed_out_elsewhere", "")
        await desk.sessions.end_all_of(visitor.user.username, but=visitor.session.digest)
        return RedirectResponse("/password?done=elsewhere", SEE_OTHER)

    return router


async def _page(
    request: Request,
    visitor: Visitor,
    *,
    done: Done | None = None,
    wrong: dict[str, str] | None = None,
    status: int | None = None,
) -> Response:
    desk, language = desk_of(request), visitor.language
    stored = await desk.users.find(visitor.user.username)
    wrong = {
        where: desk.pages.word(language, words, least=LEAST, most=MOST)
        for where, words in (wrong or {}).items()
    }
    now, lifetimes = desk.real_clock.now(), lifetimes_of(desk)
    kept = await desk.sessions.all_of(visitor.user.username)
    lasting = [each for each in kept if not lifetimes.is_over(each, now)]
    shown: dict[str, Any] = shown_to_all(request, visitor)
    theirs = shown["dealers"]
    shown |= {
        "has_password": stored is not None and stored.password is not None,
        "sessions": lasting[:MOST_SHOWN],
        "more": max(0, len(lasting) - MOST_SHOWN),
        "this": visitor.session.digest,
        "zone": theirs[0].zone if theirs else now.tzinfo,
        "done": done,
        "wrong": wrong,
        "least": LEAST,
    }
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return desk.pages.page(request, "password.html", shown, language=language, status=status)
