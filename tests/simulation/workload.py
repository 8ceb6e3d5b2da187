"""What a seed sends to the toy service: visits, corrected, repeated, out of order; and poison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import customer_key
from shared.contracts.topics import VISITS
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from tests.shared.runtime.toy import DEALER, START, visit

CUSTOMERS = ("1", "2", "3", "4")
VISITS_A_CUSTOMER = 3
REVISIONS = 3
OPENED_HOURS = (-30, 24)
"""Around the start: some alarms are due at once, others while things go wrong or at the end."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record of the log, and what a naive reader knows of it without reading it."""

    record: Record
    customer: str
    document: str | None = None
    """None: it is poison, or nothing that the service reads."""
    revision: int = 0
    is_open: bool = False
    opened_at: datetime = START
    poison: bool = False


def key_of(customer: str) -> str:
    """The key of a customer's records, which is the id of the aggregate too."""
    return customer_key(DEALER, "dms", customer)


def workload(random: Random) -> list[Sent]:
    """Records in the order in which they come onto the topic."""
    sent = [
        found
        for customer in CUSTOMERS
        for number in range(random.randint(1, VISITS_A_CUSTOMER))
        for found in _revisions(random, customer, f"{customer}-{number}")
    ]
    sent.extend(random.choices(sent, k=len(sent) // 4))
    sent.extend(_oddity(random) for _ in range(random.randint(0, 4)))
    if random.random() < 0.5:
        random.shuffle(sent)
    else:
        sent.sort(key=lambda found: found.revision + random.random())
    return sent


def _revisions(random: Random, customer: str, document: str) -> list[Sent]:
    hours = random.randint(*OPENED_HOURS)
    return [
        _visit(customer, document, revision, random.random() < 0.6, hours)
        for revision in range(1, random.randint(1, REVISIONS) + 1)
    ]


@cache
def _visit(customer: str, document: str, revision: int, is_open: bool, hours: int) -> Sent:
    opened_at = START + timedelta(hours=hours)
    content = visit(
        document,
        customer=customer,
        revision=revision,
        status="open" if is_open else "closed",
        opened_at=opened_at,
    )
    record = _record(customer, content.model_dump_json().encode(), content.TYPE)
    return Sent(record, customer, content.document_id, revision, is_open, opened_at)


@cache
def _oddities(customer: str) -> Mapping[str, Sent]:
    good = visit("odd", customer=customer, department="raises in join")
    value = good.model_dump_json().encode()
    readable = _record(customer, value, good.TYPE)
    return {
        "does not join": Sent(readable, customer, poison=True),
        "not JSON": Sent(replace(readable, value=b"?"), customer, poison=True),
        "null": Sent(replace(readable, value=None), customer, poison=True),
        "no type": Sent(replace(readable, headers=()), customer, poison=True),
        "unknown type": Sent(_record(customer, value, "dev.aftercare.other.v1"), customer),
    }


def _oddity(random: Random) -> Sent:
    oddities: Sequence[Sent] = list(_oddities(random.choice(CUSTOMERS)).values())
    return random.choice(oddities)


def _record(customer: str, value: bytes, type_: str) -> Record:
    attributes = {
        "id": f"simulated-{customer}",
        "type": type_,
        "source": "simulation",
        "specversion": "1.0",
        "recordedtime": instant_text(START),
    }
    return Record(VISITS.name, key_of(customer).encode(), value, tuple(to_headers(attributes)))
