"""Signing in with an OpenID Connect issuer, where one is configured."""

import secrets
from dataclasses import replace
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.elsewhere import SignInElsewhere
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER, address_of, begin, refused_form, within
from services.desk.api.visitor import desk_of, is_encrypted, origin_of
from services.desk.domain.derived import key_for
from services.desk.domain.elsewhere import GOOD_FOR, NotLetInElsewhere, RoundTrip, Why
from services.desk.domain.users import NOBODY, User
from services.desk.views.speech import N_
from shared.platform.errors import TransientFailure
from shared.platform.needs import TO_ALL

BACK = "/sign-in/elsewhere/back"
_WORDS: dict[Why, str] = {
    "refused": N_("You were not let in there."),
    "astray": N_("That took too long, or did not begin here. Try it again."),
    "forged": N_("That took too long, or did not begin here. Try it again."),
    "nobody": N_("It was not told who you are."),
    "no role": N_(
        "You are known there, and may do nothing here. Whoever keeps the users there can change "
        "that."
    ),
    "no staff id": N_(
        "It was not told by which number dealers know you. Whoever keeps the users there can "
        "change that."
    ),
    "disabled": N_("You may not sign in any more."),
}
_AWAY = N_("Where you sign in does not answer at present. Try again in a moment.")


def elsewhere_router() -> APIRouter:
    """`/sign-in/elsewhere`, and `/sign-in/elsewhere/back`."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/sign-in/elsewhere")
    async def there(request: Request, next: str = "/") -> Response:  # noqa: A002 - in the address
        desk = desk_of(request)
        if desk.elsewhere is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        trip = RoundTrip.begin(
            _key(desk),
            chance=secrets.token_urlsafe(32),
            now=desk.real_clock.now(),
            then=within(next),
        )
        try:
            address = await desk.elsewhere.address(trip, origin_of(request) + BACK)
        except TransientFailure:
            return refused_form(request, _AWAY, HTTPStatus.SERVICE_UNAVAILABLE, next=next)
        response = RedirectResponse(address, SEE_OTHER)
        response.set_cookie(
            _cookie(request),
            trip.kept,
            max_age=int(GOOD_FOR.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=is_encrypted(request),
        )
        return response

    @router.get(BACK)
    async def back(
        request: Request, state: str = "", code: str = "", error: str = "", iss: str | None = None
    ) -> Response:
        desk = desk_of(request)
        if desk.elsewhere is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        try:
            found = "" if error else code
            response = await _let_in(request, desk.elsewhere, state, found, iss)
        except NotLetInElsewhere as refused:
            await _note(request, desk, refused.why)
            response = refused_form(request, _WORDS[refused.why], HTTPStatus.FORBIDDEN)
        except TransientFailure:
            response = refused_form(request, _AWAY, HTTPStatus.SERVICE_UNAVAILABLE)
        response.delete_cookie(_cookie(request), path="/", secure=is_encrypted(request))
        return response

    return router


async def _let_in(
    request: Request, there: SignInElsewhere, state: str, code: str, iss: str | None
) -> Response:
    desk = desk_of(request)
    trip = RoundTrip(request.cookies.get(_cookie(request), ""), _key(desk))
    then = trip.then(state, desk.real_clock.now())
    if iss is not None and iss != desk.settings.desk_oidc.issuer:
        raise NotLetInElsewhere("astray")
    if not code:
        raise NotLetInElsewhere("refused")
    user = await there.user(trip, code, origin_of(request) + BACK)
    return await begin(request, desk, await _kept(desk, user), then)


async def _kept(desk: Desk, user: User) -> User:
    """The user as the issuer has them now, and as they have set the desk. Raises
    `NotLetInElsewhere` for whom `aftercare users disable` has shut out."""
    stored = await desk.users.find(user.username)
    if stored is not None:
        if stored.disabled_at is not None:
            raise NotLetInElsewhere("disabled")
        user = replace(user, language=stored.user.language)
        if stored.user.grants != user.grants:
            await desk.sessions.end_all_of(user.username)
    await desk.users.learn(user)
    return user


async def _note(request: Request, desk: Desk, why: Why) -> None:
    """Not what anybody's browser can ask for, nor more often than one may try to sign in: an entry
    is kept for good."""
    if why == "astray":
        return
    now = desk.real_clock.now()
    if await desk.attempts.allow(NOBODY.username, address_of(request), now) is None:
        await desk.trail.note(NOBODY, None, "sign_in_refused", "")


def _key(desk: Desk) -> bytes:
    return key_for(desk.settings.desk_secret.get_secret_value(), "sign in elsewhere")


def _cookie(request: Request) -> str:
    return "__Host-desk-trip" if is_encrypted(request) else "desk-trip"
