"""What intake refuses, as problem details: what is wrong and where, never what was sent."""

from collections.abc import Sequence

from services.intake.domain.findings import Finding
from shared.contracts.http.problem import PlaceInEvent, Problem, problem

MOST_SHOWN_AT_ONCE = 100
"""The most findings of one request that its sender is shown; more are counted."""
_CLASSES = (
    ("/data/dealer_id", "dealer"),
    ("/data/customer", "customer"),
    ("/data/parties", "customer"),
    ("/data/vehicle", "vehicle"),
    ("/data/lines", "lines"),
    ("/data/products", "lines"),
    ("/data", "data"),
    ("/type", "type"),
    ("", "envelope"),
)
"""Where an event is wrong, roughly; the first that fits."""


def places(findings: Sequence[Finding]) -> tuple[PlaceInEvent, ...]:
    """Findings as they are answered."""
    return tuple(PlaceInEvent(pointer=found.pointer, detail=found.detail) for found in findings)


def warnings(shown: Sequence[Finding], *, not_shown: int) -> tuple[PlaceInEvent, ...]:
    """What is no reason to reject, as it is answered; `not_shown`: how many more there are."""
    more = (Finding("", _more(shown, not_shown)),) if not_shown else ()
    return places((*shown, *more))


def invalid_event(shown: Sequence[Finding], *, not_shown: int = 0) -> Problem:
    """The event is readable, and wrong; `not_shown`: how many more findings there are."""
    detail = _more(shown, not_shown) if not_shown else None
    return problem(
        "invalid-event", "The event is not valid", 422, detail=detail, errors=places(shown)
    )


def _more(shown: Sequence[Finding], not_shown: int) -> str:
    return f"and {not_shown} more" if shown else f"{not_shown} findings, none of them told here"


def too_many_steps(found: Finding) -> Problem:
    """As many steps as may follow a complaint do already."""
    return problem(
        "too-many-steps", "The complaint has too many steps", 422, errors=places([found])
    )


def unreadable(detail: str) -> Problem:
    """The body, or a line of it, is not JSON in UTF-8."""
    return problem("unreadable", "The body is not readable", 400, detail=detail)


def too_large(detail: str) -> Problem:
    """More than intake, or the broker, takes at once."""
    return problem("too-large", "Too much at once", 413, detail=detail)


def too_many_requests(detail: str) -> Problem:
    """The sender is over a limit of theirs; nothing was taken."""
    return problem("too-many-requests", "More than you may send", 429, detail=detail)


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


def unverified() -> Problem:
    """A webhook that is not known, or not signed as it should be: the same for all of it."""
    return problem(
        "unverified",
        "This webhook is not known, or not signed by its sender",
        401,
        detail="sign the webhook-id, the webhook-timestamp (within five minutes of now) and the "
        "body as they are sent, with the secret of this webhook, as Standard Webhooks has it; "
        "a sender that was told that it need not sign shows its key as Authorization: Bearer",
    )


def wrong_id() -> Problem:
    """A `webhook-id` that is none, of a webhook that is not signed."""
    detail = "send one, of 1 to 255 printable ASCII characters without space and full stop; or none"
    return problem("webhook-id", "The webhook-id is not valid", 400, detail=detail)


def mapping_unusable() -> Problem:
    """What a webhook is read through cannot be used at present; it is logged."""
    return problem(
        "unavailable",
        "Not taken: send it again",
        503,
        detail="the mapping of this webhook cannot be used at present",
    )


def wrong_handshake(detail: str) -> Problem:
    """A request for permission to send that is none."""
    return problem("handshake", "This asks for no permission", 400, detail=detail)


def wrong_key(detail: str) -> Problem:
    """An `Idempotency-Key` that is none."""
    return problem("idempotency-key", "The Idempotency-Key is not valid", 400, detail=detail)


def in_hand() -> Problem:
    """The same request is being worked on."""
    return problem(
        "in-hand",
        "This request is being worked on",
        409,
        detail="another one of the same key is not answered yet: send it again in a moment",
    )


def other_request(what: str) -> Problem:
    """A key that stands for another request. `what`: where it stands."""
    return problem(
        "key-taken",
        "This key is of another request",
        422,
        detail=f"another body came under the same {what}: give each request one of its own",
    )


def too_slow() -> Problem:
    """The body did not arrive in time."""
    return problem("too-slow", "The body came too slowly", 408, detail="it was not waited for")


def not_in_this_state(wish: str, state: str) -> Problem:
    """An import cannot become what is asked for."""
    detail = f"an import that is {state} cannot be asked to {wish}"
    return problem("not-now", "Not possible as it is", 409, detail=detail)


def sealed() -> Problem:
    """What was kept under a key that is not there any more."""
    return problem(
        "sealed",
        "It cannot be opened",
        409,
        detail="it was kept under another key: add that one to AFTERCARE_REJECTED_KEY, after the "
        "first",
    )


def reason_of(problem: Problem) -> str:
    """One of a few words: the kind of problem, and roughly where the event is wrong."""
    kind = problem.type.rpartition(":")[2]
    if kind != "invalid-event" or not problem.errors:
        return kind
    pointer = problem.errors[0].pointer
    return f"{kind}/{next(name for start, name in _CLASSES if pointer.startswith(start))}"
