"""Which months are asked for. Pure."""

import re
from datetime import date

from shared.contracts.http.wrongly_asked import WronglyAsked

MONTHS_SHOWN = 12
MOST_MONTHS = 36
_WRITTEN = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)


def asked_months(first: str | None, last: str | None, *, today: date) -> list[str]:
    """The months from one to another, both included, such as `2026-11`; without them the last
    twelve. Raises `WronglyAsked`."""
    present = _number(f"{today:%Y-%m}")
    until = present if last is None else _asked("to", last)
    since = until - MONTHS_SHOWN + 1 if first is None else _asked("from", first)
    if until > present:
        raise WronglyAsked("to", f"the present month is {today:%Y-%m}")
    if since > until:
        raise WronglyAsked("to", "it is before the first month")
    if until - since >= MOST_MONTHS:
        raise WronglyAsked("from", f"at most {MOST_MONTHS} months are told at once")
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(since, until + 1)]


def _asked(parameter: str, text: str) -> int:
    if not _WRITTEN.fullmatch(text):
        raise WronglyAsked(parameter, "write the month as year and month, such as 2026-11")
    return _number(text)


def _number(month: str) -> int:
    year, _, of_the_year = month.partition("-")
    return int(year) * 12 + int(of_the_year) - 1
