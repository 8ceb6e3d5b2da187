"""Tasks to do as a calendar that others subscribe to (RFC 5545). Pure.

Its text follows from the tasks alone: as long as nothing changes, not a letter does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import icalendar

from services.followup.views.words import CHANNELS, ROLES, word
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.http.table import Heading, Lang
from shared.contracts.identifiers import number_in

CALENDAR = "text/calendar"
Component: TypeAlias = Literal["event", "todo"]

_PRODUCT = "-//Aftercare//Followup//EN"
_TASK = timedelta(minutes=15)
"""How long a task takes in a calendar."""
_REASONS, _TRIED = Heading("why", "原因"), Heading("attempts so far", "已联系次数")
_CUSTOMER, _BY = Heading("customer", "客户"), Heading("by", "方式")
_OVERDUE = Heading("overdue", "逾期")
_TASKS = Heading("tasks", "任务")


def calendar_of(
    tasks: Sequence[TaskLine], *, whose: str, component: Component, lang: Lang | None
) -> bytes:
    """An event, or a to-do, for each task at the time it is due, in UTC. Of the customer there is
    the key, and nothing else that says who they are."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _line(f"{word(whose, ROLES, lang)}: {_TASKS.of(lang)}"))
    for task in tasks:
        calendar.add_component(_event(task, lang) if component == "event" else _todo(task, lang))
    content: bytes = calendar.to_ical()
    return content


def _event(task: TaskLine, lang: Lang | None) -> icalendar.Event:
    event = icalendar.Event()
    _describe(event, task, lang)
    event.add("dtstart", _second(task.due_at))
    event.add("dtend", _second(task.due_at) + _TASK)
    event.add("transp", "TRANSPARENT")
    return event


def _todo(task: TaskLine, lang: Lang | None) -> icalendar.Todo:
    todo = icalendar.Todo()
    _describe(todo, task, lang)
    todo.add("dtstart", _second(min(task.opens_at, task.due_at)))
    if task.opens_at < task.due_at:
        todo.add("due", _second(task.due_at))
    todo.add("status", "NEEDS-ACTION")
    return todo


def _describe(component: icalendar.Component, task: TaskLine, lang: Lang | None) -> None:
    titles = " + ".join(Heading(each.title_en, each.title_zh).of(lang) for each in task.purposes)
    overdue = f"{_OVERDUE.of(lang)}: " if task.status == "overdue" else ""
    component.add("uid", f"{task.task_id}@followup.aftercare")
    component.add("dtstamp", _second(task.opens_at))
    component.add("sequence", task.attempts)
    component.add("summary", _line(f"{overdue}{titles} ({number_in(task.customer_key)})"))
    component.add("description", _plain(_description(task, lang)))
    component.add("categories", [purpose.kind for purpose in task.purposes])
    component.add("priority", task.priority)


def _description(task: TaskLine, lang: Lang | None) -> str:
    said = (
        (_REASONS, Heading(task.why_en, task.why_zh).of(lang)),
        (_CUSTOMER, task.customer_key),
        (_BY, word(task.channel, CHANNELS, lang)),
        (_TRIED, str(task.attempts)),
    )
    return "\n".join(f"{what.of(lang)}: {words}" for what, words in said if words)


def _line(text: str) -> str:
    """All of it in one line."""
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    """Without the control characters that no calendar may have."""
    return "".join(each for each in text if each == "\n" or each.isprintable())


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
