"""Tasks as a calendar that others subscribe to, read back as they would."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest

from services.followup.adapters.parameters import CALENDAR_LIMIT
from shared.contracts.values import Bilingual
from tests.services.followup.given import DEALER
from tests.services.followup.given_tasks import DealerTasksOf, task

NOW = "2025-01-12 17:00"
WHY = Bilingual(
    en="Due; soon, or later\\ and a line\nbelow" + " which is long" * 20,
    zh="到期;很快" + "很长" * 60,
)
ASKING = DealerTasksOf(
    {
        "C,7": task("2025-01-13 09:00", "csi", "service", why_now=(WHY,), attempts=2, priority=3),
        "late": task("2025-01-10 12:00", person="u-1"),
        "other": task("2025-01-10 12:00", role="manager"),
    },
    NOW,
)


async def events(query: str, asking: DealerTasksOf = ASKING) -> list[Any]:
    answer = await asking.answer(f"/calendar.ics?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert calendar["version"] == "2.0"
    return list(calendar.subcomponents)


async def test_each_task_of_a_role_is_an_event_at_its_due_time() -> None:
    late, usual = await events("role=service_advisor&lang=en")
    assert (late.name, late["summary"]) == ("VEVENT", "overdue: Ask how it went (late)")
    assert usual["summary"] == "Ask how it went + Invite (C,7)"
    assert usual.decoded("dtstart") == datetime(2025, 1, 13, 1, tzinfo=UTC)
    assert usual["description"].startswith("why: Due; soon, or later\\ and a line\nbelow which")
    assert f"customer: {DEALER}/cdk/C,7" in usual["description"]
    assert (usual["priority"], usual["sequence"], usual["transp"]) == (3, 2, "TRANSPARENT")
    task_id = usual["uid"].removesuffix("@followup.aftercare")
    assert ASKING.names[task_id] == "C,7"


async def test_roles_and_ways_are_called_by_their_names() -> None:
    content = (await ASKING.answer("/calendar.ics?role=service_advisor&lang=zh")).content
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert calendar["x-wr-calname"] == "服务顾问: 任务"
    assert "方式: 电话" in calendar.subcomponents[0]["description"]


@pytest.mark.parametrize("role", ["a%0Ab", "a%0D%0Ab", "a%E2%80%A8b%0A", "%0A;,%0Ab"])
async def test_whatever_a_role_is_called_its_calendar_is_one(role: str) -> None:
    content = (await ASKING.answer(f"/calendar.ics?role={role}")).content
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert str(calendar["x-wr-calname"]).endswith(": tasks 任务")
    assert calendar.subcomponents == []


async def test_a_task_may_be_a_to_do() -> None:
    _, usual = await events("role=service_advisor&as=todo&lang=zh")
    assert (usual.name, usual["status"]) == ("VTODO", "NEEDS-ACTION")
    assert usual.decoded("due") == datetime(2025, 1, 13, 1, tzinfo=UTC)
    assert usual["summary"] == "满意度回访 + 保养邀约 (C,7)"


async def test_a_calendar_may_be_a_persons() -> None:
    [late] = await events("person=u-1")
    assert late["summary"] == "overdue 逾期: Ask how it went 满意度回访 (late)"
    assert len(await events("person=nobody&role=service_advisor")) == 1


async def test_lines_are_folded_and_end_as_they_must() -> None:
    content = (await ASKING.answer("/calendar.ics?role=service_advisor")).content
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert lines[-1] == b""
    content.decode()


async def test_no_control_character_reaches_a_calendar() -> None:
    odd = Bilingual(en="bell\x07 tab\tnull\x00 line\r\nend\u2028", zh="\x1b[31m")
    asking = DealerTasksOf({"C1": task("2025-01-13 09:00", why_now=(odd,))}, NOW)
    content = (await asking.answer("/calendar.ics?role=service_advisor&lang=en")).content.decode()
    assert not [each for each in content if not each.isprintable() and each not in "\r\n"]


async def test_what_has_not_changed_is_not_sent_again() -> None:
    path = "/calendar.ics?role=service_advisor"
    first = await ASKING.answer(path)
    etag = first.headers["etag"]
    assert (await ASKING.answer(path)).content == first.content
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await ASKING.answer(path, {"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    for other in ('"other"', ""):
        assert (await ASKING.answer(path, {"if-none-match": other})).status_code == 200
    assert (await ASKING.answer(f"{path}&lang=zh", {"if-none-match": etag})).status_code == 200


async def test_a_calendar_changes_when_a_task_becomes_overdue() -> None:
    tasks = {"C1": task("2025-01-12 17:30")}
    before, after = DealerTasksOf(tasks, NOW), DealerTasksOf(tasks, "2025-01-12 17:30")
    etags = [
        (await each.answer("/calendar.ics?role=service_advisor")).headers["etag"]
        for each in (before, DealerTasksOf(tasks, "2025-01-12 17:29"), after)
    ]
    assert etags[0] == etags[1] != etags[2]


async def test_a_calendar_has_those_that_are_due_first_and_no_end() -> None:
    tasks = {f"C{n}": task(f"2025-02-{1 + n % 28:02} 09:00") for n in range(CALENDAR_LIMIT + 20)}
    found = await events("role=service_advisor", DealerTasksOf(tasks, NOW))
    assert len(found) == CALENDAR_LIMIT
    starts = [each.decoded("dtstart") for each in found]
    assert starts == sorted(starts)


async def test_a_calendar_without_tasks_is_one() -> None:
    assert await events("role=nobody-has-it") == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [("", "role"), ("role=", "role"), ("role=a&as=journal", "as"), ("role=a&lang=de", "lang")],
)
async def test_what_cannot_be_asked_for_is_told(query: str, wrong: str) -> None:
    assert await ASKING.refused(f"/calendar.ics?{query}") == wrong


async def test_there_is_no_calendar_of_no_dealer() -> None:
    assert (await ASKING.answer("/calendar.ics?role=a", dealer="no/where")).status_code == 404
