"""How satisfied a dealer's customers are, as the endpoint answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from services.followup.api import routes
from services.followup.app import decider
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from services.followup.domain.satisfaction_aims import SatisfactionAims
from services.followup.settings import FollowUpSettings
from shared.contracts.envelope import Event
from shared.platform.http import make_app
from shared.policies.by_edition import by_edition
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.services.followup.given import CUSTOMER, DEALER, at, job, survey, visit
from tests.services.followup.given_others import case

OTHER = f"{DEALER}/cdk/C2"
AIMS: dict[str, Any] = {
    "csi": {
        "overall": 8.5,
        "items": {"on_time": 9, "answers": 7},
        "importance": {"on_time": 10, "appointment": 5},
    },
    "indicators": {"in_time": 80, "days_to_resolve": 3},
    "least_answers": 2,
}
STORY: Mapping[str, Sequence[Event[Any]]] = {
    CUSTOMER: [
        visit("2025-01-10", "R1", promised_at=at("2025-01-10 17:00"), lines=[job(fault="brake")]),
        survey("2025-01-11", 9, items={"on_time": 9, "answers": 4, "coffee": 7}),
        visit("2025-01-20", "R2", promised_at=at("2025-01-20 16:00"), lines=[job(fault="brake")]),
        case("2025-01-21", "K1", ("2025-01-21", "2025-01-26"), resolved="2025-01-25"),
    ],
    OTHER: [
        visit("2025-01-12", "R3"),
        visit("2025-01-13", "R4", vin=None),
        survey("2025-01-14", 6, "S2", items={"on_time": 8, "answers": 5, "coffee": 6}),
    ],
}


class Asking:
    """Asks for the figures of customers to whom all of this happened."""

    def __init__(self, story: Mapping[str, Sequence[Event[Any]]], now: str, **aims: Any) -> None:
        policy = FollowUpPolicy(satisfaction=SatisfactionAims.model_validate(aims))
        followup = by_edition(
            replace(decider(FollowUpSettings()), policy=policy),
            FollowUpRulebook(shipped=FollowUpEdition(policy=policy)),
        )
        facts = {
            key: join(FollowUpFacts(), [event._replace(key=key) for event in events])
            for key, events in story.items()
        }
        reader = MemoryReader.deciding(followup, facts, at(now), dealers=DEALERS)
        app = make_app(title="followup", doorman=KnowsEverybody())
        app.include_router(routes(reader, ManualClock(at(now)), dealers=DEALERS))
        self._client = AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")

    async def answer(self, query: str = "") -> Response:
        return await self._client.get(f"/v1/dealers/{DEALER}/satisfaction{query}")

    async def get(self, query: str = "") -> dict[str, Any]:
        answer = await self.answer(query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def asking(**aims: Any) -> Asking:
    return Asking(STORY, "2025-02-20", **(AIMS | aims))


def csi(period: Mapping[str, Any]) -> Mapping[str, Any]:
    [found] = [each for each in period["surveys"] if each["survey"] == "csi"]
    return dict(found)


def named(figures: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    [found] = [each for each in figures if each["name"] == name]
    return found


async def test_a_manager_can_check_the_figures_of_a_month_by_hand() -> None:
    """Four visits, two answers: 9 and 6 are 7.5 on average."""
    found = await asking().get("?from=2025-01&to=2025-02")
    january, february = found["months"]
    assert (january["period"], february["period"], found["total"]["period"]) == (
        "2025-01",
        "2025-02",
        "total",
    )
    survey = csi(january)
    overall = survey["overall"]
    assert (overall["value"], overall["measured"], overall["few"]) == (7.5, 2, False)
    assert (overall["target"], overall["difference"], overall["is_met"]) == (8.5, -1.0, False)
    assert (survey["responses"]["value"], survey["responses"]["measured"]) == (50.0, 4)
    assert survey["low"] == 2
    on_time, answers = (named(survey["items"], item) for item in ("on_time", "answers"))
    assert (on_time["value"], on_time["difference"], on_time["importance"]) == (8.5, -0.5, 10)
    assert (answers["value"], answers["is_met"]) == (4.5, False)
    assert (survey["strongest"], survey["weakest"]) == (["on_time"], ["answers"])
    assert february["surveys"][1]["overall"]["value"] is None
    assert found["total"]["surveys"] == january["surveys"]


async def test_hard_indicators_stand_beside_the_step_that_customers_judge() -> None:
    january = (await asking().get("?from=2025-01&to=2025-01"))["total"]
    [in_time] = named(csi(january)["items"], "on_time")["beside"]
    assert in_time == named(january["hard"], "in_time")
    assert (in_time["value"], in_time["measured"], in_time["difference"]) == (50.0, 2, -30.0)
    fixed = named(january["hard"], "fixed_first_time")
    assert (fixed["value"], fixed["measured"], fixed["target"]) == (75.0, 4, None)
    resolved = named(january["hard"], "days_to_resolve")
    assert (resolved["value"], resolved["is_met"], resolved["few"]) == (4.0, False, True)
    called = named(january["hard"], "hours_to_csi_call")
    assert (called["value"], called["measured"]) == (24.0, 2)


async def test_one_voiced_complaint_stands_for_four_times_thirteen() -> None:
    found = (await asking().get("?from=2025-01"))["total"]["complaints"]
    assert (found["voiced"], found["unhappy"], found["reached"]) == (1, 4, 52)
    assert "estimate" in found["words"]["en"]
    other = (await asking(stands_for=2, each_tells=5).get("?from=2025-01"))["total"]["complaints"]
    assert other["reached"] == 10


async def test_of_each_gap_it_is_said_what_is_measured_and_what_is_not() -> None:
    gaps = {gap["gap"]: gap["findings"] for gap in (await asking().get("?from=2025-01"))["gaps"]}
    said = {gap: [(f["is_measured"], f["words"]["en"]) for f in gaps[gap]] for gap in gaps}
    assert said["expectation_not_understood"] == [
        (False, "SSI: not measured: the rules do not say how much items matter"),
        (
            True,
            "CSI: of 15 points of importance 10 are of items that enough customers answer; too few "
            "answers: easy appointment",
        ),
    ]
    assert said["standard_not_set"][1][1].startswith(
        "CSI: overall target 8.5; without a target: easy appointment, pleasant"
    )
    below = [words for is_measured, words in said["performance_below_standard"] if is_measured]
    assert "CSI: overall: 7.5, target 8.5 (-1 points)" in below
    assert "orders done by the promised time: 50, target 80 (-30 percent)" in below
    assert (False, "from the complaint to its resolution: only 1 to go by") in said[
        "performance_below_standard"
    ]
    assert said["promise_not_kept"] == [
        (True, "1 of 2 promised orders were done late; nothing was promised for 2 others"),
        (False, "no call-back after a complaint was due"),
    ]
    assert said["perceived_against_expected"] == [
        (False, "SSI: not measured: no answers"),
        (True, "CSI: perceived 7.5 by 2 answers, expected 8.5 (overall target): -1 points"),
    ]


async def test_without_an_overall_target_the_items_say_what_is_expected_by_importance() -> None:
    aims = {"items": {"on_time": 9, "answers": 6}, "importance": {"on_time": 2}}
    gaps = (await asking(csi=aims).get("?from=2025-01"))["gaps"]
    words = gaps[-1]["findings"][1]["words"]["en"]
    assert words == (
        "CSI: perceived 7.5 by 2 answers, expected 8 (targets of items by their importance): "
        "-0.5 points"
    )


async def test_without_targets_and_without_anything_known_nothing_is_guessed() -> None:
    found = await Asking({}, "2025-02-20").get()
    assert len(found["months"]) == 12
    assert found["as_of"] is None
    for figure in found["total"]["hard"]:
        assert (figure["value"], figure["measured"], figure["few"]) == (None, 0, True)
        assert (figure["target"], figure["is_met"]) == (None, None)
    for gap in found["gaps"]:
        if gap["gap"] != "standard_not_set":
            assert not any(finding["is_measured"] for finding in gap["findings"]), gap["gap"]


@pytest.mark.parametrize(
    ("answers", "strongest", "weakest"),
    [
        ({"a": 9, "b": 8, "c": 8, "d": 7}, ["a"], ["d"]),
        ({"a": 8, "b": 8}, [], []),
        ({"a": 9}, [], []),
        ({"a": 9, "b": 8, "c": 1}, ["a"], ["c"]),
    ],
    ids=["alike in the middle", "all alike", "one alone", "three"],
)
async def test_no_item_is_both_strong_and_weak(
    answers: dict[str, int], strongest: list[str], weakest: list[str]
) -> None:
    story = {CUSTOMER: [survey("2025-01-10", 8, items=answers)]}
    found = csi((await Asking(story, "2025-02-20", least_answers=1).get())["total"])
    assert (found["strongest"], found["weakest"]) == (strongest, weakest)
    few = csi((await Asking(story, "2025-02-20", least_answers=2).get())["total"])
    assert (few["strongest"], few["weakest"]) == ([], []), "one answer is no ranking"


async def test_a_call_back_that_is_not_due_yet_is_not_held_against_anybody() -> None:
    told = ("2025-01-28", None)
    due = case("2025-01-28", "K1", told, resolved="2025-01-29", call_back_due="2025-02-25")
    for now, measured in (("2025-02-20", 0), ("2025-03-01", 1)):
        total = (await Asking({CUSTOMER: [due]}, now).get())["total"]
        kept = named(total["hard"], "called_back_in_time")
        assert kept["measured"] == measured, now


async def test_the_figures_are_a_table_too() -> None:
    answer = await asking().answer("?from=2025-01&to=2025-01&format=csv&lang=zh")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = [row.split(",") for row in answer.text.removeprefix("\ufeff").splitlines()]
    assert len({len(row) for row in rows}) == 1
    assert rows[0][:4] == ["月份", "类别", "指标", "数值"]
    assert ["2025-01", "CSI", "总体", "7.5", "分", "2", "", "8.5", "-1.0", "", ""] in rows
    assert rows[-1][:4] == ["合计", "投诉影响(估算)", "波及人数", "52"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?from=2021-01", "from"),
        ("?to=2025-03", "to"),
        ("?from=2025-02&to=2025-01", "to"),
        ("?from=2025-13", "from"),
    ],
)
async def test_months_that_cannot_be_are_refused(query: str, parameter: str) -> None:
    answer = await asking().answer(query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{parameter}"


async def test_totals_are_the_sums_of_what_each_customer_counts_for() -> None:
    both = csi((await asking().get("?from=2025-01"))["total"])["overall"]
    alone = [
        csi((await Asking({key: events}, "2025-02-20").get())["total"])["overall"]
        for key, events in STORY.items()
    ]
    assert both["measured"] == sum(each["measured"] for each in alone)
    assert both["value"] * 2 == sum(each["value"] for each in alone)


@pytest.mark.parametrize(
    "wrong",
    [
        {"indicators": {"in_time": 101}},
        {"indicators": {"kindness": 1}},
        {"csi": {"overall": 10.1}},
        {"csi": {"importance": {"on_time": 0}}},
        {"least_answers": 0},
    ],
)
def test_impossible_aims_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        SatisfactionAims.model_validate(wrong)
