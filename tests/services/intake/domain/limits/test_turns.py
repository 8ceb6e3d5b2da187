"""Whose turn is next: nobody waits behind all that another sent before."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.limits.turns import Turns


def test_one_who_comes_later_is_before_the_rest_of_another() -> None:
    turns = Turns[str](2)
    for ticket in ("a1", "a2", "a3", "a4"):
        turns.ask("a", ticket)
    assert [turns.next(), turns.next(), turns.next()] == ["a1", "a2", None]
    turns.ask("b", "b1")
    turns.end("a")
    assert turns.next() == "b1"
    turns.end("a")
    assert turns.next() == "a3"


def test_with_as_many_on_they_take_turns() -> None:
    turns, order = Turns[str](1), []
    for number in range(3):
        for sender in ("a", "b", "c"):
            turns.ask(sender, f"{sender}{number}")
    while (ticket := turns.next()) is not None:
        order.append(ticket)
        turns.end(ticket[0])
    assert order == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]


def test_one_that_gave_up_is_not_called() -> None:
    turns = Turns[str](1)
    turns.ask("a", "a1")
    turns.ask("a", "a2")
    assert turns.give_up("a", "a1")
    assert not turns.give_up("a", "a1")
    assert turns.next() == "a2"
    assert not turns.give_up("a", "a2"), "it is on: its work has to end"


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["ask", "next", "end", "give up"]), st.sampled_from("abc")),
        max_size=150,
    ),
    places=st.integers(1, 4),
)
def test_all_are_called_in_the_end_and_never_more_than_may_be_on(
    steps: list[tuple[str, str]], places: int
) -> None:
    turns = Turns[tuple[str, int]](places)
    waiting: set[tuple[str, int]] = set()
    on: list[tuple[str, int]] = []

    def call() -> bool:
        ticket = turns.next()
        assert (ticket is None) == (not waiting or len(on) == places)
        if ticket is not None:
            waiting.remove(ticket)
            on.append(ticket)
        return ticket is not None

    for number, (step, sender) in enumerate(steps):
        if step == "ask":
            turns.ask(sender, (sender, number))
            waiting.add((sender, number))
        elif step == "next":
            call()
        elif step == "end" and on:
            turns.end(on.pop()[0])
        elif step == "give up":
            for ticket in [each for each in waiting if each[0] == sender][:1]:
                assert turns.give_up(sender, ticket)
                waiting.remove(ticket)
    while waiting:
        if not call():
            turns.end(on.pop()[0])
