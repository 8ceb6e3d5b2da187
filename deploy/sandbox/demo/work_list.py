"""A dealer's work list of tomorrow, and why others are not called: as followup's endpoints tell it.

Pure, but for `asked`, which asks them.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.sandbox.demo.customers import NO_NAME
from shared.contracts.http.followup import CustomerTasks, FollowUpTask, SuppressedTask
from shared.contracts.http.followup_lists import DealerTasks
from shared.dealers.dealer import Dealer

SHOWN = 3
"""How many reasons of each sort are shown."""
MOST_LISTED = 200
MOST_ASKED = 300
"""How many customers are asked for at most, to find reasons of several sorts."""
_LAST = ("superseded", "window_passed")
"""Why something is not said any more, which is less to tell than why it waits."""

T = TypeVar("T")
Get = Callable[..., Awaitable[Any]]
"""Given a service, a path and a query: what it answers."""


@dataclass(frozen=True, slots=True)
class WhyNow:
    """A task that is to be done, and why."""

    name: str
    task: FollowUpTask


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What is not said to a customer, and why not."""

    name: str
    suppressed: SuppressedTask


@dataclass(frozen=True, slots=True)
class WorkList:
    """What one dealer has to do tomorrow."""

    dealer: Dealer
    tasks: int
    """How many are due by the end of tomorrow."""
    why: Sequence[WhyNow]
    why_not: Sequence[WhyNot]

    def as_json(self) -> dict[str, object]:
        """For programs; times are UTC."""
        return {
            "dealer_id": self.dealer.id,
            "tasks": self.tasks,
            "why": [one.task.model_dump(mode="json", exclude_none=True) for one in self.why],
            "why_not": [
                one.suppressed.model_dump(mode="json", exclude_none=True) for one in self.why_not
            ],
        }


async def asked(
    get: Get, dealer: Dealer, now: datetime, names: Mapping[str, str], others: Iterable[str]
) -> WorkList:
    """The list as followup has it now. `others`: customers besides those on it."""
    day = now.astimezone(dealer.zone).date() + timedelta(days=2)
    path = f"/v1/dealers/{dealer.id}/tasks"
    answer = await get("followup", path, due_before=day.isoformat(), limit=MOST_LISTED)
    listed = DealerTasks.model_validate(answer).tasks
    plans = []
    keys = dict.fromkeys([*(line.customer_key for line in listed), *others])
    for key in islice(keys, MOST_ASKED):
        plan = await get("followup", f"/v1/customers/{quote(key)}")
        plans.append(CustomerTasks.model_validate(plan))
    return work_list(dealer, {str(line.task_id) for line in listed}, plans, names)


def work_list(
    dealer: Dealer,
    listed: set[str],
    plans: Sequence[CustomerTasks],
    names: Mapping[str, str],
) -> WorkList:
    """With three tasks of the list, of several kinds if there are; and three times why not, for
    several reasons if there are."""
    why = [
        WhyNow(names.get(plan.customer_key, NO_NAME), task)
        for plan in plans
        for task in plan.tasks
        if str(task.task_id) in listed
    ]
    why_not = [
        WhyNot(names.get(plan.customer_key, NO_NAME), each)
        for plan in plans
        for each in plan.suppressed
    ]
    why_not.sort(key=lambda one: one.suppressed.because in _LAST)
    return WorkList(
        dealer,
        len(listed),
        _varied(why, lambda one: one.task.kind),
        _varied(why_not, lambda one: one.suppressed.because),
    )


def _varied(found: Sequence[T], sort: Callable[[T], Hashable]) -> list[T]:
    """As many as are shown, the first of each sort before the second of any."""
    seen: dict[Hashable, int] = {}
    turns = []
    for each in found:
        turns.append(seen.get(sort(each), 0))
        seen[sort(each)] = turns[-1] + 1
    in_turn = sorted(range(len(found)), key=turns.__getitem__)
    return [found[position] for position in in_turn[:SHOWN]]


def render_work_list(found: WorkList) -> Group:
    """For a terminal: what is to be done and why, then what is not and why not."""
    heading = Text("Tomorrow's work list 明日工作清单", style="bold")
    heading.append(f"  {found.dealer.name}: {found.tasks} tasks, such as", style="dim")
    return Group(
        heading,
        _table([_row_of_a_task(one, found.dealer) for one in found.why]),
        Text("And why others are not called 为什么不联系", style="bold"),
        _table([_row_of_a_silence(one, found.dealer) for one in found.why_not]),
        Text(),
    )


def _table(rows: Sequence[tuple[str, Text]]) -> Table | Text:
    if not rows:
        return Text("  nothing so far")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _row_of_a_task(one: WhyNow, dealer: Dealer) -> tuple[str, Text]:
    task = one.task
    due = f"{task.due_at.astimezone(dealer.zone):%a %d %b %H:%M}"
    text = Text(f"{task.title_en} {task.title_zh}, due {due}")
    for reason in task.why_now:
        text.append(f"\n{reason.en}")
        text.append(f"\n{reason.zh}", style="dim")
    return f"  {one.name}", text


def _row_of_a_silence(one: WhyNot, dealer: Dealer) -> tuple[str, Text]:
    each = one.suppressed
    text = Text(f"{each.title_en} {each.title_zh}\n{each.why_not.en}")
    if each.until is not None:
        text.append(f"; until {each.until.astimezone(dealer.zone):%a %d %b %H:%M}")
    text.append(f"\n{each.why_not.zh}", style="dim")
    return f"  {one.name}", text
