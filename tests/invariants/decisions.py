"""What must hold of any `join` and `decide`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.contracts.outputs import Output
from shared.decider.decider import Decider, Facts
from shared.decider.decision import AnyOutput, Decision
from shared.decider.policy import Policy

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MOMENT_OF_NOTICING: dict[str, bool | set[str]] = {
    **dict.fromkeys(("noticed_at", "notified", "recipients", "addressees"), True),
    "event": {"id", "time"},
}
"""What is sealed when an announcement is first made; of an event to intake, when it was."""
JUST_BEFORE = timedelta(milliseconds=1)
MANY_WAKES = 5_000
AT_REST = timedelta(days=5_000)
"""Where nothing is due any more, that is looked into so far ahead."""


def known(decider: Decider[F, P], story: Sequence[Event[Any]]) -> F:
    """What is known after these events, in this order."""
    return decider.join(nothing(decider), story) if story else nothing(decider)


def nothing(decider: Decider[F, P]) -> F:
    """The facts of which nothing is known."""
    return decider.facts.model_validate_json("{}")


def content_of(output: AnyOutput) -> Output:
    """What is said; decided with nothing announced, no output leaves it out."""
    assert output.content is not None
    return output.content


def visible(decision: Decision, now: datetime) -> Mapping[str, Mapping[str, Any]]:
    """What is said and not forgotten at this moment, but for the moment of noticing."""
    return {
        output.about: content_of(output).model_dump(exclude=MOMENT_OF_NOTICING)
        for output in decision.outputs
        if output.forget_at is None or output.forget_at > now
    }


def all_that_is_said_reads_back(decider: Decider[F, P], facts: F, now: datetime) -> None:
    """Whoever reads it finds nothing wrong with it, and what was meant."""
    for output in decider.decide(facts, {}, decider.policy, now).outputs:
        content = content_of(output)
        text = content.model_dump_json()
        read = type(content).model_validate_json(text)
        assert read == content
        assert read.model_dump_json() == text


def order_and_repetition_make_no_difference(
    decider: Decider[F, P], story: Sequence[Event[Any]], data: some.DataObject
) -> None:
    """Nor does when meanwhile what no decision looks at is set aside."""
    facts = known(decider, story)
    condensed = decider.condense(facts, decider.policy)
    assert decider.condense(condensed, decider.policy) is condensed
    repeated = data.draw(some.lists(some.sampled_from(story), max_size=5)) if story else []
    told = data.draw(some.permutations([*story, *repeated]))
    assert known(decider, told) == facts
    one_by_one = nothing(decider)
    in_portions = nothing(decider)
    for event in told:
        one_by_one = decider.join(one_by_one, [event])
        in_portions = decider.join(in_portions, [event])
        if data.draw(some.booleans()):
            in_portions = decider.condense(in_portions, decider.policy)
        assert decider.join(facts, [event]) is facts
        assert decider.join(condensed, [event]) is condensed
    assert one_by_one == facts
    assert decider.condense(in_portions, decider.policy) == condensed
    assert in_portions.versions() == facts.versions() == condensed.versions()


def setting_aside_makes_no_difference(decider: Decider[F, P], facts: F, now: datetime) -> None:
    """It is decided as if all were looked at still, and stored as it is."""
    condensed = decider.condense(facts, decider.policy)
    decision = decider.decide(condensed, {}, decider.policy, now)
    assert decision == decider.decide(facts, {}, decider.policy, now)
    stored = condensed.model_dump_json(exclude_defaults=True)
    assert decider.facts.model_validate_json(stored) == condensed


def nothing_changes_before_it_is_due(
    decider: Decider[F, P], facts: F, now: datetime, part: float
) -> None:
    """Neither at `part` of the way to the next due moment nor just before it."""
    decision = decider.decide(facts, {}, decider.policy, now)
    due = decision.next_due
    assert due is None or due > now
    until = (due or now + AT_REST) - JUST_BEFORE
    for moment in (now + (until - now) * part, until):
        later = decider.decide(facts, {}, decider.policy, moment)
        assert visible(later, moment) == visible(decision, moment)
        assert later.next_due == due


def being_woken_when_due_leads_where_sleeping_through_leads(
    decider: Decider[F, P], facts: F, start: datetime, end: datetime
) -> None:
    decision, wakes = decider.decide(facts, {}, decider.policy, start), 0
    while decision.next_due is not None and decision.next_due <= end:
        decision = decider.decide(facts, {}, decider.policy, decision.next_due)
        wakes += 1
        assert wakes < MANY_WAKES, "it never comes to rest"
    slept = decider.decide(facts, {}, decider.policy, end)
    assert visible(decision, end) == visible(slept, end)


def facts_survive_being_stored(decider: Decider[F, P], story: Sequence[Event[Any]]) -> None:
    facts = known(decider, story)
    stored = facts.model_dump_json(exclude_defaults=True)
    assert decider.facts.model_validate_json(stored) == facts
    assert set(facts.versions()) == {event.data.document_id for event in story}
