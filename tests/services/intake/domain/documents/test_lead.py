"""A lead: the customer's, else under a key of its own, and what of it cannot be taken."""

from typing import Any

import pytest

from services.intake.domain.decide import decide
from services.intake.domain.documents import kind_of
from services.intake.domain.examine.event import InvalidEvent, examine
from services.intake.domain.profiles.profile import PROFILE
from shared.contracts.intake import CustomerMoved
from shared.contracts.leads import LeadRecorded
from tests.services.intake.given import (
    DEALERS,
    NOW,
    PUDONG,
    all_submitted,
    at,
    customer,
    event,
    key,
    lead,
    messages,
    only_of,
    reported,
    submitted,
)

LOST: dict[str, Any] = {
    "status": "lost",
    "status_at": at(-120),
    "status_by": "u7",
    "reason": "price",
}
OWN_KEY = f"{PUDONG}/cdk/lead/L1"


def refused(**more: Any) -> list[tuple[str, str]]:
    found = examine(event("lead", lead(**more)), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    return [(error.pointer, error.detail) for error in found.errors]


def test_a_lead_is_of_the_customer_it_names_and_its_note_stays_in_the_register() -> None:
    recorded = only_of("lead", lead())
    assert isinstance(recorded, LeadRecorded)
    assert recorded.customer_key == key()
    assert (recorded.channel, recorded.status, recorded.timezone) == (
        *("web", "contacted"),
        "Asia/Shanghai",
    )
    assert submitted("lead", lead()).words == {"note": "a red one"}


def test_a_lead_that_names_nobody_is_kept_under_a_key_of_its_own() -> None:
    assert only_of("lead", lead(customer=None)).customer_key == OWN_KEY


def test_who_is_to_be_called_is_in_the_profile_of_one_that_has_a_number_as_a_customer() -> None:
    """Be it one of the lead's own, until they are known by another."""
    own = "lead-L1"
    document, *others = all_submitted("lead", lead(customer=customer(own)))
    (recorded,) = document.messages.values()
    assert recorded.customer_key == key(own)
    assert "Li Lei" not in recorded.model_dump_json()
    profile = next(each for each in others if each.kind == PROFILE)
    assert (profile.customer_key, profile.said["name"]) == (key(own), "Li Lei")
    assert "+8613812345678" in str(profile.said["phones"])


def test_the_key_of_a_lead_is_none_of_a_customer_nor_of_another_document() -> None:
    visit_without_anybody = {"ro_no": "L1", "status": "open", "opened_at": at(-60), "lines": []}
    visit_without_anybody |= {"source": "cdk", "dealer_id": PUDONG}
    keys = {
        only_of("lead", lead(customer=None)).customer_key,
        only_of("lead", lead(customer=customer("L1"))).customer_key,
        only_of("visit", visit_without_anybody).customer_key,
    }
    assert len(keys) == 3


def test_a_lead_moves_to_the_customer_whom_a_later_version_names() -> None:
    nobody = submitted("lead", lead(customer=None))
    row = decide(None, nobody, received_at=NOW).row
    named = submitted("lead", lead(source_modified_at=at(-30)), id="e2")
    moved, recorded = decide(row, named, received_at=NOW).messages
    assert isinstance(moved, CustomerMoved)
    assert moved.customer_key == OWN_KEY
    assert (moved.document_id, moved.version) == (recorded.document_id, recorded.version)
    assert recorded.customer_key == key()


def test_a_lead_of_the_dealership_itself_reaches_nobody() -> None:
    assert messages("lead", lead(customer=customer(kind="internal"))) == {}


def test_what_becomes_of_a_call_can_name_a_lead_by_its_own_key() -> None:
    told = {"task_id": "0" * 36, "customer_key": OWN_KEY, "at": at(-70), "outcome": "done"}
    outcome = told | {"source": "desk", "dealer_id": PUDONG}
    assert only_of("task-outcome", outcome).customer_key == OWN_KEY


@pytest.mark.parametrize("status", ["quasi_lost", "lost", "bought"])
def test_what_ends_a_lead_for_now_has_its_moment(status: str) -> None:
    assert refused(status=status, reason="price") == [
        ("/data", f"a lead '{status}' needs status_at")
    ]


@pytest.mark.parametrize(
    ("more", "detail"),
    [
        (LOST | {"reason": None}, "a lead 'lost' needs reason"),
        (LOST | {"status": "quasi_lost", "reason": None}, "a lead 'quasi_lost' needs reason"),
        ({"status_at": at(-301)}, "status_at is before at"),
        (LOST | {"approved_by": "m1"}, "approved_by and approved_at are said together"),
        (LOST | {"approved_at": at(-60)}, "approved_by and approved_at are said together"),
        (
            LOST | {"approved_by": "m1", "approved_at": at(-121)},
            "approved_at is before the lead was lost",
        ),
        (
            {"approved_by": "m1", "approved_at": at(-60)},
            "only a lead 'lost' has an approval",
        ),
        (
            LOST | {"earlier": [{"status": "open", "at": at(-60)}]},
            "an earlier status is later than status_at",
        ),
        ({"earlier": [{"status": "open", "at": at(-300)}]}, "with earlier statuses, status_at is"),
    ],
)
def test_what_contradicts_itself_is_refused(more: dict[str, Any], detail: str) -> None:
    ((pointer, said),) = refused(**more)
    assert pointer == "/data"
    assert said.startswith(detail)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        (
            {"earlier": [{"status": "lost", "at": at(-200)}], "status_at": at(-100)},
            "/data/earlier/0",
        ),
        (
            {"contacts": [{"at": at(10)}]},
            "/data/contacts/0/at",
        ),
        ({"contacts": [{"at": "1950-01-01T00:00:00Z"}]}, "/data/contacts/0/at"),
        ({"status_at": at(10)}, "/data/status_at"),
        ({"reason": "no idea"}, "/data/reason"),
        ({"competitor": "call 13812345678"}, "/data/competitor"),
        ({"model": "li@lei.cn"}, "/data/model"),
        ({"buys_within_days": -1}, "/data/buys_within_days"),
        ({"contacts": [{"at": at(-10)}] * 201}, "/data/contacts"),
    ],
)
def test_the_place_of_what_cannot_be_is_named(more: dict[str, Any], pointer: str) -> None:
    assert pointer in [where for where, _ in refused(**more)]


@pytest.mark.parametrize(
    ("more", "pointers"),
    [
        ({}, []),
        (LOST, []),
        (LOST | {"reason": "put_off"}, ["/reason"]),
        (LOST | {"reason": "undecided"}, ["/reason"]),
        (LOST | {"status": "quasi_lost", "reason": "unreachable"}, ["/reason"]),
        (LOST | {"approved_by": "u7", "approved_at": at(-60)}, ["/approved_by"]),
        ({"contacts_made": 0}, ["/contacts_made"]),
        ({"contacts_made": 7}, []),
    ],
)
def test_what_is_odd_is_taken_and_warned_about(more: dict[str, Any], pointers: list[str]) -> None:
    report = reported("lead", lead(**more)).report
    assert [where for where, _ in kind_of(report).doubtful(report)] == pointers


def test_a_lead_that_was_entered_by_mistake_is_voided() -> None:
    recorded = only_of("lead", lead(status="voided"))
    assert isinstance(recorded, LeadRecorded)
    assert recorded.status == "voided"
