"""The toy service passes the suite, and of each invariant there is a decider that it catches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import given as always
from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.contracts.intake import VisitRecorded
from shared.contracts.scoring import GradeChanged
from shared.decider.decider import Decider
from shared.decider.decision import Announced, AnyOutput, Decision, State
from tests.invariants import DeciderInvariants
from tests.shared.runtime.toy import (
    DAY,
    START,
    TOY,
    ToyFacts,
    ToyPolicy,
    decide,
    event,
    join,
    visit,
)

Toy = Decider[ToyFacts, ToyPolicy]


def decide_steadily(
    facts: ToyFacts, announced: Announced, policy: ToyPolicy, now: datetime
) -> Decision:
    """As the toy decides, but an alarm tells when it was due, and not when that was noticed."""

    def told(output: AnyOutput) -> AnyOutput:
        if isinstance(output, State) or output.content is None:
            return output
        opened_at = facts.visits[output.about.removeprefix("alarm/")].opened_at
        return replace(
            output, content=output.content.model_copy(update={"changed_at": opened_at + DAY})
        )

    decision = decide(facts, announced, policy, now)
    return replace(decision, outputs=tuple(map(told, decision.outputs)))


STEADY: Toy = replace(TOY, decide=decide_steadily)


@some.composite
def toy_stories(draw: some.DrawFn) -> list[Event[Any]]:
    """Versions of a few visits that are open or closed; each is received when it was opened."""
    statuses = some.sampled_from(["open", "closed"])
    versions = some.tuples(some.integers(1, 3), some.integers(1, 3))
    found = draw(some.dictionaries(versions, statuses, max_size=6))
    return [
        event(visit(number, revision=revision, status=status, opened_at=START + number * DAY))
        for (number, revision), status in found.items()
    ]


class TestInvariants(DeciderInvariants[ToyFacts, ToyPolicy]):
    decider = STEADY
    stories = toy_stories()
    moments = some.integers(-30, 900).map(lambda hours: START + timedelta(hours=hours))
    start, end = START - DAY, START + 700 * DAY
    other_policy = ToyPolicy(points=7)


def _join_last(facts: ToyFacts, events: Sequence[Event[VisitRecorded]]) -> ToyFacts:
    """The last that is told counts, and not the newest."""
    found = {one.data.document_id: join(ToyFacts(), [one]) for one in events}
    last = {**facts.visits, **{id_: one.visits[id_] for id_, one in found.items()}}
    return facts if last == facts.visits else ToyFacts(visits=last)


class Counting(ToyFacts):
    """Knows how often it was told something."""

    told: int = 0


def _join_counting(facts: ToyFacts, events: Sequence[Event[VisitRecorded]]) -> Counting:
    """A repetition counts."""
    assert isinstance(facts, Counting)
    return Counting(visits=join(facts, events).visits, told=facts.told + len(events))


class Forgetful(ToyFacts):
    """Does not tell which versions it holds."""

    def versions(self) -> Mapping[str, str]:
        return {}


def _join_forgetful(facts: ToyFacts, events: Sequence[Event[VisitRecorded]]) -> ToyFacts:
    joined = join(facts, events)
    return facts if joined is facts else Forgetful(visits=joined.visits)


def _condense_to_one(facts: ToyFacts, policy: ToyPolicy) -> ToyFacts:
    """Sets aside what decisions look at."""
    few = dict(sorted(facts.visits.items())[:1])
    return facts if few == facts.visits else ToyFacts(visits=few)


def _condense_by_points(facts: ToyFacts, policy: ToyPolicy) -> ToyFacts:
    """Another policy loses what this one looks at."""
    return facts if policy.points == TOY.policy.points else _condense_to_one(facts, policy)


def _decide_without_waking(*known: Any) -> Decision:
    return replace(decide_steadily(*known), next_due=None)


def _decide_at_the_instant(
    facts: ToyFacts, announced: Announced, policy: ToyPolicy, now: datetime
) -> Decision:
    """An alarm is raised by who comes in time, and by nobody later."""
    decision = decide_steadily(facts, announced, policy, now)
    due = {f"alarm/{id_}" for id_, one in facts.visits.items() if one.opened_at + DAY == now}
    kept = [one for one in decision.outputs if isinstance(one, State) or one.about in due]
    return replace(decision, outputs=tuple(kept))


def _decide_by_the_first(
    facts: ToyFacts, announced: Announced, policy: ToyPolicy, now: datetime
) -> Decision:
    """The score depends on which visit came first."""
    decision = decide_steadily(facts, announced, policy, now)
    if not facts.visits:
        return decision
    score, *alarms = decision.outputs
    assert score.content is not None
    first = int(next(iter(facts.visits))[-1])
    changed = score.content.model_copy(update={"score": first})
    return replace(decision, outputs=(replace(score, content=changed), *alarms))


def _decide_to_the_microsecond(*known: Any) -> Decision:
    """Alarms tell an instant more exactly than it is written."""

    def told(output: AnyOutput) -> AnyOutput:
        if not isinstance(output.content, GradeChanged):
            return output
        at = output.content.changed_at + timedelta(microseconds=1)
        return replace(output, content=output.content.model_copy(update={"changed_at": at}))

    decision = decide_steadily(*known)
    return replace(decision, outputs=tuple(map(told, decision.outputs)))


BROKEN: Sequence[tuple[str, Toy]] = (
    ("order_and_repetition_make_no_difference", replace(STEADY, join=_join_last)),
    ("setting_aside_makes_no_difference", replace(STEADY, condense=_condense_to_one)),
    ("nothing_changes_before_it_is_due", replace(STEADY, decide=_decide_without_waking)),
    (
        "being_woken_when_due_leads_where_sleeping_through_leads",
        replace(STEADY, decide=_decide_at_the_instant),
    ),
    ("all_that_is_said_reads_back", replace(STEADY, decide=_decide_to_the_microsecond)),
    (
        "facts_survive_being_stored",
        replace(STEADY, facts=Forgetful, join=_join_forgetful),
    ),
    ("however_it_is_told_the_same_is_said", replace(STEADY, decide=_decide_by_the_first)),
    ("an_outage_leads_where_none_leads", replace(STEADY, decide=_decide_at_the_instant)),
    (
        "a_story_told_again_changes_nothing",
        replace(STEADY, facts=Counting, join=_join_counting),
    ),
    (
        "a_policy_tried_for_a_while_leaves_no_trace",
        replace(STEADY, condense=_condense_by_points),
    ),
)


@pytest.mark.parametrize(("invariant", "broken"), BROKEN, ids=[name for name, _ in BROKEN])
def test_a_broken_decider_is_caught(invariant: str, broken: Toy) -> None:
    class Suite(TestInvariants):
        decider = broken

    check = getattr(Suite, f"test_{invariant}").hypothesis.inner_test

    @settings(phases=[Phase.generate], report_multiple_bugs=False, database=None)
    @always(some.data())
    def trial(data: some.DataObject) -> None:
        check(Suite(), data)

    with pytest.raises(AssertionError):
        trial()


def test_each_invariant_has_a_decider_that_breaks_it() -> None:
    invariants = {name for name in vars(DeciderInvariants) if name.startswith("test_")}
    assert {f"test_{name}" for name, _ in BROKEN} == invariants
