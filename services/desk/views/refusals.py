"""What another service does not take, in words of the reader's: which fields, and why.

Services tell programs what is wrong, in English. What the desk's forms can bring about is told
anew, by the kind of problem and by what was found where; what is not known here is quoted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.desk.views.speech import N_, Speech
from shared.contracts.http.problem import PlaceInEvent, Problem

QUOTED = N_("This was not taken. The system says: “%(original)s”")
"""What is said where the desk has no words of its own."""
KINDS: Mapping[str, str] = {
    "too-many-steps": N_("This case has as many steps as a case can have: file a new complaint."),
    "too-large": N_("This is too long: shorten it."),
}
"""The kind of a problem that is of no field -> what is said of it."""
FOUND: Mapping[str, str] = {
    "an e-mail address is personal: none is taken here": N_("Leave the e-mail address out."),
    "this may be a telephone number: a term is wanted here": N_(
        "This looks like a telephone number: write a word or two."
    ),
    "control or invisible characters": N_("There are invisible characters in it: type it anew."),
    "control characters": N_("There are invisible characters in it: type it anew."),
    "control characters in a number": N_("There are invisible characters in it: type it anew."),
    "a VIN has 17 letters and digits, without I, O and Q": N_(
        "A VIN has 17 letters and digits, without I, O and Q."
    ),
    "the check digit does not fit": N_("This is no VIN: one of its characters is wrong."),
    "more than five minutes in the future": N_("This lies in the future."),
    "after today, as the dealer's calendar has it": N_("This lies in the future."),
    "out of range": N_("This day is too far away."),
    "occurred_at is after received_at": N_("This has to be before the complaint was received."),
    "regulator_due_at is not after received_at": N_("This has to be later."),
    "until is not after at: a hold that ends before it starts": N_("This has to be later."),
    "a case cannot be merged into itself": N_("This is the case itself."),
    "nobody was reached who could have answered a survey": N_(
        "Nobody was reached who could have answered: take the answers out, or choose another "
        "outcome."
    ),
    "Field required": N_("This is needed."),
}
"""What intake finds in an event -> how the desk says it."""
LIMITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"String should have at most (?P<most>\d+) characters?"),
        N_("At most %(most)s characters."),
    ),
    (re.compile(r"String should have at least \d+ characters?"), N_("This is needed.")),
    (
        re.compile(r"Input should be less than or equal to (?P<most>\d+)"),
        N_("At most %(most)s."),
    ),
    (
        re.compile(r"Input should be greater than or equal to (?P<least>\d+)"),
        N_("At least %(least)s."),
    ),
    (re.compile(r"at most (?P<most>\d+) are taken here"), N_("At most %(most)s of them.")),
    (re.compile(r"String should match pattern .*"), N_("This is not written as it should be.")),
    (re.compile(r"Input should be .*"), N_("This is none of the choices.")),
    (
        re.compile(r"the year must be within (?P<first>\d+) and (?P<last>\d+)"),
        N_("The year has to lie between %(first)s and %(last)s."),
    ),
)
"""The same of what names a limit; the first that fits."""


@dataclass(frozen=True, slots=True)
class RefusalTold:
    """A problem, as a form shows it."""

    fields: Mapping[str, str]
    """Field of the form -> what is wrong with it."""
    rest: str
    """What is wrong besides; empty: nothing."""


NOT_REFUSED = RefusalTold({}, "")


def told(problem: Problem, fields: Mapping[str, str], say: Speech) -> RefusalTold:
    """`fields`: what a report calls it, below `/data/` -> the form's field."""
    kind = problem.type.rpartition(":")[2]
    if kind in KINDS:
        return RefusalTold({}, say(KINDS[kind]))
    places: dict[str, str] = {}
    rest: list[str] = []
    for error in problem.errors:
        for name in fields_of([error], fields):
            places.setdefault(name, _found(error, say))
        if not fields_of([error], fields):
            rest.append(_found(error, say))
    if not problem.errors:
        rest.append(say(QUOTED, original=problem.in_words()))
    return RefusalTold(places, " ".join(dict.fromkeys(rest)))


def fields_of(places: Iterable[PlaceInEvent], fields: Mapping[str, str]) -> tuple[str, ...]:
    """Which fields of a form these places are of, each once; `fields` as in `told`."""
    named = (fields.get(each.pointer.removeprefix("/data/").partition("/")[0]) for each in places)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _found(error: PlaceInEvent, say: Speech) -> str:
    if error.detail in FOUND:
        return say(FOUND[error.detail])
    for pattern, message in LIMITS:
        if (limit := pattern.fullmatch(error.detail)) is not None:
            return say(message, **limit.groupdict())
    return say(QUOTED, original=error.in_words())
