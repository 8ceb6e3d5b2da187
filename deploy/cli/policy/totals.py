"""What a dry run comes to, over all its pages."""

from collections import Counter
from dataclasses import dataclass, field

from shared.contracts.http.policies import Compared, DryRunPage

SHOWN = 10
"""Of how many cases or customers the differences are kept."""


@dataclass(slots=True)
class DryRunSum:
    """The sum over the pages. Of the cases or customers themselves it keeps the first few."""

    judged: int = 0
    unreadable: int = 0
    """Those that could not be judged."""
    changed: int = 0
    with_effect: Counter[str] = field(default_factory=Counter)
    """Effect -> how many cases or customers have it."""
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rule and effect -> how often."""
    first: list[Compared] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        return self.judged + self.unreadable

    @property
    def rules(self) -> list[str]:
        """The rules that have any effect, by name."""
        return sorted({rule for rule, _ in self.effects})

    def of_rule(self, rule: str) -> dict[str, int]:
        """Effect -> how often, of one rule."""
        found = {effect: number for (of, effect), number in self.effects.items() if of == rule}
        return dict(sorted(found.items()))

    def add(self, page: DryRunPage) -> None:
        """Take in one page."""
        self.judged += page.judged
        self.unreadable += page.unreadable
        self.changed += len(page.changed)
        for each in page.changed:
            self.with_effect.update({one.effect for one in each.differences})
            self.effects.update((one.rule, one.effect) for one in each.differences)
        self.first.extend(page.changed[: SHOWN - len(self.first)])
