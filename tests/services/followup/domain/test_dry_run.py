"""What other rules would do to a customer's tasks: opened, closed, moved, changed, by rule."""

from datetime import datetime
from typing import Any

import pytest

from services.followup.domain.dry_run import compare
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from services.followup.domain.task_rule import TaskRule
from tests.services.followup.domain.rules.known import Document, facts, on, order, sold
from tests.services.followup.given import POLICY, at

NOW = "2025-02-10 12:00"
DELIVERED = (sold("2025-02-09"),)
DECLINED = (order("2025-01-10", declined=("wipers",)),)


def by(policy: FollowUpPolicy) -> FollowUpRulebook:
    """Rules for all dealers."""
    return FollowUpRulebook(shipped=FollowUpEdition(policy=policy))


def with_rule(kind: str, **changes: Any) -> FollowUpPolicy:
    """What ships, but for one rule."""
    shipped = FollowUpPolicy()
    changed = shipped.by_kind[kind].model_dump() | changes
    rules = [
        TaskRule.model_validate(changed) if rule.kind == kind else rule for rule in shipped.rules
    ]
    return FollowUpPolicy(rules=tuple(rules))


def differences(
    other: FollowUpPolicy,
    *documents: Document,
    now: str = NOW,
    current: FollowUpPolicy | None = None,
) -> list[str]:
    """`rule effect`, of each task that would be otherwise."""
    moment: datetime = at(now)
    found = compare(facts(*documents), by(current or FollowUpPolicy()), by(other), moment)
    assert found is not None
    return [f"{each.rule} {each.effect}" for each in found.differences]


@pytest.mark.parametrize(
    ("given", "other", "then"),
    [
        pytest.param(DELIVERED, FollowUpPolicy(), [], id="the same rules"),
        pytest.param(
            DELIVERED,
            with_rule("delivery_thanks", due={"hours": 30}),
            ["delivery_thanks moves"],
            id="moves",
        ),
        pytest.param(
            DELIVERED,
            with_rule("delivery_thanks", owner_role="manager"),
            ["delivery_thanks changes"],
            id="changes",
        ),
        pytest.param(
            DECLINED,
            with_rule("declined_work", opens={"days": 33}),
            ["declined_work closes"],
            id="closes",
        ),
        pytest.param(
            DELIVERED,
            with_rule("delivery_satisfaction", opens={"days": 0}),
            ["delivery_satisfaction opens"],
            id="opens",
        ),
    ],
)
def test_of_each_task_it_says_what_would_be_otherwise(
    given: tuple[Document, ...], other: FollowUpPolicy, then: list[str]
) -> None:
    assert differences(other, *given) == then


def test_what_ships_opens_beside_the_four_rules_of_before() -> None:
    insured = sold("2024-12-01", insured_until=on("2025-03-20"))
    assert differences(FollowUpPolicy(), insured, current=POLICY) == ["insurance_renewal opens"]


def test_of_nobody_it_says_nothing() -> None:
    nobody = facts().model_copy(update={"customer_key": ""})
    assert compare(nobody, by(POLICY), by(FollowUpPolicy()), at(NOW)) is None
