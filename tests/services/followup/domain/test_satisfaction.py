"""What a customer counts for in the satisfaction figures of their dealer."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as always
from hypothesis import settings
from hypothesis import strategies as some

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.satisfaction import (
    MONTHS_COUNTED,
    MOST_CHARACTERS,
    MOST_OWN_ITEMS,
)
from services.followup.domain.satisfaction_counters import SatisfactionCounter, item_word
from services.followup.domain.survey_items import BESIDE, ITEMS
from shared.contracts.envelope import Event
from shared.contracts.surveys import CSI_ITEMS, SSI_ITEMS
from tests.dealers import DEALERS
from tests.services.followup.given import (
    DEALER,
    at,
    delivery,
    document_id,
    given,
    job,
    moved,
    outcome,
    survey,
    visit,
)
from tests.services.followup.given_others import case, no_case
from tests.services.followup.given_surveys import counted_in

ZONE = DEALERS.zone_of(DEALER)
POLICY = FollowUpPolicy()


def counted(*events: Event[Any], policy: FollowUpPolicy = POLICY) -> Mapping[str, Any]:
    return counted_in(given(*events).facts, policy, zone=ZONE)


def in_month(month: str, *events: Event[Any]) -> Mapping[str, int]:
    found: Mapping[str, int] = counted(*events).get(month, {})
    return found


def test_an_answer_counts_overall_and_per_item_in_tenths_in_the_month_of_the_dealer() -> None:
    assert counted(survey("2025-02-01 00:10", 8, items={"on_time": 9, "coffee": 3})) == {
        "2025-02": {
            "answers csi": 1,
            "tenths csi": 80,
            "low csi": 1,
            "answers csi on_time": 1,
            "tenths csi on_time": 90,
            "answers csi coffee": 1,
            "tenths csi coffee": 30,
        }
    }, "ten past midnight in Shanghai is still January in UTC"


@pytest.mark.parametrize(
    ("zone", "in_shanghai", "month"),
    [
        ("Asia/Shanghai", "2024-02-29 23:59", "2024-02"),
        ("Asia/Shanghai", "2024-03-01 00:00", "2024-03"),
        ("Europe/Berlin", "2024-03-01 06:59", "2024-02"),
        ("Europe/Berlin", "2024-03-01 07:00", "2024-03"),
        ("Europe/Berlin", "2025-04-01 05:59", "2025-03"),
        ("Europe/Berlin", "2025-04-01 06:00", "2025-04"),
        ("America/Chicago", "2025-11-01 12:59", "2025-10"),
        ("America/Chicago", "2025-11-01 13:00", "2025-11"),
        ("America/Chicago", "2025-12-01 13:59", "2025-11"),
        ("America/Chicago", "2025-12-01 14:00", "2025-12"),
        ("Pacific/Auckland", "2025-12-31 19:00", "2026-01"),
    ],
)
def test_a_month_begins_at_midnight_of_the_dealer_whatever_the_clocks_do(
    zone: str, in_shanghai: str, month: str
) -> None:
    told = given(
        visit(in_shanghai, hours=1, timezone=zone, promised_at=at(in_shanghai)),
        survey(in_shanghai, 9),
        delivery(in_shanghai, vin="W" * 17, timezone=zone),
        case(in_shanghai),
    )
    found = counted_in(told.facts, POLICY, zone=ZoneInfo(zone))
    assert {name: len(counted) for name, counted in found.items()} == {month: 7}, (
        "asked twice, an order in time, an answer and its points, a complaint"
    )


def test_hours_to_the_call_are_elapsed_ones() -> None:
    """From Saturday to Sunday, noon to noon, in the night in which clocks go forward."""
    zone = "Europe/Berlin"
    told = given(
        visit("2025-03-29 19:00", timezone=zone),
        outcome("2025-03-30 18:00", "service_satisfaction/visit/R1", "done"),
    )
    found = counted_in(told.facts, POLICY, zone=ZoneInfo(zone))
    assert found["2025-03"]["minutes_to_call csi"] == 23 * 60


@pytest.mark.parametrize(
    ("overall", "items", "low"),
    [(6, {}, 1), (7, {}, 0), (10, {"on_time": 4}, 1), (10, {"on_time": 5}, 0), (0, {}, 1)],
)
def test_low_is_what_raises_the_managers_task(
    overall: int, items: dict[str, int], low: int
) -> None:
    assert in_month("2025-01", survey("2025-01-10", overall, items=items)).get("low csi", 0) == low


@pytest.mark.parametrize(
    ("closed", "promised", "expected"),
    [
        ("2025-01-10 17:00", "2025-01-10 17:00", {"in_time": 1}),
        ("2025-01-10 17:01", "2025-01-10 17:00", {"late": 1}),
        ("2025-01-10 17:00", None, {}),
    ],
)
def test_a_promise_is_held_against_the_closing(
    closed: str, promised: str | None, expected: dict[str, int]
) -> None:
    found = in_month("2025-01", visit(closed, promised_at=promised and at(promised)))
    assert found == {"asked csi": 1, "orders": 1} | expected


def test_an_order_that_is_open_or_voided_is_not_counted_yet() -> None:
    promised = at("2025-01-09")
    assert not counted(visit("2025-01-10", status="open", promised_at=promised))
    assert not counted(visit("2025-01-10", status="voided"))


@pytest.mark.parametrize(
    ("second", "comebacks"),
    [
        (visit("2025-01-20", "R2", lines=[job(fault="brake")]), 1),
        (visit("2025-02-09", "R2", lines=[job(fault="brake")]), 1),
        (visit("2025-02-10", "R2", lines=[job(fault="brake")]), 0),
        (visit("2025-01-10 19:00", "R2", lines=[job(fault="brake")]), 0),
        (visit("2025-01-20", "R2", lines=[job(fault="horn")]), 0),
        (visit("2025-01-20", "R2", vin=None, lines=[job(fault="brake")]), 0),
        (visit("2025-01-20", "R2", vin="W" * 17, lines=[job(fault="brake")]), 0),
        (visit("2025-06-20", "R2", comeback_of=document_id("visit", "R1")), 1),
        (visit("2025-06-20", "R2", pays="internal", comeback_of=document_id("visit", "R1")), 1),
        (visit("2025-01-09", "R2", comeback_of=document_id("visit", "R1")), 0),
    ],
    ids=[
        "same fault",
        "the last day",
        "a day too late",
        "same day",
        "another fault",
        "no car",
        "another car",
        "named",
        "at the dealer's cost",
        "before what it would repeat",
    ],
)
def test_work_done_again_is_named_by_the_source_or_the_same_fault_soon_after(
    second: Event[Any], comebacks: int
) -> None:
    found = counted(visit("2025-01-10", "R1", lines=[job(fault="brake")]), second)
    assert sum(month.get("comebacks", 0) for month in found.values()) == comebacks


def test_what_is_only_sold_over_the_counter_is_no_order() -> None:
    sold = visit("2025-01-10", lines=[job(category="accessory")])
    assert "orders" not in in_month("2025-01", sold)


def test_sales_and_visits_ask_for_an_answer_in_their_own_month() -> None:
    found = counted(
        delivery("2025-01-05"),
        visit("2025-01-31", "R1"),
        visit("2025-01-31 18:00", "R2"),
        survey("2025-02-03", 9),
    )
    assert found["2025-01"] == {
        "asked ssi": 1,
        "asked csi": 1,
        "responded csi": 1,
        "called csi": 1,
        "minutes_to_call csi": 2 * 24 * 60 + 23 * 60,
        "orders": 2,
    }, "two orders of one car and day are one visit, over with the second"
    assert found["2025-02"] == {"answers csi": 1, "tenths csi": 90}


def test_a_sale_that_was_undone_asks_nobody() -> None:
    assert not counted(delivery("2025-01-05", status="unwound", revised="2025-01-08"))


def test_one_answer_is_about_one_visit_and_many_answers_are_one_response() -> None:
    visits = visit("2025-01-10", "R1"), visit("2025-01-20", "R2")
    assert in_month("2025-01", *visits, survey("2025-01-22", 9))["responded csi"] == 1
    twice = survey("2025-01-22", 9), survey("2025-01-23", 9, "S2")
    assert in_month("2025-01", *visits, *twice)["responded csi"] == 1
    assert in_month("2025-01", *visits, *twice)["answers csi"] == 2
    other = survey("2025-01-22", 9, kind="ssi")
    assert "responded csi" not in in_month("2025-01", *visits, other)
    assert "responded csi" not in in_month("2025-01", visits[0], survey("2025-05-22", 9))
    assert "responded csi" not in in_month("2025-01", visits[0], survey("2025-01-09", 9))


@pytest.mark.parametrize(
    ("what", "minutes"), [("done", 120), ("declined", 120), ("not_reached", None)]
)
def test_the_call_is_the_first_attempt_that_reached_them(what: str, minutes: int | None) -> None:
    task = "service_satisfaction/visit/R1"
    found = in_month(
        "2025-01", visit("2025-01-10 10:00"), outcome("2025-01-10 12:00", task, what, "O1")
    )
    assert found.get("minutes_to_call csi") == minutes
    assert found.get("called csi") == (None if minutes is None else 1)


def test_a_call_for_something_else_is_no_satisfaction_call() -> None:
    found = in_month(
        "2025-01", visit("2025-01-10"), outcome("2025-01-11", "next_service/visit/R1", "done")
    )
    assert "called csi" not in found


def test_a_complaint_counts_when_voiced_when_resolved_and_when_to_be_called_back() -> None:
    periods = ("2025-01-30 10:00", None)
    told: dict[str, Any] = {"resolved": "2025-02-01 10:00", "call_back_due": "2025-03-01 10:00"}
    found = counted(case("2025-01-30 10:00", "K1", periods, **told))
    resolved = {"resolved": 1, "minutes_to_resolve": 2 * 24 * 60}
    assert found == {
        "2025-01": {"complaints": 1},
        "2025-02": resolved,
        "2025-03": {"call_backs": 1},
    }
    kept = case("2025-01-30 10:00", "K1", periods, **told, called_back="2025-03-01 10:00")
    assert in_month("2025-03", kept) == {
        "call_backs": 1,
        "call_backs_in_time": 1,
        "minutes_to_call_back": 28 * 24 * 60,
    }
    late = case("2025-01-30 10:00", "K1", periods, **told, called_back="2025-03-01 10:01")
    assert in_month("2025-03", late)["call_backs_late"] == 1


def test_no_call_back_fell_due_of_a_complaint_that_was_withdrawn_before() -> None:
    told: dict[str, Any] = {"resolved": "2025-02-01", "call_back_due": "2025-02-04"}
    for until, call_backs in (("2025-02-03", 0), ("2025-02-05", 1), (None, 1)):
        found = counted(case("2025-01-30", "K1", ("2025-01-30", until), **told))
        assert found["2025-02"].get("call_backs", 0) == call_backs, until


def test_a_complaint_that_repeats_another_is_one_voice_with_it() -> None:
    turn = {"at": at("2025-01-31"), "recorded_at": at("2025-01-31"), "severity": "normal"}
    told: dict[str, Any] = {"resolved": "2025-02-01", "call_back_due": "2025-02-04"}
    first = case("2025-01-30", "K1")
    for stands, complaints in (("merged", 1), ("withdrawn", 2), ("open", 2)):
        again = case("2025-01-31", "K2", turns=[turn | {"stands": stands}], **told)
        found = counted(first, again)
        assert found["2025-01"] == {"complaints": complaints}, stands
        assert ("2025-02" in found) == (stands != "merged")


def test_a_complaint_that_was_taken_back_was_never_voiced() -> None:
    assert not counted(case("2025-01-30"), no_case())


def test_a_correction_moves_what_is_counted_to_another_month() -> None:
    first = visit("2025-01-31", "R1", hours=9, promised_at=at("2025-01-31 12:00"))
    corrected = visit(
        "2025-02-01 10:00", "R1", revised="2025-02-02", promised_at=at("2025-02-01 12:00")
    )
    assert counted(first) == {"2025-01": {"asked csi": 1, "orders": 1, "late": 1}}
    assert counted(first, corrected) == {"2025-02": {"asked csi": 1, "orders": 1, "in_time": 1}}
    assert not counted(survey("2025-01-31", 9), moved("survey", "S1"))


def test_names_of_items_are_bounded() -> None:
    strange = {f"own {number:03}": 5 for number in range(MOST_OWN_ITEMS + 5)} | {"x" * 41: 5}
    found = in_month("2025-01", survey("2025-01-10", 9, items=strange))
    items = {name for name in found if name.startswith("answers csi ")}
    assert len(items) == MOST_OWN_ITEMS + 1
    assert found["answers csi other"] == 6


def test_however_much_a_customer_did_their_counts_can_be_stored() -> None:
    surveys = [
        survey(
            f"20{20 + n // 12 % 6}-{n % 12 + 1:02}-10",
            7,
            f"S{n}",
            items={f"{'y' * 30}{item:02}{n:03}": 5 for item in range(50)},
        )
        for n in range(72)
    ]
    found = counted(*surveys)
    assert len(json.dumps(found)) <= MOST_CHARACTERS
    assert len(found) <= MONTHS_COUNTED
    assert sum(month["answers csi"] for month in found.values()) >= 12


def test_the_items_of_the_figures_are_those_of_the_surveys() -> None:
    assert {kind: (*items,) for kind, items in ITEMS.items()} == {
        "ssi": SSI_ITEMS,
        "csi": CSI_ITEMS,
    }
    assert all(item in ITEMS[kind] for kind, item in BESIDE)


def test_months_long_before_the_last_one_are_not_counted() -> None:
    found = counted(survey("2020-01-10", 9), survey("2025-01-10", 9, "S2"))
    assert found.keys() == {"2025-01"}


@pytest.mark.parametrize(
    "counter",
    [
        SatisfactionCounter("orders"),
        SatisfactionCounter("answers", "csi"),
        SatisfactionCounter("tenths", "ssi", "a b  c"),
    ],
)
def test_a_counter_is_read_as_it_is_written(counter: SatisfactionCounter) -> None:
    assert SatisfactionCounter.read(str(counter)) == counter


@pytest.mark.parametrize("text", ["", "leads", "answers nps x", "open all "])
def test_counters_of_others_are_none(text: str) -> None:
    assert SatisfactionCounter.read(text) is None


@always(some.text(max_size=200))
def test_a_word_is_short_and_stays_one(told: str) -> None:
    word = item_word(told)
    assert 0 < len(word) <= 40
    assert item_word(word) == word


@some.composite
def reports(draw: some.DrawFn) -> list[Event[Any]]:
    """What was reported of three visits, sales and surveys, each version newer than the last."""
    story = []
    for version in range(draw(some.integers(0, 12))):
        on = f"2025-0{draw(some.integers(1, 3))}-{draw(some.integers(1, 28)):02}"
        number, revised = str(draw(some.integers(1, 3))), f"2025-06-{version + 1:02}"
        match draw(some.sampled_from(["survey", "promised", "visit", "delivery"])):
            case "survey":
                points = draw(some.integers(0, 10))
                story.append(survey(on, points, number, revised=revised))
            case "promised":
                promised = at("2025-02-10")
                story.append(visit(on, number, promised_at=promised, hours=900, revised=revised))
            case "visit":
                again = [job(fault="brake")]
                story.append(visit(on, number, lines=again, revised=revised))
            case _:
                story.append(delivery(on, number, revised=revised))
    return story


@settings(max_examples=40)
@always(reports(), some.randoms())
def test_whatever_the_order_and_no_share_is_over_all(story: list[Event[Any]], random: Any) -> None:
    found = counted(*story)
    again = [*story, *story]
    random.shuffle(again)
    assert counted(*again) == found
    sums = Counter[str]()
    for month in found.values():
        sums.update(month)
        for kind in ("ssi", "csi"):
            asked = month.get(f"asked {kind}", 0)
            assert month.get(f"responded {kind}", 0) <= month.get(f"called {kind}", 0) <= asked
            assert 0 <= month.get(f"tenths {kind}", 0) <= 100 * month.get(f"answers {kind}", 0)
        assert month.get("in_time", 0) + month.get("late", 0) <= month.get("orders", 0)
        assert month.get("comebacks", 0) <= month.get("orders", 0)
    last = {event.data.document_id: event for event in story}
    answers = [event for id_, event in last.items() if "/survey/" in id_]
    assert sums["answers csi"] == len(answers), "counted anew from all documents"
    assert sums["tenths csi"] == sum(int(event.data.overall * 10) for event in answers)
