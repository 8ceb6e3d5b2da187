"""What intake refuses, as problem details: what is wrong and where, never what was sent."""

from collections.abc import Sequence

from services.intake.domain.findings import Finding
from shared.contracts.http.problem import PlaceInEvent, Problem
from shared.platform import problems as platform_problems
from shared.platform.problems import problem

MOST_TOLD_AT_ONCE = 100
"""So many findings of one request are told."""


def places(findings: Sequence[Finding]) -> tuple[PlaceInEvent, ...]:
    """Findings as they are answered."""
    return tuple(PlaceInEvent(pointer=found.pointer, detail=found.detail) for found in findings)


def warnings(told: Sequence[Finding], *, untold: int) -> tuple[PlaceInEvent, ...]:
    """What is no reason to reject, as it is answered."""
    more = (Finding("", _more(told, untold)),) if untold else ()
    return places((*told, *more))


def invalid_event(told: Sequence[Finding], *, untold: int = 0) -> Problem:
    """The event is readable, and wrong; `untold`: so many more findings."""
    detail = _more(told, untold) if untold else None
    return problem(
        "invalid-event", "The event is not valid", 422, detail=detail, errors=places(told)
    )


def _more(told: Sequence[Finding], untold: int) -> str:
    return f"and {untold} more" if told else f"{untold} findings, none of them told here"


def unreadable(detail: str) -> Problem:
    """The body, or a line of it, is not JSON in UTF-8."""
    return problem("unreadable", "The body is not readable", 400, detail=detail)


def too_large(detail: str) -> Problem:
    """More than intake, or the broker, takes at once."""
    return problem("too-large", "Too much at once", 413, detail=detail)


def wrong_media_type(detail: str) -> Problem:
    """Not one of the media types intake reads."""
    return problem("media-type", "This content type is not taken here", 415, detail=detail)


def unavailable() -> Problem:
    """The broker or the database is away: nothing is known to be taken, send all of it again."""
    return problem(
        "unavailable",
        "Not taken: send it again",
        503,
        detail="the broker or the database does not answer",
    )


def busy() -> Problem:
    """Too much is under way already."""
    return problem("busy", "Not taken: send it again", 503, detail="too much is under way already")


def too_slow() -> Problem:
    """The body did not arrive in time."""
    return problem("too-slow", "The body came too slowly", 408, detail="it was not waited for")


def internal() -> Problem:
    """A defect of ours. Nothing is known to be taken."""
    return platform_problems.internal("Intake failed")
