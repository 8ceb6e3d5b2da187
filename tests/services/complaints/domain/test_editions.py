"""A new edition of the rules: for new cases only, or for the open ones too."""

from typing import Any

import pytest

from services.complaints.domain.policy import POLICY_2123, ClockRule, ComplaintPolicy
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, OpenCases
from tests.services.complaints.given import DEALER, POLICY, Case, at, filed, given, step
from tests.services.complaints.rules import BUSINESS, CALENDAR, ROSTER

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")


def changed(clock: str, **changes: Any) -> ComplaintPolicy:
    """The policy of the tests with one clock changed."""
    clocks = tuple(
        ClockRule.model_validate({**dict(rule), **changes}) if rule.name == clock else rule
        for rule in POLICY.clocks
    )
    return ComplaintPolicy(name="changed", clocks=clocks)


def rules(policy: ComplaintPolicy, applied: str, open_cases: OpenCases = "rebase") -> CaseRulebook:
    """The rules of the tests, and an edition of others that was applied so long after receipt."""
    calendar = CALENDAR if policy.needs_calendar else None
    edition = CaseEdition(
        applied_at=at(applied), open_cases=open_cases, policy=policy, calendar=calendar
    )
    return CaseRulebook(shipped=CaseEdition(policy=POLICY), editions={DEALER: (edition,)})


def apply(case: Case, policy: ComplaintPolicy, when: str, open_cases: OpenCases = "rebase") -> Case:
    """An operator applies other rules, and the case is decided by them."""
    case.by(rules(policy, when, open_cases))
    return case.when(when)


LONGER, SHORTER = changed("contact", target="6h"), changed("contact", target="30m")


def test_new_cases_only_leaves_the_open_ones_as_they_are() -> None:
    case = given(filed()).when("1h")
    apply(case, SHORTER, "1h", "keep").then().next_due("90m")
    given(filed(), rules=rules(SHORTER, "-1h", "keep")).when("0s").next_due("22m 30s")


def test_a_case_is_judged_by_what_was_in_force_when_it_was_received() -> None:
    """Reported after the edition was applied, received before."""
    case = given(filed(recorded="3h"), rules=rules(LONGER, "1h", "keep")).when("3h")
    assert case.breach("breach/contact/1").due_at == at("2h")


def test_re_basing_moves_the_deadlines_of_open_cases() -> None:
    case = given(filed()).when("90m")
    apply(case, LONGER, "100m").then().then_withdrawn("warning/contact/1").next_due("4h 30m")
    assert case.when("6h").breach("breach/contact/1").due_at == at("6h")
    assert case.breach("breach/contact/1").policy_version == LONGER.version


def test_re_basing_sends_no_surprise_alerts() -> None:
    case = apply(given(filed()).when("1h"), SHORTER, "1h").then(*CONTACT_OVERDUE)
    assert not case.breach("breach/contact/1").notified
    assert not case.warning("warning/contact/1").notified
    assert case.breach("breach/contact/1").due_at == at("30m")


def test_steps_reached_after_re_basing_do_notify() -> None:
    shipped = changed("contact", target="30m", ladder=POLICY_2123.rules["contact"].ladder)
    case = apply(given(filed()).when("40m"), shipped, "40m")
    assert not case.breach("breach/contact/1").notified
    assert case.when("45m").raised("step.general_manager/contact/1").notified


def test_verdicts_are_never_changed() -> None:
    case = given(filed(), step("contacted", "90m")).when("100m")
    before = case.verdict("verdict/contact/1")
    assert apply(case, SHORTER, "2h").verdict("verdict/contact/1") == before


def test_a_breach_that_was_one_stays_one() -> None:
    case = apply(given(filed()).when("2h"), LONGER, "3h").then(*CONTACT_OVERDUE)
    case.reported(step("contacted", "4h")).when("4h").then_withdrawn()
    verdict = case.verdict("verdict/contact/1")
    assert (verdict.due_at, verdict.policy_version) == (at("2h"), POLICY.version)


def test_a_stop_before_the_edition_that_is_reported_late_is_judged_by_the_old_rules() -> None:
    case = apply(given(filed()).when("1h"), SHORTER, "1h").then(*CONTACT_OVERDUE)
    case.reported(step("contacted", "50m")).when("2h").then("verdict/contact/1")
    assert case.verdict("verdict/contact/1").verdict == "kept"


def test_a_hold_survives_a_change_of_the_rules() -> None:
    case = given(filed(), step("contacted", "5m"), step("held", "2h"), step("resumed", "12h"))
    apply(case.when("13h"), changed("answer", target="2d"), "13h")
    assert case.when("9d").breach("breach/answer/1").due_at == at("2d 10h")


def test_a_clock_that_is_added_runs_for_open_cases_from_their_receipt() -> None:
    extra = POLICY.rules["answer"].model_copy(update={"name": "first_answer"})
    policy = ComplaintPolicy(name="one more", clocks=(*POLICY.clocks, extra))
    case = apply(given(filed(), step("contacted", "5m")).when("1h"), policy, "1h")
    assert case.when("1d").breach("breach/first_answer/1").due_at == at("1d")


def test_a_clock_that_is_added_does_not_run_for_what_is_done() -> None:
    extra = POLICY.rules["answer"].model_copy(
        update={"name": "letter", "stops": ("executive_answered",)}
    )
    policy = ComplaintPolicy(name="one more", clocks=(*POLICY.clocks, extra))
    done = (step("resolved", "1h"), step("called_back", "2h", satisfied=True))
    case = apply(given(filed(), *done).when("2h"), policy, "3h").next_due(None)
    assert "letter" not in str(sorted(case.announced))


def test_a_clock_that_is_removed_ends_without_a_verdict() -> None:
    policy = ComplaintPolicy(name="one less", clocks=POLICY.clocks[1:])
    apply(given(filed()).when("1h"), policy, "1h").then().next_due("18h")


def test_what_starts_after_the_edition_is_judged_by_it_alone() -> None:
    case = apply(given(filed()).when("1h"), changed("call_back", target="1d"), "1h")
    case.reported(step("resolved", "90m")).when("90m").next_due("19h 30m")
    assert case.when("2d").breach("breach/call_back/1").notified


def test_each_output_names_the_policy_and_calendar_it_is_judged_by() -> None:
    done = step("contacted", "5m")
    case = apply(given(filed(), done).when("1h"), BUSINESS, "1h").when("9d")
    assert case.verdict("verdict/contact/1").policy_version == POLICY.version
    breach = case.breach("breach/answer/1")
    assert (breach.policy_version, breach.calendar_version) == (
        BUSINESS.version,
        CALENDAR.version,
    )


def test_an_edition_to_come_is_looked_at_when_its_time_comes() -> None:
    case = given(filed(), rules=rules(LONGER, "1h")).when("10m").next_due("1h")
    case.when("1h").next_due("4h 30m")


def test_editions_of_one_dealer_say_nothing_of_another() -> None:
    one = rules(SHORTER, "1h")
    assert one.version != CaseRulebook(shipped=one.shipped).version
    assert one.version_for("sunrise/berlin") == CaseRulebook(shipped=one.shipped).version_for(
        DEALER
    )
    assert one.version_for(DEALER) != one.version_for("sunrise/berlin")


def test_a_roster_is_no_part_of_the_version() -> None:
    assert CaseRulebook(rosters={DEALER: ROSTER}).version == CaseRulebook().version


def test_editions_out_of_order_or_without_their_calendar_are_refused() -> None:
    first, second = (CaseEdition(applied_at=at(when), policy=POLICY) for when in ("1h", "2h"))
    with pytest.raises(ValueError, match="in the order of applied_at"):
        CaseRulebook(editions={DEALER: (second, first)})
    with pytest.raises(ValueError, match="there is no calendar"):
        CaseEdition(applied_at=at("1h"), policy=BUSINESS)


def test_a_warning_that_rules_move_is_made_anew_and_notifies_nobody() -> None:
    case = given(filed()).when("90m")
    assert case.warning("warning/contact/1").notified
    apply(case, changed("contact", target="110m"), "100m").then("warning/contact/1")
    case.then_withdrawn("warning/contact/1").then_anew("warning/contact/1").next_due("110m")
    warning = case.warning("warning/contact/1")
    assert (warning.due_at, warning.notified) == (at("110m"), False)
    assert case.when("110m").breach("breach/contact/1").notified


def test_versions_stay_as_they_were_so_that_an_upgrade_decides_nothing_anew() -> None:
    edition = CaseEdition(
        applied_at=at("1h"), open_cases="rebase", policy=BUSINESS, calendar=CALENDAR
    )
    rulebook = CaseRulebook(editions={DEALER: (edition,)})
    assert (CaseRulebook().shipped.version, edition.version) == ("46c4ac805e8f", "40c3b9a38418")
    assert CaseRulebook().version == CaseRulebook().version_for("a/b") == "1bef42b119b3"
    assert rulebook.version == "b54876e296ab"
    assert rulebook.version_for(DEALER) == "67004a0c00d0"
