"""Deadlines that regulators set: the shipped examples, each through the life of a case.

Complaints of the tests are received on Saturday, 21 November 2026, at 10:00 in Shanghai.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.complaints.adapters.policy_file import read_draft
from services.complaints.adapters.shipped import FOLDER, names, shipped
from services.complaints.domain.case import stand
from services.complaints.domain.clocks import Clock
from services.complaints.domain.course import status_at
from services.complaints.domain.coverage import missing_by_calendar, missing_years
from services.complaints.domain.differences import differences
from services.complaints.domain.facts import Filed
from services.complaints.domain.policy import POLICY_2123, AppliesWhen, ClockRule, ComplaintPolicy
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, rulebook_of
from services.complaints.views.deadline import explain
from shared.contracts.case_subjects import Subject
from shared.contracts.complaints import CaseMerged
from shared.contracts.feed_parts import StepName
from shared.policies.drafts import Draft
from shared.time.deadlines import Span
from shared.yaml_file import WrongFile
from tests.services.complaints.given import DEALER, RECEIVED, Case, absorbed, at, filed, given, step
from tests.services.complaints.reading import ID, OneDealer, client

SHANGHAI = ZoneInfo("Asia/Shanghai")
EXAMPLES = ("cn-12315", "cn-12345", "cn-sanbao", "cn-zhejiang")


def draft(folder: Path, text: str) -> Draft[CaseEdition]:
    path = folder / "pudong.yaml"
    path.write_text(f"dealer: {DEALER}\n{text}", encoding="utf-8")
    return read_draft(path, {}, RECEIVED)


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(WrongFile) as found:
        draft(folder, text)
    return "\n".join(found.value.lines).replace(f"{folder}/", "")


@pytest.fixture
def rules(tmp_path: Path) -> dict[str, CaseRulebook]:
    """Each of the examples, alone."""
    found = {}
    for name in EXAMPLES:
        edition = draft(tmp_path, f"extends: [{name}]\n").edition
        found[name] = rulebook_of(edition.policy, working_days=edition.working_days)
    return found


def clock(case: Case, name: str, generation: int = 1) -> Clock:
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    standing = stand(case.facts, filed, case.policy, case.now)
    [found] = [each for each in standing.clocks if each.key == f"{name}/{generation}"]
    return found


def clock_names(case: Case) -> list[str]:
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    return [each.key for each in stand(case.facts, filed, case.policy, case.now).clocks]


def told(case: Case, name: str) -> tuple[list[str], list[str]]:
    """The lines of the arithmetic of a clock, in both languages."""
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    lines = explain(clock(case, name), filed).lines
    return [each.text.en for each in lines], [each.text.zh for each in lines]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# --- what ships -------------------------------------------------------------------------------


def test_the_examples_ship_beside_2123_and_are_in_force_nowhere() -> None:
    assert names() == ["2123", *EXAMPLES]
    assert CaseRulebook().current(DEALER).policy == POLICY_2123
    for name in EXAMPLES:
        text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        assert "A lawyer must look at it" in text
        assert all(not rule.pausable for rule in shipped(name).clocks.values())


def test_a_policy_extends_several_and_changes_what_it_names(tmp_path: Path) -> None:
    text = (
        "extends: [2123, cn-sanbao, cn-12345]\n"
        "clocks:\n  exchange_done: {target: 15 working days}\n  call_back: null\n"
    )
    found = draft(tmp_path, text)
    assert found.edition.policy.name == "2123 + cn-sanbao + cn-12345"
    assert list(found.edition.policy.rules) == [
        "contact",
        "answer",
        "executive_answer",
        "exchange_answer",
        "exchange_done",
        "loaner_car",
        "work_order",
    ]
    assert str(found.edition.policy.rules["exchange_done"].target) == "15 working days"
    assert (
        found.edition.policy.rules["exchange_answer"]
        == shipped("cn-sanbao").clocks["exchange_answer"]
    )
    assert found.edition.working_days is not None
    assert found.edition.calendar is None


def conditions(found: Draft[CaseEdition]) -> AppliesWhen:
    return found.edition.policy.rules["executive_answer"].applies_when


def test_a_condition_is_added_to_those_that_ship_and_null_takes_one_away(tmp_path: Path) -> None:
    of = "clocks:\n  executive_answer: {applies_when: {%s}}\n"
    both = (
        draft(tmp_path, of % "channel: [phone]")
        .edition.policy.rules["executive_answer"]
        .applies_when
    )
    assert (both.severity, both.channel) == ("major", ("phone",))
    none = (
        draft(tmp_path, of % "severity: null").edition.policy.rules["executive_answer"].applies_when
    )
    assert none.severity is None


def test_a_draft_without_extensions_is_2123_with_its_version(tmp_path: Path) -> None:
    for text in ("", "extends: [2123]\n", "extends: ['2123']\n"):
        assert draft(tmp_path, text).edition.policy.version == POLICY_2123.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: [cn-sanbo]\n", "2: extends.0: no policy of this name ships; did you mean 'cn-s"),
        ("extends: []\n", "1: no clock is left"),
        ("extends: [cn-12345]\ncalender: x\n", "3: calender: there is no such field; did you"),
        (
            "clocks:\n  answer: {target: 5 working days}\n",
            "3: clocks.answer: needs 'working_days:' with a country, such as CN",
        ),
        (
            "working_days: XX\nclocks:\n  answer: {target: 5 working days}\n",
            "2: working_days: no country whose working days are known",
        ),
        ("clocks:\n  answer: {target: regulator_due}\n", "3: clocks.answer.target: a length is"),
        (
            "clocks:\n  answer: {target: regulator_due_at}\n",
            "3: clocks.answer: a hold moves no deadline that the case names: pausable is false",
        ),
        ("clocks:\n  answer: {start: answered}\n", "the step 'answered' starts it and cannot stop"),
        ("clocks:\n  answer: {start: phoned}\n", "3: clocks.answer.start: Input should be"),
        (
            "extends: [2123, cn-sanbao]\nclocks:\n  exchange_anwser: {target: 9d}\n",
            "did you mean 'exchange_answer'?), so it must be complete",
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    assert said in wrong(tmp_path, text)


def test_working_days_that_nothing_counts_by_are_remarked_on(tmp_path: Path) -> None:
    found = draft(tmp_path, "working_days: CN\n")
    assert found.edition.working_days is None
    assert ":2: working_days: no clock counts in working days" in found.remarks[0]


def test_a_comparison_tells_what_extending_changes(tmp_path: Path) -> None:
    new = draft(tmp_path, "extends: [2123, cn-sanbao]\n").edition
    changes = {
        each.field: (each.old, each.new)
        for each in differences(CaseEdition(policy=POLICY_2123), new)
    }
    assert changes["clocks.exchange_answer"] == (None, "10 working days from demanded")
    assert changes["working_days"] == (
        None,
        "statutory working days of CN (UTC; 2025, 2026)",
    )
    assert differences(new, new) == []


def test_an_edition_is_kept_with_its_working_days(rules: dict[str, CaseRulebook]) -> None:
    edition = rules["cn-sanbao"].shipped
    again = CaseEdition.model_validate_json(edition.model_dump_json())
    assert again == edition
    assert again.version == edition.version
    assert edition.calendar_version is not None
    without = edition.model_dump(exclude={"working_days"})
    with pytest.raises(ValidationError, match="nothing says whose"):
        CaseEdition.model_validate(without)


def test_a_year_without_an_arrangement_is_missed(rules: dict[str, CaseRulebook]) -> None:
    edition = rules["cn-sanbao"].shipped
    soon, later = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 12))
    assert missing_by_calendar(edition, soon) == {}
    assert missing_by_calendar(edition, later) == {"statutory working days of CN": (2027,)}
    assert missing_years(edition, later) == (2027,)


# --- 三包: clocks from a step, in statutory working days ---------------------------------------


def test_a_demand_starts_two_clocks_in_working_days(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), rules=rules["cn-sanbao"]).when("1h").then().next_due(None)
    case.reported(step("demanded", "4d 2h")).when("5d")  # on Wednesday the 25th at noon
    assert clock(case, "exchange_answer").due_at == local("2026-12-10 00:00")
    assert clock(case, "exchange_done").due_at == local("2026-12-24 00:00")
    assert clock(case, "exchange_answer").origin == "demanded"
    english, chinese = told(case, "exchange_answer")
    assert english[0] == "Starts 2026-11-25 12:00 +08:00: exchange or return was demanded."
    assert english[1] == "2026-11-25 Wed: does not count, the clock started on it"
    assert english[2] == "2026-11-26 Thu: counts"
    assert english[4] == "2026-11-28 Sat: does not count, weekend"
    assert english[-1] == "= due 2026-12-09 24:00 +08:00: 10 statutory working days used up."
    assert chinese[-1] == "= 截止2026-12-09 24:00 +08:00:10个法定工作日用完。"


def test_a_demand_through_its_life(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), step("demanded", "4d 2h"), rules=rules["cn-sanbao"])
    case.when("18d").then("warning/exchange_answer/1", "warning.last_warning/exchange_answer/1")
    why = case.warning("warning/exchange_answer/1").why
    assert "10 statutory working days after the demand for exchange or return" in why.en
    assert why.en.endswith("by 2026-12-09 24:00 +08:00.")
    case.when("19d")
    assert case.breach("breach/exchange_answer/1").due_at == local("2026-12-10 00:00")
    case.reported(step("answered", "18d 13h", recorded="19d")).when("19d 1h")
    assert "breach/exchange_answer/1" in case.withdrawn, "it was answered in time"
    assert case.verdict("verdict/exchange_answer/1").verdict == "kept"
    case.reported(step("resolved", "40d")).when("41d")
    assert case.verdict("verdict/exchange_done/1").verdict == "broken"
    case.then_of_the_case("closed/1")


def test_the_first_demand_counts_and_one_after_a_reopening_is_another(
    rules: dict[str, CaseRulebook],
) -> None:
    case = given(filed(), step("demanded", "1d"), step("demanded", "3d"), rules=rules["cn-sanbao"])
    case.when("4d")
    assert clock(case, "exchange_answer").started_at == at("1d")
    case.reported(step("answered", "5d"), step("reopened", "6d")).when("7d")
    assert clock_names(case) == ["exchange_answer/1", "exchange_done/1"]
    case.reported(step("demanded", "8d")).when("9d")
    assert clock(case, "exchange_answer", 2).started_at == at("8d")
    assert clock(case, "exchange_done", 1).halted_at is None, "the law's clock runs on"


def test_a_hold_does_not_stop_a_regulators_clock(rules: dict[str, CaseRulebook]) -> None:
    known = (filed(), step("demanded", "1d"), step("held", "2d", until="20d"))
    case = given(*known, rules=rules["cn-sanbao"]).when("3d")
    assert clock(case, "exchange_answer").due_at == local("2026-12-05 00:00")


@pytest.mark.parametrize("stop", ["loaner_given", "repair_ended", "resolved"])
def test_a_loaner_car_is_due_after_five_days_of_repair(
    rules: dict[str, CaseRulebook], stop: Any
) -> None:
    case = given(filed(), step("repair_started", "1d"), rules=rules["cn-sanbao"])
    case.when("5d 1h").then("warning/loaner_car/1").next_due("6d")
    in_time = given(*_with(stop, "5d 23h"), rules=rules["cn-sanbao"]).when("6d 1h")
    assert in_time.verdict("verdict/loaner_car/1").verdict == "kept"
    case.when("6d").then("warning/loaner_car/1", "breach/loaner_car/1")


def _with(stop: Any, when: str) -> tuple[Any, ...]:
    return filed(), step("repair_started", "1d"), step(stop, when)


def merged(case: Case) -> list[CaseMerged]:
    """What the case told the one that it was merged into."""
    return [said for said in case.said.values() if isinstance(said, CaseMerged)]


def test_new_steps_show_that_somebody_is_at_it() -> None:
    shown: dict[StepName, str] = {
        "demanded": "open",
        "promised": "under_review",
        "repair_started": "under_review",
        "loaner_given": "under_review",
        "repair_ended": "under_review",
    }
    for name, status in shown.items():
        case = given(filed(), step(name, "1h")).when("90m")
        found = case.facts.complaint
        assert isinstance(found, Filed)
        standing = stand(case.facts, found, case.policy, case.now)
        assert status_at(found, standing.course, case.now) == status
        assert standing.is_open


def test_a_demand_of_a_case_that_is_merged_away_runs_on_in_the_other(
    rules: dict[str, CaseRulebook],
) -> None:
    away = given(
        filed(), step("demanded", "1d"), step("merged", "2d"), rules=rules["cn-sanbao"]
    ).when("3d")
    [message] = merged(away)
    assert message.handed_over[0].starts == {
        "exchange_answer": at("1d"),
        "exchange_done": at("1d"),
    }
    taken_on = given(
        filed(received="12h"),
        step("answered", "13h"),
        absorbed({"exchange_answer": "1d"}, "2d"),
        rules=rules["cn-sanbao"],
    ).when("3d")
    found = clock(taken_on, "exchange_answer")
    assert (found.origin, found.started_at, found.stopped_at) == ("merged", at("1d"), None)
    assert found.due_at == local("2026-12-05 00:00")


# --- 12315 -----------------------------------------------------------------------------------


def test_a_complaint_of_the_platform_through_its_life(rules: dict[str, CaseRulebook]) -> None:
    assert clock_names(given(filed(), rules=rules["cn-12315"]).when("1h")) == []
    case = given(filed(channel="regulator"), rules=rules["cn-12315"]).when("1h")
    assert clock(case, "platform_settled").due_at == local("2026-12-05 00:00")
    case.when("10d").then("warning/platform_settled/1")
    case.when("13d 14h").then(
        "warning/platform_settled/1",
        "warning.last_warning/platform_settled/1",
        "breach/platform_settled/1",
    )
    case.reported(step("resolved", "15d")).when("15d 1h")
    assert case.verdict("verdict/platform_settled/1").verdict == "broken"


# --- Zhejiang --------------------------------------------------------------------------------


def test_a_promise_has_to_be_kept_in_three_days(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), rules=rules["cn-zhejiang"]).when("1h").next_due("4d")
    case.reported(step("promised", "4d 2h")).when("4d 3h")
    assert case.verdict("verdict/demand_reply/1").verdict == "kept"
    assert clock(case, "promise_kept").due_at == at("7d 2h")
    case.when("7d 2h")
    assert "3 d after the promise" in case.breach("breach/promise_kept/1").why.en
    case.reported(step("resolved", "7d 1h", recorded="8d")).when("8d")
    assert case.verdict("verdict/promise_kept/1").verdict == "kept"
    assert "breach/promise_kept/1" in case.withdrawn


# --- 12345: the case names its deadline ------------------------------------------------------


def test_a_work_order_is_due_when_it_says(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(limit="4d"), rules=rules["cn-12345"]).when("1h").next_due("2d")
    found = clock(case, "work_order")
    assert (found.due_at, found.span) == (at("4d"), Span.parse("4d"))
    assert told(case, "work_order")[0] == [
        "Starts 2026-11-21 10:00 +08:00: receipt of the complaint.",
        "= due 2026-11-25 10:00 +08:00: the limit that the regulator's order prints.",
    ]
    assert told(case, "work_order")[1][-1].endswith("监管部门工单载明的时限,不另行计算。")
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


def test_a_clock_that_starts_at_any_step_explains_itself() -> None:
    rule = shipped("cn-zhejiang").clocks["promise_kept"]
    for name in (
        "contacted",
        "answered",
        "executive_answered",
        "promised",
        "repair_started",
        "loaner_given",
        "repair_ended",
        "demanded",
        "resolved",
    ):
        stops = ("called_back",)
        own = ClockRule.model_validate({**dict(rule), "start": name, "stops": stops})
        policy = ComplaintPolicy(name="own", clocks=(own,))
        case = given(filed(), step(name, "1d"), rules=rulebook_of(policy)).when("4d")
        assert [str(Subject.parse(about).kind) for about in case.sealed] == ["warning", "breach"]
        english, chinese = told(case, "promise_kept")
        assert english[0].startswith("Starts 2026-11-22 10:00 +08:00: ")
        assert chinese[0].startswith("起算:2026-11-22 10:00 +08:00,")
        assert clock(case, "promise_kept").due_at == at("4d")


async def test_the_api_tells_why_a_regulators_deadline_is_when_it_is(
    rules: dict[str, CaseRulebook],
) -> None:
    known = (filed(limit="4d"), step("demanded", "2d"))
    of = rules["cn-sanbao"].shipped
    clocks = (*of.policy.clocks, *rules["cn-12345"].shipped.policy.clocks)
    both = rulebook_of(ComplaintPolicy(name="both", clocks=clocks), working_days=of.working_days)
    case = given(*known, rules=both).when("3d")
    async with client(OneDealer({ID: case}, both), case.now) as asked:
        shown = (await asked.get(f"/v1/cases/{ID}")).json()
    by_name = {each["clock"]: each for each in shown["clocks"]}
    answer, order = by_name["exchange_answer"], by_name["work_order"]
    assert answer["origin"] == "demanded"
    explained = answer["explanation"]
    assert (explained["unit"], explained["target"]) == ("working_days", "10 working days")
    assert explained["calendar"]["name"] == "statutory working days of CN"
    assert explained["calendar"]["timezone"] == "Asia/Shanghai"
    counted = [line["days"] for line in explained["lines"] if line["kind"] == "day"]
    assert sum(counted) == 10
    assert order["explanation"]["target"] == "regulator_due_at"
    assert order["explanation"]["calendar"] is None
    assert [line["kind"] for line in order["explanation"]["lines"]] == ["start", "due"]
    assert order["due_at"] == "2026-11-25T02:00:00.000Z"
    received = next(entry for entry in shown["timeline"] if entry["kind"] == "received")
    assert received["regulator_due_at"] == "2026-11-25T02:00:00.000Z"


def test_a_make_up_day_is_said_to_be_one(rules: dict[str, CaseRulebook]) -> None:
    demanded = "-50d"  # the week off of October is within the count, and a make-up Saturday
    case = given(filed(received="-60d"), step("demanded", demanded), rules=rules["cn-sanbao"]).when(
        "0s"
    )
    english, chinese = told(case, "exchange_answer")
    assert "2026-10-10 Sat: counts, a make-up working day" in english
    assert "2026-10-10 周六:计入(调休上班)" in chinese
    assert "2026-10-05 Mon: does not count, a public holiday" in english
