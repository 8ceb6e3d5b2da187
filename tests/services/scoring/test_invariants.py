"""What must always hold in scoring, whatever the customer's story and however it is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.app import decider
from services.scoring.domain.decide import about, decide, walk
from services.scoring.domain.facts import join
from services.scoring.domain.points import Points, points
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.settings import ScoringSettings
from shared.contracts.complaints import Stands
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Severity
from shared.contracts.scoring import Grade, ScoreChanged
from tests import invariants
from tests.examples import thorough
from tests.services.scoring.given import (
    POLICY,
    complaint,
    day,
    given,
    moved,
    referral,
    sale,
    survey,
    visit,
)

START = day("2022-01-01")
DAYS = 4 * 365
END = START + timedelta(days=DAYS + 3000)
DECIDER = decider(ScoringSettings())
OTHER_POLICY = ScoringPolicy(value_is_high_from=25, loyalty_is_high_from=15, margin=0)
on_a_day = some.integers(0, DAYS).map(
    lambda days: (START + timedelta(days=days)).strftime("%Y-%m-%d")
)
numbers = some.sampled_from(["1", "2", "3"])
revisions = some.integers(1, 3)


KINDS = ("sale", "visit", "complaint", "survey", "referral")
FEW_KINDS = (("sale",), ("sale", "visit"), ("complaint",))
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
            event = sale(on, number, role=role, status=status, received=received, revision=revision)
        case "visit":
            paid = draw(some.sampled_from(["0", "999.99", "1500", "9000"]))
            status = draw(some.sampled_from(["closed", "closed", "open", "voided"]))
            event = visit(
                on, number, paid=paid, status=status, received=received, revision=revision
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


@always(stories(), moments)
def test_a_score_is_the_sum_of_its_explained_parts(story: list[Event[Any]], now: datetime) -> None:
    for output in decide(given(*story).facts, {}, POLICY, now).outputs:
        score = output.content
        if isinstance(score, ScoreChanged):
            of = {
                axis: sum(reason.points for reason in score.reasons if reason.axis == axis)
                for axis in ("value", "loyalty")
            }
            assert (score.value, score.loyalty) == (of["value"], of["loyalty"])
            assert score.score == score.value + score.loyalty
            assert all(reason.count > 0 for reason in score.reasons)


def naive_changes(given_points: list[Points], until: datetime) -> list[tuple[datetime, Grade]]:
    """The grade from each instant on, every instant reckoned from scratch."""
    grades: list[tuple[datetime, Grade]] = []
    high = {"value": False, "loyalty": False}
    thresholds = {"value": POLICY.value_is_high_from, "loyalty": POLICY.loyalty_is_high_from}
    instants = {point.since for point in given_points} | {point.until for point in given_points}
    for instant in sorted(instants):
        if instant > until:
            break
        now = [point for point in given_points if point.since <= instant < point.until]
        for axis in ("value", "loyalty"):
            total = sum(
                rule.within_limits(sum(point.points for point in now if point.rule == name))
                for name, rule in POLICY.by_name.items()
                if rule.axis == axis
            )
            low = thresholds[axis] - POLICY.margin
            high[axis] = total >= low if high[axis] else total >= thresholds[axis]
        grade: Grade = ("general", "potential", "quality")[sum(high.values())]
        if not grades or grades[-1][1] != grade:
            grades.append((instant, grade))
    return grades


@always(stories(), moments)
def test_the_walk_finds_the_grades_that_plain_reckoning_finds(
    story: list[Event[Any]], now: datetime
) -> None:
    reckoned = points(given(*story).facts.documents, POLICY)
    changes = walk(reckoned, POLICY, now).changes
    assert [(change.at, change.after) for change in changes] == naive_changes(reckoned, now)[1:]


@always(stories(), documents(), moments)
def test_history_that_arrives_later_takes_back_only_what_it_disproves(
    story: list[Event[Any]], late: Event[Any], now: datetime
) -> None:
    before = given(*story).facts
    arrival = Event(
        id=late.id,
        key=late.key,
        dealer_id=late.dealer_id,
        recorded_at=START + timedelta(days=DAYS + 2000),
        data=late.data.model_copy(update={"document_id": "sunrise/pudong/cdk/other/1"}),
    )
    after = join(before, [arrival])
    still_true = {
        about(change) for change in walk(points(after.documents, POLICY), POLICY, now).changes
    }
    told = {output.about for output in decide(before, {}, POLICY, now).outputs} - {"score"}
    told_after = {output.about for output in decide(after, {}, POLICY, now).outputs} - {"score"}
    assert told_after == told & still_true
