"""How many tasks a dealer has to do, as the endpoint answers it."""

from services.followup.views.task_counts import MOST_GROUPS
from tests.services.followup.given_tasks import DealerTasksOf, task

NOW = "2025-01-12 17:00"
ASKING = DealerTasksOf(
    {
        "C1/late": task("2025-01-10 12:00", person="u 1", grade="quality", status="overdue"),
        "C1/this-morning": task("2025-01-12 09:00", "csi", "service", status="overdue"),
        "C2/tonight": task("2025-01-12 23:59", role="sales consultant", grade="quality"),
        "C2/tomorrow": task("2025-01-13 00:00", person="u 1"),
        "C3/next-month": task("2025-02-12 09:00", "service", person="u 1"),
        "sunrise/berlin:theirs": task("2025-01-12 20:00"),
    },
    NOW,
)


def counted(*counts: int) -> dict[str, int]:
    return dict(zip(("open", "overdue", "due_today"), counts, strict=True))


async def test_tasks_are_counted_in_all_by_role_person_kind_and_grade() -> None:
    found = await ASKING.get("/counts")
    assert (found["dealer_id"], found["today"]) == ("sunrise/pudong", "2025-01-12")
    assert found["total"] == counted(5, 2, 2)
    assert found["by_role"] == [
        {**counted(4, 2, 1), "of": "service_advisor"},
        {**counted(1, 0, 1), "of": "sales consultant"},
    ]
    assert found["by_person"] == [
        {**counted(3, 1, 0), "of": "u 1"},
        {**counted(2, 1, 2), "of": None},
    ]
    assert found["by_kind"] == [
        {**counted(4, 2, 2), "of": "csi", "title_en": "", "title_zh": ""},
        {**counted(2, 1, 1), "of": "service", "title_en": "", "title_zh": ""},
    ]
    assert found["by_grade"] == [
        {**counted(3, 1, 1), "of": None},
        {**counted(2, 1, 1), "of": "quality"},
    ]


async def test_counts_agree_with_the_lists() -> None:
    found = await ASKING.get("/counts")
    assert len(await ASKING.listed()) == found["total"]["open"]
    assert len(await ASKING.listed("overdue=true")) == found["total"]["overdue"]
    for by in ("role", "kind"):
        for group in found[f"by_{by}"]:
            assert len(await ASKING.listed(f"{by}={group['of']}")) == group["open"]


async def test_counts_are_a_table_too() -> None:
    rows = await ASKING.table("/counts?format=csv&lang=zh")
    assert rows[:3] == [
        ["分类", "名称", "待办", "逾期", "今日到期"],
        ["合计", "", "5", "2", "2"],
        ["岗位", "服务顾问", "4", "2", "1"],
    ]
    assert ["级别", "优质", "2", "1", "1"] in rows
    assert ["级别", "未知", "3", "1", "1"] in rows
    assert ["负责人", "未指定", "2", "1", "2"] in rows
    assert len(rows) == 10


async def test_a_table_calls_kinds_as_the_rules_do() -> None:
    tasks = {"C1": task("2025-01-20", "next_service"), "C2": task("2025-01-20", "of_before")}
    rows = await DealerTasksOf(tasks, NOW).table("/counts?format=csv&lang=zh")
    assert {row[1] for row in rows if row[0] == "事项"} == {"定期保养邀约", "of_before"}


async def test_where_there_is_nothing_to_do_nothing_is_counted() -> None:
    found = await DealerTasksOf({}, NOW).get("/counts")
    assert found["total"] == counted(0, 0, 0)
    assert found["by_role"] == found["by_person"] == found["by_kind"] == found["by_grade"] == []


async def test_the_persons_with_the_most_tasks_are_told_where_there_are_very_many() -> None:
    tasks = {
        f"C{number}": task("2025-01-20", person=f"u-{number // 2:04}")
        for number in range(2 * MOST_GROUPS + 9)
    }
    tasks["busy"] = task("2025-01-20", person="u-0499")
    found = await DealerTasksOf(tasks, NOW).get("/counts")
    assert len(found["by_person"]) == MOST_GROUPS
    assert found["by_person"][0]["of"] == "u-0499"
