"""What other rules would do to a dealer's customers: who moves and by how many points, in words for
a terminal, as JSON, and as a table for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deploy.cli.policy.totals import BANDS, DryRunSum
from deploy.cli.terminal import count
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.http.table import csv_text

_WITH_POINTS = (
    "customer_key",
    "grade_before",
    "grade_after",
    "score_before",
    "score_after",
    "points",
    "risk_before",
    "risk_after",
    "because",
)
_WITHOUT_POINTS = ("customer_key", "what", "effect", "before", "after")
_IN_COLUMNS = frozenset({"grade", "score", "risk"})
"""What has a column, or a place in the line, of its own."""


def in_words(service: str, found: DryRunSum, *, what: str = "dry run over") -> Iterator[str]:
    """A summary, then those who differ most."""
    yield f"{what} {count(found.judged, 'customer')}:"
    yield f"  of {found.changed} of {found.judged} something would be different"
    yield from _in_all(found)
    for rule in found.rules:
        yield f"    {rule}: {', '.join(_effects(found, rule))}"
    yield from _of_each(found)
    if found.unreadable:
        unreadable = count(found.unreadable, "customer")
        yield f"  {unreadable} could not be judged; see the log of {service}"


def as_json(found: DryRunSum) -> dict[str, Any]:
    """The summary, and those who differ most as `first`."""
    return {
        "customers": found.judged,
        "unreadable": found.unreadable,
        "changed": found.changed,
        "rules": {rule: found.of_rule(rule) for rule in found.rules},
        "points_of_rules": {
            rule: {effect: found.points_of[rule, effect] for effect in found.of_rule(rule)}
            for rule in found.rules
            if any(found.points_of[rule, effect] for effect in found.of_rule(rule))
        },
        "standing": {
            respect: {
                level: {"before": before, "after": after}
                for level, (before, after) in found.standing(respect).items()
            }
            for respect in found.respects
        },
        "moves": {
            respect: [
                {"before": old, "after": new, "customers": number}
                for (old, new), number in found.moves(respect).items()
            ]
            for respect in found.respects
        },
        "points": {
            "median": found.typical,
            "most": max(found.by, default=None),
            "least": min(found.by, default=None),
            "bands": [
                {"from": least, "to": most, "customers": number}
                for (least, most), number in found.bands.items()
            ],
        },
        "first": [
            {"customer_key": each.name, **one.model_dump(mode="json")}
            for each in found.first
            for one in each.differences
        ],
    }


def as_csv(service: str, found: Iterable[DryRunSum]) -> str:
    """Those who differ most, dealer after dealer in one table: of scoring, where customers have
    points, a row each, else a row for each thing."""
    changed = (each for one in found for each in one.first)
    if service == "scoring":
        return csv_text(_WITH_POINTS, map(_row, changed))
    return csv_text(
        _WITHOUT_POINTS,
        (
            (each.name, one.output, one.effect, one.before, one.after)
            for each in changed
            for one in each.differences
        ),
    )


def _in_all(found: DryRunSum) -> Iterator[str]:
    """From where to where, how many; nothing where customers have neither grades nor points."""
    for respect in found.respects:
        for (old, new), number in found.moves(respect).items():
            yield f"  {respect} {old} -> {new}: {number}"
        counts = (
            f"{level} {before} -> {after}" if before != after else f"{level} {before}"
            for level, (before, after) in found.standing(respect).items()
        )
        yield f"  {respect} in all: {', '.join(counts)}"
    if found.by:
        yield (
            f"  points: {found.typical:+g} in the middle of those who win or lose any, "
            f"from {min(found.by):+d} to {max(found.by):+d}"
        )
        bands = (f"{_band(*ends)}: {number}" for ends, number in found.bands.items() if number)
        yield f"    {', '.join(bands)}"


def _band(least: int, most: int) -> str:
    if least == BANDS[0][0]:
        return f"{most:+d} and less"
    return f"{least:+d} and more" if most == BANDS[-1][1] else f"{least:+d} to {most:+d}"


def _effects(found: DryRunSum, rule: str) -> Iterator[str]:
    for effect, number in found.of_rule(rule).items():
        points = found.points_of[rule, effect]
        yield f"{number} {effect}" + (f" ({points:+d} points)" if points else "")


def _of_each(found: DryRunSum) -> Iterator[str]:
    if found.levels and found.changed > len(found.first) > 0:
        yield f"  the {len(found.first)} who differ most (--limit says how many):"
    for each in found.first:
        if not found.levels:
            for one in each.differences:
                before_and_after = f"{_there(one.before)} -> {_there(one.after)}"
                yield f"    customer {each.name} {one.output} {one.effect}: {before_and_after}"
        else:
            yield f"    customer {each.name} {'; '.join(_all_of(each))}"


def _all_of(each: Compared) -> Iterator[str]:
    """Grade and score before and after, be they the same, then what brings it about."""
    levels = _levels(each)
    moved = {one.output: one for one in each.differences}
    old, new = levels["grade"]
    yield f"{old} -> {new}" if old != new else old
    if score := moved.get("score"):
        yield f"{score.before} -> {score.after} ({each.by:+d})"
    if risk := moved.get("risk"):
        yield f"risk {risk.before} -> {risk.after}"
    if because := _because(each):
        yield because


def _row(each: Compared) -> tuple[str | int, ...]:
    levels = _levels(each)
    return (
        each.name,
        *levels.get("grade", ("", "")),
        *(each.points or ("", "")),
        each.by,
        *levels.get("risk", ("", "")),
        _because(each),
    )


def _because(each: Compared) -> str:
    """The rules that give other points: `recent_visit +5, referrals -2`."""
    return ", ".join(_of_a_rule(one) for one in each.differences if one.output not in _IN_COLUMNS)


def _of_a_rule(one: Difference) -> str:
    return f"{one.rule} {one.by:+d}" if one.by is not None else f"{one.rule} {one.effect}"


def _levels(each: Compared) -> Mapping[str, tuple[str, str]]:
    return {level.output: (level.before, level.after) for level in each.levels}


def _there(value: str | None) -> str:
    return value or "not there"
