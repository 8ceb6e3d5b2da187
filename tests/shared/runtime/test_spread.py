"""Windows over a list cover it once, in its order, whatever a sample says of it."""

from hypothesis import example, given
from hypothesis import strategies as some

from shared.runtime.spread import ListSpread, Piece

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
    within = Piece(*ends)
    windows = ListSpread({"points": sample}, one_of=one_of).windows(
        "points", within, descending=descending, lines=lines
    )
    found = []
    for window in windows:
        assert window.low < window.high
        found.append(window)
    covered = [number for low, high in sorted(found) for number in range(low, high)]
    assert covered == list(range(*within))
    assert found == sorted(found, reverse=descending)
