"""Customers' stories for followup, drawn by Hypothesis."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.contracts.intake import SaleRecorded, VisitRecorded
from tests.services.followup.given import (
    at,
    consent,
    delivery,
    expected,
    local,
    moved,
    opt_outs,
    outcome,
    visit,
)

DAY_MS = 86_400_000
START = at("2024-01-01")
DAYS = 700
END = START + timedelta(days=DAYS + 600)
hours_in = some.integers(0, DAYS * 4).map(lambda quarters: quarters * 6)
whats = some.sampled_from(["done", "not_reached", "declined", "postponed"])
numbers = some.sampled_from(["1", "2", "3"])
cars = some.sampled_from(["LSVAU2180N2183294", "WVWZZZ1JZXW000001", None])


def moment(hours: int) -> str:
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


@some.composite
def reports_of_cars(draw: some.DrawFn) -> Event[Any]:
    """A delivery or a visit."""
    hours, number, vin = draw(hours_in), draw(numbers), draw(cars)
    received = moment(hours + draw(some.sampled_from([0, 1, 30, 24 * 30, 24 * 200])))
    revised = moment(hours + draw(some.sampled_from([0, 24, 24 * 10, 24 * 170])))
    km = draw(some.none() | some.integers(0, 200_000))
    if draw(some.booleans()):
        status = draw(some.sampled_from(["delivered", "delivered", "open", "unwound"]))
        role = draw(some.sampled_from(["buyer", "buyer", "driver"]))
        return delivery(
            moment(hours),
            number,
            vin=vin,
            km=km,
            role=role,
            status=status,
            received=received,
            revised=revised,
        )
    status = draw(some.sampled_from(["closed", "closed", "open", "voided"]))
    return visit(
        moment(hours), number, vin=vin, km=km, status=status, received=received, revised=revised
    )


@some.composite
def reports_of_people(draw: some.DrawFn) -> Event[Any]:
    """A consent, a task's outcome, or a document that moved."""
    hours, number = draw(hours_in), draw(numbers)
    match draw(some.sampled_from(["consent", "opt-outs", "outcome", "moved"])):
        case "opt-outs":
            refused = draw(some.sampled_from([(), ("phone",), ("sms",)]))
            return opt_outs(moment(hours), *refused, number=f"visit/{number}")
        case "consent":
            refused = draw(some.sampled_from([(), ("phone",), ("sms",)]))
            never = draw(some.booleans())
            return consent(moment(hours), number, do_not_contact=never, opt_outs=refused)
        case "outcome":
            about = draw(
                some.sampled_from(
                    [
                        f"{kind}/{document}/{number}"
                        for kind, document in (
                            ("delivery_thanks", "sale"),
                            ("next_service", "visit"),
                            ("service_satisfaction", "visit"),
                            ("offer", "visit"),
                        )
                    ]
                )
            )
            what = draw(whats)
            day = draw(some.none() | hours_in.map(lambda later: moment(later)[:10]))
            return outcome(moment(hours), about, what, number, next_contact_on=day)
        case _:
            kinds = ["sale", "visit", "consent", "opt-outs", "task-outcome"]
            kind = draw(some.sampled_from(kinds))
            told = f"visit/{number}" if kind == "opt-outs" else number
            return moved(kind, told, revised=moment(hours))


@some.composite
def calls_after_a_delivery(draw: some.DrawFn) -> list[Event[Any]]:
    """A delivery, and what came of its tasks within the weeks in which they are open."""
    hours = draw(hours_in)
    events = [delivery(moment(hours), "called")]
    for number in range(draw(some.integers(1, 4))):
        about = draw(some.sampled_from(["delivery_thanks", "delivery_satisfaction"]))
        later = hours + draw(some.integers(-5, 400))
        day = draw(some.none() | some.integers(0, 900).map(lambda wait: moment(hours + wait)[:10]))
        events.append(
            outcome(
                moment(later),
                f"{about}/sale/called",
                draw(whats),
                f"call-{number}",
                next_contact_on=day,
            )
        )
    return events


@some.composite
def forecasts_of(draw: some.DrawFn, told: list[Event[Any]]) -> list[Event[Any]]:
    """Scores that each say another next visit, most of them counted from a visit of the story; of
    other days, so that they count in any order."""
    closed = [
        local(event.data.closed_at)[:10]
        for event in told
        if isinstance(event.data, VisitRecorded) and event.data.closed_at is not None
    ]
    days = some.sampled_from(closed) if closed else hours_in.map(lambda hours: moment(hours)[:10])
    return [
        expected(
            f"{date.fromisoformat(since) + timedelta(days=draw(some.integers(1, 400)))}",
            since,
            sequence * DAY_MS,
            vin=draw(cars),
        )
        for sequence, since in enumerate(draw(some.lists(days, max_size=3, unique=True)), start=1)
    ]


@some.composite
def stories(draw: some.DrawFn) -> list[Event[Any]]:
    """Records of which one version of a document always says the same to one role."""
    drawn = draw(some.lists(reports_of_cars() | reports_of_people(), max_size=12))
    drawn += draw(some.just([]) | calls_after_a_delivery())
    unique = {(event.data.document_id, event.data.version): event for event in drawn}
    also_drivers = [
        event._replace(data=event.data.model_copy(update={"role": "driver"}))
        for event in unique.values()
        if isinstance(event.data, SaleRecorded) and draw(some.booleans())
    ]
    story = [*unique.values(), *also_drivers]
    return [*story, *draw(forecasts_of(story))]


moments = some.integers(-10, (DAYS + 400) * 24).map(lambda hours: START + timedelta(hours=hours))
