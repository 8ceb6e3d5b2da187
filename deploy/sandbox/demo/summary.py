"""What a manager wants to know after some days: per dealer, from the messages themselves.

Pure. Any reader of the topics could do the same: keep the latest message about each subject,
drop the rest, and count.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias, TypedDict

from pydantic import BaseModel, ConfigDict
from rich.table import Table

from shared.contracts import complaints, followup, scoring
from shared.contracts.complaints import (
    CaseClosed,
    CaseStandingChanged,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
)
from shared.contracts.envelope import Message
from shared.contracts.followup import TaskChanged
from shared.contracts.scoring import GradeChanged, ScoreChanged
from shared.dealers.dealer import Dealer

Outcome = Literal["accepted", "duplicate", "rejected"]


class TopicRecord(TypedDict):
    """One record of a topic. Intake's have no sequence of their own: 0."""

    topic: str
    type: str
    key: str
    data: Mapping[str, object]
    sequence: int
    subject: str
    said_at: str
    """When it was said, RFC 3339 in UTC."""


class DealerSummary(BaseModel):
    """One dealer's days. Complaints, alarms and promises are those of these days only."""

    model_config = ConfigDict(frozen=True)

    dealer_id: str
    name: str
    accepted: int
    duplicate: int
    rejected: int
    customers_scored: int
    quality: int
    potential: int
    general: int
    grade_changes: int
    tasks_opened: int
    """Every task that was, or is, to be done: all but the expired."""
    tasks_done: int
    tasks_overdue: int
    tasks_cancelled: int
    tasks_expired: int
    """Mostly of imported history: the window had passed on arrival."""
    complaints_received: int
    complaints_open: int
    complaints_closed: int
    """Came to their end with nothing left to do; a reopened one may do so more than once."""
    warnings: int
    breaches: int
    steps: int
    """Of the ladder, beyond the breach; repeats count."""
    withdrawn: int
    """Warnings, breaches and steps that were taken back."""
    promises_kept: int
    promises_broken: int
    """Stopped too late, or still running past the deadline."""

    @property
    def kept_percent(self) -> int | None:
        """How many of the promises that came due or were fulfilled were kept; None without any."""
        return _percent(self.promises_kept, self.promises_broken)


_CONTRACTS: dict[str, type[Message]] = {
    contract.TYPE: contract
    for contract in (
        *scoring.ALL,
        *followup.ALL,
        *complaints.ALL,
    )
}
_Clock: TypeAlias = ClockStopped | DeadlineBreached


def summarize(
    records: Iterable[TopicRecord],
    *,
    outcomes: Iterable[tuple[str, Outcome]],
    dealers: Sequence[Dealer],
    since: datetime,
) -> list[DealerSummary]:
    """The days from `since` on, one summary per dealer in the order of `dealers`.

    `records` are of the scores, grades, tasks, escalations and cases topics, in any order
    and with repeats. `outcomes` are intake's: from which dealer, and what became of it.
    """
    counted = Counter(outcomes)
    messages = latest(records)
    return [
        _summary(
            dealer,
            [message for message in messages if _dealer_of(message) == dealer.id],
            counted,
            since,
        )
        for dealer in dealers
    ]


def latest(records: Iterable[TopicRecord]) -> list[Message]:
    """The latest message about each subject; types that are of no interest here are left out.

    A subject's latest message has the highest sequence. Raises `pydantic.ValidationError` for a
    message that breaks its contract.
    """
    newest: dict[str, TopicRecord] = {}
    for record in records:
        if record["type"] not in _CONTRACTS:
            continue
        known = newest.get(record["subject"])
        if known is None or known["sequence"] < record["sequence"]:
            newest[record["subject"]] = record
    return [_CONTRACTS[record["type"]].model_validate(record["data"]) for record in newest.values()]


def render(summaries: Sequence[DealerSummary]) -> Table:
    """The summaries side by side, with the group's sum where there are several dealers."""
    table = Table(title="The days in figures 经营简报", title_justify="left")
    table.add_column("")
    for summary in summaries:
        table.add_column(summary.name, justify="right")
    several = len(summaries) > 1
    if several:
        table.add_column("Group 集团", justify="right", style="bold")
    for heading, rows in _SECTIONS:
        table.add_section()
        table.add_row(heading, style="bold")
        for title, figure in rows:
            figures = [str(figure(summary)) for summary in summaries]
            total = [str(sum(figure(summary) for summary in summaries))] if several else []
            table.add_row(f"  {title}", *figures, *total)
    table.add_row(*_kept_row(summaries, several=several))
    return table


_Row: TypeAlias = tuple[str, Callable[[DealerSummary], int]]
_SECTIONS: tuple[tuple[str, tuple[_Row, ...]], ...] = (
    (
        "Events from the dealer's system 系统上报",
        (
            ("accepted 已接收", lambda found: found.accepted),
            ("duplicate 重复", lambda found: found.duplicate),
            ("rejected 已拒绝", lambda found: found.rejected),
        ),
    ),
    (
        "Customers by grade 客户分级",
        (
            ("scored 已评分", lambda found: found.customers_scored),
            ("quality 优质", lambda found: found.quality),
            ("potential 潜力", lambda found: found.potential),
            ("general 一般", lambda found: found.general),
            ("grade changes 级别变动", lambda found: found.grade_changes),
        ),
    ),
    (
        "Follow-up tasks 客户回访",
        (
            ("opened 已生成", lambda found: found.tasks_opened),
            ("done 已完成", lambda found: found.tasks_done),
            ("overdue 逾期", lambda found: found.tasks_overdue),
            ("cancelled 已取消", lambda found: found.tasks_cancelled),
            ("expired, recorded only 过期仅记录", lambda found: found.tasks_expired),
        ),
    ),
    (
        "Complaints 客户投诉 (2123)",
        (
            ("received 新增投诉", lambda found: found.complaints_received),
            ("still open 处理中", lambda found: found.complaints_open),
            ("closed 已结案", lambda found: found.complaints_closed),
            ("warnings 临期预警", lambda found: found.warnings),
            ("deadlines missed 超时", lambda found: found.breaches),
            ("escalated further 逐级上报", lambda found: found.steps),
            ("alarms taken back 已撤销", lambda found: found.withdrawn),
        ),
    ),
)


def _kept_row(summaries: Sequence[DealerSummary], *, several: bool) -> list[str]:
    kept = sum(summary.promises_kept for summary in summaries)
    broken = sum(summary.promises_broken for summary in summaries)
    percents = [summary.kept_percent for summary in summaries]
    if several:
        percents.append(_percent(kept, broken))
    figures = ("–" if percent is None else f"{percent} %" for percent in percents)
    return ["  promises kept 按时履约率", *figures]


def _percent(kept: int, broken: int) -> int | None:
    """Rounded down, so that 100 % means all."""
    return 100 * kept // (kept + broken) if kept + broken else None


def _dealer_of(message: Message) -> str:
    dealer_id = getattr(message, "dealer_id", "")
    assert isinstance(dealer_id, str)
    return dealer_id


def _summary(
    dealer: Dealer,
    messages: Sequence[Message],
    counted: Mapping[tuple[str, Outcome], int],
    since: datetime,
) -> DealerSummary:
    grades = Counter(found.grade for found in messages if isinstance(found, ScoreChanged))
    tasks = Counter(found.status for found in messages if isinstance(found, TaskChanged))
    received, still_open = _cases(messages, since)
    kept, broken = _promises(messages, since)
    return DealerSummary(
        dealer_id=dealer.id,
        name=dealer.name,
        accepted=counted.get((dealer.id, "accepted"), 0),
        duplicate=counted.get((dealer.id, "duplicate"), 0),
        rejected=counted.get((dealer.id, "rejected"), 0),
        customers_scored=grades.total(),
        quality=grades["quality"],
        potential=grades["potential"],
        general=grades["general"],
        grade_changes=sum(
            isinstance(found, GradeChanged) and found.changed_at >= since for found in messages
        ),
        tasks_opened=tasks.total() - tasks["expired"],
        tasks_done=tasks["done"],
        tasks_overdue=tasks["overdue"],
        tasks_cancelled=tasks["cancelled"],
        tasks_expired=tasks["expired"],
        complaints_received=received,
        complaints_open=still_open,
        complaints_closed=sum(
            isinstance(found, CaseClosed) and found.closed_at >= since for found in messages
        ),
        warnings=sum(isinstance(found, DeadlineWarned) for found in messages),
        breaches=sum(isinstance(found, DeadlineBreached) for found in messages),
        steps=sum(isinstance(found, EscalationRaised) for found in messages),
        withdrawn=sum(
            isinstance(found, EscalationWithdrawn) and found.withdrawn is not None
            for found in messages
        ),
        promises_kept=kept,
        promises_broken=broken,
    )


def _cases(messages: Iterable[Message], since: datetime) -> tuple[int, int]:
    """How many complaints were received since, and how many of them are open."""
    received = [
        message
        for message in messages
        if isinstance(message, CaseStandingChanged) and message.received_at >= since
    ]
    return len(received), sum(message.status == "open" for message in received)


def _promises(messages: Iterable[Message], since: datetime) -> tuple[int, int]:
    """Kept and broken promises; a deadline that passed is broken though its clock still runs."""
    kept: dict[tuple[str, str, int], bool] = {}
    for message in messages:
        if not isinstance(message, _Clock) or message.started_at < since:
            continue
        clock = (message.case_id, message.clock, message.generation)
        if isinstance(message, ClockStopped):
            kept[clock] = message.verdict == "kept"
        else:
            kept.setdefault(clock, False)
    return sum(kept.values()), len(kept) - sum(kept.values())
