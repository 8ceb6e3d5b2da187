"""A held clock stands still, in event time, and cannot break."""

import pytest

from services.complaints.domain.rulebook import rulebook_of
from tests.services.complaints.given import at, filed, given, step
from tests.services.complaints.rules import BUSINESS, CALENDAR

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")
ANSWER_OVERDUE = ("warning/answer/1", "breach/answer/1")
CONTACTED = step("contacted", "5m")


def test_a_hold_stops_the_answer_but_not_the_contact() -> None:
    case = given(filed(), step("held", "1h")).when("9d").then(*CONTACT_OVERDUE)
    case.next_due(None)


def test_a_resumed_clock_goes_on_where_it_stood() -> None:
    case = given(filed(), CONTACTED, step("held", "2h"), step("resumed", "12h"))
    case.when("12h").next_due("1d 4h").when("1d 4h").next_due("1d 10h")
    breach = case.when("1d 10h").breach("breach/answer/1")
    assert breach.due_at == at("1d 10h")
    assert "not counting 10 h on hold" in breach.why.en
    assert "暂停的10小时不计" in breach.why.zh


def test_a_hold_with_a_planned_end_needs_no_resuming() -> None:
    held = step("held", "2h", until="12h")
    given(filed(), CONTACTED, held).when("3h").next_due("1d 4h")
    given(filed(), CONTACTED, held, step("resumed", "7h")).when("7h").next_due("23h")


def test_overlapping_holds_are_one() -> None:
    case = given(
        filed(),
        CONTACTED,
        step("held", "2h", id="H-1", until="8h"),
        step("held", "6h", id="H-2", until="12h"),
        step("held", "7h", id="H-3", until="9h"),
    )
    assert case.when("1d 10h").breach("breach/answer/1").due_at == at("1d 10h")


def test_one_resume_ends_all_holds() -> None:
    holds = (step("held", "2h", id="H-1"), step("held", "3h", id="H-2"), step("resumed", "4h"))
    given(filed(), CONTACTED, *holds).when("4h").next_due("20h")


def test_a_hold_that_ends_before_it_starts_is_refused_and_stops_nothing() -> None:
    case = given(filed(), CONTACTED, step("held", "5h", until="4h")).when("6h")
    case.next_due("18h").then_of_the_case("refused/held 5h")


def test_a_hold_reported_late_withdraws_the_breach() -> None:
    case = (
        given(filed(), CONTACTED).when("18h").when("1d").then("verdict/contact/1", *ANSWER_OVERDUE)
    )
    case.reported(step("held", "10h")).when("1d 1h").then("verdict/contact/1")
    case.then_withdrawn(*ANSWER_OVERDUE)


def test_a_hold_after_the_breach_mends_nothing() -> None:
    case = given(filed(), CONTACTED, step("held", "1d 1h")).when("9d")
    case.then("verdict/contact/1", *ANSWER_OVERDUE)


def test_a_hold_that_begins_as_the_time_is_used_up_is_too_late() -> None:
    case = given(filed(), CONTACTED, step("held", "1d")).when("2d")
    assert case.breach("breach/answer/1").due_at == at("1d")


def test_the_resolution_ends_a_hold_that_nobody_resumed() -> None:
    case = given(filed(), CONTACTED, step("held", "1h"), step("resolved", "2d")).when("2d")
    case.next_due("4d 6h")
    assert case.verdict("verdict/answer/1").verdict == "kept"


def test_a_verdict_given_while_held_counts_the_hold_up_to_then() -> None:
    case = given(filed(), CONTACTED, step("held", "20h"), step("answered", "3d")).when("9d")
    verdict = case.verdict("verdict/answer/1")
    assert (verdict.verdict, verdict.due_at) == ("kept", at("3d 4h"))
    assert verdict.margin_seconds == 4 * 3600


def test_resuming_after_the_stop_changes_no_verdict() -> None:
    case = given(filed(), CONTACTED, step("held", "20h"), step("answered", "3d")).when("4d")
    before = case.verdict("verdict/answer/1")
    case.reported(step("resumed", "5d")).when("6d")
    assert case.verdict("verdict/answer/1") == before


def test_a_hold_before_the_start_of_a_clock_counts_from_its_start() -> None:
    case = given(filed(), step("resolved", "1h"), step("held", "2h"), step("resumed", "1d 2h"))
    case.when("2d").next_due("3d 7h")
    assert case.when("5d").breach("breach/call_back/1").due_at == at("4d 1h")


def test_in_business_time_only_held_opening_hours_are_given_back() -> None:
    rules = rulebook_of(BUSINESS, CALENDAR)
    held = (step("held", "1h", until="1d"), step("contacted", "30m"))
    # Saturday 10:00 to 12:00 are open: the day after next that closes is Monday, 17:30
    case = given(filed(), *held, rules=rules).when("30m")
    assert case.decision.listing is not None
    assert case.decision.listing.deadline == at("2d 7h 30m")


@pytest.mark.parametrize(
    ("target", "due"),
    [
        ("2 business hours", "2h"),
        ("150 business minutes", "1d 23h"),
        ("1 business day", "2d 7h 30m"),
        ("3 business days", "5d 7h 30m"),
    ],
)
def test_a_dealer_may_count_in_business_time(target: str, due: str) -> None:
    """Received on Saturday at 10:00, open until 12:00; the Wednesday is a holiday."""
    rule = BUSINESS.rules["answer"]
    changed = type(rule).model_validate({**dict(rule), "target": target})
    policy = type(BUSINESS)(name="one clock", clocks=(changed,))
    case = given(filed(), rules=rulebook_of(policy, CALENDAR)).when("9d")
    assert case.breach("breach/answer/1").due_at == at(due)
    assert case.breach("breach/answer/1").calendar_version == CALENDAR.version
