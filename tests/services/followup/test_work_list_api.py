"""A dealer's tasks to do in lists, as the endpoint answers them."""

import pytest

from services.followup.views.work_list import AskedTasks
from shared.contracts.values import Bilingual
from shared.decider.asked_lines import cursor
from shared.decider.summary import Place
from tests.services.followup.given import DEALER, at
from tests.services.followup.given_tasks import DealerTasksOf, task

NOW = "2025-01-12 17:00"
BERLIN = "sunrise/berlin"
ASKING = DealerTasksOf(
    {
        "late": task("2025-01-10 12:00", person="u-1", grade="quality", priority=3),
        "now": task("2025-01-12 17:00", "csi", "service", grade="general"),
        "soon": task("2025-01-12 17:00:30", role="sales_consultant", person="nobody"),
        "same/second": task("2025-01-13 09:00", person="u-1", priority=2),
        "same/first": task("2025-01-13 09:00", "service", priority=1, urgent=True),
        "far": task("2025-03-01 09:00", "service", role="销售顾问", grade="quality", person="u|%1"),
        f"{BERLIN}:theirs": task("2025-01-13 09:00", person="u-1"),
    },
    NOW,
)


async def test_tasks_come_by_due_time_and_of_one_minute_by_priority() -> None:
    everything = ["late", "now", "soon", "same/first", "same/second", "far"]
    assert await ASKING.listed() == everything
    assert await ASKING.listed("limit=1") == everything
    assert await ASKING.listed("limit=4") == everything


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=sales_consultant", "soon"),
        ("role=%E9%94%80%E5%94%AE%E9%A1%BE%E9%97%AE", "far"),
        ("role=nobody-has-it", ""),
        ("person=u-1", "late same/second"),
        ("person=u%7C%251", "far"),
        ("person=u-", ""),
        ("person=nobody", "now same/first"),
        ("person=nobody&role=service_advisor", "now same/first"),
        ("person=nobody&role=sales_consultant", ""),
        ("kind=service", "now same/first far"),
        ("kind=csi", "late now soon same/second"),
        ("kind=other", ""),
        ("grade=quality", "late far"),
        ("grade=potential", ""),
        ("grade=quality&person=u-1", "late"),
        ("kind=service&role=service_advisor&grade=general", "now"),
        ("overdue=true", "late now"),
        ("overdue=false", "soon same/first same/second far"),
        ("status=overdue", "late now"),
        ("status=open&overdue=false&role=service_advisor", "same/first same/second"),
        ("due_before=2025-01-13", "late now soon"),
        ("due_before=2025-01-12", "late"),
        ("due_before=2025-01-12T09:00:30Z", "late now"),
        ("due_before=2025-01-12T09:00:31Z", "late now soon"),
        ("due_before=2025-01-12T17:00:00%2B08:00", "late"),
        ("due_before=2025-01-13&overdue=false", "soon"),
        ("due_before=1969-12-31", ""),
        ("due_from=2025-01-12&due_before=2025-01-13", "now soon"),
        ("due_from=2025-01-12T09:00:30Z&due_before=2025-01-13", "soon"),
        ("due_before=2099-12-31&kind=service", "now same/first far"),
    ],
)
@pytest.mark.parametrize("paging", ["", "&limit=1"])
async def test_a_list_may_be_of_some_alone(query: str, names: str, paging: str) -> None:
    assert await ASKING.listed(query + paging) == names.split()


async def test_a_line_says_what_who_when_and_why() -> None:
    asking = DealerTasksOf(
        {
            "C7": task(
                "2025-01-13 09:00",
                "csi",
                "service",
                vin="VIN1",
                grade="potential",
                attempts=2,
                next_attempt_at=at("2025-01-12 19:00"),
                why_now=(
                    Bilingual(en="Put together", zh="合并"),
                    Bilingual(en="And more", zh="还有"),
                ),
            )
        },
        NOW,
    )
    [line] = (await asking.get())["tasks"]
    assert line.pop("task_id") in asking.names
    assert line == {
        "customer_key": f"{DEALER}/cdk/C7",
        "kind": "csi",
        "title_en": "Ask how it went",
        "title_zh": "满意度回访",
        "purposes": [
            {"kind": "csi", "title_en": "Ask how it went", "title_zh": "满意度回访"},
            {"kind": "service", "title_en": "Invite", "title_zh": "保养邀约"},
        ],
        "status": "open",
        "opens_at": "2025-01-01T01:00:00.000Z",
        "due_at": "2025-01-13T01:00:00.000Z",
        "next_attempt_at": "2025-01-12T11:00:00.000Z",
        "attempts": 2,
        "priority": 5,
        "urgent": False,
        "owner_role": "service_advisor",
        "person": None,
        "channel": "phone",
        "grade": "potential",
        "vin": "VIN1",
        "why_en": "Put together",
        "why_zh": "合并",
    }


async def test_a_purpose_that_ended_is_none_of_the_line() -> None:
    two = task("2025-01-13 09:00", "csi", "service")
    ended = two.purposes[0].model_copy(update={"ended": "visit"})
    asking = DealerTasksOf(
        {"C1": two.model_copy(update={"purposes": (ended, two.purposes[1])})}, NOW
    )
    assert await asking.listed("kind=csi") == []
    [line] = (await asking.get("?kind=service"))["tasks"]
    assert (line["kind"], len(line["purposes"])) == ("service", 1)


async def test_a_list_says_how_old_it_is() -> None:
    asking = DealerTasksOf({}, NOW)
    assert (await asking.get())["behind_seconds"] is None
    asking.reader.until = at("2025-01-12 16:59")
    found = await asking.get()
    assert (found["as_of"], found["behind_seconds"]) == ("2025-01-12T08:59:00.000Z", 60)


async def test_one_dealers_tasks_are_in_no_list_of_another() -> None:
    for query in ("", "person=u-1", "role=service_advisor", "kind=csi", "person=nobody"):
        assert "theirs" not in " ".join(await ASKING.listed(query))
    assert await ASKING.listed("person=u-1", dealer=BERLIN) == [f"{BERLIN}:theirs"]
    assert (await ASKING.answer("", dealer="no/where")).status_code == 404


async def test_a_table_has_all_and_words_in_the_language_asked_for() -> None:
    rows = await ASKING.table("?format=csv")
    assert rows[0][:3] == ["customer key 客户键", "what for 事项", "due 截止时间 (Asia/Shanghai)"]
    assert len(rows) == 7
    rows = await ASKING.table("?format=csv&lang=zh&kind=service&status=overdue")
    assert rows[1][1] == "满意度回访; 保养邀约"
    assert rows[1][3] == "逾期"
    rows = await ASKING.table("?format=csv&lang=en&limit=2")
    assert [row[3] for row in rows] == ["status", "overdue", "overdue"]


async def test_a_table_has_the_names_and_clocks_of_whoever_reads_it() -> None:
    waits = task(
        "2025-01-13 09:00:59", next_attempt_at=at("2025-01-12 19:00"), opened="2025-01-01 00:30"
    )
    own = task("2025-01-14 09:00", role="concierge")
    theirs = task("2025-01-15 09:00", role="sales_manager")
    asking = DealerTasksOf({"C1": waits, "C2": own, f"{BERLIN}:C3": theirs}, NOW)
    head, first, second = await asking.table("?format=csv&lang=zh")
    row = dict(zip(head, first, strict=True))
    assert row["截止时间 (Asia/Shanghai)"] == "2025-01-13 09:00"
    assert row["下次联系 (Asia/Shanghai)"] == "2025-01-12 19:00"
    assert row["开始时间 (Asia/Shanghai)"] == "2025-01-01 00:30"
    assert (row["岗位"], row["方式"]) == ("服务顾问", "电话")
    assert "concierge" in second, "a role of their own is called as their rules do"
    answer = await asking.answer("?format=csv&lang=en", dealer=BERLIN)
    head, first = ([*line.split(",")] for line in answer.text.splitlines())
    row = dict(zip(head, first, strict=True))
    assert row["due (Europe/Berlin)"] == "2025-01-15 02:00"
    assert row["role"] == "sales manager"


async def test_a_table_that_is_not_all_says_where_it_goes_on() -> None:
    answer = await ASKING.answer("?format=csv&limit=4")
    following, rel = answer.headers["link"].split("; ")
    assert rel == 'rel="next"'
    rest = await ASKING.answer(following.strip("<>"))
    assert len(rest.text.splitlines()) == 3
    assert "link" not in rest.headers
    assert rest.headers["content-disposition"].endswith('"tasks-sunrise-pudong.csv"')


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=10001&format=csv", "limit"),
        ("grade=best", "grade"),
        ("kind=Not a kind", "kind"),
        ("kind=", "kind"),
        ("role=", "role"),
        ("role=%20", "role"),
        (f"person={'x' * 121}", "person"),
        ("status=done", "status"),
        ("status=open&overdue=true", "overdue"),
        ("overdue=maybe", "overdue"),
        ("due_before=tomorrow", "due_before"),
        ("due_before=", "due_before"),
        ("due_from=tomorrow", "due_from"),
        ("due_before=2025-02-30", "due_before"),
        ("due_before=2025-01-12T09:00:00", "due_before"),
        ("due_before=1736643600", "due_before"),
        ("format=xlsx", "format"),
        ("lang=de", "lang"),
        ("after=1", "after"),
        ("after=%00", "after"),
        ("after=" + "A" * 9000, "after"),
    ],
)
async def test_what_cannot_be_asked_for_is_told(query: str, wrong: str) -> None:
    assert await ASKING.refused(f"?{query}") == wrong


async def test_a_cursor_is_that_of_one_list() -> None:
    after = (await ASKING.get("?person=u-1&limit=1"))["after"]
    for other in ("", "person=nobody", "person=u-1&kind=csi", "role=u-1", "due_before=2025-02-01"):
        assert await ASKING.refused(f"?{other}&after={after}") == "after"
    theirs = await ASKING.answer(f"?person=u-1&after={after}", dealer=BERLIN)
    assert theirs.status_code == 422
    asked = AskedTasks(dealer_id=DEALER, now=at(NOW))
    forged = cursor(asked, str(Place.of(2**29, f"{BERLIN}/cdk/theirs", "T1")))
    assert await ASKING.refused(f"?after={forged}") == "after"


async def test_the_staff_id_nobody_is_not_nobody_in_particular() -> None:
    assert "soon" not in await ASKING.listed("person=nobody")
    assert "soon" in await ASKING.listed("role=sales_consultant")


async def test_a_page_of_few_among_very_many_is_read_piece_by_piece() -> None:
    tasks = {f"C{n:04}": task("2025-02-01 09:00", person=f"u-{n % 2}") for n in range(1_000)}
    tasks["C0998"] = task("2025-02-02 09:00", grade="quality", vin="V")
    asking = DealerTasksOf(tasks, NOW)
    first = await asking.get("?role=service_advisor&grade=quality&kind=csi")
    assert first["tasks"] == []
    assert first["after"] is not None
    assert await asking.listed("role=service_advisor&grade=quality&kind=csi") == ["C0998"]
