"""Deadlines that a case itself names: the limit of a regulator's order.

Complaints of the tests are received on Saturday, 21 November 2026, at 10:00 in Shanghai.
"""

from datetime import timedelta

from services.complaints.domain.facts import Filed
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.views.deadline import explain
from shared.time.deadlines import Span
from tests.services.complaints.given import absorbed, at, filed, given, step
from tests.services.complaints.regulators import arithmetic, clock, clock_names, merged


def test_a_work_order_is_due_when_it_says(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(limit="4d"), rules=rules["cn-12345"]).when("1h").next_due("2d")
    found = clock(case, "work_order")
    assert (found.due_at, found.span) == (at("4d"), Span.parse("4d"))
    assert arithmetic(case, "work_order")[0] == [
        "Starts 2026-11-21 10:00 +08:00: receipt of the complaint.",
        "= due 2026-11-25 10:00 +08:00: the limit that the regulator's order prints.",
    ]
    assert arithmetic(case, "work_order")[1][-1].endswith("监管部门工单载明的时限,不另行计算。")
    complaint = case.facts.complaint
    assert isinstance(complaint, Filed)
    assert explain(found, complaint).target == "regulator_due_at"
    case.when("3d").then("warning/work_order/1", "warning.last_warning/work_order/1")
    assert case.warning("warning/work_order/1").why.en == (
        "Answer to the regulator's work order is due by the limit of the regulator's order, "
        "2026-11-25 10:00 +08:00."
    )
    case.when("4d")
    assert case.breach("breach/work_order/1").due_at == at("4d")
    case.reported(step("answered", "4d 1h")).when("5d")
    verdict = case.verdict("verdict/work_order/1")
    assert (verdict.verdict, verdict.margin_seconds) == ("broken", -3600)


def test_a_complaint_without_a_limit_has_no_such_clock(rules: dict[str, CaseRulebook]) -> None:
    assert clock_names(given(filed(), rules=rules["cn-12345"]).when("1h")) == []


def test_a_corrected_limit_moves_the_deadline(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(limit="4d"), rules=rules["cn-12345"]).when("3d")
    case.reported(filed(limit="8d", version=2)).when("3d 1h").then()
    assert clock(case, "work_order").due_at == at("8d")
    case.reported(filed(version=3)).when("3d 2h").then()
    assert clock_names(case) == []


def test_no_hold_and_no_merge_taken_back_moves_it(rules: dict[str, CaseRulebook]) -> None:
    held = given(filed(limit="4d"), step("held", "1h", until="9d"), rules=rules["cn-12345"])
    assert clock(held.when("2h"), "work_order").due_at == at("4d")
    merged = (step("merged", "1d"), step("unmerged", "2d"))
    back = given(filed(limit="4d"), *merged, rules=rules["cn-12345"]).when("3d")
    assert clock(back, "work_order").due_at == at("4d")


def test_to_the_millisecond_it_is_what_the_case_says(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(limit="4d"), rules=rules["cn-12345"])
    complaint = case.facts.complaint
    assert isinstance(complaint, Filed)
    odd = at("4d") + timedelta(milliseconds=7)
    exact = complaint.model_copy(update={"regulator_due_at": odd})
    documents = {**case.facts.documents, case.facts.case_id: exact}
    case.facts = case.facts.model_copy(update={"documents": documents})
    case.when("4d").then("warning/work_order/1", "warning.last_warning/work_order/1")
    assert case.decision.next_due == odd


def test_a_reopening_has_the_limit_only_while_it_is_ahead(rules: dict[str, CaseRulebook]) -> None:
    known = (filed(limit="4d"), step("answered", "1d"))
    before = given(*known, step("reopened", "2d"), rules=rules["cn-12345"]).when("3d")
    assert clock(before, "work_order", 2).due_at == at("4d")
    after = given(*known, step("reopened", "5d"), rules=rules["cn-12345"]).when("6d")
    assert clock_names(after) == ["work_order/1"]


def test_the_limit_of_a_case_that_is_merged_away_goes_on(rules: dict[str, CaseRulebook]) -> None:
    away = given(filed(limit="4d"), step("merged", "1d"), rules=rules["cn-12345"]).when("2d")
    [message] = merged(away)
    assert message.handed_over[0].regulator_due_at == at("4d")
    other = absorbed({"work_order": "0s"}, "1d", limit="4d")
    without = given(filed(received="12h"), other, rules=rules["cn-12345"]).when("2d")
    assert clock(without, "work_order").due_at == at("4d")
    later = given(filed(received="12h", limit="9d"), other, rules=rules["cn-12345"]).when("2d")
    assert clock(later, "work_order").due_at == at("4d")
    sooner = given(filed(limit="3d"), other, rules=rules["cn-12345"]).when("2d")
    assert clock(sooner, "work_order").due_at == at("3d")


def test_a_limit_that_is_handed_over_moves_no_other_clock() -> None:
    other = absorbed({"contact": "30m"}, "1h", limit="4d")
    case = given(filed(), other).when("90m")
    assert clock(case, "contact").origin == "received"
    assert clock(case, "contact").quiet_before is None


def test_an_alarm_of_long_ago_is_history(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(limit="4d", recorded="30d"), rules=rules["cn-12345"]).when("30d").then()
    assert clock(case, "work_order").broken(at("30d"))
