"""What every query about many ids, or a dealer's, is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.mongo import of_dealer, portions


@given(st.lists(st.integers(), max_size=50), st.integers(1, 60))
def test_portions_are_all_that_is_wanted_in_its_order(wanted: list[int], size: int) -> None:
    found = [list(portion) for portion in portions(wanted, size)]
    assert [one for portion in found for one in portion] == wanted
    assert all(len(portion) == size for portion in found[:-1])
    assert all(0 < len(portion) <= size for portion in found)


@pytest.mark.parametrize(
    ("id_", "after", "is_theirs"),
    [
        ("g/d/s/1", "", True),
        ("g/d/s/1|g/d/s/complaint/K", "", True),
        ("g/d/\U0010ffff", "", True),
        ("g/d-2/s/1", "", False),
        ("g/d0/s/1", "", False),
        ("g/c/s/1", "", False),
        ("g/d/s/2", "g/d/s/1", True),
        ("g/d/s/1", "g/d/s/1", False),
        ("g/d/s/1", "g/c/s/9", True),
        ("g/d/s/1", "g/e/s/1", False),
    ],
)
def test_an_id_is_a_dealers(id_: str, after: str, is_theirs: bool) -> None:
    condition = of_dealer("g/d", after=after)
    assert (condition["$gt"] < id_ < condition["$lt"]) == is_theirs
