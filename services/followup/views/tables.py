"""Tasks as tables for a spreadsheet, with headings in either language or in both. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from services.followup.domain.policy import FollowUpPolicy
from services.followup.views.words import CHANNELS, GRADES, ROLES, TOTAL, word
from shared.contracts.http.followup_lists import (
    CountedTasks,
    DayOfTasks,
    DealerTasks,
    TaskCounts,
    TaskLine,
)
from shared.contracts.http.table import Cell, Heading, Lang, csv_text, local_text

_OF_A_TASK = (
    Heading("customer key", "客户键"),
    Heading("what for", "事项"),
    Heading("due", "截止时间", is_time=True),
    Heading("status", "状态"),
    Heading("next attempt", "下次联系", is_time=True),
    Heading("attempts", "已联系次数"),
    Heading("priority", "优先级"),
    Heading("urgent", "紧急"),
    Heading("role", "岗位"),
    Heading("person", "负责人"),
    Heading("channel", "方式"),
    Heading("grade", "级别"),
    Heading("car", "车辆"),
    Heading("why", "原因"),
    Heading("opened", "开始时间", is_time=True),
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
_BY: Mapping[str, Heading] = {
    "role": Heading("role", "岗位"),
    "person": Heading("person", "负责人"),
    "kind": Heading("kind", "事项"),
    "grade": Heading("grade", "级别"),
}
_STATUSES: Mapping[str, Heading] = {
    "open": Heading("open", "待办"),
    "overdue": Heading("overdue", "逾期"),
}
_NOBODY = Heading("nobody in particular", "未指定")
_NO_GRADE = Heading("unknown", "未知")


def tasks_csv(found: DealerTasks, lang: Lang | None, *, zone: tzinfo) -> str:
    """A row per task; times are those of the zone."""
    rows = (_task_row(task, lang, zone) for task in found.tasks)
    return csv_text([heading.of(lang, zone) for heading in _OF_A_TASK], rows)


def day_csv(found: DayOfTasks, lang: Lang | None, *, zone: tzinfo) -> str:
    """A row per task, those that come later last; times are those of the zone."""
    headings = (_COMES_ON, _WHY_THEN, *_OF_A_TASK)
    return csv_text([heading.of(lang, zone) for heading in headings], _day_rows(found, lang, zone))


def counts_csv(found: TaskCounts, lang: Lang | None, *, titles: Mapping[str, Heading]) -> str:
    """A row per role, person, kind and grade, and one for all. `titles`: kind -> what it is
    called."""
    rows = _count_rows(found, lang, titles)
    return csv_text([heading.of(lang) for heading in _OF_COUNTS], rows)


def titles_of(policy: FollowUpPolicy) -> Mapping[str, Heading]:
    """What the dealer's rules call their kinds of tasks."""
    return {rule.kind: Heading(rule.title_en, rule.title_zh) for rule in policy.rules}


def _day_rows(found: DayOfTasks, lang: Lang | None, zone: tzinfo) -> Iterator[Sequence[Cell]]:
    for task in found.tasks:
        yield [found.day.isoformat(), None, *_task_row(task, lang, zone)]
    for later in found.later:
        why = Heading(later.why_en, later.why_zh).of(lang)
        yield [later.comes_on.isoformat(), why, *_task_row(later.task, lang, zone)]


def _task_row(task: TaskLine, lang: Lang | None, zone: tzinfo) -> list[Cell]:
    titles = (Heading(each.title_en, each.title_zh).of(lang) for each in task.purposes)
    return [
        task.customer_key,
        "; ".join(titles),
        local_text(task.due_at, zone),
        word(task.status, _STATUSES, lang),
        None if task.next_attempt_at is None else local_text(task.next_attempt_at, zone),
        task.attempts,
        task.priority,
        "1" if task.urgent else None,
        word(task.owner_role, ROLES, lang),
        task.person,
        word(task.channel, CHANNELS, lang),
        None if task.grade is None else word(task.grade, GRADES, lang),
        task.vin,
        Heading(task.why_en, task.why_zh).of(lang),
        local_text(task.opens_at, zone),
        str(task.task_id),
    ]


def _count_rows(
    found: TaskCounts, lang: Lang | None, titles: Mapping[str, Heading]
) -> Iterator[Sequence[Cell]]:
    yield [TOTAL.of(lang), None, *_counted(found.total)]
    for by, groups, words, none in (
        ("role", found.by_role, ROLES, None),
        ("person", found.by_person, {}, _NOBODY),
        ("kind", found.by_kind, titles, None),
        ("grade", found.by_grade, GRADES, _NO_GRADE),
    ):
        for group in groups:
            of = none and none.of(lang) if group.of is None else word(group.of, words, lang)
            yield [_BY[by].of(lang), of, *_counted(group)]


def _counted(counted: CountedTasks) -> Sequence[Cell]:
    return counted.open, counted.overdue, counted.due_today
