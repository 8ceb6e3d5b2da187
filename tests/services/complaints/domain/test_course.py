"""How the course of a case moves its clocks: its end, its reopening, its severity."""

import pytest

from shared.contracts.feed_parts import StepName
from tests.services.complaints.given import at, filed, given, step

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")
ANSWER_OVERDUE = ("warning/answer/1", "breach/answer/1")
SENIOR_OVERDUE = ("warning/executive_answer/1", "breach/executive_answer/1")


@pytest.mark.parametrize("name", ["withdrawn", "merged"])
def test_a_case_that_ends_leaves_nothing_outstanding(name: StepName) -> None:
    given(filed(), step(name, "1h")).when("1h").then().next_due(None)


@pytest.mark.parametrize("name", ["withdrawn", "merged"])
def test_what_was_broken_before_the_end_stays_broken(name: StepName) -> None:
    given(filed(), step(name, "3h"), step("contacted", "4h")).when("5d").then(*CONTACT_OVERDUE)


def test_a_late_report_of_the_end_withdraws_what_came_after_it() -> None:
    case = given(filed()).when("1d").then(*CONTACT_OVERDUE, *ANSWER_OVERDUE)
    case.reported(step("withdrawn", "20h")).when("2d")
    case.then(*CONTACT_OVERDUE, "warning/answer/1").then_withdrawn("breach/answer/1")


def test_a_reopening_starts_a_new_generation_without_an_instant_alert() -> None:
    case = given(filed(), step("resolved", "1h"), step("reopened", "10d"))
    said = ("verdict/contact/1", "verdict/answer/1", "warning/call_back/1", "breach/call_back/1")
    case.when("10d").then(*said).next_due("10d 90m")
    case.when("10d 2h").then(*said, "warning/contact/2", "breach/contact/2")
    assert case.breach("breach/contact/2").due_at == at("10d 2h")


def test_a_case_reopened_before_its_call_back_owes_none_for_that_resolution() -> None:
    case = given(filed(), step("resolved", "1h"), step("reopened", "5h"), step("answered", "6h"))
    case.when("9d").then(
        "verdict/contact/1", "verdict/answer/1", "verdict/contact/2", "verdict/answer/2"
    ).next_due(None)


def test_an_unsatisfied_call_back_reopens_the_case_at_the_moment_of_the_call() -> None:
    case = given(filed(), step("resolved", "1h"), step("called_back", "1d", satisfied=False))
    first = ("verdict/contact/1", "verdict/answer/1", "verdict/call_back/1")
    case.when("1d").then(*first).next_due("1d 90m")
    case.reported(step("contacted", "1d 1h"), step("resolved", "1d 5h")).when("1d 6h")
    case.then(*first, "verdict/contact/2", "verdict/answer/2").next_due("3d 11h")
    case.reported(step("called_back", "3d", satisfied=True)).when("3d").next_due(None)
    assert case.verdict("verdict/call_back/2").started_at == at("1d 5h")


def test_the_reopening_noted_down_after_an_unsatisfied_call_back_is_the_same_reopening() -> None:
    case = given(filed(), step("resolved", "1h"), step("called_back", "1d", satisfied=False))
    case.reported(step("reopened", "1d 5m")).when("1d 10m").next_due("1d 90m")
    case.when("20d")
    assert {about.split("/")[2] for about in case.announced} == {"2"}


def test_reopening_an_unanswered_case_gains_no_time() -> None:
    given(filed(), step("contacted", "10m"), step("reopened", "23h")).when("1d").then(
        "verdict/contact/1", *ANSWER_OVERDUE
    ).next_due(None)


def test_reopening_does_not_let_senior_management_off() -> None:
    case = given(filed(severity="major"), step("resolved", "1h"), step("reopened", "1d"))
    case.when("2d")
    assert case.breach("breach/executive_answer/1").due_at == at("2d")
    case.reported(step("executive_answered", "2d 1h")).when("9d")
    assert case.verdict("verdict/executive_answer/1").margin_seconds == -3600
    assert case.verdict("verdict/executive_answer/2").verdict == "kept"


def test_a_call_back_after_the_reopening_is_not_about_the_resolution_before_it() -> None:
    case = given(filed(), step("resolved", "1h"), step("reopened", "2h"))
    case.reported(step("answered", "3h"), step("called_back", "4h", satisfied=True)).when("9d")
    assert "verdict/call_back/1" not in {output.about for output in case.decision.outputs}


def test_a_resolution_after_the_withdrawal_owes_no_call_back() -> None:
    given(filed(), step("withdrawn", "1h"), step("resolved", "2h")).when("9d").then()


def test_a_withdrawn_case_can_be_reopened() -> None:
    given(filed(), step("withdrawn", "1h"), step("reopened", "5d")).when("5d 2h").then(
        "warning/contact/2", "breach/contact/2"
    )


def test_a_raise_adds_the_senior_clock_counted_from_receipt() -> None:
    case = given(filed(), step("answered", "1h")).reported(step("regraded", "5h", severity="major"))
    case.when("5h").then("verdict/contact/1", "verdict/answer/1").next_due("1d 12h")
    assert case.when("2d").breach("breach/executive_answer/1").due_at == at("2d")


def test_a_raise_after_the_warning_instant_warns_at_once() -> None:
    case = given(filed(), step("answered", "1h"), step("regraded", "47h", severity="major"))
    case.when("47h").next_due("2d")
    assert case.warning("warning/executive_answer/1").notified


@pytest.mark.parametrize("raised", ["2d", "5d"])
def test_a_raise_too_late_for_the_senior_clock_leaves_two_hours(raised: str) -> None:
    case = given(filed(), step("answered", "1h"), step("regraded", raised, severity="major"))
    case.when(raised).then("verdict/contact/1", "verdict/answer/1").next_due(f"{raised} 90m")
    breach = case.when(f"{raised} 2h").breach("breach/executive_answer/1")
    assert (breach.started_at, breach.due_at) == (at(raised), at(f"{raised} 2h"))


def test_an_answer_of_senior_management_before_the_raise_counts() -> None:
    answered = (filed(), step("executive_answered", "3h"))
    case = given(*answered, step("regraded", "5h", severity="major")).when("9d")
    assert case.verdict("verdict/executive_answer/1").due_at == at("2d")
    case = given(*answered, step("regraded", "5d", severity="major")).when("9d")
    assert case.verdict("verdict/executive_answer/1").verdict == "kept"
    assert "breach/executive_answer/1" not in case.announced


def test_an_answer_at_the_instant_of_a_late_raise_needs_no_warning() -> None:
    case = given(filed(), step("answered", "1h"), step("regraded", "47h", severity="major"))
    case.reported(step("executive_answered", "47h")).when("47h")
    case.then("verdict/contact/1", "verdict/answer/1", "verdict/executive_answer/1")


def test_lowering_the_severity_ends_the_senior_clock() -> None:
    lowered = step("regraded", "1d", severity="normal")
    given(filed(severity="major"), step("answered", "1h"), lowered).when("5d").then(
        "verdict/contact/1", "verdict/answer/1"
    ).next_due(None)


def test_lowering_the_severity_too_late_keeps_the_breach() -> None:
    lowered, raised = (
        step("regraded", "3d", severity="normal"),
        step("regraded", "4d", severity="major"),
    )
    case = given(filed(severity="major"), step("answered", "1h"), lowered).when("3d")
    case.then("verdict/contact/1", "verdict/answer/1", *SENIOR_OVERDUE)
    case.reported(raised).when("9d").then_withdrawn()
    assert case.breach("breach/executive_answer/1").due_at == at("2d")


def test_lowered_and_raised_again_is_due_as_if_never_lowered() -> None:
    case = given(
        filed(severity="major"),
        step("answered", "1h"),
        step("regraded", "5h", severity="normal"),
        step("regraded", "6h", severity="major"),
    )
    assert case.when("2d").breach("breach/executive_answer/1").due_at == at("2d")


def test_a_raise_in_the_second_generation_says_nothing_of_the_first() -> None:
    case = given(
        filed(),
        step("resolved", "1h"),
        step("reopened", "10d"),
        step("answered", "10d 1h"),
        step("regraded", "10d 2h", severity="major"),
    )
    case.when("10d 2h").next_due("11d 12h")
    case.when("12d")
    assert "breach/executive_answer/1" not in case.announced
    assert case.breach("breach/executive_answer/2").due_at == at("12d")


@pytest.mark.parametrize(
    ("received", "when", "counts"),
    [
        ("30s", "0s", True),  # received at 10:00:30, contacted 'at 10:00'
        ("59s", "0s", True),
        ("1s", "0s", True),
        ("0s", "0s", True),
        ("1m", "0s", False),  # a minute earlier
        ("90s", "0s", False),
        ("90s", "1m", True),
        ("30s", "-1m", False),
        ("30s", "20s", False),  # logged to the second
    ],
)
def test_a_step_logged_to_the_minute_of_the_receipt_is_not_before_it(
    received: str, when: str, counts: bool
) -> None:
    case = given(filed(received=received), step("contacted", when)).when("1h")
    case.then(*(["verdict/contact/1"] if counts else []))
    if counts:
        assert case.verdict("verdict/contact/1").stopped_at == at(received)


def test_a_step_logged_to_the_minute_may_end_the_case() -> None:
    given(filed(received="30s"), step("withdrawn", "0s")).when("9d").then().next_due(None)
