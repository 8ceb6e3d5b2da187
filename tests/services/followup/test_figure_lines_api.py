"""What a dealer's figures are made of, as the endpoints answer it: exactly what is counted."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from services.followup.api import routes
from services.followup.domain.facts import FollowUpFacts, join
from shared.contracts.envelope import Event
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.services.followup.given import CUSTOMER, DEALER, at, delivery, survey
from tests.services.followup.given_leads import lead, lost
from tests.services.followup.given_tasks import FOLLOWUP, DealerTasksOf

NOW = at("2025-03-15 12:00")
OTHER = f"{DEALER}/cdk/C2"
OF_THEIR_OWN = f"{DEALER}/cdk/lead/L7"
STORY: Mapping[str, Sequence[Event[Any]]] = {
    CUSTOMER: [
        survey("2025-01-31 23:59", 9, items={"on_time": 9, "coffee": 7}),
        survey("2025-02-01 00:00", 3, "S2", items={"answers": 2}),
        survey("2025-02-02", 8, "S3", kind="ssi"),
        lost("2025-01-10", "2025-02-01", contacts=()),
        delivery("2025-03-01"),
    ],
    OTHER: [survey("2025-02-14", 6.5, "S4", items={"on_time": 8})],
    OF_THEIR_OWN: [lead("2025-01-20", "L7", customer=OF_THEIR_OWN, channel="walk_in")],
    f"{DEALER}/cdk/C9": [
        lost("2025-03-02", "2025-03-10", number="L9", reason="trust", approved="2025-03-11")
    ],
    "sunrise/berlin/cdk/C1": [lead("2025-03-02"), survey("2025-02-14", 1)],
}


async def answered(path: str, dealer: str = DEALER) -> Response:
    """What is answered of the dealer."""
    facts = {
        key: join(FollowUpFacts(customer_key=key), [each._replace(key=key) for each in events])
        for key, events in STORY.items()
    }
    reader = MemoryReader.deciding(FOLLOWUP, facts, NOW, dealers=DEALERS)
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(routes(reader, ManualClock(NOW), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://aftercare") as client:
        return await client.get(f"/v1/dealers/{dealer}/{path}")


async def told(path: str) -> dict[str, Any]:
    answer = await answered(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_answers_come_with_their_items_the_newest_first() -> None:
    found = (await told("satisfaction/answers?survey=csi"))["answers"]
    assert [(each["customer_key"], each["points"], each["low"]) for each in found] == [
        (OTHER, 6.5, False),
        (CUSTOMER, 3, True),
        (CUSTOMER, 9, False),
    ]
    assert found[2]["at"] == "2025-01-31T15:59:00.000Z"
    items = {each["item"]: (each["title"]["en"], each["points"]) for each in found[2]["items"]}
    assert items == {"on_time": ("done on time, told of changes", 9), "coffee": ("coffee", 7)}


async def test_every_figure_of_a_survey_is_made_of_as_many_answers_as_it_rests_on() -> None:
    figures = await told("satisfaction?from=2025-01&to=2025-03")
    compared = 0
    for month in figures["months"]:
        span = f"from={month['period']}&to={month['period']}"
        for each in month["surveys"]:
            path = f"satisfaction/answers?survey={each['survey']}&{span}"
            assert len((await told(path))["answers"]) == each["overall"]["measured"]
            assert len((await told(f"{path}&low=true"))["answers"]) == each["low"]
            for item in each["items"]:
                made_of = (await told(f"{path}&item={item['name']}"))["answers"]
                assert len(made_of) == item["measured"]
                compared += len(made_of)
    assert compared == 4


async def test_every_figure_of_leads_is_made_of_as_many_leads() -> None:
    figures = await told("leads?from=2025-01&to=2025-03")
    compared = 0
    for month in figures["months"]:
        path = f"leads/list?from={month['month']}&to={month['month']}"
        for name, count in month["total"].items():
            if name != "lost_because":
                assert len((await told(f"{path}&figure={name}"))["leads"]) == count, name
                compared += count
        for reason, count in month["total"]["lost_because"].items():
            assert len((await told(f"{path}&because={reason}"))["leads"]) == count
        for group in month["groups"]:
            query = f"{path}&channel={group['channel']}&grade={group['grade']}"
            assert len((await told(query))["leads"]) == group["figures"]["leads"]
    assert compared > 6


async def test_a_lead_says_in_which_figures_it_counts() -> None:
    [found] = (await told("leads/list?from=2025-03"))["leads"]
    assert found == {
        "customer_key": f"{DEALER}/cdk/C9",
        "at": "2025-03-02T09:00:00.000Z",
        "channel": "web",
        "grade": "general",
        "figures": ["leads", "contacted", "lost", "approved"],
        "lost_because": "trust",
    }


@pytest.mark.parametrize("path", ["satisfaction/answers?survey=csi", "leads/list?figure=leads"])
async def test_pages_have_each_line_once(path: str) -> None:
    name = "answers" if "answers" in path else "leads"
    whole = await told(path)
    lines, after = [], ""
    while after is not None:
        page = await told(f"{path}&limit=1&after={after}")
        lines += page[name]
        after = page["after"]
    assert lines == whole[name] and len(lines) == 3 and whole["after"] is None
    of_another = (await told(f"{path}&limit=1"))["after"]
    assert (await answered(f"{path}&from=2025-02&after={of_another}")).status_code == 422


async def test_with_whom_somebody_is_done_today_is_counted_and_told() -> None:
    done = {
        "C1": {"u 1": at("2025-01-12 09:00"), "u-2": at("2025-01-11 23:59")},
        "C2": {"u 1": at("2025-01-12 00:00")},
        "C3": {"u 1": at("2025-01-11 23:59")},
        **{f"D{number}": {"u-3": at("2025-01-12 10:00")} for number in range(120)},
    }
    asking = DealerTasksOf({}, "2025-01-12 17:00", done=done)
    counts = (await asking.get("/counts"))["done_today"]
    assert counts == {"u 1": 2, "u-3": 120}
    found = await asking.get("/done?person=u 1")
    assert [(each["customer_key"][-2:], each["at"]) for each in found["customers"]] == [
        ("C1", "2025-01-12T01:00:00.000Z"),
        ("C2", "2025-01-11T16:00:00.000Z"),
    ]
    first = await asking.get("/done?person=u-3")
    behind = await asking.get(f"/done?person=u-3&after={first['after']}")
    assert len(first["customers"]) + len(behind["customers"]) == counts["u-3"]
    assert (await asking.get("/done?person=nobody"))["customers"] == []
