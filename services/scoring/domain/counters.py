"""What a dealer's totals count, month by month, and what the counters are called. Pure.

Of what has a level, such as the number of customers, a month counts how it changed: what it was
at the end of a month is the sum up to there. So a new month changes nobody. All is counted by the
grade that the customer had, and in each group of those who have something in common.
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
"""The word for what is too long to be one, or is one of too many."""
MOST_OF_A_WORD = 40

Trait = Literal["born", "occupation", "area", "source", "car"]
"""What customers may have in common."""
Measure = Literal["customers", "new", "visits", "paid", "value", "grade_moves", "risk_moves"]
"""How many there are, and became known; on how many days they came, what they paid, their points of
value; how often one moved to another grade, and risk."""

_GROUPS: Mapping[Trait, str] = {
    "born": "b",
    "occupation": "o",
    "area": "a",
    "source": "s",
    "car": "c",
}
_MEASURES: Mapping[Measure, str] = {
    "customers": "N",
    "new": "W",
    "visits": "D",
    "paid": "P",
    "value": "V",
    "grade_moves": "G",
    "risk_moves": "R",
}
_GRADES: Mapping[Grade, str] = {"general": "g", "potential": "p", "quality": "q"}
_MEASURE_OF = {letter: measure for measure, letter in _MEASURES.items()}
_GRADE_OF = {letter: grade for grade, letter in _GRADES.items()}
_TO = ">"


class Counter(NamedTuple):
    """One number of a month."""

    group: str
    """`EVERYBODY`, or as `group_with` writes it."""
    measure: Measure
    grade: Grade
    """Of the customers; of those who move to another, the one from which."""
    detail: str
    """Of customers their risk, of what was paid its currency, of a move where it leads."""


def counter_name(measure: Measure, grade: Grade, detail: str = "") -> str:
    """What it is called within a group."""
    return f"{_MEASURES[measure]}{_GRADES[grade]}{detail}"


def move(before: Risk, after: Risk) -> str:
    """The detail of a move from one risk to another."""
    return f"{before}{_TO}{after}"


def counter_from(text: str) -> Counter | None:
    """The counter that is called so, in whatever group; None: it is none."""
    group, _, name = text.rpartition(" ")
    measure, grade = _MEASURE_OF.get(name[:1]), _GRADE_OF.get(name[1:2])
    if measure is None or grade is None:
        return None
    return Counter(group, measure, grade, name[2:])


def is_among(text: str, trait: Trait | None) -> bool:
    """Whether a counter is of all customers, or of a group of those who have that in common."""
    return " " not in text or (trait is not None and text.startswith(_GROUPS[trait]))


def group_with(trait: Trait, word: str) -> str:
    """The customers of whom it is this."""
    return f"{_GROUPS[trait]}{word}"


def word_in(group: str, trait: Trait) -> str | None:
    """The word by which the group is one of these; None: it is one of others."""
    letter = _GROUPS[trait]
    return group.removeprefix(letter) if group.startswith(letter) else None


def rest_of(group: str) -> str:
    """The group for those of one that is not counted by itself."""
    return f"{group[:1]}{OTHER}"


def word(told: str) -> str:
    """What a source says, as a word that is counted by."""
    plain = " ".join(normalize("NFKC", told[: MOST_OF_A_WORD * 4]).split())
    if not plain:
        return UNKNOWN
    return plain if len(plain) <= MOST_OF_A_WORD else OTHER
