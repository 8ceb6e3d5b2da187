"""Places in lists: in the order of ranks, spread where ranks are equal, and told as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decider.summary import (
    MOST_RANK,
    Listed,
    Place,
    Summaries,
    first_number,
    keyed,
    name_and_key,
)

RANKS = st.integers(0, MOST_RANK)
IDS = st.text(min_size=1)
ENTRIES = st.text() | st.text("#|%:/ 客\x00\ud800")


@given(RANKS, IDS, RANKS, IDS)
def test_places_are_in_the_order_of_ranks(one: int, id_: str, other: int, other_id: str) -> None:
    before, after = Place.of(one, id_), Place.of(other, other_id)
    if one < other:
        assert before < after
        assert before.number < first_number(other) <= after.number
    assert before.rank == one
    assert first_number(one) <= before.number < first_number(one + 1) < 2**63


@given(RANKS, IDS, ENTRIES)
def test_a_place_is_read_as_it_was_told(rank: int, id_: str, entry: str) -> None:
    place = Place.of(rank, id_, entry)
    assert Place.read(str(place)) == place
    assert Listed(id_, rank, {}, entry).place == place


@given(st.tuples(RANKS, IDS, ENTRIES), st.tuples(RANKS, IDS, ENTRIES))
def test_no_two_places_are_told_alike(
    one: tuple[int, str, str], other: tuple[int, str, str]
) -> None:
    alike = str(Place.of(*one)) == str(Place.of(*other))
    assert alike == (one == other)


@given(st.from_regex(r"[a-z0-9_]+", fullmatch=True), ENTRIES)
def test_a_list_under_a_key_is_told_apart(name: str, key: str) -> None:
    assert name_and_key(keyed(name, key)) == (name, key)
    assert name_and_key(name) == (name, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|",
        "7",
        "7|",
        "|g/d/s/1",
        "-1|g/d/s/1",
        "x|g/d/s/1",
        "07|g",
        "7|g",
        "٣|g",
        "9" * 40 + "|g",
        "7#|g",
        "7#a b|g",
        "7#%|g",
        "7#%FF|g",
        "#a|g",
        "7#a#b|g",
        str(Place.of(7, "g")).replace("|", "#a|"),
    ],
)
def test_any_other_text_is_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"place|rank|decode"):
        Place.read(text)


def test_those_of_one_rank_are_spread_over_all_its_numbers() -> None:
    """Also where ids are numbered: each sixteenth of the numbers has about a sixteenth of them."""
    numbers = [Place.of(5, f"g/d/dms/{number:08}").number for number in range(16_000)]
    width = (first_number(6) - first_number(5)) // 16
    for part in range(16):
        begins = first_number(5) + part * width
        assert 850 < sum(begins <= number < begins + width for number in numbers) < 1150


def test_entries_of_one_aggregate_are_spread_too() -> None:
    places = [Place.of(5, "g/d/dms/1", str(number)) for number in range(1600)]
    middle = (first_number(5) + first_number(6)) // 2
    assert 700 < sum(place.number < middle for place in places) < 900


@pytest.mark.parametrize("rank", [-1, MOST_RANK + 1])
def test_what_is_no_rank_has_no_place(rank: int) -> None:
    with pytest.raises(ValueError, match="a rank is from 0 to"):
        Place.of(rank, "g/d/s/1")


@pytest.mark.parametrize("lists", [("Points",), ("a.b",), ("",), ("$set",), ("a", "a")])
def test_a_list_has_a_plain_name_of_its_own(lists: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not names of lists"):
        Summaries[object, object](lists=lists, summarize=lambda facts, policy, now: None)
