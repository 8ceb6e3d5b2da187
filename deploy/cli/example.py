"""`aftercare example`: a valid event of each type, with dates that suit the present.

They belong to one customer of the dealer's, so that sent one after the other they make a story.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from deploy.cli import configuration
from deploy.cli.terminal import write_json
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    CustomerLinkReported,
    CustomerReported,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskAssignmentReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.leads import LeadReported
from shared.dealers.dealer import Dealer
from shared.time.clock import SystemClock

SOURCE = "my-dms"
CUSTOMER = "C-10234"
VIN = "WVWZZZ1KZAW000001"
NO_TASK = "00000000-0000-0000-0000-000000000000"
"""Stands for the `task_id` that followup announces."""

Data = Mapping[str, Any]


def event(name: str, dealer: Dealer, *, now: datetime) -> dict[str, Any]:
    """The example of a type of report as a CloudEvent, as it is sent. `now` has a zone.

    Its id has the second it was made, so that one made later is a correction and no repeat.
    """
    report, number, data = _EXAMPLES[name]
    return {
        "specversion": "1.0",
        "id": f"{name}-{number}-{now:%Y%m%dT%H%M%S}",
        "source": f"/{SOURCE}",
        "type": report.TYPE,
        "data": {"source": SOURCE, "dealer_id": dealer.id, **data(now.astimezone(dealer.zone))},
    }


def _customer() -> Data:
    return {
        "source_customer_id": CUSTOMER,
        "name": "Erika Mustermann",
        "phones": [{"number": "+49 30 901820"}],
    }


def _sale(now: datetime) -> Data:
    return {
        "deal_no": "D-2041",
        "status": "delivered",
        "deal_date": _day(now, -2),
        "delivered_at": _at(now, -2, "11:00"),
        "sale_type": "retail",
        "vehicle": {"vin": VIN},
        "customer": _customer(),
    }


def _visit(now: datetime) -> Data:
    return {
        "ro_no": "88213",
        "status": "closed",
        "opened_at": _at(now, -2, "08:10"),
        "closed_at": _at(now, -2, "15:50"),
        "lines": [{"line_no": "1", "pay_type": "customer", "labour_amount": "420.00"}],
        "vehicle": {"vin": VIN},
        "customer": _customer(),
    }


def _complaint(now: datetime) -> Data:
    return {
        "case_no": "K-5107",
        "received_at": _before(now, minutes=30),
        "channel": "phone",
        "category": "repair",
        "narrative": "The noise is back, two days after the repair.",
        "related_ro_no": "88213",
        "owner": "a.weber",
        "vehicle": {"vin": VIN},
        "customer": _customer(),
    }


def _step(now: datetime) -> Data:
    return {
        "case_no": "K-5107",
        "step_id": "K-5107/1",
        "step": "contacted",
        "at": _before(now, minutes=5),
        "by": "a.weber",
    }


def _consent(now: datetime) -> Data:
    return {
        "consent_no": "E-77",
        "source_customer_id": CUSTOMER,
        "at": _before(now, minutes=20),
        "opt_outs": ["sms"],
    }


def _survey(now: datetime) -> Data:
    return {
        "survey_no": "S-318",
        "source_customer_id": CUSTOMER,
        "survey": "csi",
        "at": _before(now, minutes=10),
        "overall": 8,
        "items": {"on_time": 9, "explanation": 7},
    }


def _outcome(now: datetime) -> Data:
    return {
        "task_id": NO_TASK,
        "source_customer_id": CUSTOMER,
        "at": _before(now, minutes=2),
        "outcome": "done",
        "survey": "csi",
        "scale": "1-5",
        "overall": 5,
        "answers": {"on_time": 4, "fixed_first_time": 5},
    }


def _assignment(now: datetime) -> Data:
    return {
        "task_id": NO_TASK,
        "source_customer_id": CUSTOMER,
        "at": _before(now, minutes=3),
        "by": "a.weber",
        "person": "a.weber",
    }


def _referral(now: datetime) -> Data:
    return {
        "referral_no": "R-12",
        "at": _before(now, minutes=15),
        "referrer_customer_id": CUSTOMER,
        "referred_customer_id": "C-10377",
    }


def _link(now: datetime) -> Data:
    return {
        "link_no": "L-9",
        "says": "same",
        "at": _before(now, minutes=1),
        "by": "a.weber",
        "customer_id": CUSTOMER,
        "other_customer_id": "C-10031",
    }


def _correction(now: datetime) -> Data:
    return {
        "correction_no": "B-51",
        "source_customer_id": CUSTOMER,
        "at": _before(now, minutes=1),
        "by": "a.weber",
        "phones": [{"number": "+49 30 901821", "verified": True}],
        "email": None,
    }


def _lead(now: datetime) -> Data:
    return {
        "lead_no": "P-640",
        "at": _before(now, minutes=90),
        "channel": "web",
        "status": "contacted",
        "contacts": [{"at": _before(now, minutes=30), "by": "a.weber", "channel": "phone"}],
        "ability_to_pay": "high",
        "brand_loyalty": "some",
        "buys_within_days": 30,
        "owner": "a.weber",
    }


def _day(now: datetime, days: int) -> str:
    return (now.date() + timedelta(days=days)).isoformat()


def _at(now: datetime, days: int, time: str) -> str:
    """A time of day by the dealer's clock, with its offset."""
    hour, minute = (int(part) for part in time.split(":"))
    day = now.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=now.tzinfo).isoformat()


def _before(now: datetime, *, minutes: int) -> str:
    moment = (now.timestamp() - minutes * 60) // 1
    return datetime.fromtimestamp(moment, now.tzinfo).isoformat()


_EXAMPLES: dict[str, tuple[type[AnyReport], str, Callable[[datetime], Data]]] = {
    "visit": (VisitReported, "88213", _visit),
    "complaint": (ComplaintReported, "K-5107", _complaint),
    "complaint-step": (ComplaintStepReported, "K-5107-1", _step),
    "sale": (SaleReported, "D-2041", _sale),
    "consent": (ConsentReported, "E-77", _consent),
    "survey": (SurveyReported, "S-318", _survey),
    "task-outcome": (TaskOutcomeReported, "T-1", _outcome),
    "task-assignment": (TaskAssignmentReported, "T-1", _assignment),
    "referral": (ReferralReported, "R-12", _referral),
    "customer-link": (CustomerLinkReported, "L-9", _link),
    "customer": (CustomerReported, "B-51", _correction),
    "lead": (LeadReported, "P-640", _lead),
}
NAMES = tuple(_EXAMPLES)
"""What there is an example of, as the command names it."""


def command(
    names: Annotated[
        list[str], typer.Argument(metavar="TYPE...", help=f"Any of {', '.join(NAMES)}.")
    ],
    dealer: Annotated[str, typer.Option(help="Of which dealer: group/dealer.")] = "sunrise/berlin",
) -> None:
    """Print events to try, one a line, with dates that suit the present."""
    for name in names:
        if name not in NAMES:
            raise typer.BadParameter(f"'{name}' is none of {', '.join(NAMES)}")
    dealers = configuration.checked("intake").dealers()
    found = dealers.find(dealer)
    if found is None:
        known = ", ".join(each.id for each in dealers.all())
        raise typer.BadParameter(f"'{dealer}' is none of {known}", param_hint="--dealer")
    now = SystemClock().now()
    for name in names:
        write_json(event(name, found, now=now), readable=True)
