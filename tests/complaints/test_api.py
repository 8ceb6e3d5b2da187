"""What staff can read of a case."""

from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI

from services.complaints.api import routes
from services.complaints.facts import CaseEvent, CaseFacts, aggregate_id
from shared.runtime.reader import View
from shared.time.clock import ManualClock
from tests.complaints.scenario import CASE, CUSTOMER, DEALER, Case, filed, given, moved, step

ID = f"{CUSTOMER}|{CASE}"


class OneDealer:
    """A reader over cases in memory."""

    def __init__(self, cases: dict[str, Case]) -> None:
        self._cases = cases

    async def get(self, aggregate_id: str) -> View[CaseFacts] | None:
        case = self._cases.get(aggregate_id)
        return None if case is None else _view(aggregate_id, case)

    async def page(
        self, dealer_id: str, *, after: str = "", limit: int = 100
    ) -> list[View[CaseFacts]]:
        ids = sorted(id_ for id_ in self._cases if id_ > after and id_.startswith(dealer_id))
        return [_view(id_, self._cases[id_]) for id_ in ids[:limit]]


def _view(id_: str, case: Case) -> View[CaseFacts]:
    return View(
        id=id_,
        dealer_id=DEALER,
        facts=case.facts,
        decision=case.decision,
        announced=case.announced,
        due_at=case.decision.next_due,
        policy_version="",
        updated_at=case.now,
    )


def _client(cases: dict[str, Case], now: datetime) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(routes(OneDealer(cases), ManualClock(now)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://complaints")


async def _read(case: Case) -> dict[str, object]:
    async with _client({ID: case}, case.now) as client:
        response = await client.get(f"/v1/cases/{ID}")
    assert response.status_code == 200
    content: dict[str, object] = response.json()
    return content


async def test_a_case_shows_its_clocks_and_why() -> None:
    case = given(filed(), step("contacted", "5m")).when("18h").when("1d")
    shown = await _read(case)
    assert (shown["case_no"], shown["status"], shown["severity"]) == ("K-1", "open", "normal")
    assert isinstance(shown["clocks"], list)
    contact, answer = shown["clocks"]
    assert (contact["clock"], contact["state"]) == ("contact", "kept")
    assert contact["why"]["en"].endswith("Done 2026-11-21 10:05 +08:00, 1 h 55 min before that.")
    assert (answer["clock"], answer["state"], answer["stopped_at"]) == ("answer", "broken", None)
    assert answer["due_at"] == "2026-11-22T02:00:00.000Z"
    assert answer["warning"] == {
        "noticed_at": "2026-11-21T20:00:00.000Z",
        "recipients": ["responsible_person"],
        "notified": True,
    }
    assert answer["breach"]["noticed_at"] == "2026-11-22T02:00:00.000Z"
    assert contact["breach"] is None


async def test_a_running_clock_tells_when_it_will_be_due() -> None:
    shown = await _read(given(filed()).when("1h"))
    assert isinstance(shown["clocks"], list)
    assert [clock["state"] for clock in shown["clocks"]] == ["running", "running"]
    assert shown["clocks"][0]["why"]["en"].startswith("Contact is due 2 h after receipt")
    assert shown["next_due"] == "2026-11-21T03:30:00.000Z"


@pytest.mark.parametrize(
    ("events", "status", "states"),
    [
        ([step("contacted", "1h")], "unfiled", []),
        ([filed(voided=True)], "voided", []),
        ([filed(), moved()], "moved", []),
        ([filed(), step("withdrawn", "1h")], "withdrawn", ["ended", "ended"]),
        (
            [filed(), step("withdrawn", "1h"), step("regraded", "2h", severity="major")],
            "withdrawn",
            ["ended", "ended"],
        ),
        ([filed(), step("merged", "3h")], "merged", ["broken", "ended"]),
        ([filed(), step("resolved", "1h")], "resolved", ["kept", "kept", "running"]),
        (
            [filed(), step("resolved", "1h"), step("reopened", "2h")],
            "open",
            ["kept", "kept", "ended", "running", "running"],
        ),
    ],
)
async def test_every_standing_of_a_case_can_be_shown(
    events: list[CaseEvent], status: str, states: list[str]
) -> None:
    shown = await _read(given(*events).when("4h" if status != "open" else "3h"))
    assert isinstance(shown["clocks"], list)
    assert shown["status"] == status
    assert [clock["state"] for clock in shown["clocks"]] == states


async def test_an_unknown_case_is_not_found() -> None:
    case = given(filed()).when("0s")
    async with _client({}, case.now) as client:
        assert (await client.get("/v1/cases/no/such|case")).status_code == 404


async def test_the_cases_of_a_dealer_come_in_pages() -> None:
    case = given(filed()).when("1h")
    cases = {f"{DEALER}/cdk/C-{number}|K": case for number in range(5)}
    url, seen, after = f"/v1/dealers/{DEALER}/cases", [], ""
    async with _client(cases, case.now) as client:
        while True:
            page = (await client.get(url, params={"after": after, "limit": 2})).json()
            seen += [shown["id"] for shown in page["cases"]]
            if page["next"] is None:
                break
            after = page["next"]
        assert (await client.get("/v1/dealers/sunrise/berlin/cases")).json()["cases"] == []
        assert (await client.get(url, params={"limit": 0})).status_code == 422
    assert seen == sorted(cases)


def test_a_case_and_its_steps_are_one_aggregate() -> None:
    events = (filed(), step("contacted", "1h"), moved(), moved(step("contacted", "1h")))
    assert {aggregate_id(event) for event in events} == {ID}
