"""Problem details (RFC 9457), as every service answers them: what is wrong and where, never what
was sent."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi import Response

from shared.contracts.http.problem import PlaceInEvent, Problem, problem
from shared.contracts.http.wrongly_asked import WronglyAsked

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
PARAMETERS_IN = frozenset({"query", "path", "header"})
MOST_NAMED = 20


def unknown(detail: str) -> Problem:
    """What is asked for is not known here."""
    return problem("unknown", "Not known here", 404, detail=detail)


def invalid_query(detail: str, errors: Sequence[PlaceInEvent] = ()) -> Problem:
    """A parameter of the request is missing or wrong."""
    return problem("invalid-query", "The query is not valid", 422, detail=detail, errors=errors)


def undecided(detail: str) -> Problem:
    """It is known, but was set aside after a fault; it is tried again by itself."""
    return problem("undecided", "Nothing can be said at present", 503, detail=detail)


def away(detail: str = "the database does not answer") -> Problem:
    """Somebody else does not answer a question: as a rule the database."""
    return problem("unavailable", "Not to be had at present", 503, detail=detail)


def internal(title: str = "The service failed") -> Problem:
    """A defect of ours."""
    return problem("internal", title, 500, detail="our mistake; it was logged")


def http_error(status: int, detail: str | None = None) -> Problem:
    """A status that says it all, such as that of a path that is not there."""
    return Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail
    )


class Refusal(Exception):
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem, *, again_seconds: int | None = None) -> None:
        """`again_seconds`: after how long the same may be asked again, where that is known."""
        super().__init__(problem.title)
        self.problem = problem
        self.again_seconds = again_seconds
        self.headers: dict[str, str] = {}
        """Of the answer, besides those of every problem."""


def wrong_parameters(faults: Iterable[Any]) -> Problem:
    """What FastAPI found wrong with a request. Names in a body are the sender's: it is told as a
    whole."""
    locations = [(_location(fault["loc"]), fault["msg"]) for fault in faults][:MOST_NAMED]
    names = ", ".join(sorted({".".join(location) for location, _ in locations}))
    errors = [
        PlaceInEvent(pointer="/" + "/".join(location), detail=words.removeprefix("Value error, "))
        for location, words in locations
    ]
    return invalid_query(f"not valid: {names}", errors)


@contextmanager
def refusing() -> Iterator[None]:
    """Refuses (422) where `WronglyAsked` is raised within it."""
    try:
        yield
    except WronglyAsked as wrong:
        raise wrongly_asked(wrong.parameter, wrong.message) from None


def wrongly_asked(parameter: str, message: str) -> Refusal:
    """That a parameter cannot be so."""
    return Refusal(wrong_parameters([{"loc": ("query", parameter), "msg": message}]))


def _location(location: Sequence[str | int]) -> tuple[str, ...]:
    where = str(location[0])
    return (where, *map(str, location[1:2])) if where in PARAMETERS_IN else ("body",)


def problem_response(problem: Problem, *, again_seconds: int | None = None) -> Response:
    """The problem as `application/problem+json`."""
    headers = {}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE and again_seconds is None:
        again_seconds = RETRY_AFTER_SECONDS
    if again_seconds is not None:
        headers["Retry-After"] = str(again_seconds)
    if problem.status == HTTPStatus.REQUEST_TIMEOUT:
        headers["Connection"] = "close"  # the rest of the body is not waited for
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)
