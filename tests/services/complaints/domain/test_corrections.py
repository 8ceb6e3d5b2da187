"""What was announced with an instant that turns out to be another: taken back and told anew."""

import pytest

from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.complaints import DeadlineBreached, EscalationWithdrawn
from tests.services.complaints.given import (
    CASE,
    CUSTOMER,
    RULES,
    SHIPPED,
    Case,
    at,
    filed,
    given,
    step,
)

LATE_HOLD = (step("held", "20h", recorded="30h"), step("resumed", "22h", recorded="30h"))
ANSWER_OVERDUE = ("warning/answer/1", "breach/answer/1")


def watched(elapsed: str, *, rules: CaseRulebook = RULES) -> Case:
    """A case that was contacted at once, looked at whenever it asked for it."""
    case = given(filed(), step("contacted", "1m"), rules=rules)
    case.when("1m")
    while case.decision.next_due is not None and case.decision.next_due <= at(elapsed):
        case.when(f"{(case.decision.next_due - at('0s')).total_seconds():.0f}s")
    return case.when(elapsed)


def test_a_hold_reported_late_moves_the_breach_and_the_warning() -> None:
    case = watched("30h").then("verdict/contact/1", *ANSWER_OVERDUE)
    assert case.breach("breach/answer/1").due_at == at("24h")
    case.reported(*LATE_HOLD).when("30h 1m").then("verdict/contact/1", *ANSWER_OVERDUE)
    case.then_withdrawn(*ANSWER_OVERDUE).then_anew(*ANSWER_OVERDUE)
    breach, warning = case.breach("breach/answer/1"), case.warning("warning/answer/1")
    assert (breach.at, breach.due_at, breach.noticed_at) == (at("26h"), at("26h"), at("30h 1m"))
    assert (warning.at, warning.due_at) == (at("18h"), at("26h"))
    assert "not counting 2 h on hold" in breach.why.en


def test_who_was_told_of_the_breach_is_told_that_it_was_later() -> None:
    """They are also sent the withdrawal, which alone reads as an all-clear."""
    case = watched("30h").reported(*LATE_HOLD).when("30h 1m")
    assert case.breach("breach/answer/1").notified
    assert not case.warning("warning/answer/1").notified, "there is nothing left to warn of"


def test_of_a_ladder_everyone_told_is_told_again_once() -> None:
    case = watched("50h", rules=SHIPPED).reported(*LATE_HOLD).when("50h 1m")
    told = {about: sealed["notified"] for about, sealed in case.announced.items()}
    assert told == {
        "warning/answer/1": False,
        "breach/answer/1": True,
        "step.general_manager/answer/1": True,
        "step.group/answer/1": True,
    }
    assert case.raised("step.group/answer/1").at == at("50h")


def test_what_was_only_recorded_is_recorded_again() -> None:
    case = given(filed(), step("contacted", "1m"), rules=SHIPPED).when("40h")
    case.reported(*LATE_HOLD).when("40h 1m")
    assert not case.breach("breach/answer/1").notified
    assert case.raised("step.general_manager/answer/1").notified


def test_a_step_that_is_not_reached_any_more_is_only_taken_back() -> None:
    case = watched("37h", rules=SHIPPED).reported(*LATE_HOLD).when("37h 1m")
    case.then("verdict/contact/1", *ANSWER_OVERDUE).next_due("38h")
    case.then_withdrawn(*ANSWER_OVERDUE, "step.general_manager/answer/1")
    assert case.breach("breach/answer/1").notified


def test_a_hold_that_makes_the_breach_vanish_takes_it_back_and_tells_the_warning_anew() -> None:
    hold = (step("held", "20h"), step("resumed", "28h"))
    case = watched("30h").reported(*hold).when("30h 1m")
    case.then("verdict/contact/1", "warning/answer/1").next_due("32h")
    case.then_withdrawn(*ANSWER_OVERDUE).then_anew("warning/answer/1")
    assert case.warning("warning/answer/1").due_at == at("32h")
    assert case.warning("warning/answer/1").notified


@pytest.mark.parametrize(("received", "due"), [("-1h", "23h"), ("1m", "24h 1m")])
def test_a_corrected_receipt_moves_all_that_was_said(received: str, due: str) -> None:
    case = watched("30h").reported(filed(received=received, version=2)).when("30h 1m")
    case.then_anew(*ANSWER_OVERDUE)
    breach, warning = case.breach("breach/answer/1"), case.warning("warning/answer/1")
    assert (breach.started_at, breach.due_at, breach.at) == (at(received), at(due), at(due))
    assert (warning.started_at, warning.due_at) == (at(received), at(due))


def test_a_correction_to_and_fro_ends_with_what_was_said_first() -> None:
    case = watched("30h")
    first = set(case.sealed)
    case.reported(filed(received="1h", version=2)).when("30h 1m")
    assert not first & set(case.sealed)
    case.reported(filed(version=3)).when("30h 2m")
    assert set(case.sealed) == first


def test_a_correction_that_moves_nothing_says_nothing() -> None:
    case = watched("30h").reported(filed(version=2), step("held", "25h")).when("30h 1m")
    case.then_withdrawn().then_anew()


def test_history_that_is_corrected_stays_silent() -> None:
    case = given(filed(recorded="20d")).when("20d").then()
    case.reported(filed(received="1h", recorded="20d", version=2), *LATE_HOLD).when("20d 1m")
    case.then().then_anew()


def test_while_held_there_is_no_deadline_to_warn_of() -> None:
    case = watched("19h").then("verdict/contact/1", "warning/answer/1")
    case.reported(step("held", "20h")).when("20h").then_withdrawn("warning/answer/1").next_due(None)
    case.reported(step("resumed", "22h")).when("22h").then_anew("warning/answer/1").next_due("26h")
    warning = case.warning("warning/answer/1")
    assert (warning.at, warning.due_at, warning.notified) == (at("18h"), at("26h"), True)


def test_the_withdrawal_names_clock_generation_and_the_deadline_that_no_longer_holds() -> None:
    case = watched("30h")
    [about] = [about for about in case.sealed if about.startswith("breach/answer/")]
    taken_back = DeadlineBreached.withdrawal(
        aggregate_id=f"{CUSTOMER}|{CASE}", about=about, at=at("31h"), sealed=case.sealed[about]
    )
    assert isinstance(taken_back, EscalationWithdrawn)
    assert (taken_back.clock, taken_back.generation) == ("answer", 1)
    assert taken_back.due_at == at("24h")
    assert taken_back.recipients == ("responsible_person", "department_head")


def test_what_was_announced_before_names_had_instants_keeps_its_name_while_it_stands() -> None:
    case = watched("30h")
    case.sealed = case.announced
    case.contents = case.said
    case.when("30h 1m").then_withdrawn().then_anew()
    case.reported(step("answered", "5h")).when("30h 2m").then_withdrawn(*ANSWER_OVERDUE)
