"""What follows from how things stand now is history once they stand otherwise."""

from services.followup.domain.decide import decide
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.loyalty import WIN_BACK
from services.followup.domain.shipped.voices import COMPLAINT_CALL_BACK
from shared.contracts.followup import TaskChanged
from tests.services.followup.domain.rules.known import Document, complaint, facts, order, scored
from tests.services.followup.given import at

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
