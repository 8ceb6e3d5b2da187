"""The points of a rule, and from when until when they count as they fade. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.scoring.domain.rule import Rule, share


class Points(NamedTuple):
    """Points of a rule, which count from one instant until another."""

    since: datetime
    until: datetime
    rule: str
    points: int
    document_id: str
    """What they come from."""
    origin: datetime
    """When that happened: they age from then."""


class Awards:
    """What one rule gives, step by step as it fades."""

    __slots__ = ("_found", "_name", "rule")

    def __init__(self, name: str, rule: Rule, found: list[Points]) -> None:
        self.rule = rule
        self._name = name
        self._found = found

    def give(
        self,
        origin: datetime,
        document_id: str,
        points: int | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        """Points (without a number the rule's own) for a document; they age from `origin`, within
        two limits."""
        whole = self.rule.points if points is None else points
        if not whole:
            return
        for begins, ends, percent in self.rule.steps:
            first, last = origin + begins, origin + ends
            if since is not None and first < since:
                first = since
            if until is not None and last > until:
                last = until
            part = whole if percent == 100 else share(whole, percent)
            if part and first < last:
                self._found.append(Points(first, last, self._name, part, document_id, origin))
