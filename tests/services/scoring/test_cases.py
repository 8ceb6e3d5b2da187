"""A complaint weighs as complaints says that it stands: what it refuses changes no score."""

from random import Random
from typing import Any

import pytest

from services.complaints.domain import facts as of_cases
from services.complaints.domain.decide import decide as decide_case
from services.complaints.domain.facts import CaseEvent, CaseFacts
from services.scoring.domain.decide import condense, decide
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.envelope import Event
from shared.contracts.subjects import ABOUT_THE_STANDING
from tests.services.complaints.given import CUSTOMER, DEALER, RULES, absorbed, at, filed, step
from tests.services.scoring.given import complaint, given, score_in, visit

POLICY = ScoringPolicy()


def standing(*events: CaseEvent, when: str = "30d", sequence: int = 1) -> Event[Any]:
    """What complaints tells of a case of which that was reported."""
    decision = decide_case(of_cases.join(CaseFacts(), events), {}, RULES, at(when))
    [content] = [each.content for each in decision.outputs if each.about == ABOUT_THE_STANDING]
    assert isinstance(content, CaseStandingChanged)
    return Event(f"{sequence}", CUSTOMER, DEALER, at(when), content, sequence=sequence)


def loyalty(*events: CaseEvent) -> int:
    """What a customer's only case comes to, a month after its receipt."""
    facts = join(ScoringFacts(), [standing(*events)])
    return score_in(decide(facts, {}, POLICY, at("30d"))).loyalty


MERGED, WITHDRAWN = step("merged", "1h"), step("withdrawn", "1h")
RESOLVED = step("resolved", "1h")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param((), -15, id="open"),
        pytest.param((WITHDRAWN,), 0, id="withdrawn"),
        pytest.param((MERGED,), 0, id="merged"),
        pytest.param((MERGED, step("unmerged", "2h")), -15, id="merged and unmerged"),
        pytest.param((MERGED, step("reopened", "2h")), -15, id="merged and reopened"),
        pytest.param((WITHDRAWN, step("reopened", "2h")), -15, id="withdrawn and reopened"),
        pytest.param((step("withdrawn", "-1h"),), -15, id="withdrawn before receipt"),
        pytest.param((absorbed({}, "30m"), MERGED), -15, id="merged in a circle"),
        pytest.param((step("merged", "1h", known=False),), -15, id="merged into the unknown"),
        pytest.param(
            (RESOLVED, step("called_back", "2h", satisfied=True)), -5, id="called back, satisfied"
        ),
        pytest.param(
            (RESOLVED, step("called_back", "2h", satisfied=False)), -15, id="and not satisfied"
        ),
        pytest.param(
            (step("called_back", "2h", satisfied=True),), -15, id="satisfied, but nothing resolved"
        ),
        pytest.param((step("regraded", "1h", severity="major"),), -25, id="raised"),
        pytest.param(
            (step("regraded", "1h", severity="major"), MERGED, step("unmerged", "2h")),
            -25,
            id="raised, merged, unmerged",
        ),
        pytest.param(
            (step("regraded", "-1h", severity="major"),), -15, id="raised before its receipt"
        ),
    ],
)
def test_what_a_case_weighs(steps: tuple[CaseEvent, ...], expected: int) -> None:
    assert loyalty(filed(), *steps) == expected
    events = [filed(), *steps]
    Random(0).shuffle(events)
    assert loyalty(*events) == expected


def test_while_it_was_part_of_another_it_weighed_nothing() -> None:
    facts = join(ScoringFacts(), [standing(filed(), MERGED, step("unmerged", "2h"))])
    weights = [
        score_in(decide(facts, {}, POLICY, at(when))).loyalty for when in ("30m", "90m", "3h")
    ]
    assert weights == [-15, 0, -15]


def test_whatever_the_order_of_what_complaints_tells() -> None:
    told = [
        standing(filed(), sequence=1),
        standing(filed(), MERGED, sequence=2),
        standing(filed(), MERGED, step("unmerged", "2h"), sequence=3),
    ]
    for number in range(12):
        order = [*told, *told]
        Random(number).shuffle(order)
        facts = ScoringFacts()
        for event in order:
            facts = condense(join(facts, [event]), POLICY)
        assert score_in(decide(facts, {}, POLICY, at("30d"))).loyalty == -15


FORMER = {
    "customer_key": CUSTOMER,
    "documents": {
        f"{DEALER}/cdk/complaint/K1": {
            "kind": "complaint",
            "version": "1764000000000.abc",
            "at": "2025-01-10T10:00:00Z",
            "major": True,
        },
        f"{DEALER}/cdk/complaint-step/K1/S1": {
            "kind": "step",
            "version": "1764000000000.abd",
            "at": "2025-01-12T10:00:00Z",
            "case_id": f"{DEALER}/cdk/complaint/K1",
            "mark": "ended",
        },
    },
    "digests": {
        "complaint": "@complaint/K0 1764000000000.abc c 1736503200 = |",
        "step": "@complaint-step/K0/S1 1764000000000.abc t 1736503200 = @complaint/K0 ended|",
        "past": "@complaint/K9 1764000000000.abc c 1263117600 = 1736503200|",
        "nothing": "@complaint-step/K0/S2 1764000000000.abc n|",
    },
    "newest": {"complaint": "@complaint/K0", "step": "@complaint-step/K0/S1"},
}
"""As complaints and their steps were stored before cases told how they stand."""


def test_what_was_stored_of_steps_is_read_and_says_nothing() -> None:
    facts = ScoringFacts.model_validate(FORMER)
    assert decide(facts, {}, POLICY, at("0s")).outputs == ()
    came = join(facts, [visit("2025-01-10"), complaint("2025-01-10")])
    for policy in (POLICY, ScoringPolicy.model_validate({"horizon": {"documents": 1}})):
        kept = condense(condense(came, policy), POLICY)
        again = ScoringFacts.model_validate_json(kept.model_dump_json())
        for known in (kept, again):
            decision = decide(known, {}, POLICY, at("0s"))
            expected = given(visit("2025-01-10"), complaint("2025-01-10")).facts
            assert decision == decide(expected, {}, POLICY, at("0s"))
