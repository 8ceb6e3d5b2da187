"""A complaint that is filed at the desk: what is wrong with its form, and what it becomes."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.desk.domain.commands import event_of
from services.desk.domain.filing import FilingForm
from services.desk.domain.users import User
from shared.contracts.feeds import ComplaintReported

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
KEY = "sunrise/pudong/cdk/C-1"
A_KEY = b"a key of the tests"
USER = User(username="lin", name="Lin", staff_id="s-7", grants=("agent@sunrise/pudong",))
LEAST = {
    "received_at": "2026-11-21T11:30",
    "channel": "phone",
    "category": "price",
    "narrative": "Too dear.",
}


def form(**fields: str) -> FilingForm:
    return FilingForm(command=UUID(int=7), customer_key=KEY, fields={**LEAST, **fields})


def reported(sent: FilingForm) -> ComplaintReported:
    command = sent.report("sunrise/pudong", SHANGHAI, A_KEY)
    return ComplaintReported.model_validate(
        event_of(command, USER, NOW, by=False, timed=False).data
    )


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (form(), {}),
        (form(narrative=" "), {"narrative": "needed"}),
        (form(received_at=""), {"received_at": "needed"}),
        (form(received_at="now"), {"received_at": "no_time"}),
        (form(received_at="2026-11-21T12:01"), {"received_at": "in_future"}),
        (form(occurred_at="2026-11-21T11:31"), {"occurred_at": "in_future"}),
        (form(regulator_due_at="2026-11-21T11:30"), {"regulator_due_at": "not_after"}),
        (form(regulator_due_at="2026-12-01T00:00"), {}),
        (form(injuries="two"), {"injuries": "no_number"}),
    ],
)
def test_what_is_wrong_is_told_by_field(sent: FilingForm, wrong: dict[str, str]) -> None:
    assert sent.wrong(SHANGHAI, NOW) == wrong


def test_the_least_becomes_a_report() -> None:
    report = reported(form())
    assert report.customer is not None and report.customer.customer_key == KEY
    assert (report.source, report.severity, report.owner) == ("desk", "normal", None)
    assert report.received_at == datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
    assert not report.safety.crash and report.vehicle is None


def test_all_of_it_is_reported() -> None:
    vin = "WVWZZZ1JZXW000001"
    report = reported(
        form(
            severity="major",
            department="service",
            desired_outcome="refund",
            owner="s-9",
            regulator_ref="12315-7",
            regulator_due_at="2026-12-01T00:00",
            related_ro_no="RO-1",
            vin=vin,
            fire="yes",
            injuries="2",
        )
    )
    assert (report.severity, report.department, report.owner) == ("major", "service", "s-9")
    assert (report.regulator_ref, report.related_ro_no) == ("12315-7", "RO-1")
    assert report.vehicle is not None and report.vehicle.vin == vin
    assert (report.safety.fire, report.safety.crash, report.safety.injuries) == (True, False, 2)


def test_its_number_is_short_and_the_same_however_often_it_is_sent() -> None:
    assert form().case_no(A_KEY) == form(narrative="More words.").case_no(A_KEY)
    assert form().case_no(A_KEY) == reported(form()).case_no
    other = FilingForm(command=UUID(int=2**127), customer_key=KEY, fields=LEAST)
    assert other.case_no(A_KEY) != form().case_no(A_KEY) and len(other.case_no(A_KEY)) == len(
        "D-XXXXX-XXXXX"
    )


def test_nobody_can_make_a_form_that_has_the_number_of_another() -> None:
    """A number says nothing of its command, however much of that two forms share."""
    first, second = (
        FilingForm(command=UUID(int=2**127 + number), customer_key=KEY, fields=LEAST)
        for number in (1, 2)
    )
    assert first.case_no(A_KEY) != second.case_no(A_KEY)
    assert first.case_no(A_KEY) != first.case_no(b"another key")


def test_what_was_written_is_in_no_repr() -> None:
    assert "Too dear" not in repr(form())
