"""What somebody is to do on a day, as the endpoint answers it."""

from typing import Any

import pytest

from services.followup.app import service
from services.followup.settings import FollowUpSettings
from tests.services.followup.given import at
from tests.services.followup.given_tasks import DealerTasksOf, task

NOW = "2025-01-10 10:00"  # a Friday
TWO_A_DAY = """
most_per_day: 2
hours: {week: {tue: null, wed: null, thu: null, sat: null, sun: null}}
"""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> DealerTasksOf:
    rules = tmp_path_factory.mktemp("rules") / "followup.yaml"
    rules.write_text(TWO_A_DAY, encoding="utf-8")
    opened = {"opened": "2025-01-09 09:00"}
    tasks = {
        "low": task("2025-01-11 09:00", priority=9, **opened),
        "old": task("2025-01-11 09:00", opened="2025-01-01 09:00", priority=9),
        "first": task("2025-02-11 09:00", priority=1, **opened),
        "usual": task("2025-01-20 09:00", priority=5, **opened),
        "sooner": task("2025-01-15 09:00", priority=5, **opened),
        "urgent": task("2025-01-11 09:00", urgent=True, **opened),
        "agreed": task(
            "2025-02-20 09:00",
            opened="2024-12-20 09:00",
            next_attempt_at=at("2025-01-13 14:00"),
        ),
        "theirs": task("2025-01-11 09:00", person="u-1", priority=1, **opened),
        "other": task("2025-01-11 09:00", role="manager", **opened),
    }
    followup = service(FollowUpSettings(followup_policy_file=rules))
    return DealerTasksOf(tasks, NOW, policy=followup.policy)


def shown(asking: DealerTasksOf, found: dict[str, Any]) -> tuple[list[str], list[str]]:
    later = [
        f"{asking.names[each['task']['task_id']]} {each['comes_on'][5:]} {each['why_en'][21:]}"
        for each in found["later"]
    ]
    return asking.named(found), later


async def test_a_day_has_the_urgent_ones_and_as_many_others_as_there_is_room(
    asking: DealerTasksOf,
) -> None:
    found = await asking.get("/day?role=service_advisor")
    assert shown(asking, found) == (
        ["urgent", "old"],
        ["first 01-13 3 before it", "sooner 01-17 4 before it"],
    )
    assert (found["day"], found["most"], found["is_working_day"]) == ("2025-01-10", 2, True)
    assert found["later"][0]["why_en"] == "comes on 2025-01-13: 3 before it"
    assert found["later"][0]["why_zh"] == "安排在 2025-01-13:前面还有 3 项"


async def test_what_was_agreed_for_a_day_comes_on_it(asking: DealerTasksOf) -> None:
    found = await asking.get("/day?role=service_advisor&date=2025-01-13")
    assert shown(asking, found) == (
        ["agreed", "first"],
        ["sooner 01-17 2 before it", "usual 01-17 3 before it"],
    )
    found = await asking.get("/day?role=service_advisor&date=2025-01-17")
    assert shown(asking, found) == (["sooner", "usual"], ["low 01-20 2 before it"])


async def test_every_task_is_on_one_day(asking: DealerTasksOf) -> None:
    seen = []
    for day in range(10, 32):
        found = await asking.get(f"/day?role=service_advisor&date=2025-01-{day}")
        seen += asking.named(found)
        assert len(found["tasks"]) <= 2
    assert sorted(seen) == ["agreed", "first", "low", "old", "sooner", "urgent", "usual"]


async def test_on_a_day_off_nothing_but_what_is_urgent_comes(asking: DealerTasksOf) -> None:
    found = await asking.get("/day?role=service_advisor&date=2025-01-12")
    assert (found["tasks"], found["is_working_day"], found["most"]) == ([], False, 0)


async def test_more_people_do_more(asking: DealerTasksOf) -> None:
    found = await asking.get("/day?role=service_advisor&people=2")
    assert shown(asking, found)[0] == ["urgent", "old", "first", "sooner"]


async def test_what_was_given_to_somebody_is_on_their_day_alone(asking: DealerTasksOf) -> None:
    assert shown(asking, await asking.get("/day?person=u-1")) == (["theirs"], [])
    assert shown(asking, await asking.get("/day?role=manager")) == (["other"], [])
    assert shown(asking, await asking.get("/day?role=nobody-has-it")) == ([], [])


async def test_a_day_is_a_table_too(asking: DealerTasksOf) -> None:
    rows = await asking.table("/day?role=service_advisor&format=csv&lang=en")
    assert rows[0][:3] == ["comes on", "why then", "customer key"]
    assert [row[0] for row in rows[1:]] == ["2025-01-10"] * 2 + ["2025-01-13", "2025-01-17"]
    assert rows[3][1] == "comes on 2025-01-13: 3 before it"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", "role"),
        ("role=a&person=b", "person"),
        ("person=nobody", "person"),
        ("role=a&date=2025-01-09", "date"),
        ("role=a&date=2025-02-11", "date"),
        ("role=a&date=tomorrow", "date"),
        ("role=a&people=0", "people"),
        ("role=a&people=51", "people"),
    ],
)
async def test_what_cannot_be_asked_for_is_told(
    asking: DealerTasksOf, query: str, wrong: str
) -> None:
    assert await asking.refused(f"/day?{query}") == wrong


async def test_a_day_before_which_too_much_comes_is_refused() -> None:
    assert await DealerTasksOf({}, NOW).refused("/day?role=a&people=50&date=2025-01-20") == "people"


async def test_the_shipped_policy_has_thirty_a_day() -> None:
    many = DealerTasksOf({f"C{n}": task("2025-01-20 09:00") for n in range(75)}, NOW)
    seen = [await many.get(f"/day?role=service_advisor&date=2025-01-{day}") for day in (10, 11, 12)]
    assert [len(found["tasks"]) for found in seen] == [30, 30, 15]
    assert [each["why_en"] for each in seen[0]["later"]][::29] == [
        "comes on 2025-01-11: 30 before it",
        "comes on 2025-01-11: 59 before it",
    ]
    assert len({line["task_id"] for found in seen for line in found["tasks"]}) == 75


async def test_what_a_person_is_done_with_today_does_not_make_room_for_more() -> None:
    tasks = {f"C{n}": task("2025-01-20 09:00", person="u-1") for n in range(40)}
    tasks["urgent"] = task("2025-01-20 09:00", person="u-1", urgent=True)
    today, before = {"u-1": at("2025-01-10 00:00")}, {"u-1": at("2025-01-09 23:59")}
    done = {**{f"D{n}": today for n in range(28)}, "D90": before, "D91": {"u-2": at(NOW)}}
    asking = DealerTasksOf(tasks, NOW, done=done)
    found = await asking.get("/day?person=u-1")
    assert (len(found["tasks"]), found["most"], found["done"]) == (2, 30, 28)
    tomorrow = await asking.get("/day?person=u-1&date=2025-01-11")
    assert (len(tomorrow["tasks"]), tomorrow["done"]) == (30, 0)
    assert found["later"][0]["comes_on"] == "2025-01-11"
    busy = DealerTasksOf(tasks, NOW, done={f"D{n}": today for n in range(35)})
    assert asking.named(await busy.get("/day?person=u-1")) == ["urgent"]
    assert (await asking.get("/day?role=service_advisor"))["done"] == 0
