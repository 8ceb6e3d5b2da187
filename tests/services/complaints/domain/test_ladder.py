"""How a clock climbs its ladder: whom it tells, how often, and what an outage leaves of it."""

import pytest

from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from shared.contracts.complaints import Addressee
from tests.services.complaints.given import DEALER, SHIPPED, Case, at, filed, given, place, step
from tests.services.complaints.rules import CLIMBING, ROSTER

RULES = rulebook_of(CLIMBING)
WITH_ROSTER = CaseRulebook(shipped=RULES.shipped, rosters={DEALER: ROSTER})


def climbing(*steps: CaseEvent, rules: CaseRulebook = RULES) -> Case:
    return given(filed(), *steps, rules=rules)


def contact(case: Case) -> list[str]:
    """What is said of the clock for contact, in order."""
    return [
        place(output.about).replace("/contact/1", "")
        for output in case.decision.outputs
        if "/contact/" in output.about
    ]


def test_the_shipped_ladder_climbs_from_the_responsible_person_to_the_group() -> None:
    case = given(filed(), rules=SHIPPED)
    for elapsed, told, roles in [
        ("90m", "warning/contact/1", ("responsible_person",)),
        ("2h", "breach/contact/1", ("responsible_person", "department_head")),
        ("3h", "step.general_manager/contact/1", ("general_manager",)),
        ("4h", "step.group/contact/1", ("group",)),
    ]:
        content = case.when(elapsed).notice(told)
        assert (content.recipients, content.notified) == (roles, True)
        assert (content.at, content.noticed_at) == (at(elapsed), at(elapsed))
    assert case.decision.next_due == at("18h")


@pytest.mark.parametrize(
    ("elapsed", "told", "next_due"),
    [
        ("59m", [], "1h"),
        ("1h", ["warning"], "90m"),
        ("90m", ["warning", "warning.last_call"], "2h"),
        ("2h", ["warning", "warning.last_call", "breach"], "3h"),
        ("3h", ["warning", "warning.last_call", "breach", "breach/1"], "4h"),
        ("4h", ["warning", "warning.last_call", "breach", "breach/1", "breach/2"], "4h 30m"),
    ],
)
def test_each_step_in_percent_or_by_an_offset(elapsed: str, told: list[str], next_due: str) -> None:
    case = climbing().when(elapsed).next_due(next_due)
    assert contact(case) == told


def test_repeats_end_with_the_next_step_and_after_so_many() -> None:
    case = climbing().when("4h 30m")
    assert contact(case)[-1] == "step.manager"
    assert contact(case.when("5h"))[-1] == "step.manager"
    assert contact(case.when("8h 30m"))[-1] == "step.manager/1"
    assert contact(case.when("20h"))[-1] == "step.manager/2"
    assert contact(case.when("1d 2h"))[-1] == "step.group"
    assert contact(case.when("9d"))[-1] == "step.group"


def test_acknowledging_stops_the_repeats_until_the_next_step() -> None:
    case = climbing(step("acknowledged", "2h 30m")).when("2h 30m").next_due("4h 30m")
    assert contact(case.when("4h"))[-1] == "breach"
    case.when("4h 30m").next_due("8h 30m")
    assert contact(case.when("8h 30m"))[-1] == "step.manager/1"


def test_an_acknowledgement_reported_late_takes_back_the_repeats_after_it() -> None:
    case = climbing().when("2h").when("3h").when("4h")
    case.reported(step("acknowledged", "2h 5m")).when("4h 10m")
    case.then_withdrawn("breach/contact/1/1", "breach/contact/1/2")


def test_a_stop_ends_the_ladder() -> None:
    case = climbing(step("contacted", "2h 45m")).when("9d")
    assert contact(case) == ["warning", "warning.last_call", "breach", "verdict"]


def test_after_an_outage_only_the_highest_step_newly_due_notifies() -> None:
    case = climbing().when("1h").when("5h")
    notified = {
        about: content["notified"]
        for about, content in case.announced.items()
        if "/contact/" in about
    }
    assert notified == {
        "warning/contact/1": True,
        "warning.last_call/contact/1": False,
        "breach/contact/1": False,
        "breach/contact/1/1": False,
        "breach/contact/1/2": False,
        "step.manager/contact/1": True,
    }
    case.when("8h 30m")
    assert case.raised("step.manager/contact/1").noticed_at == at("5h")
    assert case.raised("step.manager/contact/1/1").notified


def test_after_an_outage_a_clock_stopped_meanwhile_notifies_of_its_breach_alone() -> None:
    case = climbing(step("contacted", "5h")).when("6h")
    assert case.breach("breach/contact/1").notified
    assert not case.raised("step.manager/contact/1").notified


def test_one_clock_never_masks_another() -> None:
    case = given(filed(), rules=SHIPPED).when("3d")
    to_notify = {about for about, content in case.announced.items() if content["notified"]}
    assert to_notify == {"step.group/contact/1", "step.group/answer/1"}


def test_why_says_how_long_after_the_deadline_a_step_or_a_repeat_is_reached() -> None:
    case = climbing().when("2h").when("4h 30m").when("8h 30m")
    why = case.raised("step.manager/contact/1").why
    assert why.en.endswith(
        "Passed on 2026-11-21 14:30 +08:00, 2 h 30 min after that, as it was not done."
    )
    assert "截止后2小时30分钟)仍未完成,逐级上报" in why.zh
    assert "Told again" in case.raised("step.manager/contact/1/1").why.en
    assert "再次通知" in case.raised("step.manager/contact/1/1").why.zh


def _who(*events: CaseEvent, department: str | None = None, when: str = "2h") -> list[Addressee]:
    case = climbing(*events, rules=WITH_ROSTER)
    complaint = case.facts.complaint
    assert complaint is not None
    known = {
        **case.facts.documents,
        case.facts.case_id: complaint.model_copy(update={"department": department}),
    }
    case.facts = case.facts.model_copy(update={"documents": known})
    return list(case.when(when).breach("breach/contact/1").addressees)


def test_a_role_is_resolved_by_department_and_the_first_holder_comes_first() -> None:
    responsible, _ = _who()
    assert (responsible.person, responsible.because) == ("zhao", "on_duty")
    responsible, _ = _who(department="sales")
    assert responsible.person == "zhao"


def test_somebody_absent_is_stood_in_for_by_his_deputy_on_that_day_only() -> None:
    responsible, _ = _who(department="service")
    assert responsible.model_dump(exclude={"role"}) == {
        "person": "zhou",
        "because": "deputy",
        "instead_of": "wang",
    }
    responsible, _ = _who(department="service", when="3d")
    assert (responsible.person, responsible.because) == ("wang", "on_duty")


def test_nobody_there_means_the_fallback_role() -> None:
    _, head = _who()
    assert head.model_dump() == {
        "role": "general_manager",
        "person": "chen",
        "because": "fallback",
        "instead_of": "department_head",
    }


def test_not_even_the_fallback_is_said_so() -> None:
    case = climbing(rules=WITH_ROSTER).when("1d 4h")
    [group] = case.raised("step.group/contact/1").addressees
    assert (group.role, group.because) == ("general_manager", "fallback")
    nobody = ROSTER.model_copy(update={"roles": {}})
    rules = CaseRulebook(shipped=RULES.shipped, rosters={DEALER: nobody})
    [one, _] = climbing(rules=rules).when("2h").breach("breach/contact/1").addressees
    assert (one.person, one.because) == (None, "nobody")


def test_deputies_who_stand_in_for_each_other_do_not_go_round_in_circles() -> None:
    away = ROSTER.people["wang"].absent
    people = {
        name: ROSTER.people["wang"].model_copy(update={"deputy": deputy, "absent": away})
        for name, deputy in (("wang", "li"), ("li", "wang"))
    }
    roster = ROSTER.model_copy(update={"people": people})
    found = roster.addressees(
        ("responsible_person",), department="service", assigned=None, day=at("0s").date()
    )
    assert [each.person for each in found] == ["zhao"]


def test_whoever_the_case_was_reassigned_to_is_the_responsible_person() -> None:
    responsible, _ = _who(step("reassigned", "10m", to="qian"), department="service")
    assert (responsible.person, responsible.because) == ("qian", "on_duty")


def test_a_reassignment_after_the_notice_does_not_rewrite_it() -> None:
    case = climbing(rules=WITH_ROSTER).when("2h")
    case.reported(step("reassigned", "2h 5m", to="qian")).when("3h")
    assert case.breach("breach/contact/1").addressees[0].person == "zhao"
    [again, _] = case.notice("breach/contact/1/1").addressees
    assert again.person == "qian"


def test_without_a_roster_the_roles_are_told() -> None:
    case = climbing(step("reassigned", "1m", to="qian")).when("2h")
    told = case.breach("breach/contact/1").addressees
    assert [(each.role, each.person, each.because) for each in told] == [
        ("responsible_person", "qian", "no_roster"),
        ("department_head", None, "no_roster"),
    ]
