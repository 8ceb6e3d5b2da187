"""Events that are examined ahead of their batch are taken as they would be at once."""

from collections.abc import Sequence

import pytest

from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.examination import Examination
from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.examine.feed import Feed, Reach
from services.intake.domain.rejected.content import Came
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    EVERY_KIND,
    NOW,
    PUDONG,
    Data,
    event,
    visit,
)

WRONG = event("visit", visit(opened_at="yesterday"))
OTHERS = event("visit", visit(dealer_id=BERLIN))
OWN = Feed(dealer_id=PUDONG, source="cdk")
MANY = 1_000


def examination(*, only: Reach | None = None, most_shown: int = MANY) -> Examination:
    return Examination(dealers=DEALERS, now=NOW, key=b"key", most_shown=most_shown, only=only)


def wrong(raws: Sequence[object], *, most_shown: int) -> list[int]:
    """How many errors are shown of each."""
    found = examination(most_shown=most_shown).all_of(raws)
    return [len(each.errors) for each in found if isinstance(each, InvalidEvent)]


@pytest.mark.parametrize("only", [None, OWN])
def test_what_was_prepared_is_found_to_be_the_same(only: Reach | None) -> None:
    raws: list[Data] = [*(event(noun, made()) for noun, made in EVERY_KIND.items()), WRONG, OTHERS]
    at_once, later = examination(only=only), examination(only=only)
    prepared = examination(only=only).prepared(raws)
    examined = at_once.all_of(raws)
    assert later.all_of(prepared) == examined
    assert later.entries(examined) == at_once.entries(examined)
    assert {type(found) for found in examined} == {Reported, InvalidEvent}


def test_what_was_prepared_is_not_worked_out_again() -> None:
    later, prepared = examination(), examination().prepared([event("visit", visit())])
    (entry,) = later.entries(later.all_of(prepared))
    assert entry.submissions is prepared[0].submissions


def test_what_is_shown_of_all_together_has_a_bound() -> None:
    assert wrong([WRONG] * 3, most_shown=2) == [1, 1, 0]


def test_what_came_of_those_that_are_none_is_kept() -> None:
    unreadable = UnreadableEvent("no JSON", text="{")
    originals: dict[int, Came] = {}
    examination().all_of([event("visit", visit()), WRONG, unreadable], originals)
    assert originals.keys() == {1, 2}
