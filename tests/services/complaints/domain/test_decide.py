"""What follows from a complaint case, in sentences."""

from datetime import timedelta

import pytest

from shared.contracts.feed_parts import StepName
from tests.services.complaints.given import POLICY, abouts, at, filed, given, moved, place, step

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")
ANSWER_OVERDUE = ("warning/answer/1", "breach/answer/1")
SENIOR_OVERDUE = ("warning/executive_answer/1", "breach/executive_answer/1")


def _seconds(later: str, earlier: str) -> float:
    return (at(later) - at(earlier)).total_seconds()


@pytest.mark.parametrize(
    ("elapsed", "said", "next_due"),
    [
        ("0s", (), "90m"),
        ("89m 59s", (), "90m"),
        ("90m", ("warning/contact/1",), "2h"),
        ("1h 59m 59s", ("warning/contact/1",), "2h"),
        ("2h", CONTACT_OVERDUE, "18h"),
        ("18h", (*CONTACT_OVERDUE, "warning/answer/1"), "1d"),
        ("1d", (*CONTACT_OVERDUE, *ANSWER_OVERDUE), None),
        ("30d", (*CONTACT_OVERDUE, *ANSWER_OVERDUE), None),
    ],
)
def test_nobody_does_anything(elapsed: str, said: tuple[str, ...], next_due: str | None) -> None:
    given(filed()).when(elapsed).then(*said).next_due(next_due)


@pytest.mark.parametrize(
    ("clock", "name", "warns", "due"),
    [
        ("contact", "contacted", "90m", "2h"),
        ("answer", "answered", "18h", "1d"),
        ("executive_answer", "executive_answered", "1d 12h", "2d"),
    ],
)
def test_a_clock_is_kept_up_to_and_including_its_due_instant(
    clock: str, name: StepName, warns: str, due: str
) -> None:
    complaint = filed(severity="major")
    for stop, verdict, margin in (
        (warns, "kept", None),
        (due, "kept", 0),
        (f"{due} 1s", "broken", -1),
    ):
        case = given(complaint, step(name, stop)).when("10d")
        found = case.verdict(f"verdict/{clock}/1")
        assert found.verdict == verdict
        assert found.margin_seconds == (margin if margin is not None else _seconds(due, warns))
        assert (found.started_at, found.due_at, found.stopped_at) == (at("0s"), at(due), at(stop))
        assert (f"warning/{clock}/1" in case.announced) == (stop != warns)
        assert (f"breach/{clock}/1" in case.announced) == (verdict == "broken")


@pytest.mark.parametrize(
    ("called", "verdict", "margin"),
    [("4d", "kept", 86400), ("5d", "kept", 0), ("5d 1s", "broken", -1)],
)
def test_the_call_back_is_due_three_days_after_the_resolution(
    called: str, verdict: str, margin: int
) -> None:
    resolved = step("resolved", "2d")
    given(filed(), step("contacted", "1h"), step("answered", "2h"), resolved).when("2d").then(
        "verdict/contact/1", "verdict/answer/1"
    ).next_due("4d 6h")
    case = given(filed(), resolved, step("called_back", called, satisfied=True)).when("9d")
    found = case.verdict("verdict/call_back/1")
    assert (found.verdict, found.margin_seconds, found.started_at) == (verdict, margin, at("2d"))


def test_nothing_is_left_to_do_after_a_satisfied_call_back() -> None:
    given(filed(), step("resolved", "1h"), step("called_back", "1d", satisfied=True)).when(
        "1d"
    ).then("verdict/contact/1", "verdict/answer/1", "verdict/call_back/1").next_due(None)


@pytest.mark.parametrize("name", ["contacted", "answered", "executive_answered", "resolved"])
def test_whoever_answers_has_made_contact(name: StepName) -> None:
    case = given(filed(), step(name, "1h")).when("1h")
    assert case.verdict("verdict/contact/1").verdict == "kept"


@pytest.mark.parametrize("name", ["answered", "executive_answered", "resolved"])
def test_a_resolution_is_an_answer(name: StepName) -> None:
    assert given(filed(), step(name, "1h")).when("1h").verdict("verdict/answer/1")


def test_contact_is_no_answer() -> None:
    given(filed(), step("contacted", "1h")).when("1d").then("verdict/contact/1", *ANSWER_OVERDUE)


def test_only_senior_management_can_give_its_answer() -> None:
    done = (step("answered", "1h"), step("resolved", "2h"))
    case = given(filed(severity="major"), *done, step("called_back", "3h", satisfied=True))
    case.when("2d").then(
        "verdict/contact/1", "verdict/answer/1", "verdict/call_back/1", *SENIOR_OVERDUE
    )


@pytest.mark.parametrize("name", ["resumed", "reassigned", "acknowledged", "unmerged"])
def test_what_moves_no_clock(name: StepName) -> None:
    given(filed(), step(name, "10m")).when("2h").then(*CONTACT_OVERDUE).next_due("18h")


def test_nothing_is_said_before_the_complaint_itself_is_known() -> None:
    contact = step("contacted", "1h")
    given(contact).when("3h").then().next_due(None).reported(filed()).when("3h").then(
        "verdict/contact/1"
    )


def test_a_late_report_of_a_contact_in_time_withdraws_the_breach() -> None:
    case = given(filed()).when("90m").when("2h").then(*CONTACT_OVERDUE)
    case.reported(step("contacted", "5m")).when("3h").then("verdict/contact/1")
    case.then_withdrawn(*CONTACT_OVERDUE)


def test_a_late_report_of_a_contact_after_the_warning_withdraws_the_breach_alone() -> None:
    case = given(filed()).when("90m").when("2h").reported(step("contacted", "1h 45m")).when("3h")
    case.then("warning/contact/1", "verdict/contact/1").then_withdrawn("breach/contact/1")


def test_a_contact_at_the_instant_of_the_warning_needs_no_warning() -> None:
    given(filed(), step("contacted", "90m")).when("90m").then("verdict/contact/1")


def test_a_corrected_step_counts_as_corrected() -> None:
    wrong = step("contacted", "5m", id="S-1")
    right = step("contacted", "2h 5m", id="S-1", version=2)
    case = given(filed(), right, wrong).when("3h").then(*CONTACT_OVERDUE, "verdict/contact/1")
    assert case.verdict("verdict/contact/1").margin_seconds == -300


def test_a_corrected_receipt_moves_the_deadlines() -> None:
    case = given(filed()).when("2h").reported(filed(received="1h", version=2)).when("2h 15m")
    case.then().then_withdrawn(*CONTACT_OVERDUE).next_due("2h 30m")


def test_a_step_before_the_receipt_is_refused_until_a_correction_makes_it_possible() -> None:
    case = given(filed(), step("contacted", "-1s")).when("2h").then(*CONTACT_OVERDUE)
    case.then_of_the_case("refused/contacted -1s")
    case.reported(filed(received="-1m", version=2)).when("3h").then("verdict/contact/1")
    case.then_of_the_case()


def test_a_step_in_the_future_counts_from_its_instant_on() -> None:
    case = given(filed(), step("contacted", "5m")).when("1m").then().next_due("5m")
    case.when("5m").then("verdict/contact/1")


def test_a_voided_complaint_takes_back_all_that_was_said() -> None:
    case = given(filed(), step("answered", "3h")).when("4h")
    case.then(*CONTACT_OVERDUE, "verdict/contact/1", "verdict/answer/1")
    case.reported(filed(voided=True, version=2)).when("5h").then_nothing()
    case.then_withdrawn(*CONTACT_OVERDUE, "verdict/contact/1", "verdict/answer/1", "standing")


def test_a_complaint_moved_to_another_customer_takes_back_all_that_was_said() -> None:
    case = given(filed()).when("2h").then(*CONTACT_OVERDUE)
    case.reported(moved()).when("3h").then_nothing().then_withdrawn(*CONTACT_OVERDUE, "standing")


def test_a_moved_complaint_can_come_back() -> None:
    case = given(filed()).reported(moved(version=2), filed(version=3))
    case.when("2h").then(*CONTACT_OVERDUE)


def test_a_step_moved_to_another_customer_does_not_count() -> None:
    contact = step("contacted", "5m")
    given(filed(), contact, moved(contact)).when("2h").then(*CONTACT_OVERDUE)


def test_after_an_outage_only_the_breach_notifies() -> None:
    case = given(filed()).when("5h").then(*CONTACT_OVERDUE)
    assert not case.warning("warning/contact/1").notified
    breach = case.breach("breach/contact/1")
    assert breach.notified
    assert (breach.due_at, breach.noticed_at) == (at("2h"), at("5h"))


def test_after_an_outage_everything_is_said_in_the_order_of_its_instant() -> None:
    case = given(filed(severity="major"), step("resolved", "1h"), step("reopened", "3h"))
    case.when("1d 22h")
    assert [place(output.about) for output in case.decision.outputs] == [
        "verdict/contact/1",
        "verdict/answer/1",
        "warning/contact/2",
        "breach/contact/2",
        "warning/answer/2",
        "breach/answer/2",
        "warning/executive_answer/1",
        "warning/executive_answer/2",
        "standing",
    ]


def test_what_was_announced_in_time_stands_as_it_was_said() -> None:
    case = given(filed()).when("90m").when("2h").when("9h")
    warning, breach = case.warning("warning/contact/1"), case.breach("breach/contact/1")
    assert (warning.noticed_at, warning.notified) == (at("90m"), True)
    assert (breach.noticed_at, breach.notified) == (at("2h"), True)


def test_a_warning_about_what_is_done_by_now_notifies_nobody() -> None:
    case = given(filed(), step("contacted", "1h 50m")).when("1h 55m")
    assert not case.warning("warning/contact/1").notified


def test_warnings_and_breaches_go_to_the_roles_of_the_policy() -> None:
    case = given(filed(severity="major")).when("2d")
    assert case.warning("warning/contact/1").recipients == ("responsible_person",)
    assert case.breach("breach/contact/1").recipients == ("responsible_person", "department_head")
    assert case.breach("breach/executive_answer/1").recipients == ("general_manager", "group")


def test_importing_history_alarms_nobody_but_keeps_the_verdict() -> None:
    case = given(filed(recorded="30d"), step("contacted", "3h", recorded="30d")).when("30d")
    case.then("verdict/contact/1").next_due(None)
    assert case.verdict("verdict/contact/1").verdict == "broken"


def test_what_was_due_seven_days_before_its_first_receipt_is_still_announced() -> None:
    given(filed(recorded="7d 2h")).when("8d").then(*CONTACT_OVERDUE, *ANSWER_OVERDUE)
    given(filed(recorded="7d 2h 1s")).when("8d").then(*ANSWER_OVERDUE)


def test_a_call_back_of_history_counts_from_the_receipt_of_its_resolution() -> None:
    old = (filed(), step("answered", "1h"))
    given(*old, step("resolved", "1d", recorded="60d")).when("60d").then(
        "verdict/contact/1", "verdict/answer/1"
    ).next_due(None)
    given(*old, step("resolved", "1d", recorded="5d")).when("60d").then(
        "verdict/contact/1", "verdict/answer/1", "warning/call_back/1", "breach/call_back/1"
    )


def test_a_raise_of_history_counts_from_its_own_receipt() -> None:
    case = given(filed(), step("answered", "1h"))
    case.reported(step("regraded", "2h", severity="major", recorded="60d")).when("60d")
    case.then("verdict/contact/1", "verdict/answer/1").next_due(None)


def test_a_living_reopening_of_an_old_case_is_no_history() -> None:
    case = given(filed(recorded="90d"), step("resolved", "1h", recorded="90d"))
    case.reported(step("reopened", "90d")).when("90d 2h")
    case.then("verdict/contact/1", "verdict/answer/1", "warning/contact/2", "breach/contact/2")


def test_what_is_beyond_the_policy_s_memory_is_not_spoken_of_any_more() -> None:
    case = given(filed(), step("contacted", "3h"), step("answered", "4h"))
    case.when("4h").then(*CONTACT_OVERDUE, "verdict/contact/1", "verdict/answer/1")
    forget_at = {place(output.about): output.forget_at for output in case.decision.outputs}
    memory = POLICY.memory
    assert forget_at["breach/contact/1"] == at("2h") + memory
    days = memory // timedelta(days=1)
    case.when(f"{days}d 1h 59m 59s").then(*CONTACT_OVERDUE, "verdict/contact/1", "verdict/answer/1")
    case.when(f"{days}d 2h").then("verdict/answer/1")


def test_why_names_the_arithmetic_in_the_dealer_s_time_in_both_languages() -> None:
    case = given(filed(), step("answered", "2h 5m")).when("3h")
    assert case.breach("breach/contact/1").why.en == (
        "Contact was due 2 h after receipt (2026-11-21 10:00 +08:00): by 2026-11-21 12:00 +08:00."
    )
    assert case.warning("warning/contact/1").why.en.startswith("Contact is due 2 h after receipt")
    verdict = case.verdict("verdict/contact/1").why
    assert verdict.en.endswith("Done 2026-11-21 12:05 +08:00, 5 min late.")
    assert verdict.zh == (
        "联系客户:须在受理(2026-11-21 10:00 +08:00)后2小时内完成,"
        "截止2026-11-21 12:00 +08:00。于2026-11-21 12:05 +08:00完成,超时5分钟。"
    )


def test_why_names_what_the_time_is_counted_from() -> None:
    case = given(filed(), step("resolved", "1h"), step("called_back", "1d", satisfied=False))
    case.reported(step("resolved", "4d"), step("regraded", "9d", severity="major")).when("20d")
    assert "after the reopening" in case.breach("breach/contact/2").why.en
    assert "3 d after the resolution" in case.breach("breach/call_back/2").why.en
    assert "2 h after the raise" in case.breach("breach/executive_answer/2").why.en


def test_every_output_names_its_case_and_policy() -> None:
    case = given(filed(), step("contacted", "3h")).when("3h")
    for about in abouts(case.decision):
        content = case.said[about]
        told = content.model_dump()
        assert told["case_no"] == "K-1"
        assert told["case_id"] == "sunrise/pudong/cdk/complaint/K-1"
        assert told["customer_key"] == "sunrise/pudong/cdk/C-1"
        assert told["dealer_id"] == "sunrise/pudong"
        assert told["policy_version"] == POLICY.version
