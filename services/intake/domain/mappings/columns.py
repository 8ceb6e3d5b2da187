"""The columns that a mapping uses: those that a file lacks or has twice, and where a field of a
document came from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.feed_mapping import (
    AnyRule,
    EachRule,
    EntriesRule,
    FeedMapping,
    FieldRule,
    FieldRules,
)
from services.intake.domain.mappings.leaf_plan import label_of
from services.intake.domain.mappings.paths import alike
from services.intake.domain.mappings.shape import Group, Shape, shape_of

_ALIKE = 0.5
"""Headings are short words: in Chinese, one character of two may be another."""


class UsedColumns(NamedTuple):
    """What one rule looks for."""

    field: str
    columns: Sequence[str]
    """The first of them that the file has counts."""
    needed: bool
    """Whether no record can become anything without them."""


def used_columns(mapping: FeedMapping) -> Iterator[UsedColumns]:
    """All that a mapping looks for, in its order."""
    yield from _used(mapping.fields, "", shape_of(mapping.report), must=not mapping.as_they_are)


def missing_and_doubled(
    headings: Sequence[str] | None, mapping: FeedMapping
) -> Sequence[MappingNote]:
    """What is wrong with a file as a whole: columns that every record needs and that it does not
    have, with the heading that is written most alike; columns that are used and stand there twice.
    """
    if headings is None:
        return ()
    return (*_missing(headings, mapping), *_doubled(headings, mapping))


def unused_headings(headings: Sequence[str] | None, mapping: FeedMapping) -> Sequence[str]:
    """The headings that the mapping does not look at; none of other formats than tables."""
    conditions = [column for condition in mapping.skip for column in condition.column]
    looked_at = [column for each in used_columns(mapping) for column in each.columns]
    used = {alike(column.removeprefix("/")) for column in (*looked_at, *conditions)}
    return [heading for heading in headings or () if heading.strip() and alike(heading) not in used]


def column_of(pointer: str, mapping: FeedMapping, headings: Sequence[str] | None = None) -> str:
    """The heading or path that a place in the data of an event came from, such as
    `/data/lines/0/pay_type`; empty: none. What intake says of an event is said of a column so.

    `headings`: those of the file, where it is a table; only these are named then.
    """
    parts = [part for part in pointer.split("/")[1:] if not part.isdecimal()]
    known = None if headings is None else frozenset(map(alike, headings))
    return _column(parts[1:] if parts[:1] == ["data"] else parts, mapping.fields, known)


def _column(parts: Sequence[str], rules: FieldRules, known: frozenset[str] | None) -> str:
    for length in range(len(parts), 0, -1):
        rule = rules.get(".".join(parts[:length]))
        if isinstance(rule, FieldRule):
            return _label(rule.column or (), known)
        if isinstance(rule, EachRule):
            inside = _column(parts[length:], rule.fields, known)
            return inside or ("" if rule.each == (".",) else label_of(rule.each))
        if isinstance(rule, EntriesRule):
            found = (_column(parts[length:], each, known) for each in rule.entries)
            return next(filter(None, found), "")
    inner = [name for name in rules if parts and name.startswith(f"{'.'.join(parts)}.")]
    return " | ".join(filter(None, (_column(name.split("."), rules, known) for name in inner)))


def _label(columns: Sequence[str], known: frozenset[str] | None) -> str:
    if known is None:
        return label_of(columns)
    return label_of([each for each in columns if alike(each.removeprefix("/")) in known])


def _missing(headings: Sequence[str], mapping: FeedMapping) -> Iterator[MappingNote]:
    known = {alike(heading): heading for heading in headings if heading.strip()}
    for used in used_columns(mapping):
        wanted = [alike(column.removeprefix("/")) for column in used.columns]
        if not used.needed or not wanted or any(each in known for each in wanted):
            continue
        near = [
            found for each in wanted for found in get_close_matches(each, known, n=1, cutoff=_ALIKE)
        ]
        hint = f"; did you mean '{known[near[0]]}'?" if near else ""
        detail = f"the file has no such column{hint}"
        yield MappingNote(used.field, label_of(used.columns), detail)


def _doubled(headings: Sequence[str], mapping: FeedMapping) -> Iterator[MappingNote]:
    counts = Counter(alike(heading) for heading in headings if heading.strip())
    told = set[str]()
    for used in used_columns(mapping):
        for column in used.columns:
            key = alike(column.removeprefix("/"))
            if counts[key] > 1 and key not in told:
                told.add(key)
                detail = "this column stands there twice: rename or remove one of them"
                yield MappingNote(used.field, column, detail)


def _used(rules: FieldRules, prefix: str, shape: Shape, *, must: bool) -> Iterator[UsedColumns]:
    for name, rule in rules.items():
        yield from _of_rule(f"{prefix}{name}", rule, must=must and _is_needed(name, shape))


def _of_rule(name: str, rule: AnyRule, *, must: bool) -> Iterator[UsedColumns]:
    match rule:
        case FieldRule():
            certain = rule.default is not None or rule.counted or "" in rule.words
            others = [column for case in rule.cases for column in case.column]
            columns = (*(rule.column or ()), *(rule.made_of or ()), *others)
            yield UsedColumns(name, columns, must and not certain)
            if rule.time is not None:
                yield UsedColumns(name, rule.time, needed=False)
        case EachRule():
            yield from _inside(f"{name}.", rule.fields)
        case EntriesRule():
            for fields in rule.entries:
                yield from _inside(f"{name}.", fields)


def _inside(prefix: str, rules: Mapping[str, AnyRule]) -> Iterator[UsedColumns]:
    for name, rule in rules.items():
        yield from _of_rule(f"{prefix}{name}", rule, must=False)


def _is_needed(name: str, shape: Shape) -> bool:
    """Whether a field, and all that it is in, must be there."""
    for part in name.split("."):
        if not isinstance(shape, Group) or part not in shape.fields:
            return False
        shape = shape.fields[part]
        if not shape.required:
            return False
    return True
