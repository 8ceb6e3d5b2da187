"""Where something stands in a record: headings of a table, and paths into what is nested."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from services.intake.domain.mappings.records import Cell, FaultyCell, Fields, Node
from services.intake.domain.mappings.values.cells import folded, says_nothing

TEXT = "#text"
_STEP = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<at>[^=\[\]]+)=(?P<says>[^\[\]]*)\])?")
_JOINTS = re.compile(r"[\s_\-]+")


class NoValue(ValueError):
    """Parts stand there, where a value is looked for."""


@lru_cache(maxsize=4096)
def alike(name: str) -> str:
    """For comparing headings: without case, width, spaces, and what else joins words; whether an
    XML file has something as an attribute or as a child does not matter either."""
    return _JOINTS.sub("", folded(name)).removeprefix("@")


@dataclass(slots=True)
class _Name:
    """A name to look for. It remembers under which one it was found in records alike."""

    wanted: str
    _keys: tuple[str, ...] = ()
    _found: str | None = None

    def in_(self, fields: Fields) -> Node:
        if self.wanted in fields:
            return fields[self.wanted]
        keys = tuple(fields)
        if keys != self._keys:
            wanted = alike(self.wanted)
            self._keys = keys
            self._found = next((key for key in keys if alike(key) == wanted), None)
        return None if self._found is None else fields[self._found]


@dataclass(slots=True)
class _Step:
    name: _Name
    at: "Path | None" = None
    says: str = ""

    def from_(self, node: Node) -> Iterator[Node]:
        if not isinstance(node, Mapping):
            return
        for each in flat(self.name.in_(node)):
            if self.at is None or self.says in map(_word, self.at.found_in(each)):
                yield each


@dataclass(slots=True)
class Path:
    """A heading, or a path: names joined by `/`, each perhaps with a condition."""

    written: str
    from_record: bool = field(init=False)
    _whole: _Name = field(init=False)
    _steps: Sequence[_Step] = field(init=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for what is no path."""
        self.from_record = self.written.startswith("/")
        inner = self.written.removeprefix("/")
        self._whole = _Name(inner)
        self._steps = [] if inner == "." else [_step(part) for part in inner.split("/")]

    def found_in(self, node: Node) -> Iterator[Node]:
        """All that stands there, in order; a list is what it holds."""
        if not self._steps or (self.written == TEXT and not isinstance(node, Mapping)):
            yield from flat(node)
            return
        if isinstance(node, Mapping) and (whole := self._whole.in_(node)) is not None:
            yield from flat(whole)
            return
        nodes = [node]
        for step in self._steps if len(self._steps) > 1 or self._steps[0].at else ():
            nodes = [found for each in nodes for found in step.from_(each)]
        if nodes and nodes[0] is not node:
            yield from nodes


def flat(node: Node) -> Iterator[Node]:
    """What a list holds, lists in it too; anything else is itself."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Sequence) and not isinstance(each, str):
            waiting.extend(reversed(each))
        elif each is not None:
            yield each


def cell_of(node: Node) -> Cell:
    """The value; of an element that has more than text, its text. Raises `NoValue`."""
    if isinstance(node, Mapping):
        if TEXT not in node:
            if not node:
                return None
            raise NoValue
        return cell_of(node[TEXT])
    if isinstance(node, Sequence) and not isinstance(node, str):
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
        return _Step(_Name(found.group("name").strip()))
    return _Step(
        _Name(found.group("name").strip()), Path(found.group("at").strip()), folded(found["says"])
    )
