"""How a list is spread over its numbers, as a sample tells: how far to reach for a page.

The embedded database reads all that a query matches (docs/operations/embedded.md), so a page is
asked for in windows that hold about a page. That is right whatever the sample says: one that is
old or missing makes them too wide or too narrow, and no line is left out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MARGIN = 1
"""How many more of the sample than a page should have are reached for: what is read in vain costs
as much as what is shown, and a page that lacks some lines asks once more for those alone."""


class Piece(NamedTuple):
    """Numbers from `low` on and before `high`."""

    low: int
    high: int

    def behind(self, window: "Piece", *, descending: bool) -> "Piece":
        """What is left behind its first part."""
        return Piece(self.low, window.low) if descending else Piece(window.high, self.high)


@dataclass(frozen=True, slots=True)
class ListSpread:
    """The numbers of one of every `SAMPLE` of a dealer's summaries and slots, by list, and by list
    under a key, in order."""

    sample: Mapping[str, Sequence[int]] = field(default_factory=dict)
    one_of: int = 1
    """How many each of the sample stands for."""

    def window(self, name: str, within: Piece, *, descending: bool, lines: int) -> Piece:
        """The first part of `within` in this direction that may well have so many lines."""
        numbers = self.sample.get(name, ())
        reach = -(-lines // self.one_of) + MARGIN
        low, high = within
        if descending:
            at = bisect_left(numbers, high) - reach
            return Piece(max(numbers[at], low) if at >= 0 else low, high)
        at = bisect_right(numbers, low) + reach
        return Piece(low, min(numbers[at], high) if at < len(numbers) else high)
