"""Which steps make sense at a case as it stands, and what of it somebody has seen."""

import pytest

from services.complaints.domain.facts import CaseEvent
from services.desk.domain.case_steps import (
    act_of,
    broken_now,
    is_step,
    mark_of,
    next_of,
    offered,
    reported_since,
)
from tests.services.complaints.given import absorbed, filed, moved, step
from tests.services.desk.given_cases import case_of

RESOLVED = (step("contacted", "1h"), step("answered", "2h"), step("resolved", "3h"))
MAJOR = filed(severity="major")


@pytest.mark.parametrize(
    ("events", "has", "lacks", "first"),
    [
        pytest.param(
            [filed()],
            "contacted answered resolved reassigned held regraded merged withdrawn demanded "
            "promised repair_started loaner_given",
            "called_back reopened resumed unmerged executive_answered repair_ended",
            "contacted",
            id="new",
        ),
        pytest.param(
            [filed(), step("contacted", "1h")],
            "answered resolved held",
            "contacted",
            "answered",
            id="contacted",
        ),
        pytest.param(
            [MAJOR, step("answered", "1h")],
            "executive_answered resolved",
            "contacted answered",
            "executive_answered",
            id="major, answered",
        ),
        pytest.param(
            [filed(), step("answered", "1h"), step("held", "2h")],
            "resumed resolved withdrawn",
            "held called_back",
            "resumed",
            id="on hold",
        ),
        pytest.param(
            [filed(), step("repair_started", "1h"), step("promised", "1h")],
            "repair_ended demanded loaner_given",
            "repair_started promised",
            "contacted",
            id="in repair",
        ),
        pytest.param(
            [filed(), *RESOLVED],
            "called_back reopened reassigned withdrawn",
            "contacted answered resolved held merged regraded",
            "called_back",
            id="resolved",
        ),
        pytest.param(
            [filed(), *RESOLVED, step("called_back", "4h", satisfied=True)],
            "reopened",
            "called_back contacted resolved executive_answered withdrawn",
            None,
            id="closed",
        ),
        pytest.param(
            [MAJOR, *RESOLVED, step("called_back", "4h", satisfied=True)],
            "reopened executive_answered",
            "called_back",
            "executive_answered",
            id="called back, never answered by senior management",
        ),
        pytest.param(
            [filed(), *RESOLVED, step("called_back", "4h", satisfied=False)],
            "contacted answered resolved",
            "called_back reopened",
            "contacted",
            id="reopened",
        ),
        pytest.param([filed(), step("withdrawn", "1h")], "reopened", "contacted", None, id="gone"),
        pytest.param(
            [filed(), step("merged", "1h")], "unmerged reopened", "contacted", None, id="merged"
        ),
        pytest.param([step("contacted", "1h")], "", "contacted", None, id="not filed"),
        pytest.param([filed(voided=True)], "", "contacted reopened", None, id="voided"),
        pytest.param([filed(), moved()], "", "contacted reopened", None, id="moved"),
    ],
)
def test_what_makes_sense_is_offered(
    events: list[CaseEvent], has: str, lacks: str, first: str | None
) -> None:
    steps = offered(case_of(*events, when="5h"))
    assert set(has.split()) <= set(steps)
    assert not set(lacks.split()) & set(steps)
    assert next_of(steps) == first
    assert len(set(steps)) == len(steps)


def test_a_notice_is_acknowledged_once() -> None:
    warned = case_of(filed(), when="2h", noticed=("90m",))
    assert "acknowledged" in offered(warned)
    done = case_of(filed(), step("acknowledged", "130m"), when="131m", noticed=("90m", "2h"))
    assert "acknowledged" not in offered(done)
    over = case_of(filed(), step("answered", "100m"), when="3h", noticed=("90m",))
    assert "acknowledged" not in offered(over)


def test_who_works_on_complaints_may_most_but_not_all() -> None:
    assert act_of("contacted") == act_of("merged") == "work_on_complaints"
    assert act_of("reassigned") == act_of("executive_answered") == "reassign_complaints"
    assert act_of("reassigned", takes_it=True) == "work_on_complaints"


def test_a_mark_tells_what_was_reported_since() -> None:
    before = case_of(filed(), step("contacted", "1h"), when="1h")
    after = case_of(filed(), step("contacted", "1h"), step("answered", "2h"), when="3h")
    assert mark_of(before) != mark_of(after)
    assert [each.step for each in reported_since(after, mark_of(before))] == ["answered"]
    assert reported_since(after, mark_of(after)) == ()
    assert len(reported_since(after, "no mark")) == 2


def test_a_deadline_that_passes_is_no_change_under_one_s_hands() -> None:
    assert mark_of(case_of(filed(), when="1h")) == mark_of(
        case_of(filed(), when="26h", noticed=("2h", "1d"))
    )


def test_a_step_is_found_by_its_id() -> None:
    case = case_of(filed(), step("contacted", "1h", id="S-1"), when="2h")
    found = is_step(case, "S-1")
    assert found is not None and found.step == "contacted"
    assert is_step(case, "S-2") is None


def test_broken_clocks_are_named_with_their_round() -> None:
    assert broken_now(case_of(filed(), when="3h")) == {"contact/1"}
    assert broken_now(case_of(filed(), step("contacted", "1h"), when="3h")) == frozenset()
    merged = case_of(filed(), absorbed({"contact": "-4h"}, "1h"), when="90m")
    assert broken_now(merged) == {"contact/1"}
