"""Tasks as tables for a spreadsheet, with headings in either language or in both. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.http.followup_lists import (
    CountedTasks,
    DayOfTasks,
    DealerTasks,
    TaskCounts,
    TaskLine,
)
from shared.contracts.http.table import Cell, Heading, Lang, csv_text
from shared.contracts.values import instant_text

_OF_A_TASK = (
    Heading("customer key", "客户键"),
    Heading("what for", "事项"),
    Heading("due", "截止时间"),
    Heading("status", "状态"),
    Heading("next attempt", "下次联系"),
    Heading("attempts", "已联系次数"),
    Heading("priority", "优先级"),
    Heading("urgent", "紧急"),
    Heading("role", "岗位"),
    Heading("person", "负责人"),
    Heading("channel", "方式"),
    Heading("grade", "级别"),
    Heading("car", "车辆"),
    Heading("why", "原因"),
    Heading("opened", "开始时间"),
    Heading("task", "任务编号"),
)
_COMES_ON, _WHY_THEN = Heading("comes on", "安排日期"), Heading("why then", "安排原因")
_OF_COUNTS = (
    Heading("by", "分类"),
    Heading("of", "名称"),
    Heading("open", "待办"),
    Heading("overdue", "逾期"),
    Heading("due today", "今日到期"),
)
WORDS: Mapping[str, Heading] = {
    "open": Heading("open", "待办"),
    "overdue": Heading("overdue", "逾期"),
    "quality": Heading("quality", "优质"),
    "potential": Heading("potential", "潜力"),
    "general": Heading("general", "一般"),
    "total": Heading("total", "合计"),
    "role": Heading("role", "岗位"),
    "person": Heading("person", "负责人"),
    "kind": Heading("kind", "事项"),
    "grade": Heading("grade", "级别"),
    "phone": Heading("phone", "电话"),
    "email": Heading("e-mail", "邮件"),
    "sms": Heading("text message", "短信"),
    "app": Heading("app", "应用"),
    "post": Heading("letter", "信函"),
}
"""The words of ours that stand in cells."""


def tasks_csv(found: DealerTasks, lang: Lang | None) -> str:
    """A row per task."""
    headings = [heading.of(lang) for heading in _OF_A_TASK]
    return csv_text(headings, (_task_row(task, lang) for task in found.tasks))


def day_csv(found: DayOfTasks, lang: Lang | None) -> str:
    """A row per task, those that come later last."""
    headings = [heading.of(lang) for heading in (_COMES_ON, _WHY_THEN, *_OF_A_TASK)]
    return csv_text(headings, _day_rows(found, lang))


def counts_csv(found: TaskCounts, lang: Lang | None) -> str:
    """A row per role, person, kind and grade, and one for all."""
    return csv_text([heading.of(lang) for heading in _OF_COUNTS], _count_rows(found, lang))


def _day_rows(found: DayOfTasks, lang: Lang | None) -> Iterator[Sequence[Cell]]:
    for task in found.tasks:
        yield [found.day.isoformat(), None, *_task_row(task, lang)]
    for later in found.later:
        why = Heading(later.why_en, later.why_zh).of(lang)
        yield [later.comes_on.isoformat(), why, *_task_row(later.task, lang)]


def _task_row(task: TaskLine, lang: Lang | None) -> list[Cell]:
    titles = (Heading(each.title_en, each.title_zh).of(lang) for each in task.purposes)
    return [
        task.customer_key,
        "; ".join(titles),
        instant_text(task.due_at),
        _word(task.status, lang),
        None if task.next_attempt_at is None else instant_text(task.next_attempt_at),
        task.attempts,
        task.priority,
        "1" if task.urgent else None,
        task.owner_role,
        task.person,
        _word(task.channel, lang),
        None if task.grade is None else _word(task.grade, lang),
        task.vin,
        Heading(task.why_en, task.why_zh).of(lang).strip(),
        instant_text(task.opens_at),
        str(task.task_id),
    ]


def _count_rows(found: TaskCounts, lang: Lang | None) -> Iterator[Sequence[Cell]]:
    yield [_word("total", lang), None, *_counted(found.total)]
    for by, groups in (
        ("role", found.by_role),
        ("person", found.by_person),
        ("kind", found.by_kind),
        ("grade", found.by_grade),
    ):
        for group in groups:
            of = group.of if group.of is None or by == "person" else _word(group.of, lang)
            yield [_word(by, lang), of, *_counted(group)]


def _counted(counted: CountedTasks) -> Sequence[Cell]:
    return counted.open, counted.overdue, counted.due_today


def _word(name: str, lang: Lang | None) -> str:
    return WORDS[name].of(lang) if name in WORDS else name
