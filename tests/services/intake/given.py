"""Reports as dealers send them, for tests, and what a consumer holds after the records."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.domain.examine.event import Reported, examine
from services.intake.domain.submissions import Submission, submissions
from shared.contracts import intake
from shared.contracts.envelope import from_headers
from shared.contracts.feeds import REPORTS
from shared.contracts.http.intake import Item
from shared.dealers.dealer import Dealer, Dealers, Means
from shared.decider.facts import keep_newest
from shared.platform.publisher import Record
from tests.services.intake.memory_register import HASH_KEY

PUDONG = "sunrise/pudong"
BERLIN = "sunrise/berlin"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
GOOD_VIN = "1HGCM82633A004352"
FAILED_VIN = "1HGCM82643A004352"

DEALERS = Dealers(
    [
        Dealer(id=PUDONG, name="Pudong", timezone="Asia/Shanghai", currency="CNY", region="CN"),
        Dealer(
            id=BERLIN,
            name="Berlin",
            timezone="Europe/Berlin",
            currency="EUR",
            region="DE",
            vin_check="warn",
        ),
    ]
)

Data = dict[str, Any]


def at(minutes: float = 0) -> str:
    """RFC 3339, so many minutes from NOW."""
    return (NOW + timedelta(minutes=minutes)).isoformat()


def customer(number: str = "C1", **more: Any) -> Data:
    """A customer with personal data."""
    phones = [{"kind": "mobile", "number": "138 1234 5678"}]
    return {"source_customer_id": number, "name": "Li Lei", "phones": phones} | more


def _document(more: Data, fields: Data) -> Data:
    return {"source": "cdk", "dealer_id": PUDONG, "source_modified_at": at(-60)} | fields | more


def sale(**more: Any) -> Data:
    """A delivered sale to C1."""
    fields = {
        "deal_no": "D1",
        "status": "delivered",
        "deal_date": "2026-11-01",
        "delivered_on": "2026-11-20",
        "sale_type": "retail",
        "vehicle": {"vin": GOOD_VIN, "plate": "沪A12345"},
        "customer": customer(),
        "price": {"amount": "199900.00", "currency": "CNY"},
    }
    return _document(more, fields)


def visit(**more: Any) -> Data:
    """A closed repair order of C1."""
    fields = {
        "ro_no": "RO 1",
        "status": "closed",
        "opened_at": at(-300),
        "closed_at": at(-120),
        "odometer_in": {"value": 1000, "unit": "mi"},
        "lines": [
            {
                "line_no": "1",
                "pay_type": "customer",
                "labour_amount": "100.10",
                "parts_amount": "20.05",
                "description": "private words",
            }
        ],
        "vehicle": {"vin": GOOD_VIN},
        "customer": customer(),
    }
    return _document(more, fields)


def line(pay_type: str) -> Data:
    """A job of a repair order."""
    return {"line_no": pay_type, "pay_type": pay_type, "labour_amount": "1"}


def complaint(**more: Any) -> Data:
    """A complaint of C1."""
    fields = {
        "case_no": "K1",
        "received_at": at(-90),
        "channel": "phone",
        "category": "brakes",
        "narrative": "my wife Han Meimei was frightened",
        "customer": customer(),
    }
    return _document(more, fields)


def step(**more: Any) -> Data:
    """The first contact on K1."""
    fields = {"case_no": "K1", "step_id": "S1", "step": "contacted", "at": at(-70), "by": "u7"}
    return _document(more, fields)


def merge(**more: Any) -> Data:
    """K1 is merged into K2."""
    fields = {"case_no": "K1", "step_id": "M1", "step": "merged", "at": at(-65), "by": "u7"}
    return _document(more, fields | {"merged_into": "K2"})


def target(**more: Any) -> Data:
    """The complaint K2, of C2."""
    return complaint(**{"case_no": "K2", "customer": customer("C2")} | more)


def consent(**more: Any) -> Data:
    fields = {"consent_no": "N1", "source_customer_id": "C1", "at": at(-70)}
    return _document(more, fields | {"opt_outs": ["sms"]})


def survey(**more: Any) -> Data:
    fields = {"survey_no": "V1", "source_customer_id": "C1", "survey": "csi", "at": at(-70)}
    return _document(more, fields | {"overall": 9, "items": {"q1": 8}})


def task_outcome(**more: Any) -> Data:
    fields = {"task_id": "0" * 36, "source_customer_id": "C1", "at": at(-70), "outcome": "done"}
    return _document(more, fields)


def call(**more: Any) -> Data:
    """A task's outcome in which a satisfaction survey was answered."""
    answered = {"outcome_no": "1", "survey": "csi", "overall": 9, "answers": {"on_time": 8}}
    return task_outcome(**answered | more)


def task_assignment(**more: Any) -> Data:
    """u7 claims a task for themselves."""
    fields = {"task_id": "0" * 36, "source_customer_id": "C1", "at": at(-70), "by": "u7"}
    return _document(more, fields | {"person": "u7"})


def referral(**more: Any) -> Data:
    fields = {"referral_no": "F1", "at": at(-70)}
    who = {"referrer_customer_id": "C1", "referred_customer_id": "C2"}
    return _document(more, fields | who)


def link(**more: Any) -> Data:
    """C1 and C2 are one person."""
    fields = {"link_no": "L1", "says": "same", "at": at(-70), "by": "u7"}
    return _document(more, fields | {"customer_id": "C1", "other_customer_id": "C2"})


def lead(**more: Any) -> Data:
    """An enquiry of C1 that came in by the web, and was answered."""
    fields = {"lead_no": "L1", "at": at(-300), "channel": "web", "status": "contacted"}
    told = {"contacts": [{"at": at(-240), "by": "u7"}], "customer": customer(), "note": "a red one"}
    return _document(more, fields | told)


def event(noun: str, data: Data, **more: Any) -> Data:
    """A structured CloudEvent of the type `dev.aftercare.<noun>.reported.v1`."""
    return {
        "id": "e1",
        "source": "/dms",
        "specversion": "1.0",
        "type": f"dev.aftercare.{noun}.reported.v1",
        "data": data,
    } | more


def correction(**more: Any) -> Data:
    """The telephone number of C1, found by staff."""
    fields = {
        "correction_no": "B1",
        "source_customer_id": "C1",
        "at": at(-50),
        "by": "u7",
        "phones": [{"number": "138 1234 5678"}],
    }
    return _document(more, fields)


EVERY_KIND = {
    "sale": sale,
    "visit": visit,
    "complaint": complaint,
    "complaint-step": step,
    "consent": consent,
    "survey": survey,
    "task-outcome": task_outcome,
    "task-assignment": task_assignment,
    "referral": referral,
    "customer-link": link,
    "customer": correction,
    "lead": lead,
}
assert {event(noun, {})["type"] for noun in EVERY_KIND} == set(REPORTS)


def reported(noun: str, data: Data, **more: Any) -> Reported:
    """The event, examined and found valid."""
    found = examine(event(noun, data, **more), dealers=DEALERS, now=NOW)
    assert isinstance(found, Reported), found
    return found


def all_submitted(noun: str, data: Data, **more: Any) -> list[Submission]:
    """What the report asks of the register: for its document, then for profiles."""
    return submissions(reported(noun, data, **more), key=HASH_KEY)


def submitted(noun: str, data: Data, **more: Any) -> Submission:
    """What the report asks of the register for its document."""
    return all_submitted(noun, data, **more)[0]


def messages(noun: str, data: Data) -> dict[str, intake.Recorded]:
    """Role -> what would be published of the report's document."""
    return dict(submitted(noun, data).messages)


def only_of(noun: str, data: Data) -> intake.Recorded:
    """The one message of the report's document."""
    (message,) = messages(noun, data).values()
    return message


def key(number: str = "C1", dealer_id: str = PUDONG) -> str:
    """The key of a customer of the DMS 'cdk'."""
    return f"{dealer_id}/cdk/{number}"


def message_of(record: Record) -> intake.Recorded:
    """A record as its contract, by its ce_type."""
    kinds = {contract.TYPE: contract for contract in intake.ALL}
    attributes = from_headers(record.headers)
    assert record.value is not None
    return kinds[attributes["type"]].model_validate_json(record.value)


def held(messages: Iterable[intake.Recorded]) -> dict[tuple[str, str], intake.Recorded]:
    """(customer key, document id) -> the newest message, moved ones left out: what counts."""
    by_place = ((f"{each.customer_key}\n{each.document_id}", each) for each in messages)
    nothing: Mapping[str, intake.Recorded] = {}
    facts = keep_newest(nothing, by_place)
    found = {(fact.customer_key, fact.document_id): fact for fact in facts.values()}
    return {where: fact for where, fact in found.items() if not isinstance(fact, intake.Moved)}


def places(messages: Iterable[intake.Recorded], kind: str) -> set[str]:
    """The customer keys at which consumers hold a document of this kind."""
    return {where for where, document_id in held(messages) if f"/cdk/{kind}/" in document_id}


def outcomes(items: Iterable[Item]) -> list[str]:
    """What became of each event of a batch."""
    return [item.outcome for item in items]


def knowing_by(*means: Means) -> Dealers:
    """The dealers, of whom each knows customers without a number by these."""
    changed = {"customers_without_number": means}
    return Dealers([dealer.model_copy(update=changed) for dealer in DEALERS.all()])


def lines(events: Iterable[Data]) -> bytes:
    """NDJSON."""
    return b"\n".join(json.dumps(one).encode() for one in events)
