"""How far a page of a list reaches, as a sample tells: a table."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from shared.runtime.spread import ListSpread, Piece

TENS = ListSpread({"points": range(5, 105, 10)}, one_of=32)
"""About 32 lines for each ten numbers."""


@pytest.mark.parametrize(
    ("within", "descending", "lines", "window"),
    [
        (Piece(0, 100), False, 1, Piece(0, 25)),
        (Piece(0, 100), False, 32, Piece(0, 25)),
        (Piece(0, 100), False, 33, Piece(0, 35)),
        (Piece(5, 100), False, 32, Piece(5, 35)),
        (Piece(0, 15), False, 32, Piece(0, 15)),
        (Piece(85, 100), False, 32, Piece(85, 100)),
        (Piece(0, 100), True, 1, Piece(85, 100)),
        (Piece(0, 75), True, 33, Piece(45, 75)),
        (Piece(70, 75), True, 33, Piece(70, 75)),
        (Piece(0, 15), True, 32, Piece(0, 15)),
    ],
)
def test_a_window_reaches_as_far_as_so_many_lines_may(
    within: Piece, *, descending: bool, lines: int, window: Piece
) -> None:
    assert TENS.window("points", within, descending=descending, lines=lines) == window


numbers = some.integers(0, 9)


@given(
    sample=some.lists(numbers, max_size=30).map(sorted),
    ends=some.tuples(numbers, numbers).map(sorted),
    descending=some.booleans(),
    lines=some.integers(1, 9),
    one_of=some.sampled_from([1, 4]),
)
@example(sample=[0] * 8, ends=[0, 4], descending=False, lines=1, one_of=1)
def test_windows_cover_all_once_and_each_has_something(
    sample: list[int], ends: list[int], lines: int, one_of: int, *, descending: bool
) -> None:
    """Also where many of the sample have the same number."""
    spread, left = ListSpread({"points": sample}, one_of=one_of), Piece(*ends)
    found = []
    while left.low < left.high:
        window = spread.window("points", left, descending=descending, lines=lines)
        assert window.low < window.high
        found.append(window)
        left = left.behind(window, descending=descending)
    covered = [number for low, high in sorted(found) for number in range(low, high)]
    assert covered == list(range(*ends))
    assert found == sorted(found, reverse=descending)


def test_of_a_list_without_a_sample_all_is_one_window() -> None:
    assert TENS.window("risk", Piece(3, 97), descending=False, lines=1) == Piece(3, 97)
