"""What must always hold in followup, whatever the customer's story and however it is told."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.app import decider
from services.followup.domain.decide import condense, decide
from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged
from shared.contracts.intake import ConsentGiven, SaleRecorded
from shared.decider.digests import Horizon
from tests import invariants
from tests.examples import thorough
from tests.services.followup.given import (
    POLICY,
    at,
    consent,
    delivery,
    given,
    moved,
    opt_outs,
    outcome,
    visit,
)

START = at("2024-01-01")
DAYS = 700
END = START + timedelta(days=DAYS + 600)
DECIDER = decider(FollowUpSettings())
FEW = FollowUpPolicy(horizon=Horizon(documents=2))
"""Looks at two contacts, two consents and two documents' opt-outs."""
OTHER_POLICY = FollowUpPolicy(rules=POLICY.rules[1:], longest_postponement_days=5, expires_days=9)
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
    return [*unique.values(), *also_drivers]


moments = some.integers(-10, (DAYS + 400) * 24).map(lambda hours: START + timedelta(hours=hours))


@always(stories(), some.data())
def test_order_and_repetition_make_no_difference(
    story: list[Event[Any]], data: some.DataObject
) -> None:
    invariants.order_and_repetition_make_no_difference(DECIDER, story, data)


@always(stories(), moments, some.floats(0, 1))
def test_nothing_changes_before_it_is_due(
    story: list[Event[Any]], now: datetime, part: float
) -> None:
    facts = given(*story).facts
    invariants.nothing_changes_before_it_is_due(DECIDER, facts, now, part)


@always(stories())
def test_being_woken_when_due_leads_where_sleeping_through_leads(story: list[Event[Any]]) -> None:
    invariants.being_woken_when_due_leads_where_sleeping_through_leads(
        DECIDER, given(*story).facts, START, END
    )


@always(stories())
def test_facts_survive_being_stored(story: list[Event[Any]]) -> None:
    invariants.facts_survive_being_stored(DECIDER, story)


@thorough
@always(stories(), some.data())
def test_however_it_is_told_the_same_is_said(
    story: list[Event[Any]], data: some.DataObject
) -> None:
    invariants.however_it_is_told_the_same_is_said(DECIDER, story, data)


@always(stories(), some.data())
def test_an_outage_leads_where_none_leads(story: list[Event[Any]], data: some.DataObject) -> None:
    invariants.an_outage_leads_where_none_leads(DECIDER, story, END, data)


@always(stories(), some.data())
def test_a_story_told_again_changes_nothing(story: list[Event[Any]], data: some.DataObject) -> None:
    invariants.a_story_told_again_changes_nothing(DECIDER, story, END, data)


@always(stories(), some.data())
def test_a_policy_tried_for_a_while_leaves_no_trace(
    story: list[Event[Any]], data: some.DataObject
) -> None:
    invariants.a_policy_tried_for_a_while_leaves_no_trace(DECIDER, OTHER_POLICY, story, data)


@always(stories())
def test_a_closed_task_stays_closed_and_no_task_stays_open_for_ever(
    story: list[Event[Any]],
) -> None:
    facts = given(*story).facts
    closed: dict[str, TaskChanged] = {}
    for days in range(0, DAYS + 600, 9):
        now = START + timedelta(days=days)
        for output in decide(facts, {}, POLICY, now).outputs:
            task = output.content
            assert isinstance(task, TaskChanged)
            assert (task.closed_at is None) == (task.status in ("open", "overdue"))
            assert (output.forget_at is None) == (task.closed_at is None)
            if output.about in closed:
                assert task == closed[output.about]
            elif task.closed_at is not None:
                closed[output.about] = task
    assert all(output.forget_at is not None for output in decide(facts, {}, POLICY, END).outputs)


@always(stories(), moments)
def test_one_car_has_one_invitation_to_its_next_service(
    story: list[Event[Any]], now: datetime
) -> None:
    invited = [
        task.vin
        for task in (
            output.content for output in decide(given(*story).facts, {}, POLICY, now).outputs
        )
        if isinstance(task, TaskChanged)
        and task.kind == "next_service"
        and task.status in ("open", "overdue")
    ]
    assert len(invited) == len(set(invited))


channels = some.sampled_from([(), ("phone",), ("sms",), ("email",)])


@always(stories(), some.lists(some.tuples(hours_in, channels), max_size=6), moments)
def test_what_documents_say_of_channels_never_lifts_a_do_not_contact(
    story: list[Event[Any]], said: list[tuple[int, tuple[str, ...]]], now: datetime
) -> None:
    """Nobody is called who was not to be, whatever the documents say and however many."""
    never = consent(moment(0), "never", do_not_contact=True)
    quiet = [
        event
        for event in story
        if not (isinstance(event.data, ConsentGiven) and event.data.do_not_contact is False)
    ]
    documents = [
        opt_outs(moment(hours), *refused, number=f"visit/said-{number}")
        for number, (hours, refused) in enumerate(said)
    ]
    for policy in (POLICY, FEW):
        facts = condense(given(never, *quiet, *documents).facts, policy)
        tasks = [output.content for output in decide(facts, {}, policy, now).outputs]
        assert not [
            task
            for task in tasks
            if isinstance(task, TaskChanged) and task.status in ("open", "overdue")
        ]
