"""Whom a dealer could ask how it was, and so is counted as asked."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from tests.dealers import DEALERS
from tests.services.followup.given import (
    DEALER,
    consent,
    delivery,
    given,
    opt_outs,
    outcome,
    survey,
    visit,
)
from tests.services.followup.given_surveys import counted_in

POLICY = FollowUpPolicy()


def january(*events: Event[Any], policy: FollowUpPolicy = POLICY) -> Mapping[str, int]:
    """What the customer counts for in that month."""
    zone = DEALERS.zone_of(DEALER)
    return counted_in(given(*events).facts, policy, zone=zone).get("2025-01", {})


NO_CALLS = ("phone", "app", "sms", "email")
"""The ways of the satisfaction calls that ship."""


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ((), 1),
        ((consent("2025-01-01", do_not_contact=True),), 0),
        ((consent("2025-01-11 08:59", do_not_contact=True),), 0),
        ((consent("2025-01-12", do_not_contact=True),), 1),
        ((consent("2025-01-01", do_not_contact=True), consent("2025-01-05", "N2")), 1),
        ((consent("2025-01-01", opt_outs=NO_CALLS),), 0),
        ((consent("2025-01-01", opt_outs=("phone", "email")),), 1),
        ((opt_outs("2025-01-10 12:00", *NO_CALLS),), 0),
        ((consent("2025-01-01", do_not_contact=True), survey("2025-01-12", 9)), 1),
        (
            (
                consent("2025-01-01", do_not_contact=True),
                outcome("2025-01-11", "service_satisfaction/visit/R1", "done"),
            ),
            1,
        ),
    ],
    ids=[
        "who says nothing",
        "no contact",
        "none since before the call",
        "none since after it",
        "allowed again",
        "every way of the call is refused",
        "one is left",
        "refused by what a document says",
        "answers all the same",
        "is called all the same",
    ],
)
def test_who_cannot_be_asked_is_not_counted_as_asked(
    said: tuple[Event[Any], ...], asked: int
) -> None:
    """The call after the visit opens on the 11th at nine."""
    found = january(visit("2025-01-10 17:00"), *said)
    assert found.get("asked csi", 0) == asked
    assert found.get("responded csi", 0) <= asked


def test_without_a_call_of_ones_own_it_is_what_they_allow_as_the_sale_is_over() -> None:
    """As surveys are another's."""
    calls = ("delivery_satisfaction", "service_satisfaction")
    policy = POLICY.model_copy(
        update={"rules": tuple(rule for rule in POLICY.rules if rule.kind not in calls)}
    )
    sold = delivery("2025-01-10")
    for said, asked in (
        (consent("2025-01-11", do_not_contact=True), 1),
        (consent("2025-01-09", do_not_contact=True), 0),
        (consent("2025-01-09", opt_outs=NO_CALLS), 1),
        (consent("2025-01-09", opt_outs=(*NO_CALLS, "post")), 0),
    ):
        assert january(sold, said, policy=policy).get("asked ssi", 0) == asked


def test_a_visit_by_which_a_car_was_prepared_for_its_delivery_asks_nobody() -> None:
    found = january(visit("2025-01-10 12:00", hours=4), delivery("2025-01-10 17:00"))
    assert found == {"asked ssi": 1, "orders": 1}
