"""How a list is spread over its numbers, as a sample tells: how far to reach for a page.

The embedded database reads all that a query matches (docs/operations/embedded.md), so a page is
asked for in windows that hold about a page. They are right whatever the sample says: one that is
old or missing makes them too wide or too narrow, and no line is left out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MARGIN = 2
"""How many more of the sample than a page should have are reached for."""


class Piece(NamedTuple):
    """Numbers from `low` on and before `high`."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ListSpread:
    """The numbers of one of every `SAMPLE` of a dealer's summaries, by list, in order."""

    sample: Mapping[str, Sequence[int]] = field(default_factory=dict)
    one_of: int = 1
    """How many summaries each of the sample stands for."""

    def windows(self, name: str, within: Piece, *, descending: bool, lines: int) -> Iterator[Piece]:
        """Windows that cover `within` in this direction, each of about `lines` lines or more."""
        numbers = self.sample.get(name, ())
        reach = -(-lines // self.one_of) + MARGIN
        low, high = within
        while low < high:
            if descending:
                at = bisect_left(numbers, high) - reach
                bound = max(numbers[at], low) if at >= 0 else low
                yield Piece(bound, high)
                high = bound
            else:
                at = bisect_right(numbers, low) + reach
                bound = min(numbers[at], high) if at < len(numbers) else high
                yield Piece(low, bound)
                low = bound
