"""The sample feed keeps its promises: intake answers as it says, and the stories are told."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sandbox.feed import FeedLine, history, live
from deploy.sandbox.feed.cars import is_valid_vin, make_vin, with_failed_check_digit
from services.intake.domain.decide import decide as decide_report
from services.intake.domain.examine.vins import check_vin
from services.intake.domain.facts import Row
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.submissions import submissions
from shared.contracts.feed_parts import AnyVehicle
from shared.contracts.feeds import ComplaintReported, SaleReported, VisitReported
from shared.contracts.values import Odometer
from shared.dealers.dealer import Dealer
from tests.deploy.sandbox.feed.sample_feed import (
    DAYS,
    SEED,
    UNTIL,
    dealers,
    past,
    present,
    report_of,
    reported,
    told,
)
from tests.services.intake.memory_register import HASH_KEY


def answers(lines: Iterable[FeedLine], register: dict[str, Row], *, now: datetime | None) -> None:
    """Take the lines one by one as intake does; fails where the answer is not the expected one."""
    for line in lines:
        at = now or line.at
        found = reported(line, now=at)
        outcome = "rejected"
        if found is not None:
            document, *others = submissions(found, key=HASH_KEY)
            known = register.get(document.document_id)
            decision = decide_report(known, document, received_at=at)
            register[document.document_id] = decision.row
            outcome = decision.outcome
            assert not found.warnings, found.warnings
            assert not found.clock_fast, line.about
            assert len([one for one in others if one.kind == PROFILE]) <= 2
        assert outcome == line.expected, line.about


def test_intake_answers_every_line_as_the_feed_expects() -> None:
    register: dict[str, Row] = {}
    answers(past(), register, now=UNTIL)
    answers(present(), register, now=None)


def test_it_has_as_many_lines_as_asked_for_and_live_ones_in_order() -> None:
    assert (len(past()), len(present())) == (4500, 900)
    for lines in (past(), present()):
        moments = [line.at for line in lines]
        assert moments == sorted(moments)
    assert past()[-1].at <= UNTIL < present()[0].at
    assert present()[-1].at <= UNTIL + timedelta(days=DAYS)


def test_the_same_arguments_give_the_same_bytes_in_another_process() -> None:
    command = [sys.executable, "-m", "deploy.sandbox.feed", "--seed", "7", "--events", "1000"]
    written = subprocess.run(
        [*command, "--until", "2026-11-20T00:00:00Z"], capture_output=True, check=True
    ).stdout
    again = history(seed=SEED, dealers=dealers().all(), until=UNTIL, events=1000)
    assert written == b"".join(line.line + b"\n" for line in again)


def test_another_seed_gives_other_bytes() -> None:
    other = live(seed=8, dealers=dealers().all(), start=UNTIL, days=DAYS)
    assert [line.line for line in other] != [line.line for line in present()]


@pytest.mark.parametrize("lines", [past, present])
def test_every_event_id_is_given_once(lines: Callable[[], list[FeedLine]]) -> None:
    ids = [event["id"] for event in map(_lenient, lines()) if "id" in event]
    assert len(ids) == len(set(ids))


def _lenient(line: FeedLine) -> dict[str, object]:
    try:
        event = json.loads(line.line)
    except ValueError:
        return {}
    assert isinstance(event, dict)
    return event


def test_dirt_is_there_but_refusals_are_rare() -> None:
    for lines in (past(), present()):
        outcomes = Counter(line.expected for line in lines)
        assert outcomes["rejected"] < len(lines) / 100
        assert outcomes["duplicate"] > len(lines) / 50
        happened = told(lines)
        for fault in (
            "failed check digit",
            "short VIN",
            "unknown dealer",
            "amount as a number",
            "no event id",
            "unknown type",
        ):
            assert happened[f"rejected: {fault}"] >= 1
        assert happened["rejected: cut off"] == 1
        assert happened["visit corrected, another customer"] == 1
        assert happened["visit corrected, another amount"] >= len(lines) // 50
        assert happened["visit voided"] >= 2
        assert happened["visit opened, overtaken by its closing"] >= 2
        assert happened["visit closed, arrived late"] >= 2
        assert any(about.endswith("after its first step") for about in happened)
    assert told(past())["visit of the dealership's own car"] >= 10


def test_every_vin_of_an_accepted_line_is_valid() -> None:
    vins = [
        report.vehicle.vin or ""
        for line in (*past(), *present())
        if line.expected == "accepted"
        and isinstance(report := report_of(line), SaleReported | VisitReported | ComplaintReported)
        and report.vehicle is not None
    ]
    assert len(vins) > 3000
    assert all(is_valid_vin(vin) for vin in vins)
    assert {vin[0] for vin in vins} == {"L", "W", "1"}


@given(
    year=st.integers(2010, 2039),
    serial=st.integers(0, 999_999),
    maker=st.sampled_from(("LSR", "1SR")),
)
def test_vins_and_typing_errors_are_what_intake_says_they_are(
    year: int, serial: int, maker: str
) -> None:
    vin = make_vin(maker=maker, descriptor="AA49J", model_year=year, plant="2", serial=serial)
    assert check_vin(vin) == "ok"
    assert check_vin(with_failed_check_digit(vin)) == "failed"


def test_about_two_thousand_customers_of_three_dealers_come() -> None:
    customers = {
        (report.dealer_id, report.customer.source_customer_id)
        for line in past()
        if line.expected == "accepted"
        and isinstance(report := report_of(line), SaleReported | VisitReported)
        and report.customer is not None
    }
    assert 1800 <= len(customers) <= 2100
    assert {dealer_id for dealer_id, _ in customers} == {d.id for d in dealers().all()}


def test_odometers_rise() -> None:
    readings: dict[str, list[tuple[datetime, int]]] = {}
    reports = [report_of(line) for line in (*past(), *present()) if line.expected == "accepted"]
    for report in reports:
        match report:
            case VisitReported(vehicle=AnyVehicle(vin=str(vin)), odometer_in=Odometer(value=value)):
                readings.setdefault(vin, []).append((report.opened_at, value))
            case _:
                pass
    assert max(map(len, readings.values())) >= 4
    for of_a_car in readings.values():
        values = [value for _, value in sorted(of_a_car)]
        assert values == sorted(values)


def test_amounts_are_in_the_dealers_currency() -> None:
    for line in present():
        if line.expected == "accepted" and isinstance(report := report_of(line), VisitReported):
            dealer = dealers().find(report.dealer_id)
            assert dealer is not None and report.total is not None
            assert report.total.currency == dealer.currency


def test_too_small_a_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="1000 events"):
        history(seed=SEED, dealers=dealers().all(), until=UNTIL, events=999)
    with pytest.raises(ValueError, match="3 days"):
        live(seed=SEED, dealers=dealers().all(), start=UNTIL, days=1)


@pytest.mark.parametrize(("events", "days"), [(400, 3.0), (2500, 6.0)])
def test_other_sizes_work(events: int, days: float) -> None:
    lines = live(seed=3, dealers=dealers().all(), start=UNTIL, days=days, events=events)
    assert len(lines) == events
    answers(lines, {}, now=None)


def test_a_country_without_a_sample_is_refused() -> None:
    elsewhere = Dealer(
        id="sunrise/oslo",
        name="Oslo",
        timezone="Europe/Oslo",
        currency="NOK",
        region="NO",
    )
    with pytest.raises(ValueError, match="not NO"):
        history(seed=SEED, dealers=[elsewhere], until=UNTIL)
