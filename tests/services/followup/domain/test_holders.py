"""Whose task it is."""

from itertools import permutations

import pytest

from services.followup.domain.documents import Assignment
from services.followup.domain.holders import NOBODY, Holder, holder
from tests.services.followup.given import at
from tests.services.followup.given_attempts import assigned, claimed, given_back, talk, tried

NOON = "2025-03-03 12:00"
NOON_OF_5 = "2025-03-05 12:00"


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ([], NOBODY),
        ([claimed("2025-03-03", "u1")], Holder("u1")),
        ([assigned("2025-03-03", "u1")], Holder("u1")),
        # of two claims the first holds
        ([claimed("2025-03-03", "u1"), claimed("2025-03-04", "u2")], Holder("u1", ("u2",))),
        ([claimed(NOON, "u2"), claimed(NOON, "u1")], Holder("u1", ("u2",))),
        ([claimed("2025-03-03", "u1"), claimed("2025-03-04", "u1")], Holder("u1")),
        # a claim takes nothing from whom it was given to
        ([assigned("2025-03-03", "u1"), claimed("2025-03-04", "u2")], Holder("u1", ("u2",))),
        # what another says counts, also at the moment of a claim
        ([claimed("2025-03-03", "u1"), assigned("2025-03-04", "u2")], Holder("u2")),
        ([assigned(NOON, "u2"), claimed(NOON, "u1")], Holder("u2")),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                assigned("2025-03-05", "u2", by="u1"),
            ],
            Holder("u2"),
        ),
        # giving back
        ([claimed("2025-03-03", "u1"), given_back("2025-03-04", "u1")], NOBODY),
        ([assigned("2025-03-03", "u1"), given_back("2025-03-04", "boss")], NOBODY),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                given_back("2025-03-05", "u2"),
            ],
            Holder("u1"),
        ),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                claimed("2025-03-04 18:00", "u3"),
                given_back("2025-03-05", "u1"),
            ],
            Holder("u2", ("u3",)),
        ),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                given_back("2025-03-05", "boss"),
            ],
            NOBODY,
        ),
        ([given_back("2025-03-03", "u1"), claimed("2025-03-04", "u1")], Holder("u1")),
        # who gives back what is theirs no longer takes nothing away
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                given_back(NOON_OF_5, "u1"),
                given_back(NOON_OF_5, "u1"),
            ],
            Holder("u2"),
        ),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-04", "u2"),
                given_back("2025-03-05", "u1"),
                given_back("2025-03-05 18:00", "u1"),
            ],
            Holder("u2"),
        ),
        (
            [
                claimed("2025-03-03", "u1"),
                claimed("2025-03-03 18:00", "u3"),
                assigned("2025-03-04", "u2"),
                given_back("2025-03-05", "u1"),
                given_back("2025-03-05", "u3"),
            ],
            Holder("u2"),
        ),
        (
            [
                assigned("2025-03-03", "u1"),
                assigned("2025-03-04", "u2"),
                given_back("2025-03-05", "u1"),
            ],
            Holder("u2"),
        ),
        # but who assigned it may free it
        (
            [
                claimed("2025-03-03", "u1"),
                assigned("2025-03-04", "u2", by="u1"),
                given_back("2025-03-05", "u1"),
            ],
            NOBODY,
        ),
        (
            [
                claimed("2025-03-03", "u1"),
                given_back("2025-03-04", "u1"),
                claimed("2025-03-04 18:00", "u2"),
                given_back("2025-03-05", "u1"),
            ],
            NOBODY,
        ),
    ],
)
def test_whose_it_is_in_whatever_order_it_is_reported(
    said: list[Assignment], whose: Holder
) -> None:
    assert {holder(order, at("2025-03-06")) for order in permutations(said)} == {whose}


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ([], Holder("owner")),
        ([claimed("2025-03-03", "u1")], Holder("u1")),
        ([claimed("2025-03-03", "owner"), claimed("2025-03-04", "u1")], Holder("owner", ("u1",))),
        ([assigned("2025-03-03", "u1")], Holder("u1")),
        ([given_back("2025-03-03", "owner")], NOBODY),
        ([given_back("2025-03-03", "boss")], NOBODY),
        ([claimed("2025-03-03", "u1"), given_back("2025-03-04", "u1")], NOBODY),
        ([assigned("2025-03-03", "u1"), given_back("2025-03-04", "owner")], Holder("u1")),
    ],
)
def test_what_is_somebodys_by_itself_is_theirs_until_somebody_says_otherwise(
    said: list[Assignment], whose: Holder
) -> None:
    until = at("2025-03-06")
    assert {holder(order, until, owner="owner") for order in permutations(said)} == {whose}


def test_it_is_so_from_then_on() -> None:
    said = [claimed("2025-03-03 10:00", "u1"), given_back("2025-03-03 12:00", "u1")]
    people = [holder(said, at(f"2025-03-03 {hour}")).person for hour in ("09:59", "10:00", "12:00")]
    assert people == [None, "u1", None]


def test_who_claimed_it_in_vain_is_told_so_without_a_name() -> None:
    story = talk(claimed("2025-03-03 10:00", "u1"), claimed("2025-03-03 10:01", "u2"))
    stand = story.on("2025-03-03 11:00")
    assert (stand.person, stand.contested_by) == ("u1", ("u2",))
    [reason] = stand.reasons
    assert reason.en == "Claimed by another person as well: who claimed it first has it"
    assert "u1" not in reason.en + reason.zh
    assert "u2" not in reason.en + reason.zh


def test_whose_it_was_when_it_ended_it_stays() -> None:
    story = talk(
        claimed("2025-03-03 10:00", "u1"),
        tried("2025-03-03 11:00", "done"),
        assigned("2025-03-03 12:00", "u2"),
    )
    assert story.on("2025-03-04").person == "u1"
