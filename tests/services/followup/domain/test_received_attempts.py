"""What is kept of what staff report, and that the order of reports makes no difference."""

from random import Random
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as some

from services.followup.domain.decide import condense
from services.followup.domain.documents import Assignment, Correction, Outcome
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from shared.contracts.followup import task_id
from shared.decider.digests import Horizon
from shared.decider.facts import Gone, Noted
from tests.services.followup.given import CUSTOMER, DEALER, at, moved
from tests.services.followup.given_attempts import assignment, call, corrected
from tests.services.followup.stories_of_attempts import reports_of_attempts
from tests.services.followup.stories_of_others import one_word_each

CSI = "service_satisfaction/visit/R1"
TASK = str(task_id(CUSTOMER, f"service_satisfaction/{DEALER}/cdk/visit/R1"))
FEW = FollowUpPolicy(horizon=Horizon(documents=1))


def kept(*events: Event[Any]) -> Any:
    """What is kept of the one document that they tell."""
    [document] = join(FollowUpFacts(), events).documents.values()
    return document


@pytest.mark.parametrize(
    ("event", "document"),
    [
        (
            call("2025-01-11", CSI, "wrong_number", by="sms", staff="u7"),
            {"outcome": "wrong_number", "channel": "sms", "by": "u7", "late": None},
        ),
        (
            call("2025-01-11", CSI, "renewed_elsewhere", received="2025-01-11 18:00"),
            {"outcome": "renewed_elsewhere", "channel": None, "late": None},
        ),
        (
            call("2025-01-11", CSI, "wrong_number", received="2025-02-01"),
            {"outcome": "wrong_number", "late": at("2025-02-01")},
        ),
    ],
)
def test_an_attempt(event: Event[Any], document: dict[str, object]) -> None:
    found = kept(event)
    assert isinstance(found, Outcome)
    assert document.items() <= found.model_dump().items()
    assert (found.task_id, found.at) == (TASK, at("2025-01-11"))


@pytest.mark.parametrize(
    ("event", "person", "by"),
    [
        (assignment("2025-01-11", CSI, "u7"), "u7", "u7"),
        (assignment("2025-01-11", CSI, "u7", by="boss"), "u7", "boss"),
        (assignment("2025-01-11", CSI, None, by="u7"), "", "u7"),
    ],
)
def test_whose_a_task_is(event: Event[Any], person: str, by: str) -> None:
    found = kept(event)
    assert isinstance(found, Assignment)
    assert (found.task_id, found.at, found.person, found.by) == (TASK, at("2025-01-11"), person, by)


@pytest.mark.parametrize(
    ("particulars", "channels"),
    [
        (("phones",), ("phone", "sms")),
        (("email", "name"), ("email",)),
        (("phones", "email"), ("phone", "sms", "email")),
    ],
)
def test_a_correction(particulars: tuple[str, ...], channels: tuple[str, ...]) -> None:
    found = kept(corrected("2025-01-11", *particulars, received="2025-02-01"))
    assert isinstance(found, Correction)
    assert (found.at, found.late, found.channels) == (at("2025-01-11"), at("2025-02-01"), channels)


@pytest.mark.parametrize("removed", ["", "phones"])
def test_a_correction_of_what_nobody_is_reached_by_stands_for_nothing(removed: str) -> None:
    assert isinstance(kept(corrected("2025-01-11", "name", removed=removed)), Noted)


def test_what_was_another_customers_is_forgotten() -> None:
    told = assignment("2025-01-11", CSI, "u7")
    assert isinstance(kept(told, moved("task-assignment", "A1")), Gone)


def test_what_is_set_aside_comes_back_as_it_was() -> None:
    """With what staff ids may hold, and when it was received late."""
    older = [
        assignment("2025-01-11", CSI, "Li Lei, 2", "A1", by="王 明"),
        call("2025-01-11", CSI, "wrong_number", "O1", staff="Li Lei, 2", received="2025-03-01"),
        corrected("2025-01-11", "phones", "email", number="B1", received="2025-03-01"),
    ]
    newer = [
        assignment("2025-01-12", CSI, None, "A2"),
        call("2025-01-12", CSI, "done", "O2"),
        corrected("2025-01-12", "phones", number="B2"),
    ]
    few = condense(join(FollowUpFacts(), [*older, *newer]), FEW)
    assert len(few.documents) == 3, "the newest of each"
    again = condense(few, FollowUpPolicy())
    assert again.documents == join(FollowUpFacts(), [*older, *newer]).documents


@forall(some.lists(reports_of_attempts(), max_size=10), some.randoms(use_true_random=False))
def test_the_order_of_reports_makes_no_difference(told: list[Event[Any]], shuffle: Random) -> None:
    events = one_word_each(told)
    other = shuffle.sample(events, len(events))
    assert join(FollowUpFacts(), events).documents == join(FollowUpFacts(), other).documents
