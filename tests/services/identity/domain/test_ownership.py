"""Whose car it is, and whom a referral is credited to."""

from typing import Any

import pytest

from tests.services.identity.given import (
    ABROAD,
    CAR,
    CRM,
    DMS,
    OTHER,
    SECOND_CAR,
    day,
    profile,
    referred,
    sale,
    staff_say,
)
from tests.services.identity.network import Network

SOLD_ON = {(DMS, CAR): "sold_on"}


def test_a_car_sold_to_somebody_else_later_is_not_theirs_any_more() -> None:
    assert Network.of(sale(DMS), sale(OTHER, at=day(400))).former == SOLD_ON


def test_nor_is_it_whoever_was_reported_first() -> None:
    assert Network.of(sale(OTHER, at=day(400)), sale(DMS)).former == SOLD_ON


def test_it_is_theirs_again_when_the_deal_is_unwound() -> None:
    told = Network.of(sale(DMS), sale(OTHER, at=day(400), number="D2"))
    told.reported(sale(OTHER, at=day(400), number="D2", status="unwound", version=2))
    assert told.former == {}


def test_it_stays_theirs_while_the_next_deal_is_open_or_demonstrates_it() -> None:
    deals: list[dict[str, Any]] = [{"status": "open"}, {"sale_type": "demo"}, {"role": "driver"}]
    for changes in deals:
        told = Network.of(sale(DMS), sale(OTHER, at=day(400), **changes))
        assert told.former == {}


def test_co_owners_of_one_deal_keep_it_both() -> None:
    named = sale(DMS, number="D1"), sale(OTHER, number="D1", role="co_buyer")
    assert Network.of(*named).former == {}
    told = Network.of(*named, sale(CRM, at=day(400)))
    assert told.former == {(DMS, CAR): "sold_on", (OTHER, CAR): "sold_on"}


def test_bought_again_under_another_number_it_is_still_theirs() -> None:
    known = sale(DMS), sale(CRM, at=day(400)), profile(DMS), profile(CRM)
    told = Network.of(*known)
    assert told.former == {}
    told.reported(staff_say("different", DMS, CRM))
    assert told.former == SOLD_ON


def test_bought_back_it_is_theirs_again() -> None:
    told = Network.of(sale(DMS), sale(OTHER, at=day(400)), sale(DMS, at=day(800)))
    assert told.former == {(OTHER, CAR): "sold_on"}


def test_a_car_taken_in_part_exchange_is_nobodys_any_more() -> None:
    told = Network.of(
        sale(DMS, number="D1"),
        sale(OTHER, number="D1", role="co_buyer"),
        sale(OTHER, SECOND_CAR, at=day(900), traded_in=[CAR]),
    )
    assert told.former == {(DMS, CAR): "traded_in", (OTHER, CAR): "traded_in"}


def test_taken_in_and_sold_on_one_day_it_is_whose_who_bought_it() -> None:
    taken_in = sale(DMS, SECOND_CAR, at=day(400), traded_in=[CAR], by_the_day=True)
    bought = sale(OTHER, at=day(400), by_the_day=True)
    for told in ((sale(DMS), taken_in, bought), (bought, taken_in, sale(DMS))):
        assert set(Network.of(*told).former) == {(DMS, CAR)}


def test_the_first_that_ended_it_counts() -> None:
    told = Network.of(
        sale(DMS),
        sale(OTHER, at=day(900)),
        sale(DMS, SECOND_CAR, at=day(800), traded_in=[CAR]),
    )
    assert told.former == {(DMS, CAR): "traded_in"}
    [ended] = [each for each in told.said if each.TYPE.startswith("dev.aftercare.ownership.")]
    assert ended.model_dump()["ended_at"] == day(800)
    assert ended.model_dump()["document_id"] == f"{DMS}/owner/{CAR}"


def test_sold_to_the_trade_it_is_not_theirs_and_not_the_traders_to_keep() -> None:
    told = Network.of(sale(DMS), sale(OTHER, at=day(400), sale_type="wholesale"))
    assert told.former == SOLD_ON
    assert Network.of(sale(OTHER, sale_type="wholesale"), sale(DMS, at=day(9))).former == {}


def test_at_another_dealer_it_shows_only_where_both_look_at_the_group() -> None:
    assert Network.of(sale(DMS), sale(ABROAD, at=day(400))).former == {}


def test_who_referred_is_told_of_the_first_purchase_since() -> None:
    told = Network.of(referred(DMS, OTHER, at=day(10)), sale(OTHER, at=day(9)))
    assert told.credited == {}
    told.reported(sale(OTHER, SECOND_CAR, at=day(30), number="D3"))
    assert told.credited == {DMS: OTHER}
    told.reported(sale(OTHER, SECOND_CAR, at=day(30), number="D3", status="cancelled", version=2))
    assert told.credited == {}


@pytest.mark.parametrize("role", ["registrant", "driver"])
def test_who_drives_or_registers_a_car_has_not_bought_it(role: str) -> None:
    assert Network.of(referred(DMS, OTHER), sale(OTHER, at=day(1), role=role)).credited == {}


def test_a_purchase_without_a_car_named_counts_and_so_does_the_day_of_the_referral() -> None:
    bought = sale(OTHER, None, at=day(0), by_the_day=True)
    assert Network.of(referred(DMS, OTHER), bought).credited == {DMS: OTHER}


def test_nobody_refers_themselves() -> None:
    told = Network.of(referred(DMS, OTHER), sale(OTHER, at=day(1)))
    assert told.credited == {DMS: OTHER}
    assert told.reported(staff_say("same", DMS, OTHER)).credited == {}
