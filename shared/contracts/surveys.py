"""Answers to satisfaction surveys: on which scale they are given, and what they are about."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from shared.contracts.feed_parts import ComplaintChannel
from shared.contracts.values import Contract, LongId, Number, ShortText, Term, at_most

MOST_ANSWERS = 50

SurveyKind = Literal["ssi", "csi"]
"""Of the sale or of the service."""
CSI_ITEMS = (
    "appointment",
    "friendliness",
    "reception",
    "on_time",
    "fixed_first_time",
    "explanation",
    "follow_up_call",
    "answers",
)
"""What customers of a workshop expect, each a step of the process: an easy appointment; to be met
pleasantly and honestly; attention at the reception, a joint inspection, an estimate of price and
time; done on time, and told of changes; fixed at the first visit; bill and work explained and the
next service advised; a call afterwards; quick answers to questions."""
SSI_ITEMS = (
    "reception",
    "consultation",
    "test_drive",
    "price",
    "handling",
    "delivery",
    "explanation",
    "follow_up_call",
)
"""What buyers of a car expect, each a step of the process: attention in the showroom; advice that
fits; a test drive; a fair price, plainly told; papers and dates handled as promised; the car handed
over clean and complete; its functions explained; a call afterwards."""

Scale = Literal["0-10", "0-100", "1-10", "1-5"]
"""The worst and the best answer."""


class _Ends(NamedTuple):
    worst: Decimal
    best: Decimal


_ENDS: Mapping[Scale, _Ends] = {
    "0-10": _Ends(Decimal(0), Decimal(10)),
    "0-100": _Ends(Decimal(0), Decimal(100)),
    "1-10": _Ends(Decimal(1), Decimal(10)),
    "1-5": _Ends(Decimal(1), Decimal(5)),
}
_TENTH = Decimal("0.1")


def is_on(scale: Scale, given: Decimal) -> bool:
    """Whether there is such an answer on the scale."""
    ends = _ENDS[scale]
    return ends.worst <= given <= ends.best


def normalised(given: Decimal, scale: Scale) -> Decimal:
    """An answer on `scale` as one from 0, the worst, to 10, to a tenth; halves go up."""
    ends = _ENDS[scale]
    points = (given - ends.worst) * 10 / (ends.best - ends.worst)
    return shortest(points.quantize(_TENTH, ROUND_HALF_UP))


def shortest(number: Decimal) -> Decimal:
    """The same number in the one notation: 9 for 9.0, and no negative zero."""
    whole = number.to_integral_value()
    return whole + 0 if number == whole else number.normalize()


def _as_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_WRITTEN = PlainSerializer(_as_number, return_type=int | float)

Given = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=20),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
"""An answer on the scale of its survey, whole or not."""
GivenAnswers = Annotated[dict[Term, Given], Field(max_length=MOST_ANSWERS), at_most(MOST_ANSWERS)]
"""Question -> answer."""
Answer = Annotated[
    Decimal,
    Field(ge=0, le=10, max_digits=3, decimal_places=1),
    AfterValidator(shortest),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 10, "multipleOf": 0.1}),
]
"""From 0, the worst, to 10, with one decimal place at most."""
AboutId = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9][a-z0-9-]{0,39}/){3}(visit|sale)/[A-Za-z0-9_.~%-]+$", max_length=2000
    ),
]
"""The document id of a repair order or a sale as intake answers it."""


class AnsweredForm(Contract):
    """What a survey says besides whose it is; all of its answers are on one scale."""

    scale: Scale = "0-10"
    overall: Given
    items: GivenAnswers = Field(default_factory=dict)
    """Step of the process, or question -> answer."""
    provider: Term | None = None
    """Whose questionnaire it is, where it is not the dealer's own."""
    channel: ComplaintChannel | None = None
    """The way in which the customer answered."""
    ro_no: Number | None = None
    """The repair order that it is about."""
    deal_no: Number | None = None
    about_id: AboutId | None = None
    """Instead of a number: a repair order or sale that another source has reported."""

    @model_validator(mode="after")
    def _is_about_one_document(self) -> Self:
        if sum(each is not None for each in (self.ro_no, self.deal_no, self.about_id)) > 1:
            raise ValueError("only one of ro_no, deal_no and about_id is taken")
        return self


class AnsweredCall(Contract):
    """What was answered in a call; with `survey` and `overall` it is a satisfaction survey."""

    scale: Scale = "0-10"
    answers: GivenAnswers = Field(default_factory=dict)
    """Step of the process, or question -> answer."""
    survey: SurveyKind | None = None
    overall: Given | None = None
    about_id: AboutId | None = None
    """The repair order or sale that the survey was about."""

    @model_validator(mode="after")
    def _has_all_of_a_survey(self) -> Self:
        if self.survey is not None and self.overall is None:
            raise ValueError("a survey needs overall")
        if self.survey is None and (self.overall is not None or self.about_id is not None):
            raise ValueError("overall and about_id are of a survey: say which, ssi or csi")
        return self


class SurveyOrigin(Contract):
    """Where published answers come from, as far as the source says."""

    provider: ShortText | None = None
    """Whose questionnaire it is; None: the dealer's own."""
    channel: ComplaintChannel | None = None
    """The way in which the customer answered."""
    about_id: LongId | None = None
    """The document id of the repair order or sale that it is about."""
