"""What a dealer's totals count of satisfaction, month by month, and what the counters are called.
Pure."""

from typing import Literal, NamedTuple, get_args
from unicodedata import normalize

from shared.contracts.surveys import SurveyKind

OfSurvey = Literal[
    "asked",
    "responded",
    "answers",
    "tenths",
    "low",
    "called",
    "minutes_to_call",
]
"""What is counted of each survey: sales or visits after which the customer could be asked, and
those of them that were answered; answers, the sum of their points in tenths, and the low ones; of
the sales or visits those after which the customer was called, and the minutes until then."""
OfWork = Literal[
    "orders",
    "in_time",
    "late",
    "comebacks",
    "complaints",
    "resolved",
    "minutes_to_resolve",
    "call_backs",
    "call_backs_in_time",
    "call_backs_late",
    "minutes_to_call_back",
]
"""What is counted besides: orders that were closed, those with a promise that was kept or not, and
those that did others again; complaints, those resolved and the minutes it took; call-backs that
fell due, those made, and the minutes from the resolution to them."""
Measure = OfSurvey | OfWork
SURVEYS: tuple[SurveyKind, ...] = get_args(SurveyKind)
OTHER_ITEM = "other"
"""The item for names that are too long, or too many, to be counted by themselves."""
MOST_OF_AN_ITEM = 40

_MEASURES: frozenset[str] = frozenset((*get_args(OfSurvey), *get_args(OfWork)))


class SatisfactionCounter(NamedTuple):
    """One number of a month."""

    measure: Measure
    survey: SurveyKind | None = None
    item: str = ""
    """Of answers and their points: the step that they are about; empty: the overall answer."""

    def __str__(self) -> str:
        parts = (self.measure, self.survey or "", self.item)
        return " ".join(parts).rstrip(" ")

    @classmethod
    def read(cls, text: str) -> "SatisfactionCounter | None":
        """The inverse of `str`; None for what is another's counter."""
        measure, _, rest = text.partition(" ")
        survey, _, item = rest.partition(" ")
        if measure not in _MEASURES or survey not in ("", *SURVEYS):
            return None
        return cls(measure, survey or None, item)  # type: ignore[arg-type] # as it was written


def item_word(told: str) -> str:
    """What a survey calls an item, as one name that is counted by."""
    plain = " ".join(normalize("NFKC", told[: MOST_OF_AN_ITEM * 4]).split())
    return plain if plain and len(plain) <= MOST_OF_AN_ITEM else OTHER_ITEM
