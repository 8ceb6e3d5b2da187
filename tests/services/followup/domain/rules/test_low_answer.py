"""Low survey answer: at once to the manager, due in 24 hours."""

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.voices import LOW_ANSWER
from services.followup.domain.terms import LowAnswers
from services.followup.domain.wording import why
from tests.services.followup.domain.rules.known import (
    Document,
    answered,
    found,
    order,
    said,
    tasks,
)

AT_ONCE = ["S1 opens 2025-01-10 17:00, due 2025-01-11 17:00"]


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param(answered("2025-01-10", overall=60), AT_ONCE, id="6 overall"),
        pytest.param(answered("2025-01-10", overall=0), AT_ONCE, id="nothing at all"),
        pytest.param(answered("2025-01-10", overall=61), [], id="a tenth more is not low"),
        pytest.param(answered("2025-01-10", overall=100), [], id="nor the best"),
        pytest.param(answered("2025-01-10", overall=90, price=40), AT_ONCE, id="an item of 4"),
        pytest.param(answered("2025-01-10", overall=90, price=41), [], id="an item just above"),
        pytest.param(answered("2025-01-10", survey="ssi", overall=30), AT_ONCE, id="of any survey"),
    ],
)
def test_low_answer(given: Document, then: list[str]) -> None:
    assert tasks("low_answer", order("2025-01-09"), given) == then


def test_the_manager_does_it_and_nothing_holds_it_back() -> None:
    assert LOW_ANSWER.urgent
    assert LOW_ANSWER.owner_role.endswith("_manager")


def test_it_says_what_was_low_the_lowest_first() -> None:
    low = answered("2025-01-10", overall=85, price=40, punctuality=15, reception=90)
    assert said("low_answer", low) == {"overall": "8.5", "items": "punctuality 1.5, price 4"}
    assert said("low_answer", answered("2025-01-10", overall=60)) == {"overall": "6", "items": "–"}


def test_what_is_low_is_the_policys() -> None:
    policy = FollowUpPolicy(low_answers=LowAnswers(overall_at_most=7, item_at_most=5))
    for low in (answered("2025-01-10", overall=70), answered("2025-01-10", price=50)):
        assert tasks("low_answer", low) == []
        assert len(tasks("low_answer", low, policy=policy)) == 1


def test_where_no_item_is_low_the_sentence_is_silent_on_them() -> None:
    for low, en, zh in (
        (answered("2025-01-10", overall=60), "", ""),
        (answered("2025-01-10", overall=60, price=40), "; low items: price 4", ";低分项:price 4"),
    ):
        [task] = found("low_answer", order("2025-01-09"), low)
        said = why(task, task.due_at)
        assert said.en == f"They answered a survey on 2025-01-10 with 6 of 10{en}"
        assert said.zh == f"客户于 2025-01-10 满意度评分 6/10{zh}"
