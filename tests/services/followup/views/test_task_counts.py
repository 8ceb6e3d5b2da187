"""A dealer's tasks, counted."""

from datetime import UTC, date, datetime

from services.followup.domain.summary import AT_PRESENT, OPEN, TaskCounter
from services.followup.views.task_counts import AskedCounts, counted_tasks
from shared.contracts.http.table import Heading

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def test_kinds_are_told_by_what_the_rules_call_them() -> None:
    totals = {AT_PRESENT: {str(TaskCounter(OPEN, "kind", of)): 1 for of in ("silence", "old")}}
    asked = AskedCounts("sunrise/pudong", date(2026, 11, 21))
    titles = {"silence": Heading("Ask how they are", "关怀回访")}
    found = counted_tasks(asked, totals, NOW, NOW, titles)
    assert [(each.of, each.title_en, each.title_zh) for each in found.by_kind] == [
        ("old", "", ""),
        ("silence", "Ask how they are", "关怀回访"),
    ]
