"""One field and its rule: what stands there, what it means, and whether the contract takes it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from pydantic import JsonValue, TypeAdapter, ValidationError

from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.feed_mapping import FieldRule, Meaning, ReadAs
from services.intake.domain.mappings.outcome import Gap, RecordFindings, Scope, Value
from services.intake.domain.mappings.paths import Columns, NoValue, Path, cell_of, stands_nothing
from services.intake.domain.mappings.reading import (
    Beside,
    Read,
    Setting,
    money,
    odometer,
    read,
)
from services.intake.domain.mappings.records import Cell, FaultyCell, Node
from services.intake.domain.mappings.says import Says
from services.intake.domain.mappings.shape import Group, Leaf
from services.intake.domain.mappings.values.cells import (
    MOST_TO_COMPARE,
    Unreadable,
    ValueRead,
    decimal_of,
    folded,
    says_nothing,
    text_of,
)
from services.intake.domain.mappings.values.numbers import amount_of, written

MOST_NAMED = 3
"""The most columns that one note names."""
MOST_KNOWN = 256
"""The most texts of a column whose meaning is remembered."""
NOTHING_THERE = "nothing stands there"
_PARTS = "parts stand there, where a value is looked for: name the part, as in a path"
_DIFFER = "the rows of this document differ here: the first is taken"
_NOT_KNOWN = "this word is none that the mapping knows: name it in `words`, or say `otherwise`"
_READ_AS_TAKEN = frozenset({"instant", "day", "boolean"})
"""What is read so is what contracts take."""
_AS_WORDS = str.maketrans(" -", "__")


@dataclass(slots=True)
class LeafPlan:
    """Reads one field, or a group that one column fills."""

    name: str
    """The canonical field, as from the group it is in."""
    shape: Leaf | Group
    rule: FieldRule
    setting: Setting
    columns: Columns = field(init=False)
    times: Sequence[Path] = field(init=False)
    made_of: Sequence[Path] = field(init=False)
    read_as: ReadAs = field(init=False)
    label: str = field(init=False)
    """The columns, for people."""
    _at_column: str = field(init=False, default="")
    """The one of them at which something stands, in the record that is read."""
    _known: dict[str, Value] = field(init=False, default_factory=dict)
    _is_context_free: bool = field(init=False)
    """Whether what a text means depends on nothing else in the record."""
    _says_more: bool = field(init=False)
    """Whether it may say something though nothing stands there."""
    _cases: Sequence[tuple[Says, Meaning]] = field(init=False)
    _words: Mapping[str, Meaning] = field(init=False)
    _choices: tuple[str, ...] = field(init=False)
    """The only words that the contract takes; empty: any."""
    _is_table: bool = field(init=False)
    """Whether `words` says what every word means, and not only which of them say nothing."""

    def __post_init__(self) -> None:
        rule, shape = self.rule, self.shape
        headings = self.setting.headings
        self.columns = Columns(rule.column or (), headings)
        self.times = [Path(each, headings) for each in rule.time or ()]
        self.made_of = [Path(each, headings) for each in rule.made_of or ()]
        whole = shape.read_as if isinstance(shape, Leaf) else shape.whole or "text"
        self.read_as = rule.read_as or whole
        self.label = label_of(rule.column or ())
        self._cases = [(Says(case, headings), case.means) for case in rule.cases]
        self._words = {folded(word): meaning for word, meaning in rule.words.items()}
        self._choices = shape.words if isinstance(shape, Leaf) else ()
        self._is_context_free = isinstance(shape, Leaf) and not (rule.time or rule.not_before)
        more = (rule.default is not None, rule.counted, rule.made_of, rule.cases, "" in self._words)
        self._says_more = any(more)
        self._is_table = any(meaning is not None for meaning in rule.words.values())

    def read(self, scope: Scope, findings: RecordFindings) -> Value | Gap:
        """The value; a word that the mapping does not know is an error of the record."""
        columns = self.columns.of(scope.part)
        self._at_column = ""
        try:
            text = self._text_at(columns, scope)
            if text is not None:
                return self._of_text(text, scope, findings) if text else self._without(scope)
            nodes = list(self._standing(columns, scope, findings))
            if not nodes:
                return self._without(scope)
            return self._of(self._one(nodes, scope, findings), scope, findings)
        except NoValue:
            return Gap(self._note(scope, _PARTS))
        except Unreadable as error:
            return Gap(self._note(scope, str(error)))

    def read_all(self, scope: Scope, findings: RecordFindings) -> list[Value | Gap]:
        """Of a list: each of what stands there, and each piece of it."""
        found: list[Value | Gap] = []
        for path in self.columns.of(scope.part):
            self._at_column = path.written
            for node in self._at(path, scope):
                found.extend(self._pieces(node, scope, findings))
        if not found and self.rule.default is not None:
            found.append(self._meant(self.rule.default, scope, said=False))
        return found

    def number(self, scope: Scope) -> str | None:
        """What stands there, folded, to tell whether records are of one document."""
        findings = RecordFindings()
        found = self.read(scope, findings)
        if not isinstance(found, Value) or found.value is None or not found.said:
            return None
        return folded(str(found.value))

    def _pieces(self, node: Node, scope: Scope, findings: RecordFindings) -> Iterator[Value | Gap]:
        try:
            cell = cell_of(node)
            pieces: Sequence[Cell] = [cell]
            if isinstance(cell, str) and self.rule.split and folded(cell) not in self._words:
                for mark in self.rule.split[1:]:
                    cell = cell.replace(mark, self.rule.split[0])
                pieces = cell.split(self.rule.split[0])
        except NoValue:
            yield Gap(self._note(scope, _PARTS))
            return
        for piece in pieces:
            if not says_nothing(piece):
                try:
                    yield self._of(piece, scope, findings)
                except Unreadable as error:
                    yield Gap(self._note(scope, str(error)))

    def is_idle(self, part: Node) -> bool:
        """Whether nothing comes of it in a record like this, as no such column is there."""
        return not self._says_more and not self.columns.of(part)

    def is_mute(self, part: Node) -> bool:
        """Whether a record like this says nothing of it, whatever the mapping says itself."""
        return not self.made_of and not self.columns.of(part)

    def _text_at(self, columns: Sequence[Path], scope: Scope) -> str | None:
        """In most records it is one text at one heading, the same in all rows; empty: nothing
        stands there. None: it is another value, or is to be looked for further."""
        rows = scope.rows
        part = rows[0] if rows else scope.part
        if self.rule.take != "first" or not isinstance(part, dict):
            return None
        for path in columns:
            node = None if path.from_record else path.heading_in(part)
            if not isinstance(node, str):
                return None
            if len(rows) > 1 and any(path.heading_in(row) != node for row in rows[1:]):
                return None
            if node in self._known or not says_nothing(node):
                self._at_column = path.written
                return node
        return ""

    def _standing(
        self, columns: Sequence[Path], scope: Scope, findings: RecordFindings
    ) -> Iterator[Node]:
        """What stands at the first column that has something; at all of them, if they are joined
        or added."""
        no_value = False
        for path in columns:
            nodes = self._at(path, scope)
            if not nodes:
                continue
            values = [node for node in nodes if _has_value(node)]
            no_value = no_value or not values
            if not self._at_column:
                self._at_column = path.written
            if values and scope.rows:
                self._compare(path, values, scope, findings)
            yield from values
            if values and self.rule.take == "first":
                return
        if no_value and self.rule.take == "first":
            raise NoValue

    def _at(self, path: Path, scope: Scope) -> Sequence[Node]:
        """What is written there; of several rows, in the first that has something."""
        for row in scope.rows or (scope.record if path.from_record else scope.part,):
            found = [node for node in path.found_in(row) if not stands_nothing(node)]
            if found:
                return found
        return ()

    def _compare(
        self, path: Path, values: list[Node], scope: Scope, findings: RecordFindings
    ) -> None:
        for row in scope.rows[1:]:
            others = [node for node in path.found_in(row) if not stands_nothing(node)]
            if others and others != values:
                findings.note(self._note(scope, _DIFFER))
                return

    def _one(self, nodes: list[Node], scope: Scope, findings: RecordFindings) -> Cell:
        cells = [cell_of(node) for node in nodes]
        if self.rule.take == "sum":
            return self._sum(cells)
        if len(cells) == 1:
            return cells[0]
        first = "take" in self.rule.model_fields_set and self.rule.take == "first"
        if self.rule.take == "joined" or (self.read_as == "text" and not first):
            return self.rule.between.join(text_of(cell) for cell in cells)
        if any(cell != cells[0] for cell in cells[1:]):
            findings.note(self._note(scope, "several stand there: the first is taken"))
        return cells[0]

    def _sum(self, cells: Sequence[Cell]) -> Cell:
        found = [amount_of(cell, decimal=self.rule.decimal or ".").value for cell in cells]
        currencies = {each.currency for each in found if each.currency is not None}
        if len(currencies) > 1:
            raise Unreadable("amounts in several currencies are not added")
        total = written(sum((each.amount for each in found), Decimal()))
        return " ".join([total, *currencies])

    def _without(self, scope: Scope) -> Value | Gap:
        if self.made_of:
            made = self._made(scope)
            if made is not None:
                return Value(made, said=True)
        if self.rule.counted:
            return Value(str(scope.position), said=False)
        if "" in self._words and self._words[""] is not None:
            return self._meant(self._words[""], scope, said=False)
        for says, meaning in self._cases:
            if any(says.so(row, scope) for row in scope.rows or (scope.part,)):
                return self._meant(meaning, scope, said=False)
        if self.rule.default is not None:
            return self._meant(self.rule.default, scope, said=False)
        return Gap()

    def _made(self, scope: Scope) -> str | None:
        """A number of what stands at all of `made_of`; None where nothing does."""
        parts = [
            [_plainly(node) for node in path.found_in(scope.part)]  # as it stands: no rule reads it
            for path in self.made_of
        ]
        if not any(word for words in parts for word in words):
            return None
        content = json.dumps(parts).encode()
        return blake2b(content, digest_size=12).hexdigest()

    def _of_text(self, text: str, scope: Scope, findings: RecordFindings) -> Value | Gap:
        """As before, where the same text stood before: in many columns few texts do."""
        known = self._known.get(text)
        if known is not None:
            return known
        before = len(findings.notes)
        found = self._of(text, scope, findings)
        if self._is_context_free and isinstance(found, Value) and len(findings.notes) == before:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            if len(text) <= MOST_TO_COMPARE:
                self._known[text] = found
        return found

    def _of(self, cell: Cell, scope: Scope, findings: RecordFindings) -> Value | Gap:
        if isinstance(cell, FaultyCell):
            raise Unreadable(cell.because)
        word = folded(text_of(cell)) if self._words or self._choices else ""
        if word in self._words:
            return self._meant(self._words[word], scope, said=True)
        if self._choices:
            canonical = word.translate(_AS_WORDS)
            if canonical in self._choices:
                return Value(canonical, said=True)
        if self._is_table and self.read_as == "boolean":
            try:
                return self._checked(
                    read(cell, "boolean", self.rule, self.setting, Beside()), scope
                )
            except Unreadable:
                return self._unknown(scope, findings)
        if self._is_table and (self._choices or self.read_as in ("text", "number")):
            return self._unknown(scope, findings)
        if self._choices:
            raise Unreadable(f"none of the words of this field: {', '.join(self._choices)}")
        taken = self._read(cell, scope)
        if taken is not None and taken.doubt is not None:
            findings.note(self._note(scope, taken.doubt))
        return self._checked(taken, scope)

    def _unknown(self, scope: Scope, findings: RecordFindings) -> Value | Gap:
        if "otherwise" not in self.rule.model_fields_set:
            findings.error(self._note(scope, _NOT_KNOWN))
            return Gap()
        if self.rule.otherwise is None:
            return Gap(self._note(scope, "a word that the mapping does not know"))
        findings.note(self._note(scope, "a word that the mapping does not know: taken as others"))
        return self._meant(self.rule.otherwise, scope, said=True)

    def _meant(self, meaning: Meaning, scope: Scope, *, said: bool) -> Value | Gap:
        """What the mapping says, as the contract has it; Raises `Unreadable`."""
        if meaning is None:
            return Gap()
        if isinstance(meaning, tuple):
            return Value(list(meaning), said)
        if isinstance(meaning, str) and not self._choices:
            found = self._checked(self._read(meaning, scope), scope)
            return Value(found.value, said) if isinstance(found, Value) else found
        return Value(meaning, said)

    def _read(self, cell: Cell, scope: Scope) -> Read:
        if isinstance(self.shape, Group):
            whole = odometer if self.shape.whole == "odometer" else money
            return whole(cell, self.rule, self.setting)
        beside = self._beside(scope) if self.read_as == "instant" else Beside()
        taken = read(cell, self.read_as, self.rule, self.setting, beside)
        if taken is not None and self.shape.read_as in ("text", "number"):
            return ValueRead(str(taken.value), taken.doubt)
        return taken

    def _beside(self, scope: Scope) -> Beside:
        at: Cell = None
        for path in self.times:
            cells = self._at(path, scope)
            if cells and _has_value(cells[0]):
                at = cell_of(cells[0])
                break
        other = scope.siblings.get(self.rule.not_before or "")
        earliest = datetime.fromisoformat(other) if isinstance(other, str) else None
        return Beside(at, earliest)

    def _checked(self, taken: Read, scope: Scope) -> Value | Gap:
        """Only what the contract takes."""
        if taken is None or taken.value == "":
            return Gap()
        if self.read_as in _READ_AS_TAKEN:
            return Value(taken.value, said=True)
        because = refusal(self.shape.takes, taken.value)
        if because is not None:
            return Gap(self._note(scope, because))
        return Value(taken.value, said=True)

    def _note(self, scope: Scope, detail: str) -> MappingNote:
        return MappingNote(scope.named(self.name), self._at_column or self.label, detail)


def label_of(columns: Sequence[str]) -> str:
    """For people: the first few of them."""
    shown = " | ".join(columns[:MOST_NAMED])
    return shown if len(columns) <= MOST_NAMED else f"{shown} | …"


def refusal(takes: TypeAdapter[object], value: JsonValue) -> str | None:
    """Why a contract does not take a value, without a word of it; None: it does."""
    try:
        takes.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return details[0]["msg"].removeprefix("Value error, ")
    return None


def _has_value(node: Node) -> bool:
    if isinstance(node, str):
        return True
    try:
        cell_of(node)
    except NoValue:
        return False
    return True


def _plainly(node: Node) -> str:
    if stands_nothing(node):
        return ""
    try:
        cell = cell_of(node)
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            return format(decimal_of(cell).normalize(), "f")
        return folded(text_of(cell))
    except (NoValue, Unreadable):
        return ""
