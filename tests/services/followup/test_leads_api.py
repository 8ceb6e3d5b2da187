"""A dealer's leads by month, as the endpoint answers them."""

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
from tests.services.followup.given import CUSTOMER, DEALER, DECIDER, at, delivery
from tests.services.followup.given_leads import lead, lost

NOW = at("2025-03-15 12:00")
OF_THEIR_OWN = f"{DEALER}/cdk/lead/L7"
LEADS: dict[str, list[Event[Any]]] = {
    CUSTOMER: [lost("2025-01-10", "2025-02-01", contacts=()), delivery("2025-03-01")],
    OF_THEIR_OWN: [
        lead("2025-01-20", "L7", customer=OF_THEIR_OWN, channel="walk_in", competitor="BYD")
    ],
    f"{DEALER}/cdk/C9": [
        lost("2025-03-02", "2025-03-10", number="L9", reason="trust", approved="2025-03-11")
    ],
    "sunrise/berlin/cdk/C1": [lead("2025-03-02")],
}


async def asked(query: str = "", *, dealer: str = DEALER) -> Response:
    """What is answered of the dealer's leads."""
    facts = {key: join(FollowUpFacts(customer_key=key), events) for key, events in LEADS.items()}
    reader = MemoryReader.deciding(DECIDER, facts, NOW, dealers=DEALERS)
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(routes(reader, ManualClock(NOW), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://aftercare") as client:
        return await client.get(f"/v1/dealers/{dealer}/leads{query}")


def figures(**counts: Any) -> dict[str, Any]:
    none = ("leads", "contacted", "quasi_lost", "lost", "approved", "bought", "falsely_lost")
    return {**dict.fromkeys(none, 0), "lost_because": {}, **counts}


async def test_leads_are_told_by_month_by_how_they_came_and_by_grade() -> None:
    found = (await asked("?from=2025-01&to=2025-03")).json()
    january, february, march = found["months"]
    assert january == {
        "month": "2025-01",
        "total": figures(leads=2, bought=1, falsely_lost=1),
        "groups": [
            {
                "channel": "web",
                "grade": "general",
                "figures": figures(leads=1, bought=1, falsely_lost=1),
            },
            {"channel": "walk_in", "grade": "potential", "figures": figures(leads=1)},
        ],
    }
    assert february == {"month": "2025-02", "total": figures(), "groups": []}
    assert march["total"] == figures(
        leads=1, contacted=1, lost=1, approved=1, lost_because={"trust": 1}
    )


async def test_without_a_word_the_last_twelve_months_are_told() -> None:
    months = [each["month"] for each in (await asked()).json()["months"]]
    assert (months[0], months[-1], len(months)) == ("2024-04", "2025-03", 12)


async def test_they_are_a_table_too() -> None:
    answer = await asked("?from=2025-03&format=csv&lang=zh")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = [row.split(",") for row in answer.text.removeprefix("\ufeff").splitlines()]
    assert rows[0][:5] == ["月份", "来源", "级别", "潜客数", "已联系"]
    assert rows[1][:10] == ["2025-03", "网络", "一般", "1", "1", "0", "1", "1", "0", "0"]
    assert rows[2][:4] == ["2025-03", "合计", "", "1"]
    assert rows[1][rows[0].index("信任")] == "1"
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?from=2025-13", "from"),
        ("?from=1-1", "from"),
        ("?to=2025-04", "to"),
        ("?from=2025-03&to=2025-02", "to"),
        ("?from=2022-02", "from"),
    ],
)
async def test_months_that_cannot_be_are_refused(query: str, parameter: str) -> None:
    answer = await asked(query)
    assert answer.status_code == 422
    ((pointer),) = [error["pointer"] for error in answer.json()["errors"]]
    assert pointer == f"/query/{parameter}"


async def test_a_dealer_that_nobody_knows_has_none() -> None:
    answer = await asked(dealer="nobody/here")
    assert answer.status_code == 404
