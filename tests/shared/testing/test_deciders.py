"""The words given, when and then, over the toy service: each says what holds, and only that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts.scoring import ScoreChanged
from shared.decider.decision import Announced, Announcement, AnyOutput, Decision, State
from shared.testing.deciders import DeciderSpec
from tests.shared.runtime.toy import (
    DEALER,
    START,
    TOY,
    ToyFacts,
    ToyPolicy,
    event,
    visit,
)

OPEN = event(visit(1, status="open"))
CLOSED = event(visit(1, status="closed", revision=2))
ANOTHER = event(visit(1, customer="2"))
ALARM = "alarm/visit/1"


class Toy(DeciderSpec[ToyFacts, ToyPolicy]):
    """A customer of the toy service; times are hours since the visit was opened."""

    decider = TOY
    begins_at = START

    def moment(self, text: str) -> datetime:
        return START + timedelta(hours=int(text.removesuffix("h")))

    def name(self, about: str) -> str:
        return about.replace(f"{DEALER}/dms/", "")

    def says(self, *outputs: AnyOutput, **decided: Any) -> "Toy":
        """From now on it decides this."""

        def decide(_: ToyFacts, __: Announced, ___: ToyPolicy, ____: datetime) -> Decision:
            return Decision(outputs, **decided)

        self.decider = replace(TOY, decide=decide)
        return self


given = Toy.given


def score(points: int) -> ScoreChanged:
    return ScoreChanged(
        customer_key=f"{DEALER}/dms/1",
        dealer_id=DEALER,
        score=points,
        value=points,
        loyalty=0,
        grade="general",
        reasons=(),
    )


def test_a_story_from_beginning_to_end() -> None:
    customer = given(OPEN).when("1h").then("score").next_due("24h").then_anew()
    customer.when("24h").then("score", ALARM).then_anew(ALARM).next_due(None)
    customer.when("25h").then_anew().then_withdrawn()
    customer.reported(CLOSED).when("26h").then("score").then_withdrawn(ALARM)
    given().when("1h").then_nothing().next_due(None)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda story: story.then(),
        lambda story: story.then("score"),
        lambda story: story.then("score", ALARM, "more"),
        lambda story: story.then("score", "score", ALARM),
        lambda story: story.then_nothing(),
        lambda story: story.then_anew(),
        lambda story: story.then_anew("score", ALARM),
        lambda story: story.then_withdrawn("score"),
        lambda story: story.next_due("48h"),
        lambda story: given(OPEN).when("1h").next_due(None),
        lambda story: story.reported(CLOSED).when("25h").then_withdrawn(),
        lambda story: story.reported(CLOSED).when("25h").then("score", ALARM),
    ],
)
def test_what_does_not_hold_fails(wrong: Callable[[Toy], object]) -> None:
    story = given(OPEN).when("24h")
    with pytest.raises(AssertionError):
        wrong(story)


def test_what_is_announced_stays_as_it_was_first_said() -> None:
    first, later = Announcement("score", score(1)), Announcement("score", score(2))
    story = given(OPEN).says(first).when("1h").says(later).when("2h")
    assert story.said == {"score": score(1)}
    assert story.announced["score"]["score"] == 1
    story.says(Announcement("score", None)).when("3h").then_anew().then_withdrawn()
    assert story.said == {"score": score(1)}
    assert given(OPEN).says(State("score", score(1))).when("1h").says(
        State("score", score(2))
    ).when("2h").said == {"score": score(2)}


def test_a_decision_is_told_what_was_announced_before() -> None:
    told: list[set[str]] = []

    def decide(_: ToyFacts, announced: Announced, __: ToyPolicy, ___: datetime) -> Decision:
        told.append(set(announced))
        return Decision((Announcement("first", score(1)), State("second", score(1))))

    story = given(OPEN)
    story.decider = replace(TOY, decide=decide)
    story.when("1h").when("2h")
    assert told == [set(), {"first"}]


def test_what_is_forgotten_or_history_is_not_taken_back() -> None:
    ended = State("score", score(1), forget_at=START + timedelta(hours=2))
    given(OPEN).says(ended).when("1h").says().when("2h").then_withdrawn()
    too_early = given(OPEN).says(ended).when("0h").says().when("1h")
    too_early.then_withdrawn("score")
    past = given(OPEN).says(ended).when("0h").says(is_history=lambda about: about == "score")
    past.when("1h").then_withdrawn()


@pytest.mark.parametrize(
    ("outputs", "decided"),
    [
        ((), {"next_due": START + timedelta(hours=1)}),
        ((State("score", score(1)), State("score", score(2))), {}),
        ((Announcement("score", None),), {}),
    ],
    ids=["due already", "one subject twice", "left out, and never said"],
)
def test_a_decider_that_breaks_its_promises_fails(
    outputs: tuple[AnyOutput, ...], decided: dict[str, Any]
) -> None:
    with pytest.raises(AssertionError):
        given(OPEN).says(*outputs, **decided).when("1h")


def test_what_it_does_not_say_that_it_writes_fails() -> None:
    story = given(OPEN)
    story.decider = replace(TOY, writes=())
    with pytest.raises(AssertionError):
        story.when("1h")


def test_another_policy_counts_from_then_on() -> None:
    story = given(OPEN).when("1h")
    assert story.said == {"score": score(10)}
    assert story.by(ToyPolicy(points=3)).when("2h").said == {"score": score(3)}


def test_a_story_is_that_of_one_aggregate() -> None:
    with pytest.raises(AssertionError):
        given(OPEN, ANOTHER)
    with pytest.raises(AssertionError):
        given(OPEN).reported(ANOTHER)


def test_what_no_decision_looks_at_is_set_aside() -> None:
    story = given(OPEN)
    story.decider = replace(TOY, condense=lambda facts, policy: ToyFacts())
    assert story.condensed().facts == ToyFacts()
