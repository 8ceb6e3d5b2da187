"""What the desk's dealer has: customers who wait for a call, and complaints at all stages."""

from collections.abc import Iterator
from typing import Any

from shared.contracts.vin import check_digit
from shared.platform.mongo import portions
from tests.e2e.house import House, ago, reported

DEALER = "sunrise/pudong"
BASE = f"/d/{DEALER}"
SOURCE = "dms-cn"
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", ("小明", "芳", "娜", "伟", "敏", "静", "丽", "强", "磊")
CUSTOMERS = 40
MOST_AT_ONCE = 400
COMPLAINTS = 12
"""Those of the customers 1 to 12, the first of them received five hours ago, the last just now."""


def name_of(number: int) -> str:
    """Of the customer of this number."""
    return FAMILY[number % len(FAMILY)] + GIVEN[number % len(GIVEN)]


def phone_of(number: int) -> str:
    return f"+861380013{number:04d}"


def vin_of(number: int) -> str:
    """Of their car; its check digit is right."""
    serial = f"LSVAU2180N2{number:06d}"
    return serial[:8] + check_digit(serial) + serial[9:]


def place_of(number: int) -> str:
    """Of the customer, within addresses of the desk."""
    return f"{SOURCE}/C{number}"


def case_of(number: int) -> str:
    """Of their complaint, within addresses of the desk."""
    return f"{SOURCE}/K-{number}"


def given(running: House, customers: int = CUSTOMERS) -> None:
    """Report it, of so many customers, and wait until each service has made of it what is to be
    seen."""
    for some in portions(list(_events(customers)), MOST_AT_ONCE):
        answer = running.send(*some)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejected"] == 0, answer.text
    wanted = (customers, COMPLAINTS, customers)

    def is_seen() -> bool:
        counts = running.get("followup", f"/v1/dealers/{DEALER}/tasks/counts").json()
        cases = running.get("complaints", f"/v1/dealers/{DEALER}/cases", limit=100).json()
        lines = running.get("scoring", f"/v1/dealers/{DEALER}/customers", limit=500).json()
        there = (counts["total"]["open"], len(cases["cases"]), len(lines["customers"]))
        return all(found >= least for found, least in zip(there, wanted, strict=True))

    running.until(is_seen)


def _events(customers: int) -> Iterator[dict[str, Any]]:
    for number in range(1, customers + 1):
        yield _sale(number)
        if number % 3 == 0:
            yield _visit(number)
    for number in range(1, COMPLAINTS + 1):
        yield _complaint(number)


def _report(kind: str, id_: str, **data: Any) -> dict[str, Any]:
    return reported(kind, id_, **{"dealer_id": DEALER, "source": SOURCE, **data})


def _customer(number: int) -> dict[str, Any]:
    return {
        "source_customer_id": f"C{number}",
        "name": name_of(number),
        "phones": [{"kind": "mobile", "number": phone_of(number), "verified": True}],
    }


def _vehicle(number: int) -> dict[str, Any]:
    return {
        "vin": vin_of(number),
        "plate": f"沪A{10_000 + number}",
        "make": "Sunrise",
        "model": "S5",
        "model_year": 2026,
    }


def _sale(number: int) -> dict[str, Any]:
    delivered = ago(days=4, hours=number % 20)
    return _report(
        "sale",
        f"sale-{number}",
        deal_no=f"D-{number}",
        status="delivered",
        source_modified_at=delivered,
        deal_date=delivered[:10],
        delivered_at=delivered,
        sale_type="retail",
        vehicle=_vehicle(number),
        price={"amount": "199900.00", "currency": "CNY"},
        customer=_customer(number),
    )


def _visit(number: int) -> dict[str, Any]:
    return _report(
        "visit",
        f"visit-{number}",
        ro_no=f"RO-{number}",
        status="closed",
        source_modified_at=ago(days=2),
        opened_at=ago(days=2, hours=5),
        closed_at=ago(days=2),
        lines=[{"line_no": "1", "pay_type": "customer", "labour_amount": "250.00"}],
        vehicle=_vehicle(number),
        customer=_customer(number),
    )


def _complaint(number: int) -> dict[str, Any]:
    received = ago(hours=5 * (COMPLAINTS - number) / (COMPLAINTS - 1))
    return _report(
        "complaint",
        f"complaint-{number}",
        case_no=f"K-{number}",
        received_at=received,
        source_modified_at=received,
        channel="phone",
        category="noise" if number % 2 else "paint",
        severity="major" if number % 4 == 0 else "normal",
        department="service",
        narrative="It rattles when it is cold." if number % 2 else "A scratch at the left door.",
        customer=_customer(number),
        vehicle=_vehicle(number),
    )
