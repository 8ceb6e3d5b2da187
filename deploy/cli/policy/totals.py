"""What a dry run comes to, over all its pages."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from shared.contracts.http.policies import Compared, DryRunPage, ShadowPage

SHOWN = 10
"""Of how many cases or customers the differences are kept, where nothing else is said."""
BANDS = ((-1_000_000, -21), (-20, -11), (-10, -1), (1, 10), (11, 20), (21, 1_000_000))
"""In which points won and lost are counted together; both ends belong to them."""


@dataclass(slots=True)
class DryRunSum:
    """The sum over the pages. Of the cases or customers themselves it keeps those who differ by
    most points, and of equal ones the first."""

    limit: int | None = SHOWN
    """Of how many; None: of all."""
    judged: int = 0
    unreadable: int = 0
    """Those that could not be judged."""
    changed: int = 0
    with_effect: Counter[str] = field(default_factory=Counter)
    """Effect -> how many cases or customers have it."""
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rule and effect -> how often."""
    points_of: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rule and effect -> by how many points together."""
    levels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """In which respect, as it is and as it would be -> how many of all that were judged."""
    by: Counter[int] = field(default_factory=Counter)
    """Points won or lost -> how many customers."""
    _kept: list[tuple[int, int, Compared]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def looked_at(self) -> int:
        return self.judged + self.unreadable

    @property
    def rules(self) -> list[str]:
        """The rules that have any effect, by name."""
        return sorted({rule for rule, _ in self.effects})

    @property
    def first(self) -> Sequence[Compared]:
        """Those that are kept, who differ most first."""
        return [each for _, _, each in sorted(self._kept, key=lambda kept: (-kept[0], -kept[1]))]

    @property
    def respects(self) -> list[str]:
        """In which respects all are compared, such as `grade`."""
        return sorted({respect for respect, _, _ in self.levels})

    @property
    def typical(self) -> float | None:
        """The median of points won or lost, of those who win or lose any."""
        return median(self.by.elements()) if self.by else None

    @property
    def bands(self) -> Mapping[tuple[int, int], int]:
        """How many win or lose points between these two."""
        return {
            (least, most): sum(n for by, n in self.by.items() if least <= by <= most)
            for least, most in BANDS
        }

    def of_rule(self, rule: str) -> dict[str, int]:
        """Effect -> how often, of one rule."""
        found = {effect: number for (of, effect), number in self.effects.items() if of == rule}
        return dict(sorted(found.items()))

    def moves(self, respect: str) -> Mapping[tuple[str, str], int]:
        """Of those who would stand elsewhere: from where to where -> how many, the most first."""
        found = Counter(
            {(old, new): n for (of, old, new), n in self.levels.items() if of == respect}
        )
        return {pair: n for pair, n in found.most_common() if pair[0] != pair[1]}

    def standing(self, respect: str) -> Mapping[str, tuple[int, int]]:
        """Where they stand -> how many do, and how many would."""
        before, after = Counter[str](), Counter[str]()
        for (of, old, new), number in self.levels.items():
            if of == respect:
                before[old] += number
                after[new] += number
        return {each: (before[each], after[each]) for each in sorted({*before, *after})}

    def add(self, page: DryRunPage) -> None:
        """Take in one page."""
        self.judged += page.judged
        self.unreadable += page.unreadable
        self.changed += len(page.changed)
        for level in page.levels:
            self.levels[level.output, level.before, level.after] += level.number
        for each in page.changed:
            self.with_effect.update({one.effect for one in each.differences})
            for one in each.differences:
                self.effects[one.rule, one.effect] += 1
                self.points_of[one.rule, one.effect] += one.by or 0
            if each.by:
                self.by[each.by] += 1
            self.keep(each)

    def add_tried(self, page: ShadowPage) -> None:
        """Take in all that a service counted, but none of the customers."""
        tried = page.totals
        self.judged += tried.judged
        self.unreadable += tried.unreadable
        self.changed += tried.changed
        for level in tried.levels:
            self.levels[level.output, level.before, level.after] += level.number
        for each in tried.by:
            self.by[each.by] += each.number
        for effect in tried.effects:
            self.effects[effect.rule, effect.effect] += effect.number
            self.points_of[effect.rule, effect.effect] += effect.points

    def keep(self, each: Compared) -> None:
        """Keep this one, where it is among those who differ most."""
        kept = (abs(each.by), -next(self._numbers), each)
        if self.limit is None or len(self._kept) < self.limit:
            heapq.heappush(self._kept, kept)
        elif self.limit:
            heapq.heappushpop(self._kept, kept)
