"""The rules that ship on customers of whom nothing is heard."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import AT_ONCE, EVENING, INSTEAD, MORNING, by_grade
from services.followup.domain.task_rule import ForGrade, TaskRule


def _after(days: int, treated: ForGrade | None = None) -> ForGrade:
    times = {
        "opens": TaskOffset(days=days, at=MORNING),
        "due": TaskOffset(days=days + 14, at=EVENING),
    }
    return (treated or ForGrade()).model_copy(update=times)


_TREATED = by_grade(7)
SILENCE = TaskRule(
    kind="silence",
    trigger="last_contact",
    opens=TaskOffset(days=180, at=MORNING),
    due=TaskOffset(days=194, at=EVENING),
    owner_role="customer_relations",
    channel="phone",
    instead=INSTEAD,
    contact="selling",
    priority=7,
    for_grade={
        "quality": _after(60, _TREATED["quality"]),
        "potential": _after(90),
        "general": _after(180, _TREATED["general"]),
    },
    title_en="Ask how they are",
    title_zh="关怀回访",
    why_en="Nobody has spoken to them since {day}",
    why_zh="自 {day} 以来未与客户联系",
    hint_en="Ask how the car runs and whether anything is wanted; check number and address.",
    hint_zh="了解用车情况与需求;核对联系方式。",
)
WIN_BACK = TaskRule(
    kind="win_back",
    trigger="lost",
    opens=AT_ONCE,
    due=TaskOffset(days=14, at=EVENING),
    owner_role="customer_relations",
    channel="phone",
    instead=INSTEAD,
    contact="selling",
    priority=5,
    for_grade=by_grade(5),
    title_en="Win back a customer who no longer comes",
    title_zh="流失客户挽回",
    why_en="By their own rhythm they are lost since {day}",
    why_zh="按其到店规律,自 {day} 起已流失",
    hint_en="Ask where the car is serviced now, and why; note the reason; offer a check for free.",
    hint_zh="了解目前在何处保养及原因并记录;提供免费检测。",
)
