"""A sale: each customer once, by role."""

from typing import Any

import pytest

from shared.contracts.intake import SaleRecorded
from tests.services.intake.given import Data, key, messages, only_of, reported, sale


def party(role: str, number: str, **more: Any) -> Data:
    return {"role": role, "customer": {"source_customer_id": number} | more}


def test_a_sale_is_told_once_to_each_customer_by_role() -> None:
    parties = [
        party("driver", "C3"),
        party("co_buyer", "C2"),
        party("driver", "C2"),
        party("driver", "C1"),
        party("driver", "C4"),
        party("registrant", "C5", kind="internal"),
    ]
    told = messages("sale", sale(parties=parties))
    assert {role: message.customer_key for role, message in told.items()} == {
        "buyer": key("C1"),
        "co_buyer": key("C2"),
        "driver": key("C3"),
        "driver-2": key("C4"),
    }
    last = told["driver-2"]
    assert isinstance(last, SaleRecorded)
    assert last.role == "driver"


def test_a_delivery_has_the_dealers_local_date() -> None:
    data = sale(delivered_on=None, delivered_at="2026-11-19T17:00:00Z")
    told = only_of("sale", data)
    assert isinstance(told, SaleRecorded)
    assert str(told.delivered_on) == "2026-11-20"


@pytest.mark.parametrize("status", ["open", "cancelled"])
def test_of_a_sale_that_is_not_delivered_the_dates_are_plans(status: str) -> None:
    planned = {"delivered_on": "2026-12-24", "delivered_at": "2026-12-24T10:00:00Z"}
    assert only_of("sale", sale(status=status, **planned))


def test_the_products_of_a_sale_expire_in_a_year_of_ours() -> None:
    products = [{"code": "plan"}, {"code": "plan", "expires_on": "1970-01-01"}]
    with pytest.raises(AssertionError, match="/data/products/1/expires_on"):
        reported("sale", sale(products=products))
