"""How far a page of a list reaches, as a sample tells: a table."""

import pytest

from shared.runtime.spread import ListSpread, Piece

TENS = ListSpread({"points": range(0, 100, 10)}, one_of=32)
"""About 32 lines for each ten numbers."""


@pytest.mark.parametrize(
    ("within", "descending", "lines", "window"),
    [
        (Piece(0, 100), False, 1, Piece(0, 20)),
        (Piece(0, 100), False, 32, Piece(0, 20)),
        (Piece(0, 100), False, 33, Piece(0, 30)),
        (Piece(5, 100), False, 32, Piece(5, 30)),
        (Piece(0, 15), False, 32, Piece(0, 15)),
        (Piece(85, 100), False, 32, Piece(85, 100)),
        (Piece(0, 100), True, 1, Piece(80, 100)),
        (Piece(0, 75), True, 33, Piece(50, 75)),
        (Piece(70, 75), True, 33, Piece(70, 75)),
        (Piece(0, 15), True, 32, Piece(0, 15)),
    ],
)
def test_a_window_reaches_as_far_as_so_many_lines_may(
    within: Piece, *, descending: bool, lines: int, window: Piece
) -> None:
    assert TENS.window("points", within, descending=descending, lines=lines) == window


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_left_is_all_behind_the_window(*, descending: bool) -> None:
    left, seen = Piece(3, 97), list[int]()
    while left.low < left.high:
        window = TENS.window("points", left, descending=descending, lines=40)
        seen += range(*window)
        left = left.behind(window, descending=descending)
    assert sorted(seen) == list(range(3, 97))


def test_of_a_list_without_a_sample_all_is_one_window() -> None:
    assert TENS.window("risk", Piece(3, 97), descending=False, lines=1) == Piece(3, 97)
