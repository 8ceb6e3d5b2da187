"""What somebody is shown when a page cannot be: in their language, with what to do."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from services.desk.adapters.upstream import NotLetIn, NotTaken, NotThere, ServiceAway
from services.desk.api.sign_in import SEE_OTHER, language_asked
from services.desk.api.visitor import Forged, NotAllowed, NotSignedIn, desk_of
from shared.platform.errors import TransientFailure


def N_(message: str) -> str:  # noqa: N802 - as gettext's tools know it
    """Marks a message that is translated where it is shown."""
    return message


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
    NotThere: (404, N_("Not here"), N_("There is no such thing here, or not any more.")),
    NotTaken: (422, N_("Not taken"), N_("What was sent cannot be taken as it is.")),
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
    RequestValidationError: (
        422,
        N_("Not understood"),
        N_("Something in this address or form is not as it should be."),
    ),
}


def tell_troubles(app: FastAPI) -> None:
    """Have them told as pages."""
    for kind in TROUBLES:
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(HTTPException, _not_here)


async def _told(request: Request, error: Exception) -> Response:
    status, title, words = next(TROUBLES[kind] for kind in type(error).__mro__ if kind in TROUBLES)
    return trouble_page(request, status, title, words)


async def _not_signed_in(request: Request, _: Exception) -> Response:
    """To the form, and back from there; what a page asks for by itself says so alone."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if request.method != "GET":
        return RedirectResponse("/sign-in", SEE_OTHER)
    return RedirectResponse(f"/sign-in?next={request.url.path}", SEE_OTHER)


async def _not_here(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return await _told(request, NotThere())
    return trouble_page(
        request,
        status,
        N_("Not understood"),
        N_("Something in this address or form is not as it should be."),
    )


def trouble_page(request: Request, status: int, title: str, words: str) -> Response:
    """A page that says what is wrong."""
    pages, language = desk_of(request).pages, language_asked(request)
    shown = {"title": pages.word(language, title), "words": pages.word(language, words)}
    return pages.page(request, "trouble.html", shown, language=language, status=status)
