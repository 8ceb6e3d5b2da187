"""A record of a topic in one line: what it says, and nothing personal."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from deploy.cli import record_summary
from shared.contracts.complaints import (
    CaseClosed,
    CaseMerged,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
    StepRefused,
)
from shared.contracts.envelope import to_headers
from shared.contracts.intake import CustomerLinkMade
from shared.contracts.scoring import RiskChanged, ScoreChanged
from shared.contracts.topics import CUSTOMERS, DEAD_LETTERS, ESCALATIONS, GRADES, MERGES, SCORES
from shared.platform.dead_letters import PREFIX

AT = datetime(2026, 11, 21, 10, 5, tzinfo=UTC)


def summed_up(topic: str, kind: str, data: object) -> str:
    attributes = {"type": kind, "dealerid": "sunrise/berlin", "time": "2026-11-21T10:05:00.000Z"}
    headers = tuple(to_headers(attributes))
    return record_summary.summary_of(
        topic, headers, json.dumps(data).encode(), written_at=AT
    ).line()


def test_a_score_in_one_line() -> None:
    data = {"customer_key": "k", "score": 44, "value": 33, "loyalty": 11, "grade": "general"}
    line = summed_up(SCORES.name, ScoreChanged.TYPE, data)
    assert line.startswith("2026-11-21T10:05:00Z  sunrise/berlin ")
    assert line.endswith("k: 44 points (value 33, loyalty 11), general")


def test_a_change_of_risk_in_one_line() -> None:
    data = {"customer_key": "k", "before": "at_risk", "after": "lost"}
    assert summed_up(GRADES.name, RiskChanged.TYPE, data).endswith("k: at risk -> lost")


def test_a_link_names_whom_and_what_was_said() -> None:
    data = {"document_id": "d", "customer_key": "k", "other_customer_key": "l", "says": "same"}
    line = summed_up(CUSTOMERS.name, CustomerLinkMade.TYPE, data)
    assert line.endswith("k: same as l")


def test_a_breach_names_the_case_and_whom_it_went_to() -> None:
    data = {
        "case_no": "K1",
        "clock": "contact",
        "due_at": "2026-11-21T12:05:00.000Z",
        "recipients": ["department_head"],
        "notified": True,
    }
    line = summed_up(ESCALATIONS.name, DeadlineBreached.TYPE, data)
    assert line.endswith("case K1: contact due 2026-11-21 12:05Z -> department head")


def test_a_step_of_the_ladder_names_the_staff_ids_it_went_to() -> None:
    data = {
        "case_no": "K1",
        "clock": "answer",
        "step": "general_manager",
        "at": "2026-11-21T12:05:00.000Z",
        "repeat": 2,
        "recipients": ["general_manager", "group"],
        "addressees": [
            {"role": "general_manager", "person": "pd-gm", "because": "on_duty"},
            {"role": "group", "because": "nobody"},
        ],
        "notified": True,
    }
    line = summed_up(ESCALATIONS.name, EscalationRaised.TYPE, data)
    assert line.endswith(
        "case K1: answer, step general manager 2026-11-21 12:05Z, told again (2) "
        "-> general manager:pd-gm, group (nobody)"
    )


def test_instants_are_told_by_the_clocks_of_a_zone() -> None:
    data = {
        "case_no": "K1",
        "clock": "contact",
        "due_at": "2026-11-21T22:05:00.000Z",
        "recipients": [],
        "notified": False,
    }
    headers = tuple(to_headers({"type": DeadlineBreached.TYPE}))
    value = json.dumps(data).encode()
    shanghai = ZoneInfo("Asia/Shanghai")
    summary = record_summary.summary_of(
        ESCALATIONS.name, headers, value, written_at=AT, zone=shanghai
    )
    assert summary.text.startswith("case K1: contact due 2026-11-22 06:05 (")


def test_what_is_only_recorded_went_to_nobody() -> None:
    data = {"case_no": "K1", "clock": "answer", "recipients": ["group"], "notified": False}
    line = summed_up(ESCALATIONS.name, DeadlineWarned.TYPE, data)
    assert line.endswith("case K1: answer (for the record only, told to nobody)")


@pytest.mark.parametrize(
    ("about", "what"),
    [
        ("warning/executive_answer/1", "warning of executive answer"),
        ("warning.last_call/answer/2", "warning of answer"),
        ("breach/contact/1", "breach of contact"),
        ("breach/contact/1/3d7f0c2ab1", "breach of contact"),
        ("step.general_manager/contact/1/3d7f0c2ab1/3", "step general manager of contact"),
        ("verdict/contact/1", "verdict of contact"),
        ("closed/1", "closing"),
        ("refused/S7", "refusal of step S7"),
    ],
)
def test_what_is_taken_back_is_named(about: str, what: str) -> None:
    line = summed_up(ESCALATIONS.name, EscalationWithdrawn.TYPE, {"case_no": "K1", "about": about})
    assert line.endswith(f"case K1: the {what} no longer holds")


def test_a_closed_case_tells_how_and_what_was_broken() -> None:
    data = {"case_no": "K1", "outcome": "satisfied", "kept": ["contact"], "broken": ["call_back"]}
    line = summed_up(ESCALATIONS.name, CaseClosed.TYPE, data)
    assert line.endswith("case K1: closed satisfied; 1 kept, broken: call back")


def test_a_refused_step_tells_why() -> None:
    at = "2026-11-21T12:05:00.000Z"
    data = {"case_no": "K1", "step": "contacted", "at": at, "refusal": "before_receipt"}
    line = summed_up(ESCALATIONS.name, StepRefused.TYPE, data)
    assert line.endswith(
        "case K1: step contacted of 2026-11-21 12:05Z does not count: before receipt"
    )


def test_a_merge_tells_what_runs_on() -> None:
    handed = {"case_id": "a", "at": "2026-11-21T12:05:00.000Z", "starts": {"answer": "…"}}
    data = {"merged_case_id": "a", "case_id": "b", "handed_over": [handed]}
    line = summed_up(MERGES.name, CaseMerged.TYPE, data)
    assert line.endswith("a into b: answer runs on there")


def test_a_verdict_tells_by_how_much() -> None:
    data = {"case_no": "K1", "clock": "contact", "verdict": "broken", "margin_seconds": -5400}
    line = summed_up(ESCALATIONS.name, ClockStopped.TYPE, data)
    assert line.endswith("case K1: contact broken, 1 h 30 min over")


def test_a_dead_letter_tells_where_it_was_and_why() -> None:
    ours = {"service": "scoring", "topic": "t", "partition": "1", "offset": "7", "reason": "r"}
    headers = tuple((f"{PREFIX}{name}", text.encode()) for name, text in ours.items())
    line = record_summary.summary_of(DEAD_LETTERS.name, headers, b"\xff", written_at=AT).line()
    assert line.endswith("scoring could not process record 7 of t, partition 1: r")


@pytest.mark.parametrize("value", [b"\xff\xfe", b"[]", b"{}", b"null", b"7"])
def test_what_cannot_be_read_does_not_end_the_tail(value: bytes) -> None:
    headers = tuple(to_headers({"type": ScoreChanged.TYPE}))
    assert (
        record_summary.summary_of(SCORES.name, headers, value, written_at=AT).text
        == "(cannot be read)"
    )
