"""`aftercare up` again, after a crash: the broker forgot everything, and nothing is lost."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.address_file import BACKENDS
from deploy.cli.republish import PutBack
from deploy.sandbox.stack import any_ports, running_stack
from shared.contracts.identifiers import customer_key, document_id
from shared.contracts.topics import ALL, ESCALATIONS
from tests.e2e.house import DEALER, House, ago, reported, visit
from tests.polled import written
from tests.servers import Broker

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]

INTAKES_TOPICS = [topic.name for topic in ALL if topic.producer == "intake"]


@contextmanager
def up(directory: Path, *, only: Sequence[str] = BACKENDS) -> Iterator[House]:
    """Everything on embedded servers, or `only` these services, with its data in `directory`."""
    with running_stack(directory=directory, ports=any_ports(), only=only) as stack:
        yield House(stack, Broker("tansu", stack.kafka.bootstrap_servers), directory, {})


def complaint(case_no: str, customer: str, **more: Any) -> dict[str, Any]:
    data = {
        "case_no": case_no,
        "source_modified_at": ago(hours=3),
        "received_at": ago(hours=3.25),
        "channel": "phone",
        "category": "noise",
        "narrative": "it rattles",
        "customer": {"source_customer_id": customer},
    }
    return reported("complaint", f"{case_no}-{customer}", **data | more)


def contacted(case_no: str) -> dict[str, Any]:
    return reported(
        "complaint-step",
        f"{case_no}-s1",
        case_no=case_no,
        step_id="s1",
        step="contacted",
        at=ago(hours=3),
        by="staff-7",
        source_modified_at=ago(hours=3),
    )


REPORTS = [
    *(visit(number, f"30{number}") for number in range(10)),
    reported(
        "consent",
        "consent-1",
        consent_no="N1",
        source_customer_id="301",
        at=ago(days=2),
        source_modified_at=ago(days=2),
        do_not_contact=True,
    ),
    *(complaint(f"R-{number}", f"31{number}") for number in range(5)),
    *(contacted(f"R-{number}") for number in range(5)),
]
MOVED = complaint("R-0", "320", source_modified_at=ago(hours=1))
"""The complaint R-0 is another customer's."""


def test_a_crash_loses_nothing_that_was_accepted(tmp_path: Path) -> None:
    with up(tmp_path) as before:
        for service in READ_BY:
            before.child(service).kill()  # they have read nothing of what follows
        for batch in (REPORTS, [MOVED]):
            answer = before.send(*batch).json()
            assert answer["accepted"] == len(batch), answer
        published = records(before)
        for child in before.stack.children:
            child.kill()

    with up(tmp_path) as after:
        assert after.stack.put_back is not None
        assert after.stack.put_back.documents >= len(REPORTS)
        assert after.stack.put_back.not_kept == 0
        for service, kinds in READ_BY.items():
            until_held(after, service, {id_ for id_ in documents() if id_.split("/")[3] in kinds})
        again = records(after)
        assert again.items() <= published.items(), "the same ids, keys, contents and headers"
        assert {topic for topic, *_ in again.values()} == {
            topic for topic, *_ in published.values()
        }
        case = document_id(DEALER, "dms", "complaint", "R-0")
        found = after.get("complaints", f"/v1/cases/{customer_key(DEALER, 'dms', '320')}%7C{case}")
        assert found.is_success, "the complaint is where it was corrected to"
        for service in ("scoring", "followup"):
            standings = {f"{id_}/standing" for id_ in documents() if COMPLAINT in id_}
            until_held(after, service, standings)

        for batch in (REPORTS, [MOVED]):
            answer = after.send(*batch).json()
            assert (answer["duplicate"], answer["accepted"]) == (len(batch), 0)
        raised = [said for said in after.said(ESCALATIONS) if "escalation.raised" in said.type]
        assert raised == [], "all were contacted in time, which was known ahead"


def test_what_is_started_on_no_data_has_nothing_to_put_back(tmp_path: Path) -> None:
    with up(tmp_path / "new", only=["intake"]) as first:
        assert first.stack.put_back is None
    with up(tmp_path / "new", only=["intake"]) as second:
        assert second.stack.put_back == PutBack()


READ_BY = {
    "scoring": {"visit"},
    "followup": {"visit", "consent"},
    "complaints": {"complaint", "complaint-step"},
}
"""Service -> the kinds of documents that it holds."""


COMPLAINT = "/complaint/"


def until_held(house: House, service: str, expected: set[str]) -> None:
    """Wait until a service holds all these documents."""
    house.until(lambda: expected <= set(house.held(service)))


def documents() -> set[str]:
    """The ids of all that is reported."""
    numbers = {"visit": "ro_no", "consent": "consent_no", "complaint": "case_no"}
    found = set()
    for report in REPORTS:
        kind, data = report["type"].split(".")[2], report["data"]
        if kind == "complaint-step":
            found.add(document_id(DEALER, "dms", kind, data["case_no"], data["step_id"]))
        else:
            found.add(document_id(DEALER, "dms", kind, data[numbers[kind]]))
    return found


def records(house: House) -> dict[str, tuple[object, ...]]:
    """Record id -> what is on intake's topics under it, but for the event that caused it."""
    found: dict[str, tuple[object, ...]] = {}
    for record in asyncio.run(written(house.broker.settings(), *INTAKES_TOPICS)):
        headers = dict(record.headers)
        headers.pop("ce_causationid", None)
        id_ = headers["ce_id"].decode()
        told = (record.topic, record.key, record.value, tuple(sorted(headers.items())))
        assert found.setdefault(id_, told) == told
    return found
