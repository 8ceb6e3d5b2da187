"""Customers' stories for scoring, drawn by Hypothesis."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_args

from hypothesis import strategies as some

from shared.contracts.complaints import Stands
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Severity
from tests.services.scoring.given import (
    complaint,
    day,
    line,
    moved,
    product,
    referral,
    sale,
    survey,
    visit,
)
from tests.services.scoring.given_identity import (
    no_referred_purchase,
    not_parted,
    parted,
    profile,
    referred_purchase,
)

START = day("2022-01-01")
DAYS = 4 * 365
END = START + timedelta(days=DAYS + 3000)
on_a_day = some.integers(0, DAYS).map(
    lambda days: (START + timedelta(days=days)).strftime("%Y-%m-%d")
)
numbers = some.sampled_from(["1", "2", "3"])
CARS = ("LSVAU2180N2183294", "LSVAU2180N2183295")
cars = some.sampled_from([None, *CARS])
revisions = some.integers(1, 3)
products = some.builds(
    product,
    some.sampled_from([None, "accessory", "insurance", "warranty"]),
    some.sampled_from([None, "0", "900"]),
    expires_on=some.sampled_from([None, "2024-06-30"]),
)
lines = some.builds(
    line,
    some.sampled_from(["-2000", "-100", "0", "999.99", "9000"]),
    pays=some.sampled_from(["customer", "customer", "warranty", "internal"]),
    category=some.sampled_from([None, "accessory", "insurance", "maintenance"]),
    code=some.sampled_from([None, "A", "B"]),
)


KINDS = (
    *("sale", "visit", "complaint", "survey", "referral"),
    *("referred_purchase", "parted", "profile"),
)
FEW_KINDS = (("sale",), ("sale", "visit"), ("complaint",), ("sale", "visit", "parted"))
"""Of which documents meet that bear on each other."""


@some.composite
def turns(draw: some.DrawFn, on: str) -> tuple[str, str]:
    """How a complaint of that day stood some time after."""
    at = day(on) + timedelta(days=draw(some.sampled_from([0, 1, 5, 30, 400])))
    received = at + timedelta(days=draw(some.sampled_from([0, 6, 8, 400])))
    stands = draw(some.sampled_from(get_args(Stands)))
    severity = draw(some.sampled_from(get_args(Severity)))
    return f"{at:%Y-%m-%d}", f"{stands} {severity} {received:%Y-%m-%d}"


@some.composite
def documents(draw: some.DrawFn, kinds: Sequence[str] = KINDS) -> Event[Any]:
    """One record of intake or complaints: few numbers, so that versions of one document meet."""
    on, number, revision = draw(on_a_day), draw(numbers), draw(revisions)
    late = draw(some.sampled_from([0, 0, 6, 8, 400]))
    received = (day(on) + timedelta(days=late)).strftime("%Y-%m-%d")
    match draw(some.sampled_from(kinds)):
        case "sale":
            role = draw(some.sampled_from(["buyer", "buyer", "co_buyer", "driver"]))
            status = draw(some.sampled_from(["delivered", "delivered", "open", "unwound"]))
            event = sale(
                on,
                number,
                role=role,
                status=status,
                vin=draw(cars),
                products=draw(some.lists(products, max_size=2)),
                traded_in=draw(some.sampled_from([(), (), CARS[:1], CARS])),
                received=received,
                revision=revision,
            )
        case "visit":
            paid = draw(some.sampled_from(["0", "999.99", "1500", "9000"]))
            status = draw(some.sampled_from(["closed", "closed", "open", "voided"]))
            event = visit(
                on,
                number,
                paid=paid,
                status=status,
                vin=draw(cars),
                lines=draw(some.lists(lines, max_size=3)),
                promised=draw(some.sampled_from([None, f"{on}T09:00:00Z", f"{on}T12:00:00Z"])),
                comeback_of=draw(some.sampled_from([None, None, "1"])),
                received=received,
                revision=revision,
            )
        case "complaint":
            severity: Severity = draw(some.sampled_from(get_args(Severity)))
            event = complaint(
                on,
                number,
                *draw(some.lists(turns(on), max_size=3).map(sorted)),
                severity=severity,
                received=received,
                revision=revision,
            )
        case "survey":
            overall = draw(some.integers(0, 10))
            event = survey(on, overall, number, received=received, revision=revision)
        case "referred_purchase":
            gone = draw(some.integers(0, 4)) == 0
            event = (
                no_referred_purchase(number, revision=revision)
                if gone
                else referred_purchase(on, number, received=received, revision=revision)
            )
        case "parted":
            vin = draw(some.sampled_from(CARS))
            because = draw(some.sampled_from(["sold_on", "traded_in"]))
            gone = draw(some.integers(0, 4)) == 0
            event = (
                not_parted(vin, number, revision=revision)
                if gone
                else parted(on, vin, number, because=because, received=received, revision=revision)
            )
        case "profile":
            event = profile(birth_year=draw(some.integers(1950, 1952)), revision=revision)
        case _:
            event = referral(on, number, received=received, revision=revision)
    return event


def version_of(event: Event[Any]) -> str:
    """Which version of its document an event brings."""
    return str(getattr(event.data, "version", event.sequence))


@some.composite
def stories(draw: some.DrawFn) -> list[Event[Any]]:
    """Records of which one version of a document always says the same, and some moves."""
    kinds = draw(some.sampled_from([KINDS, *FEW_KINDS]))
    drawn = draw(some.lists(documents(kinds), max_size=14))
    moves = [
        moved(kind, number, revision=2)
        for kind, number in draw(
            some.lists(
                some.tuples(some.sampled_from(["sale", "visit", "complaint", "survey"]), numbers),
                max_size=2,
            )
        )
    ]
    unique = {
        (event.data.document_id, version_of(event), getattr(event.data, "role", "")): event
        for event in [*drawn, *moves]
    }
    same_but_for_role = {(key[0], key[1]): event for key, event in unique.items()}
    two_roles = [
        event.__class__(
            id=event.id,
            key=event.key,
            dealer_id=event.dealer_id,
            recorded_at=event.recorded_at,
            data=event.data.model_copy(update={"role": role}),
        )
        for event in same_but_for_role.values()
        if event.data.TYPE == "dev.aftercare.sale.recorded.v1"
        for role in draw(some.lists(some.sampled_from(["buyer", "co_buyer"]), max_size=1))
    ]
    return [*same_but_for_role.values(), *two_roles]


moments = some.integers(-10, DAYS + 1000).map(lambda days: START + timedelta(days=days, hours=1))
