"""What follows from how things stand now is history once they stand otherwise."""

import pytest

from services.followup.domain.decide import customer_plan, decide
from services.followup.domain.documents import Consent
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.loyalty import SILENCE, WIN_BACK
from services.followup.domain.shipped.voices import COMPLAINT_CALL_BACK
from services.followup.domain.task_rule import TaskRule
from shared.contracts.followup import TaskChanged
from tests.services.followup.domain.rules.known import (
    Document,
    complaint,
    facts,
    order,
    scored,
)
from tests.services.followup.given import CUSTOMER, at

RULES = FollowUpPolicy(rules=(WIN_BACK, COMPLAINT_CALL_BACK))
LOST = scored("quality", risk="lost", since="2025-06-02 10:00")
BEFORE, VISIT = order("2024-06-10", number="R0"), order("2025-06-10")


def told(now: str, *documents: Document) -> dict[str, str]:
    """What is said by then: task -> status, and why it closed."""
    decision = decide(facts(*documents), {}, RULES, at(now))
    return {
        output.about: f"{output.content.status} {output.content.closed_because or ''}".strip()
        for output in decision.outputs
        if isinstance(output.content, TaskChanged)
    }


def test_who_comes_back_was_won_back_and_not_called_by_mistake() -> None:
    before, [about] = (
        told("2025-06-11", LOST, BEFORE, VISIT),
        told("2025-06-11", LOST, BEFORE),
    )
    assert before == {about: "done visit"}
    active = scored("quality", risk="active")
    after = decide(facts(active, BEFORE, VISIT), {}, RULES, at("2025-06-11"))
    assert after.outputs == ()
    assert after.is_history(about)


def test_a_call_back_that_was_made_is_history_once_the_case_is_reopened() -> None:
    resolved = complaint("2025-06-01", resolved_at="2025-06-02", called_back_at="2025-06-03")
    [(about, status)] = told("2025-06-04", resolved).items()
    assert status == "done called back"
    reopened = decide(facts(complaint("2025-06-01", generation=2)), {}, RULES, at("2025-06-05"))
    assert reopened.outputs == ()
    assert reopened.is_history(about)


BY_TIMES = SILENCE
BY_GRADES = SILENCE.model_copy(update={"grades": ("quality",)})
ASKED, CAME = order("2025-01-10"), order("2025-03-20", "R2")


@pytest.mark.parametrize("rule", [BY_TIMES, BY_GRADES], ids=["other times", "not for them"])
def test_who_was_asked_by_the_grade_that_they_had_was_not_asked_by_mistake(rule: TaskRule) -> None:
    policy, now = FollowUpPolicy(rules=(rule,)), at("2025-03-21")
    before = decide(facts(scored("quality"), ASKED, CAME), {}, policy, now)
    [task] = before.outputs
    assert isinstance(task.content, TaskChanged) and task.content.closed_because == "contact"
    other = scored("general", before=[("quality", "2025-03-20 20:00")])
    assert decide(facts(other, ASKED, CAME), {}, policy, now).outputs == before.outputs


def test_what_another_grade_would_not_make_right_is_no_history() -> None:
    policy, now = FollowUpPolicy(rules=(BY_TIMES,)), at("2025-03-21")
    [task] = decide(facts(scored("quality"), ASKED, CAME), {}, policy, now).outputs
    without_the_order = decide(facts(scored("general"), CAME), {}, policy, now)
    assert not without_the_order.is_history(task.about)


def test_what_was_held_back_until_its_time_had_passed_is_not_settled_by_what_comes_later() -> None:
    refused = Consent(kind="consent", version="1", at=at("2025-01-11"), do_not_contact=True)
    known = facts(ASKED, (f"{CUSTOMER}/consent/1", refused), order("2025-08-20", "R2"))
    [silence] = customer_plan(known, FollowUpPolicy(rules=(BY_TIMES,)), at("2025-08-21")).silences
    assert silence.because == "window_passed"
