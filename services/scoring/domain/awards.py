"""The points of a rule, and from when until when they count as they fade. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.scoring.domain.rule import Rule


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

    __slots__ = ("_found", "_name", "_parts", "rule")

    def __init__(self, name: str, rule: Rule, found: list[Points]) -> None:
        self.rule = rule
        self._name = name
        self._found = found
        self._parts = rule.parts(rule.points)

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
        name, found = self._name, self._found
        parts = self._parts if points is None else self.rule.parts(points)
        for begins, ends, part in parts:
            first, last = origin + begins, origin + ends
            if since is not None and first < since:
                first = since
            if until is not None and last > until:
                last = until
            if first < last:
                found.append(_as_points((first, last, name, part, document_id, origin)))


_as_points = Points._make  # half the cost of the class itself, of which a customer has many
