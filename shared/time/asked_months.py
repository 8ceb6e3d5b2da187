"""Which months are asked for. Pure."""

from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.time.months import month_from, month_text

MONTHS_SHOWN = 12
"""How many months are shown where none is asked for."""


def asked_months(first: str | None, last: str | None, *, present: int, counted: int) -> range:
    """The months from one to another, both included; without them the last twelve. `counted`: how
    many there are, the present one included.

    Raises `WronglyAsked`.
    """
    earliest = present - counted + 1
    until = present if last is None else asked_month("to", last)
    since = max(until - MONTHS_SHOWN + 1, earliest)
    if first is not None:
        since = asked_month("from", first)
    if until > present:
        raise WronglyAsked("to", f"the present month is {month_text(present)}")
    if since > until:
        raise WronglyAsked("to", "it is before the first month")
    if since < earliest:
        raise WronglyAsked("from", f"months are counted from {month_text(earliest)} on")
    return range(since, until + 1)


def asked_month(parameter: str, text: str) -> int:
    """The month that a parameter names. Raises `WronglyAsked`."""
    try:
        return month_from(text)
    except ValueError as error:
        raise WronglyAsked(parameter, str(error)) from None
