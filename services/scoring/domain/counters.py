"""What a dealer's totals count, month by month, and what the counters are called. Pure.

Of what has a level, such as the number of customers, a month counts how it changed: what it was
at the end of a month is the sum up to there. So a new month changes nobody.

A counter is a measure within a group: all customers, or those who have something in common.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple
from unicodedata import normalize

from shared.contracts.scoring import Grade, Risk

BEFORE = "before"
"""The period of all that happened before the months that are counted by themselves."""
EVERYBODY = ""
"""The group of all customers."""
UNKNOWN = "unknown"
"""The word for what the feed does not tell."""
OTHER = "other"
"""The word for what is too long to be a word of a list."""
MOST_OF_A_WORD = 60

Shared = Literal["born", "occupation", "area", "source", "car"]
"""What customers may have in common."""
Measure = Literal["customers", "visits", "paid", "value"]
"""How many there are, on how many days they came, what they paid, their points of value."""

NEW = "new"
"""Counter of customers who became known."""

_GROUPS: Mapping[Shared, str] = {
    "born": "b",
    "occupation": "o",
    "area": "a",
    "source": "s",
    "car": "c",
}
_MEASURES: Mapping[Measure, str] = {"customers": "n", "visits": "d", "paid": "p", "value": "v"}
_GRADES: Mapping[Grade, str] = {"general": "g", "potential": "p", "quality": "q"}
_MEASURE_OF = {letter: measure for measure, letter in _MEASURES.items()}
_GRADE_OF = {letter: grade for grade, letter in _GRADES.items()}
_MOVED = ">"
_STANDING = "risk="


class Measured(NamedTuple):
    """What is counted of customers of one grade."""

    measure: Measure
    grade: Grade
    currency: str = ""
    """Of what was paid."""

    @property
    def text(self) -> str:
        """As it stands in a counter."""
        return f"{_MEASURES[self.measure]}{_GRADES[self.grade]}{self.currency}"


class Counter(NamedTuple):
    """One number of a month."""

    group: str
    """`EVERYBODY`, or as `group_of` writes it."""
    measured: Measured

    @property
    def text(self) -> str:
        """What it is called."""
        return f"{self.group} {self.measured.text}"


def group_of(shared: Shared, word: str) -> str:
    """The customers of whom it is this."""
    return f"{_GROUPS[shared]}{word}"


def word_in(group: str, shared: Shared) -> str | None:
    """The word by which the group is one of these; None: it is one of others."""
    letter = _GROUPS[shared]
    return group.removeprefix(letter) if group.startswith(letter) else None


def word(told: str) -> str:
    """What a source says, as a word that is counted by."""
    plain = " ".join(normalize("NFKC", told[: MOST_OF_A_WORD * 4]).split())
    if not plain:
        return UNKNOWN
    return plain if len(plain) <= MOST_OF_A_WORD else OTHER


def counter_from(text: str) -> Counter | None:
    """The inverse of `Counter.text`; None for any other counter."""
    group, space, measured = text.rpartition(" ")
    measure, grade = _MEASURE_OF.get(measured[:1]), _GRADE_OF.get(measured[1:2])
    if not space or measure is None or grade is None:
        return None
    return Counter(group, Measured(measure, grade, measured[2:]))


def movement(before: str, after: str) -> str:
    """The counter of customers who moved from one grade, or risk, to another."""
    return f"{before}{_MOVED}{after}"


def movement_from(text: str) -> tuple[str, str] | None:
    """The inverse of `movement`; None for any other counter."""
    before, moved, after = text.partition(_MOVED)
    return (before, after) if moved and " " not in text else None


def standing(risk: Risk) -> str:
    """The counter of customers who are at that risk."""
    return f"{_STANDING}{risk}"


def standing_from(text: str) -> str | None:
    """The inverse of `standing`; None for any other counter."""
    return text.removeprefix(_STANDING) if text.startswith(_STANDING) else None
