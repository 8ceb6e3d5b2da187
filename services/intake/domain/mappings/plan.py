"""A mapping made ready for its records: the fields of the contract, each with its rule.

A plan of a field reads a record, or a part of it, and gives a value or a gap. What is wrong with a
field that is not required is a note, and the field is left out; what is wrong with one that is
makes a gap of the group it is in, up to the document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from pydantic import JsonValue

from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.feed_mapping import (
    AnyRule,
    EachRule,
    EntriesRule,
    FeedMapping,
    FieldRule,
    FieldRules,
)
from services.intake.domain.mappings.leaf_plan import NOTHING_THERE as _NOTHING
from services.intake.domain.mappings.leaf_plan import LeafPlan, label_of, refusal
from services.intake.domain.mappings.outcome import Gap, RecordFindings, Scope, Value
from services.intake.domain.mappings.paths import Headings, Path
from services.intake.domain.mappings.reading import Setting
from services.intake.domain.mappings.records import Fields, Node
from services.intake.domain.mappings.says import Says
from services.intake.domain.mappings.shape import (
    Group,
    Leaf,
    ListShape,
    NamedValues,
    Shape,
    shape_of,
    sole_need,
)

MOST_PARTS = 1_000
"""The most entries of a list that are looked at, and the most rows of one document."""


@dataclass(slots=True)
class GroupPlan:
    """Reads fields that belong together."""

    name: str
    shape: Group
    label: str
    """The columns of its fields, for people."""
    fields: "Mapping[str, Plan]"
    """In the order in which they are read."""
    currency: str
    headings: Headings | None
    not_filled: Sequence[str]
    """Required fields that have no rule."""
    is_partial: bool = False
    """Whether what is missing comes from elsewhere."""
    _is_simple: bool = field(init=False)
    """Whether its contract is held against it here: what a customer needs, intake says."""
    _generation: int = -1
    _found_at_work: "Sequence[tuple[str, Plan, Shape]]" = ()

    def __post_init__(self) -> None:
        shapes = self.shape.fields.values()
        self._is_simple = self.name != "" and all(isinstance(shape, Leaf) for shape in shapes)

    def read(self, scope: Scope, findings: RecordFindings, *, must: bool) -> Value | Gap:
        """`must`: the document cannot do without it."""
        values: dict[str, JsonValue] = {}
        missing: list[MappingNote] = []
        said = False
        inner = scope.within(values)
        for name, plan, shape in self._at_work(scope.part):
            found = _read(plan, inner, findings, must=must and shape.required)
            if isinstance(found, Value):
                values[name] = found.value
                said = said or found.said
                continue
            said = said or found.because is not None
            if name == "currency" and self.shape.whole == "money" and found.because is None:
                continue  # the dealer's, below
            if shape.required:
                missing.append(found.because or _nothing(plan, scope))
            elif found.because is not None:
                findings.note(_left_out(found.because))
        if self.is_partial:
            return Value(values, said)
        if self.shape.whole == "money" and "amount" in values:
            values.setdefault("currency", self.currency)
        for name in self.not_filled:
            if name not in values:
                where = scope.named(_dotted(self.name, name))
                missing.append(MappingNote(where, "", "no rule fills it"))
        return self._whole(values, missing, said=said, must=must, findings=findings, scope=scope)

    def _at_work(self, part: Node) -> "Sequence[tuple[str, Plan, Shape]]":
        """The fields of which something may come; of a table, found out once for all records."""
        if self.headings is None or not self.headings.are_of(part):
            return self._of_record(part)
        if self._generation != self.headings.generation:
            self._generation = self.headings.generation
            self._found_at_work = self._of_record(part)
        return self._found_at_work

    def _of_record(self, part: Node) -> "Sequence[tuple[str, Plan, Shape]]":
        return [
            (name, plan, self.shape.fields[name])
            for name, plan in self.fields.items()
            if self.shape.fields[name].required or not _is_idle(plan, part)
        ]

    def _whole(
        self,
        values: dict[str, JsonValue],
        missing: list[MappingNote],
        *,
        said: bool,
        must: bool,
        findings: RecordFindings,
        scope: Scope,
    ) -> Value | Gap:
        if must and (missing or not said):
            for note in missing or [MappingNote(scope.named(self.name), self.label, _NOTHING)]:
                findings.error(note)
            return Gap()
        if not said:
            return Gap()
        if missing:
            where = scope.named(self.name).removesuffix(".")
            for note in missing:
                findings.note(note._replace(detail=f"{note.detail}: {where} is left out"))
            return Gap()
        ordered = {name: values[name] for name in self.shape.fields if name in values}
        because = None if must or not self._is_simple else refusal(self.shape.takes, ordered)
        if because is not None:
            note = MappingNote(scope.named(self.name), self.label, because)
            return Gap(note)
        return Value(ordered, said=True)


@dataclass(slots=True)
class ListPlan:
    """Reads a list: of the parts of a record, of entries with columns of their own, or of all that
    stands in some columns."""

    name: str
    shape: ListShape
    paths: Sequence[Path]
    where: Says | None
    entries: "Sequence[GroupPlan | LeafPlan]"
    """One, for each part; or each with columns of its own."""
    own_columns: bool
    label: str
    of_rows: bool = field(init=False)
    """Whether each record is an entry."""

    def __post_init__(self) -> None:
        self.of_rows = any(path.written == "." for path in self.paths)

    def read(self, scope: Scope, findings: RecordFindings) -> Value | Gap:
        values: list[JsonValue] = []
        emptied = False
        for found in self._found(scope, findings):
            if isinstance(found, Gap):
                if found.because is not None:
                    findings.note(_left_out(found.because))
            elif isinstance(found.value, list):
                emptied = emptied or not found.value
                values.extend(found.value)
            else:
                values.append(found.value)
        if len(values) > self.shape.most:
            detail = f"at most {self.shape.most} are taken here"
            findings.error(MappingNote(scope.named(self.name), self.label, detail))
        return Value(values, said=True) if values or emptied else Gap()

    def _found(self, scope: Scope, findings: RecordFindings) -> Iterator[Value | Gap]:
        taken = 0
        for entry, part in self._parts(scope):
            inner = Scope(
                part=part,
                record=scope.record if not self.of_rows or not scope.rows else _fields(part),
                rows=scope.rows if self.own_columns else (),
                position=taken + 1,
                entry=scope.named(f"{self.name}[{taken + 1}]") + ".",
            )
            if isinstance(entry, LeafPlan):
                yield from self._by_need(entry, inner if not self.own_columns else scope, findings)
                continue
            found = entry.read(inner, findings, must=False)
            taken += isinstance(found, Value)
            if taken > MOST_PARTS:
                return
            yield found

    def _by_need(
        self, plan: LeafPlan, scope: Scope, findings: RecordFindings
    ) -> Iterator[Value | Gap]:
        """Entries that one value makes."""
        for found in plan.read_all(scope, findings):
            need = sole_need(self.shape.of) if isinstance(self.shape.of, Group) else None
            if need is None or isinstance(found, Gap):
                yield found
            else:
                yield Value({need: found.value}, found.said)

    def _parts(self, scope: Scope) -> "Iterator[tuple[GroupPlan | LeafPlan, Node]]":
        if self.own_columns:
            yield from ((entry, scope.part) for entry in self.entries)
            return
        parts: list[Node] = []
        for path in self.paths:
            if path.written == "." and scope.rows:
                parts = list(scope.rows)
            else:
                parts = list(path.found_in(scope.record if path.from_record else scope.part))
            if parts:
                break
        yield from (
            (self.entries[0], part)
            for part in parts
            if self.where is None or self.where.so(part, scope)
        )


@dataclass(slots=True)
class NamedPlan:
    """Reads values under names of the source's own."""

    name: str
    shape: NamedValues
    values: Mapping[str, LeafPlan]

    def read(self, scope: Scope, findings: RecordFindings) -> Value | Gap:
        found: dict[str, JsonValue] = {}
        for name, plan in self.values.items():
            value = plan.read(scope, findings)
            if isinstance(value, Value):
                found[name] = value.value
            elif value.because is not None:
                findings.note(_left_out(value.because))
        return Value(found, said=True) if found else Gap()


Plan: TypeAlias = LeafPlan | GroupPlan | ListPlan | NamedPlan


def plan_of(mapping: FeedMapping, setting: Setting) -> GroupPlan:
    """Raises `KeyError` for a field that there is not: mappings are checked when they are read."""
    shape = shape_of(mapping.report)
    plan = _group("", shape, mapping.fields, _Making(mapping, setting))
    return replace(plan, is_partial=mapping.as_they_are)


class _Making(NamedTuple):
    mapping: FeedMapping
    setting: Setting

    def with_defaults(self, rule: FieldRule) -> FieldRule:
        decimal = rule.decimal or self.mapping.decimal
        return rule.model_copy(update={"decimal": decimal})


def _plan(name: str, shape: Shape, rules: "_Rules", making: _Making) -> Plan:
    rule = rules.own
    match shape:
        case Leaf():
            assert isinstance(rule, FieldRule)
            return LeafPlan(name, shape, making.with_defaults(rule), making.setting)
        case Group():
            if isinstance(rule, FieldRule):
                return LeafPlan(name, shape, making.with_defaults(rule), making.setting)
            return _group(name, shape, rules.inner, making)
        case NamedValues():
            values = {
                each: LeafPlan(
                    f"{name}.{each}", shape.of, making.with_defaults(own), making.setting
                )
                for each, own in rules.inner.items()
                if isinstance(own, FieldRule)
            }
            return NamedPlan(name, shape, values)
        case ListShape():
            assert rule is not None
            return _listed(name, shape, rule, making)


def _listed(name: str, shape: ListShape, rule: AnyRule, making: _Making) -> ListPlan:
    match rule:
        case FieldRule():
            of = shape.of
            leaf = of
            if isinstance(of, Group):
                inner = of.fields[sole_need(of) or ""]
                assert isinstance(inner, Leaf)
                leaf = inner
            entry = LeafPlan(name, leaf, making.with_defaults(rule), making.setting)
            return ListPlan(name, shape, (), None, (entry,), True, entry.label)
        case EachRule():
            paths = [Path(each) for each in rule.each]
            where = None if rule.where is None else Says(rule.where)
            entry_plan = _entry(shape, rule.fields, making)
            return ListPlan(name, shape, paths, where, (entry_plan,), False, label_of(rule.each))
        case EntriesRule():
            entries = [_entry(shape, fields, making) for fields in rule.entries]
            return ListPlan(name, shape, (), None, entries, True, "")


def _entry(shape: ListShape, rules: FieldRules, making: _Making) -> GroupPlan:
    assert isinstance(shape.of, Group)
    return _group("", shape.of, rules, making)


@dataclass(slots=True)
class _Rules:
    """The rules of one field: its own, and those of the fields in it."""

    own: AnyRule | None = None
    inner: dict[str, AnyRule] = field(default_factory=dict)


def _group(name: str, shape: Group, rules: FieldRules, making: _Making) -> GroupPlan:
    by_field: dict[str, _Rules] = {}
    for written, rule in rules.items():
        first, _, rest = written.partition(".")
        own = by_field.setdefault(first, _Rules())
        if rest:
            own.inner[rest] = rule
        else:
            own.own = rule
    plans = {
        first: _plan(_dotted(name, first), shape.fields[first], own, making)
        for first, own in by_field.items()
    }
    ordered = dict(sorted(plans.items(), key=lambda item: _waits(item[1])))
    labels = [plan.label for plan in plans.values() if isinstance(plan, LeafPlan) and plan.label]
    return GroupPlan(
        name=name,
        shape=shape,
        label=" | ".join(labels),
        fields=ordered,
        currency=making.setting.currency,
        headings=making.setting.headings,
        not_filled=[
            each for each, inner in shape.fields.items() if inner.required and each not in plans
        ],
    )


def _is_idle(plan: Plan, part: Node) -> bool:
    """Whether nothing comes of a field in a record like this."""
    match plan:
        case LeafPlan():
            return plan.is_idle(part)
        case GroupPlan():
            return all(_is_mute(each, part) for each in plan.fields.values())
        case ListPlan():
            return plan.own_columns and all(_is_idle(each, part) for each in plan.entries)
        case NamedPlan():
            return False


def _is_mute(plan: Plan, part: Node) -> bool:
    return plan.is_mute(part) if isinstance(plan, LeafPlan) else _is_idle(plan, part)


def _waits(plan: Plan) -> bool:
    return isinstance(plan, LeafPlan) and plan.rule.not_before is not None


def _dotted(group: str, name: str) -> str:
    return f"{group}.{name}" if group else name


def _read(plan: Plan, scope: Scope, findings: RecordFindings, *, must: bool) -> Value | Gap:
    if isinstance(plan, GroupPlan):
        return plan.read(scope, findings, must=must)
    return plan.read(scope, findings)


def _nothing(plan: Plan, scope: Scope) -> MappingNote:
    label = "" if isinstance(plan, NamedPlan) else plan.label
    return MappingNote(scope.named(plan.name), label, _NOTHING)


def _left_out(note: MappingNote) -> MappingNote:
    return note._replace(detail=f"{note.detail}: left out")


def _fields(node: Node) -> Fields:
    return node if isinstance(node, Mapping) else {}
