"""What somebody is shown when a page cannot be: in their language, with what to do."""

import json
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from services.desk.adapters.heavy import TooMuchAtOnce
from services.desk.adapters.upstream import NotLetIn, NotThere, RefusedByService, ServiceAway
from services.desk.api.sign_in import SEE_OTHER, language_asked, within
from services.desk.api.visitor import (
    CSRF_FIELD,
    Forged,
    NobodyMeant,
    NotAllowed,
    NotSignedIn,
    Visitor,
    address_of_page,
    desk_of,
    origin_of,
    shown_to_all,
    visitor_of,
)
from services.desk.domain.users import Language
from services.desk.views.speech import N_
from shared.platform.errors import TransientFailure

AGAIN_AFTER_SECONDS = 30
_SECRET = "password"
"""Forms with a field of such a name are never shown again."""


TROUBLES: dict[type[Exception], tuple[int, str, str]] = {
    NotAllowed: (
        403,
        N_("Not yours to see"),
        N_("You may not do this here. Whoever keeps the users can change that."),
    ),
    NotLetIn: (
        403,
        N_("Not yours to see"),
        N_("You may not do this here. Whoever keeps the users can change that."),
    ),
    Forged: (
        403,
        N_("This form cannot be taken"),
        N_("It is too old, or was not opened here. Go back, reload the page and send it again."),
    ),
    NotThere: (
        404,
        N_("Not here"),
        N_("There is no such thing here, or not any more. Search for the customer instead."),
    ),
    RefusedByService: (
        422,
        N_("Not taken"),
        N_("What was sent cannot be taken as it is. Go back, change it and send it again."),
    ),
    NobodyMeant: (
        422,
        N_("Not taken"),
        N_("Nobody is called so here, or more than one is: say by staff id whom you mean."),
    ),
    ServiceAway: (
        503,
        N_("Not to be had at present"),
        N_("A part of Aftercare does not answer. Nothing is lost; try again in a moment."),
    ),
    TransientFailure: (
        503,
        N_("Not to be had at present"),
        N_("A part of Aftercare does not answer. Nothing is lost; try again in a moment."),
    ),
    TooMuchAtOnce: (
        503,
        N_("Too much at once"),
        N_(
            "Tables and checks of the trail are made a few at a time, and one for each of you. "
            "Nothing is lost; try again in half a minute."
        ),
    ),
    RequestValidationError: (
        422,
        N_("Not understood"),
        N_(
            "Something in this address or form is not as it should be. Go back, reload the page "
            "and try again."
        ),
    ),
}


DEFECT = (
    500,
    N_("Something went wrong"),
    N_(
        "The desk has made a mistake; it was written down. Nothing that was sent before is lost. "
        "Try again; if it happens again, tell whoever runs Aftercare."
    ),
)
_NOT_UNDERSTOOD = TROUBLES[RequestValidationError]
_SIGNED_OUT = N_("You are signed out")
_SIGN_IN_ELSEWHERE = N_("Sign in again in another tab, then send it again: what you typed stays.")
_AGAIN = N_("Send it again")
_SINCE = N_(
    "You have signed in again since this form was opened. Nothing was sent yet; it is all still "
    "here."
)
_FRESH = N_("You have signed in again since. Send it once more: what you typed is still there.")


def tell_troubles(app: FastAPI) -> None:
    """Have them told as pages."""
    for kind in TROUBLES:
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(HTTPException, _not_here)


async def of_a_defect(request: Request) -> Response:
    """What is shown where the desk itself has failed. Asks nothing of anybody."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return _page(request, visitor, *DEFECT)


async def trouble_page(request: Request, status: int, title: str, words: str) -> Response:
    """A page that says what is wrong, in the language of whoever asks."""
    return _page(request, await visitor_of(request), status, title, words)


async def _told(request: Request, error: Exception) -> Response:
    status, title, words = next(TROUBLES[kind] for kind in type(error).__mro__ if kind in TROUBLES)
    response = await _in_words(request, status, title, words)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    return response


async def _in_words(request: Request, status: int, title: str, words: str) -> Response:
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if status != HTTPStatus.SERVICE_UNAVAILABLE:  # where the database may be what is away
        visitor = await visitor_of(request)
    if _is_for_a_part(request):
        language = language_asked(request) if visitor is None else visitor.language
        return _said(request, language, status, words)
    if status == HTTPStatus.SERVICE_UNAVAILABLE and visitor is not None:
        kept = await _kept(request, visitor, status, title, words)
        if kept is not None:
            return kept
    return _page(request, visitor, status, title, words)


async def _forged(request: Request, error: Exception) -> Response:
    """A form of an earlier session of theirs is offered to be sent again, as it is."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None or not isinstance(error, Forged) or not error.is_of_this_desk:
        return await _told(request, error)
    if _is_for_a_part(request):
        said = _said(request, visitor.language, 403, _FRESH)
        said.headers["HX-Trigger"] = json.dumps({"fresh-csrf": visitor.csrf})
        return said
    return await _kept(request, visitor, 403, _AGAIN, _SINCE) or await _told(request, error)


async def _kept(
    request: Request, visitor: Visitor, status: int, title: str, words: str
) -> Response | None:
    """A form that was sent, with all that was typed, to be sent again as it is. None: there is
    none, or none that may be shown."""
    if request.method != "POST":
        return None
    fields = (await request.form()).multi_items()
    if any(not isinstance(value, str) or _SECRET in name for name, value in fields):
        return None
    pages = desk_of(request).pages
    shown = {
        **shown_to_all(request, visitor),
        "title": pages.word(visitor.language, title),
        "words": pages.word(visitor.language, words),
        "fields": [(name, value) for name, value in fields if name != CSRF_FIELD],
        "place": address_of_page(request),
    }
    return pages.page(request, "again.html", shown, language=visitor.language, status=status)


async def _not_signed_in(request: Request, _: Exception) -> Response:
    """To the form, and back from there. What was sent is not thrown away: it is said how to send
    it again."""
    language = language_asked(request)
    if _is_for_a_part(request):
        return _said(request, language, 401, _SIGN_IN_ELSEWHERE, sign_in=_page_of(request))
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(f"/sign-in?next={quote(address_of_page(request))}", SEE_OTHER)
    pages = desk_of(request).pages
    shown = {"title": pages.word(language, _SIGNED_OUT), "then": _page_of(request)}
    return pages.page(request, "signed_out.html", shown, language=language, status=401)


async def _not_here(request: Request, error: Exception) -> Response:
    refused = error if isinstance(error, HTTPException) else HTTPException(500)
    if refused.status_code == HTTPStatus.NOT_FOUND:
        return await _told(request, NotThere())
    _, title, words = _NOT_UNDERSTOOD
    response = await trouble_page(request, refused.status_code, title, words)
    response.headers.update(refused.headers or {})
    return response


def _is_for_a_part(request: Request) -> bool:
    """Whether a page asks that stays as it is."""
    return "hx-request" in request.headers and "hx-boosted" not in request.headers


def _page_of(request: Request) -> str:
    """The page that a request is from, where it is one of the desk's; without what was asked."""
    page = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    try:
        parts = urlsplit(page)
    except ValueError:
        return "/"
    is_ours = f"{parts.scheme}://{parts.netloc}" == origin_of(request)
    return within(parts.path) if is_ours else "/"


def _page(
    request: Request, visitor: Visitor | None, status: int, title: str, words: str
) -> Response:
    pages = desk_of(request).pages
    language = language_asked(request) if visitor is None else visitor.language
    shown = {} if visitor is None else shown_to_all(request, visitor)
    shown |= {
        "title": pages.word(language, title),
        "words": pages.word(language, words),
        "comes_back": status == HTTPStatus.SERVICE_UNAVAILABLE and request.method == "GET",
    }
    return pages.page(request, "trouble.html", shown, language=language, status=status)


def _said(
    request: Request, language: Language, status: int, words: str, sign_in: str | None = None
) -> Response:
    """Beside what a page shows, which stays."""
    pages = desk_of(request).pages
    shown = {"words": pages.word(language, words), "sign_in": sign_in}
    text = pages.text("said.html", shown, language)
    beside = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", "HX-Reselect": "#kept"}
    return HTMLResponse(text, status_code=status, headers=beside)
