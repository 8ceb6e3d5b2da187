"""A policy with all that a plan has to choose between, and customers of all sorts, drawn."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Literal

from hypothesis import strategies as some

from services.followup.domain.documents import CaseStands, Known, Scored
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.task_rule import ForGrade, TaskRule
from services.followup.domain.working_hours import WorkingHours
from shared.contracts.scoring import Grade
from shared.contracts.values import instant_text
from shared.time.calendar import Window
from tests.services.followup.given import Customer, document_id, given
from tests.services.followup.stories import START, hours_in, stories

Contact = Literal["owed", "reminding", "selling", "internal"]


def rule(kind: str, trigger: str, contact: Contact, opens: int, due: int, **more: Any) -> TaskRule:
    """Opens at nine and is due at six, so many days from what it is counted from."""
    words = {"title_en": kind, "title_zh": kind, "why_en": "Of {car}", "why_zh": "{car}"}
    return TaskRule.model_validate(
        {
            "kind": kind,
            "trigger": trigger,
            "contact": contact,
            "opens": TaskOffset(days=opens, at=time(9)),
            "due": TaskOffset(days=due, at=time(18)),
            "owner_role": "desk",
            "channel": "phone",
            **words,
            **more,
        }
    )


THANKS = rule("delivery_thanks", "delivery", "owed", 0, 1)
ASK = rule("service_satisfaction", "closing", "owed", 1, 3)
REMIND = rule("next_service", "predicted_service", "reminding", -14, 0)
OFFER = rule("offer", "closing", "selling", 20, 30, instead=("email",), priority=6)
CLUB = rule("club", "delivery", "selling", 10, 60, grades=("quality", "potential"))
CALL_BACK = rule(
    "call_back", "closing", "owed", 2, 4, urgent=True, despite_refusal=True, channel="email"
)
MANAGER = rule("manager", "delivery", "internal", 2, 6, counts_as_contact=False)
EXCLUSIVE = rule(
    "exclusive",
    "delivery",
    "selling",
    15,
    80,
    for_grade={"quality": ForGrade(priority=1, channel="app", depth="thorough")},
)
RICH = FollowUpPolicy(
    rules=(THANKS, ASK, REMIND, OFFER, CLUB, CALL_BACK, MANAGER, EXCLUSIVE),
    hours=WorkingHours(
        week={day: (Window.parse("09:00-18:00"),) for day in ("mon", "tue", "wed", "thu", "fri")}
    ),
    longest_postponement_days=40,
)
"""Eight rules, on working days."""


def spans_of(case: CaseStands) -> str:
    """For the messages of tests that fail."""
    return " ".join(case.open_spans)


def case(*periods: tuple[datetime, datetime | None], number: str = "K1") -> Mapping[str, Known]:
    """A complaint that was open in those periods."""
    spans = tuple(
        f"{instant_text(since)}/{instant_text(until) if until else ''}" for since, until in periods
    )
    stands = CaseStands(kind="case", version=number, at=periods[0][0], open_spans=spans)
    return {document_id("complaint", number): stands}


def graded(grade: Grade) -> Mapping[str, Known]:
    """What scoring says of the customer."""
    return {document_id("score", "S1"): Scored(kind="score", version="1", grade=grade)}


def known(story: Customer, *others: Mapping[str, Known]) -> Customer:
    """A customer of whom that is known, too."""
    documents = dict(story.facts.documents)
    for each in others:
        documents |= each
    story.facts = story.facts.model_copy(
        update={"documents": documents, "customer_key": story.facts.customer_key}
    )
    return story


@some.composite
def cases(draw: some.DrawFn) -> Mapping[str, Known]:
    """Up to two complaints, one of them perhaps open still, or opened again."""
    found: dict[str, Known] = {}
    periods: list[tuple[datetime, datetime | None]]
    for number in range(draw(some.integers(0, 2))):
        since = START + timedelta(hours=draw(hours_in))
        until = since + timedelta(days=draw(some.integers(1, 60)))
        again = until + timedelta(days=draw(some.integers(1, 20)))
        periods = draw(
            some.sampled_from(
                [[(since, until)], [(since, None)], [(since, until), (again, None)]],
            )
        )
        found |= case(*periods, number=f"K{number}")
    return found


_GRADES: tuple[Grade, ...] = ("quality", "potential", "general")
grades = some.none() | some.sampled_from(_GRADES)


@some.composite
def customers(draw: some.DrawFn) -> FollowUpFacts:
    """Of whom all sorts of things are known."""
    grade = draw(grades)
    story = given(*draw(stories()))
    if not story.facts.customer_key:
        return story.facts
    return known(story, draw(cases()), graded(grade) if grade else {}).facts
