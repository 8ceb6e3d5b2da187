"""From intake's endpoint to scoring's lists and totals, and back again when documents change."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from deploy.cli.client_key import shown
from shared.contracts.identifiers import customer_key
from shared.settings import MongoSettings
from tests.e2e.house import DEALER, House, ago, house, reported
from tests.servers import Broker

pytestmark = [pytest.mark.broker, pytest.mark.database]

OTHER_DEALER = "sunrise/chicago"
LISTS, GRADES = f"/v1/dealers/{DEALER}/customers", f"/v1/dealers/{DEALER}/grades"
FINISHED_IS_CLOSED = """
extends: generic-csv-visits
fields:
  status: {column: status, words: {finished: closed}}
"""
ANALYSIS = f"/v1/dealers/{DEALER}/analysis"


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    directory, only = tmp_path_factory.mktemp("reading"), ("intake", "scoring")
    mappings = directory / "mappings"
    mappings.mkdir()
    (mappings / "finished-is-closed.yaml").write_text(FINISHED_IS_CLOSED, encoding="utf-8")
    set_to = {"AFTERCARE_MAPPINGS_DIR": str(mappings)}
    with house(directory, own_broker, own_mongo, set_to, only=only) as running:
        yield running


def sale(customer: str, *, dealer_id: str = DEALER, status: str = "delivered") -> dict[str, Any]:
    when = ago(hours=20) if status == "delivered" else ago(hours=1)
    return reported(
        "sale",
        f"sale-{customer}-{status}",
        dealer_id=dealer_id,
        deal_no=f"D-{customer}",
        status=status,
        source_modified_at=when,
        deal_date=ago(days=9)[:10],
        delivered_at=ago(hours=20),
        sale_type="retail",
        vehicle={"vin": f"WVWZZZ1JZXW00000{customer}"},
        price={"amount": "31500.00", "currency": "EUR"},
        customer={"source_customer_id": customer},
    )


def visit(customer: str, number: str, paid: str, status: str = "closed") -> dict[str, Any]:
    return reported(
        "visit",
        f"visit-{number}-{status}",
        ro_no=number,
        status=status,
        source_modified_at=ago(hours=10) if status == "closed" else ago(hours=1),
        opened_at=ago(hours=12),
        closed_at=ago(hours=10),
        customer={"source_customer_id": customer},
        lines=[
            {"line_no": "1", "pay_type": "customer", "labour_amount": paid, "parts_amount": "0"}
        ],
        currency="EUR",
    )


def numbers(aftercare: House, path: str = LISTS, **query: str | int) -> list[str]:
    found: Mapping[str, Any] = aftercare.get("scoring", path, **query).json()
    return [line["customer_key"].rpartition("/")[2] for line in found["customers"]]


def month_of_the_visits() -> str:
    """By the dealer's dates; it may have ended."""
    closed_at = datetime.fromisoformat(ago(hours=10))
    return f"{closed_at.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m}"


def counts(aftercare: House, *, customers: int, visits: int, paid: int) -> bool:
    """Whether the totals are these, which are written partition by partition.

    Of all months, as what was hours ago may have been in another than the present.
    """
    found: Mapping[str, Any] = aftercare.get("scoring", GRADES).json()
    months = [month["figures"] for month in found["months"]]
    told = (
        found["now"]["figures"]["customers"],
        sum(month["new"] for month in months),
        sum(month["visits"] for month in months),
        sum((Counter(month["paid"]) for month in months), Counter()),
    )
    return told == (customers, customers, visits, {"EUR": paid})


def test_events_come_in_lists_and_totals_and_what_is_voided_leaves_them(aftercare: House) -> None:
    sent = aftercare.send(
        *(sale(customer) for customer in ("1", "2", "3")),
        visit("2", "R-2", "600.00"),
        visit("3", "R-3", "300.00"),
        sale("9", dealer_id=OTHER_DEALER),
    )
    assert sent.json()["accepted"] == 6, sent.text
    aftercare.until(lambda: numbers(aftercare, sort="score") == ["2", "3", "1"])
    aftercare.until(lambda: counts(aftercare, customers=3, visits=2, paid=900))
    assert numbers(aftercare, sort="points", period=month_of_the_visits(), limit=2) == ["2", "3"]
    elsewhere = f"/v1/dealers/{OTHER_DEALER}/customers"
    aftercare.until(lambda: numbers(aftercare, elsewhere, sort="score") == ["9"])
    page = aftercare.get("scoring", LISTS, sort="score", limit=1).json()
    rest = aftercare.get("scoring", LISTS, sort="score", after=page["after"]).json()
    assert [line["customer_key"] for line in rest["customers"]] == [
        customer_key(DEALER, "dms", number) for number in ("3", "1")
    ]

    aftercare.send(visit("2", "R-2", "600.00", "voided"), sale("1", status="unwound"))
    aftercare.until(lambda: sorted(numbers(aftercare, sort="score")) == ["2", "3"])
    aftercare.until(lambda: counts(aftercare, customers=2, visits=1, paid=300))
    analysis = aftercare.get("scoring", ANALYSIS, by="source").json()["months"][-1]
    assert [group["group"] for group in analysis["groups"]] == ["dms"]
    assert analysis["groups"][0]["figures"] == analysis["total"]
    table = aftercare.get("scoring", ANALYSIS, by="source", format="csv", lang="en").text
    assert table.splitlines()[-1].split(",")[1:3] == ["total", "2"]


def test_what_was_rejected_of_a_file_is_corrected_replayed_and_scored(aftercare: House) -> None:
    intake, query = aftercare.stack.urls["intake"], {"dealer_id": OTHER_DEALER}
    post = partial(httpx.post, headers=shown(aftercare.stack.key), timeout=30)

    def kept() -> dict[int, str]:
        page = aftercare.get("intake", "/v1/rejected", dealer_id=OTHER_DEALER).json()
        return {each["record"]: each["rejected_id"] for each in page["rejected"]}

    def customers() -> set[str]:
        path = f"/v1/dealers/{OTHER_DEALER}/customers"
        return set(numbers(aftercare, path, sort="score"))

    rows = [
        f"R-{number},1,{status},{ago(hours=12)},{ago(hours=when)},{number},customer,300.00"
        for number, status, when in (
            ("61", "closed", 10),
            ("62", "finished", 10),
            ("63", "finished", 10),
            ("64", "closed", 14),
        )
    ]
    headings = "ro_no,line_no,status,opened_at,closed_at,customer_id,pay_type,labour_amount"
    sent = post(
        f"{intake}/v1/imports",
        params=query | {"mapping": "generic-csv-visits", "source": "dms"},
        content="\n".join([headings, *rows, ""]).encode(),
    )
    assert sent.status_code == 202, sent.text
    aftercare.until(lambda: sorted(kept()) == [2, 3, 4])

    by_hand = kept()[4]
    kept_of_it = aftercare.get("intake", f"/v1/rejected/{by_hand}").json()["content"]
    mended = [kept_of_it[0] | {"closed_at": ago(hours=10)}]
    done = post(f"{intake}/v1/rejected/{by_hand}/replay", json=mended).json()
    assert done["outcome"] == "accepted", done
    again = post(
        f"{intake}/v1/rejected/all/replay",
        params=query | {"mapping": "finished-is-closed"},
    ).json()
    assert (again["accepted"], again["rejected"], kept()) == (2, 0, {}), again
    aftercare.until(lambda: {"61", "62", "63", "64"} <= customers())
