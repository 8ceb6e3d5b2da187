"""Where something stands in a record: headings of a table, and paths into what is nested."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeGuard

from services.intake.domain.mappings.records import Cell, FaultyCell, Fields, Node
from services.intake.domain.mappings.values.cells import folded, says_nothing

TEXT = "#text"
_STEP = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<at>[^=\[\]]+)=(?P<says>[^\[\]]*)\])?")
_JOINTS = re.compile(r"[\s_\-]+")
_REMARK = re.compile(
    r"^\*|\*$|:$|\((?:km|公里|千米|元|¥|rmb|cny|人民币|必填|选填|required|optional)\)$"
)
"""What stands beside a heading and changes nothing; that amounts are in 万元, or readings in miles,
does, and a mapping is to say so."""


class NoValue(ValueError):
    """Parts stand there, where a value is looked for."""


@lru_cache(maxsize=4096)
def alike(name: str) -> str:
    """For comparing headings: without case, width, spaces, and what else joins words, and without a
    unit that is the usual one; whether an XML file has something as an attribute or as a child does
    not matter either."""
    return _REMARK.sub("", _JOINTS.sub("", folded(name))).removeprefix("@")


class Headings:
    """What the records of a table have in common: where a heading was found once, it is found in
    all that have the same."""

    def __init__(self) -> None:
        self.generation = 0
        self._keys: tuple[str, ...] = ()
        self._known = frozenset[int]()

    def look_at(self, rows: Sequence[Fields]) -> None:
        """The records that are read next, and kept until then."""
        keys = tuple(rows[0])
        if keys != self._keys:
            self._keys = keys
            self.generation += 1
        are_alike = all(tuple(row) == keys for row in rows[1:])
        self._known = frozenset(map(id, rows)) if are_alike else frozenset()

    def are_of(self, fields: Node) -> bool:
        return id(fields) in self._known


@dataclass(slots=True)
class _Name:
    """A name to look for. It remembers under which one it was found in records alike."""

    wanted: str
    headings: Headings | None
    _generation: int = 0
    _found: str | None = None

    def in_(self, fields: Fields) -> Node:
        if self.wanted in fields:
            return fields[self.wanted]
        found = self.key_in(fields)
        return None if found is None else fields[found]

    def key_in(self, fields: Fields) -> str | None:
        if self.wanted in fields:
            return self.wanted
        if self.headings is None or not self.headings.are_of(fields):
            return self._look_in(fields)
        if self._generation != self.headings.generation:
            self._generation = self.headings.generation
            self._found = self._look_in(fields)
        return self._found

    def _look_in(self, fields: Fields) -> str | None:
        wanted = alike(self.wanted)
        return next((key for key in fields if alike(key) == wanted), None)


@dataclass(slots=True)
class _Step:
    name: _Name
    at: "Path | None" = None
    says: str = ""

    def from_(self, node: Node) -> Iterator[Node]:
        if not is_group(node):
            return
        for each in flat(self.name.in_(node)):
            if self.at is None or self.says in map(_word, self.at.found_in(each)):
                yield each


@dataclass(slots=True)
class Path:
    """A heading, or a path: names joined by `/`, each perhaps with a condition."""

    written: str
    headings: Headings | None = None
    from_record: bool = field(init=False)
    _whole: _Name = field(init=False)
    _steps: Sequence[_Step] = field(init=False)
    _is_itself: bool = field(init=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for what is no path."""
        self.from_record = self.written.startswith("/")
        inner = self.written.removeprefix("/")
        self._is_itself = inner == "."
        self._whole = _Name(inner, self.headings)
        steps = [] if self._is_itself else [_step(part) for part in inner.split("/")]
        self._steps = steps if len(steps) > 1 or any(step.at for step in steps) else ()

    @property
    def is_nested(self) -> bool:
        """Whether it may lead further than to a heading."""
        return self._is_itself or len(self._steps) > 0

    def is_in(self, node: Node) -> bool:
        """Whether a record has such a heading, whatever stands there."""
        return is_group(node) and self._whole.key_in(node) is not None

    def heading_in(self, fields: Fields) -> Node:
        """What stands under this heading."""
        return self._whole.in_(fields)

    def found_in(self, node: Node) -> Sequence[Node]:
        """All that stands there, in order; a list is what it holds."""
        if not is_group(node):
            return flat(node) if self._is_itself or self.written == TEXT else ()
        if self._is_itself:
            return (node,)
        whole = self._whole.in_(node)
        if whole is not None:
            return flat(whole)
        if not self._steps:
            return ()
        nodes: Sequence[Node] = [node]
        for step in self._steps:
            nodes = [found for each in nodes for found in step.from_(each)]
        return nodes


class Columns:
    """Several paths; of a table, those that it has."""

    def __init__(self, written: Sequence[str], headings: Headings | None) -> None:
        """Raises `ValueError` for what is no path."""
        self.all = [Path(each, headings) for each in written]
        self._headings = headings
        self._generation = 0
        self._there: Sequence[Path] = self.all

    def of(self, node: Node) -> Sequence[Path]:
        """Those that lead to something in a record, and in those like it."""
        if self._headings is None or not self._headings.are_of(node):
            return self.all
        if self._generation != self._headings.generation:
            self._generation = self._headings.generation
            self._there = [path for path in self.all if path.is_nested or path.is_in(node)]
        return self._there


def is_group(node: Node) -> TypeGuard[Fields]:
    """Whether it holds names; most are dicts, and asking for any other takes longer."""
    return isinstance(node, dict) or (not isinstance(node, str) and isinstance(node, Mapping))


def flat(node: Node) -> Sequence[Node]:
    """What a list holds, lists in it too; anything else is itself."""
    if isinstance(node, str):
        return (node,)
    found: list[Node] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, str) and isinstance(each, Sequence):
            waiting.extend(reversed(each))
        elif each is not None:
            found.append(each)
    return found


def cell_of(node: Node) -> Cell:
    """The value; of an element that has more than text, its text. Raises `NoValue`."""
    if isinstance(node, str):
        return node
    if is_group(node):
        if TEXT not in node:
            if not node:
                return None
            raise NoValue
        return cell_of(node[TEXT])
    if isinstance(node, Sequence | Mapping):
        raise NoValue
    return node


def stands_nothing(node: Node) -> bool:
    """Whether a heading or path leads to nothing that is written there."""
    try:
        return says_nothing(cell_of(node))
    except NoValue:
        return False


def word_of(node: Node) -> str:
    """What stands there, folded; empty where it is nothing, or no single value."""
    return "" if stands_nothing(node) else _word(node)


def _word(node: Node) -> str:
    try:
        cell = cell_of(node)
    except NoValue:
        return ""
    if isinstance(cell, str):
        return folded(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        cell = int(cell)
    return "" if cell is None or isinstance(cell, FaultyCell) else folded(str(cell)[:100])


def _step(part: str) -> _Step:
    found = _STEP.fullmatch(part.strip())
    if found is None:
        raise ValueError(
            "a path is names joined by '/', each perhaps with a condition: name[@part=first]"
        )
    if found.group("at") is None:
        return _Step(_Name(found.group("name").strip(), None))
    return _Step(
        _Name(found.group("name").strip(), None),
        Path(found.group("at").strip()),
        folded(found["says"]),
    )
