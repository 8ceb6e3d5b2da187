"""What staff and operators can read of a case, and what the OpenAPI document says."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given as for_all

from services.complaints.api import routes
from services.complaints.domain.decide import decide
from services.complaints.domain.facts import CaseEvent, CaseFacts, aggregate_id
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, rulebook_of
from services.complaints.views.case import line, show
from shared.contracts.http.complaints import CaseView
from shared.contracts.http.complaints_timeline import Step
from shared.contracts.identifiers import document_id
from shared.decider.decider import Decider
from shared.decider.decision import NOTHING_DUE, Decision
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from tests.services.complaints.given import (
    CASE,
    CUSTOMER,
    DEALER,
    OTHER_CASE,
    RULES,
    Case,
    absorbed,
    at,
    filed,
    given,
    moved,
    step,
)
from tests.services.complaints.reading import CASES, ID, OneDealer, client, snapshot_of
from tests.services.complaints.rules import BUSINESS, CALENDAR, CLIMBING, ROSTER
from tests.services.complaints.stories import DECIDERS, MOMENTS, stories


async def read(case: Case) -> dict[str, Any]:
    async with client(OneDealer({ID: case}, case.policy), case.now) as asked:
        response = await asked.get(f"/v1/cases/{ID}")
    assert response.status_code == 200
    content: dict[str, Any] = response.json()
    return content


def of_kind(shown: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in shown["timeline"] if entry["kind"] == kind]


async def test_a_case_shows_its_standing_and_its_clocks() -> None:
    case = given(filed(), step("contacted", "5m")).when("18h").when("1d")
    shown = await read(case)
    assert (shown["id"], shown["case_no"], shown["dealer_id"]) == (ID, "K-1", DEALER)
    assert (shown["status"], shown["stage"], shown["open"]) == ("escalated", "under_review", True)
    assert (shown["severity"], shown["assigned_to"]) == ("normal", None)
    assert shown["deadline"] == "2026-11-22T02:00:00.000Z"
    contact, answer = shown["clocks"]
    assert (contact["clock"], contact["state"], contact["origin"]) == (
        "contact",
        "kept",
        "received",
    )
    assert contact["why"]["en"].endswith("Done 2026-11-21 10:05 +08:00, 1 h 55 min before that.")
    assert (answer["clock"], answer["state"], answer["stopped_at"]) == ("answer", "broken", None)
    assert answer["explanation"]["target"] == "1d"


async def test_a_ladder_shows_what_was_reached_and_told() -> None:
    case = given(filed(), rules=rulebook_of(CLIMBING)).when("1h").when("2h").when("3h").when("4h")
    ladder = (await read(case))["clocks"][0]["ladder"]
    assert [(rung["name"], rung["kind"], rung["reached"]) for rung in ladder] == [
        ("warning", "warning", True),
        ("last_call", "warning", True),
        ("breach", "breach", True),
        ("manager", "step", False),
        ("group", "step", False),
    ]
    assert [(rung["announced"], rung["notified"]) for rung in ladder] == [
        (True, True),
        (True, False),
        (True, True),
        (False, False),
        (False, False),
    ]
    breach = ladder[2]
    assert (breach["repeats_notified"], breach["repeat_every_seconds"]) == (2, 3600.0)
    assert (breach["repeat_at_most"], breach["noticed_at"]) == (3, "2026-11-21T04:00:00.000Z")
    assert ladder[3]["at"] == "2026-11-21T06:30:00.000Z"


async def test_a_clock_that_was_stopped_did_not_reach_the_rest_of_its_ladder() -> None:
    shown = await read(given(filed(), step("contacted", "100m")).when("5h"))
    assert [rung["reached"] for rung in shown["clocks"][0]["ladder"]] == [True, False]


async def test_the_timeline_tells_all_in_the_order_of_its_instants() -> None:
    case = given(
        filed(),
        step("reassigned", "10m", to="advisor-8"),
        step("contacted", "-1h"),
        step("held", "3h", until="5h"),
        step("regraded", "6h", severity="major"),
        step("resolved", "7h"),
        step("called_back", "8h", satisfied=False),
        absorbed({"answer": "-2h"}, "9h"),
        step("merged", "10h", to=f"{OTHER_CASE}9"),
        step("unmerged", "11h"),
        step("withdrawn", "12h"),
        step("acknowledged", "90h"),
    )
    for moment in ("90m", "2h", "13h"):
        case.when(moment)
    shown = await read(case)
    instants = [entry["at"] for entry in shown["timeline"]]
    assert instants == sorted(instants)
    steps = {each["step"]: each for each in of_kind(shown, "step")}
    assert {name: each["counting"] for name, each in steps.items() if each["why"]} == {
        "contacted": "refused",
        "merged": "taken_back",
        "acknowledged": "not_yet",
    }
    assert steps["contacted"]["refusal"] == "before_receipt"
    assert steps["contacted"]["why"]["zh"].startswith("步骤 contacted 不计入")
    assert of_kind(shown, "hold") == [
        {
            "kind": "hold",
            "at": "2026-11-21T05:00:00.000Z",
            "until": "2026-11-21T07:00:00.000Z",
            "running": False,
        }
    ]
    [regraded] = of_kind(shown, "regraded")
    assert (regraded["before"], regraded["after"], regraded["raised"]) == ("normal", "major", True)
    assert [each["generation"] for each in of_kind(shown, "reopened")] == [2]
    [merged_in] = of_kind(shown, "merged_in")
    assert merged_in["case_id"] == OTHER_CASE
    assert merged_in["clocks"] == {"answer": "2026-11-21T00:00:00.000Z"}
    [merged_out] = of_kind(shown, "merged_out")
    assert (merged_out["into"], merged_out["taken_back_at"]) == (
        f"{OTHER_CASE}9",
        "2026-11-21T13:00:00.000Z",
    )
    told = [each for each in of_kind(shown, "notice") if each["clock"] == "contact"]
    assert [(each["notice"], each["generation"], each["notified"]) for each in told[:2]] == [
        ("warning", 1, True),
        ("breach", 1, True),
    ]
    assert ("contact", "broken") in [
        (each["clock"], each["verdict"]) for each in of_kind(shown, "verdict")
    ]
    [closed] = of_kind(shown, "closed")
    assert (closed["generation"], closed["outcome"]) == (2, "withdrawn")
    assert [(each["number"], each["outcome"]) for each in shown["generations"]] == [
        (1, None),
        (2, "withdrawn"),
    ]
    assert shown["assigned_to"] == "advisor-8"


@for_all(stories(), DECIDERS, MOMENTS)
def test_every_case_can_be_shown_whatever_was_reported(
    events: list[CaseEvent], decider: Decider[CaseFacts, CaseRulebook], now: datetime
) -> None:
    case = given(*events, rules=decider.policy)
    case.now = now
    case.decision = decide(case.facts, {}, decider.policy, now)
    snapshot = snapshot_of(ID, case)
    shown = show(snapshot, decider.policy, now)
    assert shown.clocks == () or shown.stage is not None
    instants = [entry.at for entry in shown.timeline]
    assert instants == sorted(instants)
    steps = [entry.step_id for entry in shown.timeline if isinstance(entry, Step)]
    assert sorted(steps) == sorted(known.step_id for known in case.facts.steps)
    listed = line(snapshot, decider.policy, now)
    assert (listed.status, listed.deadline) == (shown.status, shown.deadline)
    if case.decision.listing is not None:
        assert shown.open == (case.decision.listing.deadline is not None)
        assert (shown.deadline or NOTHING_DUE) == (
            case.decision.listing.deadline or NOTHING_DUE
        ) or not shown.open
    assert CaseView.model_validate_json(shown.model_dump_json()) == shown


async def test_a_notice_tells_whom_it_went_to() -> None:
    rules = CaseRulebook(shipped=RULES.shipped, rosters={DEALER: ROSTER})
    shown = await read(given(filed(), rules=rules).when("90m").when("2h"))
    warning, breach = of_kind(shown, "notice")
    assert warning["noticed_at"] == "2026-11-21T03:30:00.000Z"
    assert warning["recipients"] == ["responsible_person"]
    assert warning["addressees"] == [
        {"role": "responsible_person", "person": "zhao", "because": "on_duty", "instead_of": None}
    ]
    assert breach["addressees"][1]["because"] == "fallback"
    assert warning["why"]["en"].startswith("Contact is due 2 h after receipt")


async def test_a_merge_that_stands_is_told_and_ends_the_case() -> None:
    shown = await read(given(filed(), step("merged", "1h")).when("2h"))
    assert shown["status"] == "merged"
    assert [each["taken_back_at"] for each in of_kind(shown, "merged_out")] == [None]
    assert of_kind(shown, "step")[0]["counting"] == "counts"


async def test_a_running_clock_tells_when_it_will_be_due() -> None:
    shown = await read(given(filed()).when("1h"))
    assert [clock["state"] for clock in shown["clocks"]] == ["running", "running"]
    assert shown["clocks"][0]["why"]["en"].startswith("Contact is due 2 h after receipt")
    assert shown["next_due"] == "2026-11-21T03:30:00.000Z"


async def test_a_held_clock_is_paused_and_has_no_deadline() -> None:
    shown = await read(given(filed(), step("held", "30m")).when("1h"))
    assert [clock["state"] for clock in shown["clocks"]] == ["running", "paused"]
    assert shown["clocks"][1]["due_at"] is None
    assert shown["clocks"][1]["explanation"]["left"]["en"].startswith("On hold")
    assert shown["status"] == "pending_customer"
    assert of_kind(shown, "hold")[0]["running"]


@pytest.mark.parametrize(
    ("events", "status", "states"),
    [
        ([step("contacted", "1h")], "unfiled", []),
        ([filed(voided=True), step("contacted", "1h")], "voided", []),
        ([filed(), moved()], "moved", []),
        ([filed()], "escalated", ["broken", "running"]),
        ([filed(), step("contacted", "1h")], "under_review", ["kept", "running"]),
        ([filed(), step("reassigned", "1h", to="a")], "escalated", ["broken", "running"]),
        ([filed(), step("withdrawn", "1h")], "withdrawn", ["ended", "ended"]),
        (
            [filed(), step("withdrawn", "1h"), step("regraded", "2h", severity="major")],
            "withdrawn",
            ["ended", "ended"],
        ),
        ([filed(), step("merged", "3h")], "merged", ["broken", "ended"]),
        ([filed(), step("resolved", "1h")], "resolved", ["kept", "kept", "running"]),
        (
            [filed(), step("resolved", "1h"), step("called_back", "2h", satisfied=True)],
            "closed",
            ["kept", "kept", "kept"],
        ),
        (
            [filed(), step("resolved", "1h"), step("reopened", "3h")],
            "open",
            ["kept", "kept", "ended", "running", "running"],
        ),
    ],
)
async def test_every_standing_of_a_case_can_be_shown(
    events: list[CaseEvent], status: str, states: list[str]
) -> None:
    shown = await read(given(*events).when("4h"))
    assert shown["status"] == status
    assert [clock["state"] for clock in shown["clocks"]] == states
    if status in {"unfiled", "moved"}:
        assert {each["counting"] for each in of_kind(shown, "step")} <= {"waits"}


async def test_the_assigned_case_is_assigned() -> None:
    shown = await read(given(filed(), step("reassigned", "30m", to="advisor-8")).when("1h"))
    assert (shown["status"], shown["assigned_to"]) == ("assigned", "advisor-8")


async def test_a_case_by_other_rules_names_them() -> None:
    edition = CaseEdition(
        applied_at=at("1h"), open_cases="rebase", policy=BUSINESS, calendar=CALENDAR
    )
    shown = await read(
        given(filed(), rules=CaseRulebook(editions={DEALER: (edition,)})).when("90m")
    )
    explanation = shown["clocks"][0]["explanation"]
    assert (explanation["policy"], explanation["rebased"]) == ("in business time", True)
    assert explanation["calendar"]["name"] == "pudong"
    assert [line["kind"] for line in explanation["lines"]] == ["start", "open", "due"]


async def test_an_unknown_case_is_not_found() -> None:
    async with client(OneDealer({}), at("0s")) as asked:
        response = await asked.get("/v1/cases/no/such|case")
    assert (response.status_code, response.json()["detail"]) == (404, "no such case")


@pytest.mark.parametrize(
    ("number", "asked"),
    [
        ("K-1", "K-1"),
        ("K/1", "K%252F1"),
        ("K/1", "K%2F1"),
        ("K/1", "K/1"),
        ("50%", "50%2525"),
        ("50%", "50%25"),
        ("a b", "a%2520b"),
        ("a b", "a%20b"),
        ("投诉 1", "%E6%8A%95%E8%AF%89%201"),
        ("K|1?#", "K%7C1%3F%23"),
        ("K|1?#", "K%257C1%253F%2523"),
    ],
)
async def test_the_id_that_intake_answered_finds_the_case(number: str, asked: str) -> None:
    name = document_id(DEALER, "cdk", "complaint", number)
    id_ = f"{CUSTOMER}|{name}"
    async with client(OneDealer({id_: given(filed()).when("1h")}), at("1h")) as http:
        response = await http.get(f"/v1/cases/{DEALER}/cdk/complaint/{asked}")
        whole = await http.get(f"/v1/cases/{quote(id_, safe='')}")
    assert (response.status_code, response.json()["id"]) == (200, id_)
    assert whole.json() == response.json()


async def test_of_a_case_that_moved_the_new_owners_is_shown() -> None:
    gone, kept = f"{DEALER}/cdk/A|{CASE}", f"{DEALER}/cdk/B|{CASE}"
    reader = OneDealer({gone: given(filed(), moved()), kept: given(filed()).when("1h")})
    async with client(reader, at("1h")) as http:
        assert (await http.get(f"/v1/cases/{CASE}")).json()["id"] == kept


async def test_an_unknown_dealer_is_not_found() -> None:
    async with client(OneDealer({}), at("0s")) as asked:
        for dealer in ("no/where", "Sunrise/berlin", "sunrise/berlin%0A", "sunrise/%2A"):
            for what in ("cases", "statistics", "statistics.csv"):
                response = await asked.get(f"/v1/dealers/{dealer}/{what}")
                assert response.status_code == 404, response.text
                assert response.json()["detail"] == "no such dealer here"


async def test_a_case_that_cannot_be_decided_says_so() -> None:
    reader = OneDealer({ID: given(filed()).when("1h")})
    reader.snapshots[ID] = replace(
        reader.snapshots[ID], decision=Decision(), parked_because="decide raised ValueError"
    )
    async with client(reader, at("1h")) as asked:
        response = await asked.get(f"/v1/cases/{ID}")
        page = (await asked.get(CASES)).json()
    assert response.status_code == 503
    assert "decide raised ValueError" in response.json()["detail"]
    [line] = page["cases"]
    assert (line["status"], line["running"]) == ("undecided", [])
    assert line["parked_because"] == "decide raised ValueError"


def schema() -> dict[str, Any]:
    app = make_app(title="complaints", doorman=KnowsEverybody())
    app.include_router(routes(OneDealer({}), ManualClock(at("0s"))))
    document: dict[str, Any] = app.openapi()
    return document


def test_every_endpoint_is_described_with_its_errors() -> None:
    paths = schema()["paths"]
    errors = {path: set(methods["get"]["responses"]) for path, methods in paths.items()}
    assert errors == {
        "/v1/cases/{case}": {"200", "401", "403", "404", "422", "500", "503"},
        "/v1/dealers/{group}/{dealer}/cases": {"200", "401", "403", "404", "422", "500"},
        "/v1/dealers/{group}/{dealer}/statistics": {"200", "401", "403", "404", "422", "500"},
        "/v1/dealers/{group}/{dealer}/statistics.csv": {"200", "401", "403", "404", "422", "500"},
    }
    for methods in paths.values():
        endpoint = methods["get"]
        assert endpoint["summary"]
        assert len(endpoint["description"]) > 40
        for parameter in endpoint["parameters"]:
            assert parameter["description"], parameter
        for answer in endpoint["responses"].values():
            assert answer["description"]
            assert answer["content"]


def test_every_field_of_every_answer_is_described() -> None:
    models = schema()["components"]["schemas"]
    assert {"CaseView", "CasePage", "Statistics", "Explanation", "Problem"} <= set(models)
    for name, model in models.items():
        assert model["description"], name
        for field, described in model["properties"].items():
            assert described.get("description"), f"{name}.{field}"


def test_both_kinds_of_statistics_are_in_the_document() -> None:
    content = schema()["paths"]["/v1/dealers/{group}/{dealer}/statistics"]["get"]["responses"][
        "200"
    ]["content"]
    assert set(content) == {"application/json", "text/csv"}


def test_a_case_and_its_steps_are_one_aggregate() -> None:
    events = (filed(), step("contacted", "1h"), moved(), moved(step("contacted", "1h")))
    assert {aggregate_id(event) for event in events} == {ID}
