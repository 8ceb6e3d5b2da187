"""The manager's summary counts the latest message about each subject, and nothing else."""

import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Literal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from deploy.sandbox.demo.summary import DealerSummary, TopicRecord, render, summarize
from shared.contracts.complaints import (
    CaseClosed,
    CaseStandingChanged,
    CaseStandingWithdrawn,
    CaseTurn,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
)
from shared.contracts.envelope import Message
from shared.contracts.followup import TaskChanged, TaskStatus, TaskWithdrawn
from shared.contracts.scoring import Grade, GradeChanged, ScoreChanged, ScoreWithdrawn
from shared.contracts.values import Bilingual
from shared.dealers.dealer import Dealer

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
PUDONG = Dealer(
    id="sunrise/pudong", name="Pudong 浦东", timezone="Asia/Shanghai", currency="CNY", region="CN"
)
BERLIN = Dealer(
    id="sunrise/berlin", name="Berlin", timezone="Europe/Berlin", currency="EUR", region="DE"
)
KEY = "sunrise/pudong/dms-cn/C1"
CASE = "sunrise/pudong/dms-cn/complaint/K1"
WHY = Bilingual(en="due", zh="到期")


def received(message: Message, subject: str = "", sequence: int = 1) -> TopicRecord:
    """`message` as read from its topic; a subject of its own unless one is told."""
    return TopicRecord(
        topic=message.TOPIC.name,
        type=message.TYPE,
        key=KEY,
        data=message.model_dump(mode="json", exclude_none=True),
        sequence=sequence,
        subject=subject or str(uuid4()),
        said_at=SINCE.isoformat(),
    )


def score(grade: Grade) -> ScoreChanged:
    return ScoreChanged(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        score=60,
        value=30,
        loyalty=30,
        grade=grade,
        reasons=(),
    )


def grade_change(*, days: float) -> GradeChanged:
    return GradeChanged(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        before="general",
        after="potential",
        changed_at=SINCE + timedelta(days=days),
        score=50,
    )


def task(status: TaskStatus) -> TaskChanged:
    return TaskChanged(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        kind="service_satisfaction",
        status=status,
        document_id="d",
        opens_at=SINCE,
        due_at=SINCE,
        owner_role="customer_relations",
        channel="phone",
        title_en="Ask",
        title_zh="回访",
    )


def warned() -> DeadlineWarned:
    return DeadlineWarned(**clock(), **notice("warning"))


def breached(name: str = "contact") -> DeadlineBreached:
    return DeadlineBreached(**clock(name), **notice("breach"))


def raised(repeat: int = 0) -> EscalationRaised:
    return EscalationRaised(**clock(), **notice("general_manager"), repeat=repeat)


def notice(step: str) -> dict[str, object]:
    return {"step": step, "at": SINCE, "noticed_at": SINCE, "notified": True}


def closed(*, days: float) -> CaseClosed:
    return CaseClosed(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        case_id=CASE,
        case_no="K1",
        generation=1,
        policy_version="1",
        why=WHY,
        closed_at=SINCE + timedelta(days=days),
        outcome="satisfied",
        kept=("contact",),
        broken=(),
    )


def stopped(name: str, *, kept: bool, days: float = 1) -> ClockStopped:
    return ClockStopped(
        **clock(name, days=days),
        stopped_at=SINCE + timedelta(days=days),
        verdict="kept" if kept else "broken",
        margin_seconds=60 if kept else -60,
    )


def clock(name: str = "contact", *, days: float = 1) -> dict[str, object]:
    started_at = SINCE + timedelta(days=days)
    return {
        "customer_key": KEY,
        "dealer_id": PUDONG.id,
        "case_id": CASE,
        "case_no": "K1",
        "clock": name,
        "generation": 1,
        "started_at": started_at,
        "due_at": started_at + timedelta(hours=2),
        "policy_version": "1",
        "why": WHY,
    }


def stands(
    number: str, status: Literal["open", "closed"] = "open", *, days: float = 1, sequence: int = 1
) -> TopicRecord:
    """A complaint received then, as complaints tells of it."""
    received_at = SINCE + timedelta(days=days)
    turn = CaseTurn(at=received_at, recorded_at=received_at, stands="open", severity="normal")
    content = CaseStandingChanged(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        case_id=f"{PUDONG.id}/dms-cn/complaint/{number}",
        case_no=number,
        generation=1,
        status=status,
        outcome="withdrawn" if status == "closed" else None,
        severity="normal",
        satisfied=False,
        received_at=received_at,
        recorded_at=received_at,
        closed_at=received_at if status == "closed" else None,
        turns=(turn,),
    )
    return received(content, f"standing of {number}", sequence)


def stands_no_longer(number: str, *, sequence: int = 2) -> TopicRecord:
    """It was filed in error."""
    content = CaseStandingWithdrawn(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        about="standing",
        withdrawn_at=SINCE,
        case_id=f"{PUDONG.id}/dms-cn/complaint/{number}",
    )
    return received(content, f"standing of {number}", sequence)


def pudong(*records: TopicRecord) -> DealerSummary:
    (summary,) = summarize(records, outcomes=(), dealers=[PUDONG], since=SINCE)
    return summary


def test_grades_are_those_of_the_latest_scores() -> None:
    found = pudong(
        received(score("quality"), "a", 2),
        received(score("general"), "a", 1),
        received(score("potential"), "b", 5),
        received(score("general"), "c", 1),
        received(
            ScoreWithdrawn(
                customer_key=KEY, dealer_id=PUDONG.id, about="score", withdrawn_at=SINCE
            ),
            "c",
            2,
        ),
    )
    assert (found.customers_scored, found.quality, found.potential, found.general) == (2, 1, 1, 0)


def test_grade_changes_before_the_days_told_do_not_count() -> None:
    found = pudong(received(grade_change(days=-3)), received(grade_change(days=2)))
    assert found.grade_changes == 1


def test_tasks_count_as_they_stand_now() -> None:
    withdrawn = TaskWithdrawn(
        customer_key=KEY, dealer_id=PUDONG.id, about="task", withdrawn_at=SINCE
    )
    found = pudong(
        received(task("open"), "a", 1),
        received(task("done"), "a", 2),
        received(task("open")),
        received(task("overdue")),
        received(task("cancelled")),
        received(task("expired")),
        received(task("open"), "b", 1),
        received(withdrawn, "b", 2),
    )
    assert found.tasks_opened == 4
    assert (found.tasks_done, found.tasks_overdue) == (1, 1)
    assert (found.tasks_cancelled, found.tasks_expired) == (1, 1)


def test_a_breach_that_was_taken_back_counts_as_taken_back_alone() -> None:
    taken_back = EscalationWithdrawn(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        about="breach/contact/1",
        withdrawn_at=SINCE,
        withdrawn={"clock": "contact"},
    )
    found = pudong(received(warned()), received(breached(), "a", 1), received(taken_back, "a", 2))
    assert (found.warnings, found.breaches, found.withdrawn) == (1, 0, 1)
    assert found.kept_percent is None


def test_steps_beyond_the_breach_count_with_their_repeats() -> None:
    taken_back = EscalationWithdrawn(
        customer_key=KEY,
        dealer_id=PUDONG.id,
        about="step.general_manager/contact/1",
        withdrawn_at=SINCE,
        withdrawn={"clock": "contact"},
    )
    found = pudong(
        received(raised()),
        received(raised(repeat=1)),
        received(raised(), "a", 1),
        received(taken_back, "a", 2),
    )
    assert (found.steps, found.breaches, found.withdrawn) == (2, 0, 1)


def test_cases_closed_before_the_days_told_do_not_count() -> None:
    found = pudong(received(closed(days=-40)), received(closed(days=2)))
    assert found.complaints_closed == 1


def test_a_verdict_that_was_taken_back_is_no_alarm() -> None:
    taken_back = EscalationWithdrawn(
        customer_key=KEY, dealer_id=PUDONG.id, about="verdict/contact/1", withdrawn_at=SINCE
    )
    found = pudong(received(stopped("contact", kept=True), "a", 1), received(taken_back, "a", 2))
    assert (found.withdrawn, found.promises_kept) == (0, 0)


def test_promises_are_verdicts_and_breaches_still_running() -> None:
    found = pudong(
        received(stopped("contact", kept=True)),
        received(stopped("call_back", kept=True)),
        received(breached("answer")),
        received(stopped("executive_answer", kept=False)),
        received(breached("executive_answer")),
        received(stopped("answer", kept=True, days=-40)),
    )
    assert (found.promises_kept, found.promises_broken) == (2, 2)
    assert found.kept_percent == 50


def test_a_complaint_is_open_as_long_as_complaints_says_so() -> None:
    found = pudong(
        stands("1"),
        stands("2", "closed", sequence=2),
        stands("2"),
        stands("3"),
        stands("3", "closed", sequence=2),
        stands("3", sequence=3),
        stands("4", days=-100),
        stands_no_longer("5"),
        stands("5"),
    )
    assert (found.complaints_received, found.complaints_open) == (3, 2)


def test_each_dealer_counts_its_own() -> None:
    first, second = summarize(
        [received(score("quality"))],
        outcomes=[(PUDONG.id, "accepted"), (PUDONG.id, "accepted"), (BERLIN.id, "rejected")],
        dealers=[PUDONG, BERLIN],
        since=SINCE,
    )
    assert (first.accepted, first.rejected, first.customers_scored) == (2, 0, 1)
    assert (second.accepted, second.rejected, second.customers_scored) == (0, 1, 0)


@given(st.randoms(use_true_random=False))
def test_order_and_repeats_make_no_difference(order: random.Random) -> None:
    records = [
        received(score("general"), "a", 1),
        received(score("quality"), "a", 2),
        received(task("open"), "b", 7),
        received(task("done"), "b", 8),
        received(breached(), "c", 3),
        stands("1"),
        stands_no_longer("1"),
    ]
    mixed = order.sample(records, len(records)) + order.choices(records, k=5)
    assert pudong(*mixed) == pudong(*records)


def test_types_of_no_interest_are_left_out() -> None:
    record = received(score("quality"))
    assert pudong({**record, "type": "dev.aftercare.parade.held.v1"}).customers_scored == 0


def test_the_table_shows_every_dealer_and_the_group() -> None:
    text = shown(
        summarize(
            [received(score("quality")), received(stopped("contact", kept=True))],
            outcomes=[(PUDONG.id, "accepted"), (BERLIN.id, "accepted")],
            dealers=[PUDONG, BERLIN],
            since=SINCE,
        )
    )
    for heading in ("Pudong 浦东", "Berlin", "Group 集团", "quality 优质", "客户投诉"):
        assert heading in text
    assert cells(text, "accepted 已接收") == ["1", "1", "2"]
    assert cells(text, "quality 优质") == ["1", "0", "1"]
    assert cells(text, "promises kept") == ["100 %", "–", "100 %"]


def test_a_single_dealer_has_no_group_column() -> None:
    text = shown([pudong(received(score("quality")))])
    assert "Group" not in text
    assert cells(text, "quality 优质") == ["1"]


def shown(summaries: list[DealerSummary]) -> str:
    console = Console(file=StringIO(), width=140, color_system=None)
    console.print(render(summaries))
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def cells(text: str, title: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if title in line]
    return [cell.strip() for cell in line.strip("│ ").split("│")][1:]
