"""Whether a mapping can be used: each rule against the contract of the field that it fills."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.intake.domain.mappings.feed_mapping import (
    AnyRule,
    EachRule,
    EntriesRule,
    FeedMapping,
    FieldRule,
    FieldRules,
    Meaning,
    ReadAs,
)
from services.intake.domain.mappings.leaf_plan import refusal
from services.intake.domain.mappings.paths import Path
from services.intake.domain.mappings.reading import Beside, Setting, money, odometer, read
from services.intake.domain.mappings.shape import (
    GIVEN,
    Group,
    Leaf,
    ListShape,
    NamedValues,
    Shape,
    names_of,
    shape_of,
    sole_need,
)
from services.intake.domain.mappings.values.cells import Unreadable, folded
from services.intake.domain.mappings.values.moments import UNIX, UNIX_MS

Location = tuple[str | int, ...]
_CAN_BE: Mapping[ReadAs, frozenset[ReadAs]] = {
    "text": frozenset({"text", "number", "day", "instant", "whole"}),
    "number": frozenset({"number", "text", "whole"}),
    "instant": frozenset({"instant"}),
    "day": frozenset({"day"}),
    "money": frozenset({"money", "whole"}),
    "odometer": frozenset({"odometer", "kilometres"}),
    "kilometres": frozenset({"kilometres", "whole"}),
    "whole": frozenset({"whole", "kilometres"}),
    "boolean": frozenset({"boolean"}),
}
"""A field of this kind -> the ways in which it can be read."""
_NO_BOOL = "this field is not true or false"
_SOMEWHERE = Setting(zone=ZoneInfo("UTC"), currency="CNY")
_SOME_DAY = datetime(2026, 11, 28, 13, 5, 9)  # noqa: DTZ001 # a wall clock, to try formats with


class Fault(NamedTuple):
    """Something wrong with a mapping, and where in its file."""

    location: Location
    message: str
    missing: bool = False
    """Whether what the location names is not there."""


def faults_of(mapping: FeedMapping) -> Iterator[Fault]:
    """All that is wrong with it; a mapping without any can be used for every record."""
    shape = shape_of(mapping.report)
    yield from _rules(mapping.fields, shape, ("fields",), is_partial=mapping.as_they_are)
    for position, condition in enumerate(mapping.skip):
        yield from _paths(condition.column, ("skip", position, "column"))
    if mapping.as_they_are and mapping.reads.format in ("csv", "xlsx", "xml"):
        message = "only records of JSON can be documents already: map the fields instead"
        yield Fault(("as_they_are",), message)


def _rules(
    rules: FieldRules, shape: Group, at: Location, *, is_partial: bool = False
) -> Iterator[Fault]:
    for name, rule in rules.items():
        found = _find(name, shape)
        if found is None:
            yield Fault((*at, name), _no_such(name, shape))
            continue
        yield from _rule(rule, found, (*at, name))
        yield from _twice(name, rules, (*at, name))
        if isinstance(rule, FieldRule):
            yield from _sibling(name, rule, rules, shape, (*at, name))
    if not is_partial:
        yield from _without_rule(rules, shape, at, "")


def _find(name: str, shape: Group) -> Shape | None:
    first, _, rest = name.partition(".")
    inner = shape.fields.get(first)
    if not rest:
        return None if isinstance(inner, NamedValues) else inner
    if isinstance(inner, NamedValues):
        return inner.of
    return _find(rest, inner) if isinstance(inner, Group) else None


def _no_such(name: str, shape: Group) -> str:
    if name in GIVEN:
        return "no record says this: who sends does"
    known = list(names_of(shape))
    by_end = {each.rpartition(".")[2]: each for each in reversed(known)}
    near = get_close_matches(name, known, n=1) or [
        by_end[each] for each in get_close_matches(name.rpartition(".")[2], by_end, n=1)
    ]
    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"
    return f"there is no such canonical field{hint}"


def _rule(rule: AnyRule, shape: Shape, at: Location) -> Iterator[Fault]:
    match rule, shape:
        case FieldRule(), Leaf():
            yield from _field(rule, shape, at)
        case FieldRule(), Group() if shape.whole is not None:
            yield from _field(rule, shape, at)
        case FieldRule(), Group():
            names = ", ".join(shape.fields)
            yield Fault(at, f"this is several fields, each with a rule of its own: {names}")
        case _, ListShape():
            yield from _list_rule(rule, shape, at)
        case _:
            yield Fault(at, "this is no list")


def _list_rule(rule: AnyRule, shape: ListShape, at: Location) -> Iterator[Fault]:
    match rule, shape.of:
        case FieldRule(), Leaf() as leaf:
            yield from _field(rule, leaf, at, in_list=True)
        case FieldRule(), Group() as group:
            inner = group.fields.get(sole_need(group) or "")
            if isinstance(inner, Leaf):
                yield from _field(rule, inner, at, in_list=True)
            else:
                yield Fault(at, "this is a list: say `each` or `entries`, and the fields of one")
        case EachRule(), Group() as group:
            yield from _paths(rule.each, (*at, "each"))
            if rule.where is not None:
                yield from _paths(rule.where.column, (*at, "where", "column"))
            yield from _rules(rule.fields, group, (*at, "fields"))
        case EntriesRule(), Group() as group:
            for position, fields in enumerate(rule.entries):
                yield from _rules(fields, group, (*at, "entries", position))
        case _:
            yield Fault(at, "this is a list of values: name its columns")


def _field(
    rule: FieldRule, shape: Leaf | Group, at: Location, *, in_list: bool = False
) -> Iterator[Fault]:
    kind = shape.read_as if isinstance(shape, Leaf) else shape.whole or "text"
    read_as = rule.read_as or kind
    for name, paths in (("column", rule.column), ("time", rule.time), ("made_of", rule.made_of)):
        yield from _paths(paths or (), (*at, name))
    if rule.read_as is not None and rule.read_as not in _CAN_BE[kind]:
        ways = ", ".join(sorted(_CAN_BE[kind]))
        yield Fault((*at, "as"), f"this field cannot be read so; it can be read as {ways}")
        return
    yield from _sources(rule, at)
    yield from _only_of(rule, read_as, at)
    for written, place in _formats(rule):
        yield Fault((*at, "formats", place), written)
    for word, meaning in rule.words.items():
        yield from _meaning(meaning, rule, shape, (*at, "words", word), in_list=in_list)
    for position, case in enumerate(rule.cases):
        where: Location = (*at, "cases", position)
        yield from _paths(case.column, (*where, "column"))
        yield from _meaning(case.means, rule, shape, (*where, "means"), in_list=in_list)
    yield from _meaning(rule.otherwise, rule, shape, (*at, "otherwise"), in_list=in_list)
    yield from _meaning(rule.default, rule, shape, (*at, "default"), in_list=in_list)
    if "otherwise" in rule.model_fields_set and not rule.words:
        yield Fault((*at, "otherwise"), "only beside `words`, which says what the others mean")
    yield from _same_words(rule, at)


def _sources(rule: FieldRule, at: Location) -> Iterator[Fault]:
    fills = (rule.column, rule.default, rule.made_of)
    if all(each is None for each in fills) and not rule.counted and not rule.cases:
        yield Fault(at, "say where it comes from: a `column`, or a `default`")


def _only_of(rule: FieldRule, read_as: ReadAs, at: Location) -> Iterator[Fault]:
    moments: Sequence[ReadAs] = ("instant", "day")
    numbers: Sequence[ReadAs] = ("number", "text")
    only: Sequence[tuple[str, bool, Sequence[ReadAs]]] = (
        ("formats", bool(rule.formats), moments),
        ("time", rule.time is not None, ("instant",)),
        ("whole_day", "whole_day" in rule.model_fields_set, ("instant",)),
        ("not_before", rule.not_before is not None, ("instant",)),
        ("digits", rule.digits is not None, ("number",)),
        ("made_of", rule.made_of is not None, numbers),
        ("counted", rule.counted, numbers),
    )
    for name, is_said, kinds in only:
        if is_said and read_as not in kinds:
            yield Fault((*at, name), f"only of what is read as {' or '.join(kinds)}")
    if rule.take == "sum" and read_as not in ("money", "whole"):
        yield Fault((*at, "take"), "only amounts are added")


def _formats(rule: FieldRule) -> Iterator[tuple[str, int]]:
    for place, written in enumerate(rule.formats):
        if written in (UNIX, UNIX_MS):
            continue
        if not re.search(r"%[YyGcxD]", written) or not re.search(r"%[djcxDu]", written):
            yield "a format has a year and a day, as `strptime` has them: '%m/%d/%Y'", place
            continue
        try:
            datetime.strptime(_SOME_DAY.strftime(written), written)  # noqa: DTZ007
        except ValueError:
            yield "no format of `strptime`", place


def _meaning(
    meaning: Meaning, rule: FieldRule, shape: Leaf | Group, at: Location, *, in_list: bool = False
) -> Iterator[Fault]:
    if meaning is None:
        return
    if isinstance(meaning, tuple):
        if not in_list:
            yield Fault(at, "one value is wanted here")
            return
        for each in meaning:
            yield from _meaning(each, rule, shape, at)
        return
    if isinstance(shape, Group):
        whole = odometer if shape.whole == "odometer" else money
        try:
            whole(meaning, rule, _SOMEWHERE)
        except Unreadable as error:
            yield Fault(at, str(error))
        return
    if shape.words:
        if meaning not in shape.words:
            near = get_close_matches(str(meaning), shape.words, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            yield Fault(at, f"this field takes {', '.join(shape.words)}{hint}")
        return
    if (shape.read_as == "boolean") != isinstance(meaning, bool):
        yield Fault(at, "true or false is wanted here" if shape.read_as == "boolean" else _NO_BOOL)
        return
    if shape.read_as not in ("text", "number", "boolean", "whole"):
        try:
            read(str(meaning), shape.read_as, rule, _SOMEWHERE, Beside())
        except Unreadable as error:
            yield Fault(at, str(error))
        return
    because = refusal(shape.takes, meaning)
    if because is not None:
        yield Fault(at, because)


def _same_words(rule: FieldRule, at: Location) -> Iterator[Fault]:
    known: dict[str, str] = {}
    for word in rule.words:
        key = folded(word)
        if key in known and rule.words[known[key]] != rule.words[word]:
            message = "another word means something else, and is the same but for case and width"
            yield Fault((*at, "words", word), message)
        known.setdefault(key, word)


def _paths(paths: Sequence[str], at: Location) -> Iterator[Fault]:
    for position, path in enumerate(paths):
        try:
            Path(path)
        except ValueError as error:
            yield Fault((*at, position), str(error))


def _twice(name: str, rules: FieldRules, at: Location) -> Iterator[Fault]:
    inner = [other for other in rules if other.startswith(f"{name}.")]
    if inner:
        yield Fault(at, f"either this or {', '.join(inner)}, not both")


def _sibling(
    name: str, rule: FieldRule, rules: FieldRules, shape: Group, at: Location
) -> Iterator[Fault]:
    other = rule.not_before
    if other is None:
        return
    group = name.rpartition(".")[0]
    full = f"{group}.{other}" if group else other
    found = _find(full, shape)
    later = rules.get(full)
    if not isinstance(found, Leaf) or found.read_as != "instant" or full not in rules:
        message = "names another instant of the same group that has a rule"
        yield Fault((*at, "not_before"), message)
    elif isinstance(later, FieldRule) and later.not_before is not None:
        yield Fault((*at, "not_before"), "that field has a `not_before` of its own")


def _without_rule(rules: FieldRules, shape: Group, at: Location, prefix: str) -> Iterator[Fault]:
    """Required fields that no rule fills; of groups that need not be there: if any other is."""
    for name, inner in shape.fields.items():
        full = f"{prefix}{name}"
        is_begun = any(rule.startswith(f"{full}.") for rule in rules)
        if full in rules or (name == "currency" and shape.whole == "money"):
            continue
        if isinstance(inner, Group) and (is_begun or inner.required):
            if not is_begun and not any(each.required for each in inner.fields.values()):
                yield Fault((*at, full), "this is required, and no rule fills it", missing=True)
            yield from _without_rule(rules, inner, at, f"{full}.")
        elif inner.required:
            yield Fault((*at, full), "this is required, and no rule fills it", missing=True)
