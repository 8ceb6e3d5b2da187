"""Facts of bounded cost: the newest documents as they are, of all others a line of text.

`join` keeps everything. `condense` then sets aside what no decision looks at: a document
that stands for nothing, one that arrived beyond the horizon, and of each group (such as
visits) all but the newest. A line keeps all that counted of its document, so that it comes
back as it was when a void or another policy asks for it: what is looked at follows from the
newest versions of all documents and the policy, and from nothing else.
"""

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Event
from shared.contracts.made import remade
from shared.decider.facts import Fact, keep_newest, precedence
from shared.decider.lines import changed, each, line_of, long, short, source_of

NOTHING = "nothing"
"""The group of those that stand for nothing."""
PAST = "past"
"""The group of those that were beyond the horizon when they were first received."""

_RANK = "="
"""The same instant as the one that ranks the line."""

Changes = dict[str, dict[str, str | None]]
"""Group -> short id -> its line; None: no longer there."""


class Horizon(BaseModel):
    """How much of a customer is looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[int, Field(gt=0, le=73_050)] = 3_653
    """What happened longer than this before it was first received is held, and says nothing."""
    documents: Annotated[int, Field(gt=0, le=5_000)] = 200
    """How many of each group of documents are looked at, the newest by when they happened."""

    def at_least(self, days: int) -> "Horizon":
        """This one, or as far as `days` where that is further."""
        return self if self.days >= days else self.model_copy(update={"days": days})

    @cached_property
    def text(self) -> str:
        """Tells it from any other."""
        return f"{self.days}/{self.documents}"


class CondensedFacts(BaseModel):
    """What is known of one customer; nothing at first."""

    model_config = ConfigDict(frozen=True)

    customer_key: str = ""
    documents: Mapping[str, Any] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""
    digests: Mapping[str, str] = Field(default_factory=dict)
    """Group -> the lines of what is set aside."""
    newest: Mapping[str, str] = Field(default_factory=dict)
    """Group -> short id of the newest document that number alone sets aside."""
    limits: str = Horizon().text
    """The horizon that it was condensed by."""
    stale: bool = False
    """Whether something was joined since."""

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of all that is held, also of what moved or is set aside."""
        held = {key: known.version for key, known in self.documents.items()}
        source = source_of(self.customer_key)
        for lines in self.digests.values():
            for line in each(lines):
                word, version, _ = line.split(" ", 2)
                held[long(word, source)] = long(version, source)
        return held

    def sets_aside(self, group: str, document_id: str) -> bool:
        """Whether this document is one of the group's that are set aside."""
        word = short(document_id, source_of(self.customer_key))
        return line_of(self.digests.get(group, ""), word) != ""


Fa = TypeVar("Fa", bound=CondensedFacts)
K = TypeVar("K", bound=Fact)
E = TypeVar("E", bound=Event[Any])


class _Rank(NamedTuple):
    """Orders the documents of a group: by when they happened, then by their short ids."""

    at: float
    word: str


class _Division(NamedTuple):
    """Short ids of what is to leave, and to come to, those of a group that are looked at."""

    leaving: Sequence[str]
    coming: Sequence[str]
    newest: str
    """Short id of the newest that is set aside then; empty: none is."""


@dataclass(frozen=True, kw_only=True)
class Digesting(Generic[K]):
    """How the documents of one service are joined, and set aside as lines."""

    kinds: Mapping[str, type[K]]
    """A letter -> a kind of fact."""
    groups: Mapping[type[K], str]
    """A kind -> the group of which the newest are looked at; one without stands for nothing."""
    at: Callable[[K], datetime]
    """When it happened; asked of what has a group. It may have a field `late`: when it was first
    received, where that was late."""
    precedence: Callable[[K], int] = field(default=precedence)
    """Of two facts of one version, the higher counts."""

    def join(self, facts: Fa, events: Sequence[E], fact: Callable[[E], K]) -> Fa:
        """`facts` and what the events of one customer add, each document in its newest version."""
        found: Iterable[tuple[str, K]] = ((event.data.document_id, fact(event)) for event in events)
        outdated: Changes = {}
        if facts.digests:
            found = self._newer_than_set_aside(facts, found, outdated)
        higher: Callable[[Any], int] = self.precedence
        documents: Mapping[str, Any] = keep_newest(facts.documents, found, higher)
        if documents is facts.documents:
            return facts
        return remade(
            facts,
            customer_key=events[0].key,
            documents=documents,
            digests=_with(facts.digests, outdated),
            stale=True,
        )

    def condense(self, facts: Fa, horizon: Horizon) -> Fa:
        """`facts` with all set aside that is beyond; the same object where nothing is to do."""
        if facts.limits == horizon.text:
            if not facts.stale:
                return facts
        elif facts.digests:
            facts = self._with_all_looked_at(facts)
        source = source_of(facts.customer_key)
        documents = dict(facts.documents)
        newest = dict(facts.newest)
        changes: Changes = {}
        for group, keys in self._grouped(facts, horizon).items():
            division = self._division(facts, group, keys, horizon.documents)
            if division is None:
                continue
            lines, changed_lines = facts.digests.get(group, ""), changes.setdefault(group, {})
            for word in division.leaving:
                changed_lines[word] = self._line(word, documents.pop(long(word, source)), source)
            for word in division.coming:
                documents[long(word, source)] = self._read(line_of(lines, word), source)
                changed_lines[word] = None
            newest.pop(group, None)
            if division.newest:
                newest[group] = division.newest
        done: dict[str, object] = {"limits": horizon.text, "stale": False}
        if changes:
            digests = _with(facts.digests, changes)
            done |= {"documents": documents, "digests": digests, "newest": newest}
        return remade(facts, **done)

    def set_aside(self, facts: CondensedFacts, group: str, document_id: str) -> K | None:
        """The document of the group, if it is set aside."""
        source = source_of(facts.customer_key)
        line = line_of(facts.digests.get(group, ""), short(document_id, source))
        return self._read(line, source) if line else None

    def newest_set_aside(self, facts: CondensedFacts, group: str) -> K | None:
        """The newest document of the group that is not looked at for their number alone."""
        word = facts.newest.get(group)
        if word is None:
            return None
        return self._read(line_of(facts.digests[group], word), source_of(facts.customer_key))

    def _newer_than_set_aside(
        self, facts: CondensedFacts, found: Iterable[tuple[str, K]], outdated: Changes
    ) -> Iterator[tuple[str, K]]:
        """What was found, but for what is set aside as new; `outdated` gets what it replaces."""
        source = source_of(facts.customer_key)
        for key, fact in found:
            word = short(key, source)
            group, line = _lookup(facts.digests, word)
            if line and not self._is_newer(fact, line, source):
                continue
            if line:
                outdated.setdefault(group, {})[word] = None
            yield key, fact

    def _is_newer(self, fact: K, line: str, source: str) -> bool:
        version, known = fact.version, long(line.split(" ", 2)[1], source)
        if version != known:
            return version > known
        return self.precedence(fact) > self.precedence(self._read(line, source))

    def _grouped(self, facts: CondensedFacts, horizon: Horizon) -> dict[str, list[str]]:
        """Group -> ids of what is looked at; every group of which some are set aside is there."""
        longest = timedelta(days=horizon.days)
        grouped: dict[str, list[str]] = {group: [] for group in facts.newest}
        for key, known in facts.documents.items():
            group = self.groups.get(type(known), NOTHING)
            late = None if group is NOTHING else getattr(known, "late", None)
            if late is not None and late - self.at(known) > longest:
                group = PAST
            grouped.setdefault(group, []).append(key)
        return grouped

    def _division(
        self, facts: CondensedFacts, group: str, keys: Sequence[str], number: int
    ) -> "_Division | None":
        """What becomes of those looked at; None: they stay."""
        source = source_of(facts.customer_key)
        if group in (NOTHING, PAST):
            return _Division([short(key, source) for key in keys], (), "")
        if group not in facts.newest and len(keys) <= number:
            return None
        looked_at = (
            _Rank(self.at(facts.documents[key]).timestamp(), short(key, source)) for key in keys
        )
        lines = facts.digests.get(group, "")
        return _divide(lines, facts.newest.get(group, ""), looked_at, number)

    def _with_all_looked_at(self, facts: Fa) -> Fa:
        source = source_of(facts.customer_key)
        documents = dict(facts.documents)
        for lines in facts.digests.values():
            for line in each(lines):
                documents[long(line.split(" ", 1)[0], source)] = self._read(line, source)
        return facts.model_copy(update={"documents": documents, "digests": {}, "newest": {}})

    def _line(self, word: str, known: K, source: str) -> str:
        """`id version kind rank`, and what is not as by default in the order of the fields."""
        kind = type(known)
        rank = _word(self.at(known), source) if kind in self.groups else ""
        words = [word, short(known.version, source), self._letters[kind], rank]
        for name in self._fields[kind]:
            value = getattr(known, name)
            as_ever = value == kind.model_fields[name].default
            written = "" if as_ever else _word(value, source)
            words.append(_RANK if rank and written == rank else written)
        return " ".join(words).rstrip(" ")

    def _read(self, line: str, source: str) -> K:
        """The document that the line was made of."""
        _, version, letter, *words = line.split(" ")
        kind = self.kinds[letter]
        values: dict[str, Any] = {"version": long(version, source), "kind": self._names[kind]}
        written = [words[0] if word == _RANK else word for word in words[1:]]
        for name, word in zip(self._fields[kind], written, strict=False):
            if word:
                several = isinstance(kind.model_fields[name].default, tuple)
                values[name] = (
                    [long(part, source) for part in word.split(",")]
                    if several
                    else long(word, source)
                )
        return kind.model_validate(values)

    @cached_property
    def _fields(self) -> Mapping[type[K], Sequence[str]]:
        return {
            kind: [name for name in kind.model_fields if name not in ("version", "kind")]
            for kind in self.kinds.values()
        }

    @cached_property
    def _letters(self) -> Mapping[type[K], str]:
        return {kind: letter for letter, kind in self.kinds.items()}

    @cached_property
    def _names(self) -> Mapping[type[K], str]:
        """Kind -> what its field `kind` says."""
        return {
            kind: get_args(kind.model_fields["kind"].annotation)[0] for kind in self.kinds.values()
        }


def _divide(lines: str, newest: str, looked_at: Iterable[_Rank], number: int) -> _Division:
    """The newest `number` of all, whether they are looked at so far or set aside in `lines`.

    `newest` was the newest of the lines, when they were made. Reads them all only where it is
    gone, or one that is looked at no longer counts, so that others take their places.
    """
    ordered = sorted(looked_at)
    last = _newest(lines, newest) if newest else None
    older = bisect_left(ordered, last) if last else 0
    too_many = max(len(ordered) - number, older)
    if len(ordered) - too_many == number or not lines:
        leaving = ordered[:too_many]
        last = max([*leaving[-1:], *([last] if last else [])], default=None)
        return _Division([rank.word for rank in leaving], (), last.word if last else "")
    best = heapq.nlargest(number + 1, [*ordered, *map(_rank, each(lines))])
    kept = {rank.word for rank in best[:number]}
    had = {rank.word for rank in ordered}
    return _Division(
        [word for word in had if word not in kept],
        [word for word in kept if word not in had],
        best[number].word if len(best) > number else "",
    )


def _newest(lines: str, word: str) -> _Rank | None:
    """The newest of the lines, which was that of `word`."""
    if line := line_of(lines, word):
        return _rank(line)
    return max(map(_rank, each(lines)), default=None)


def _rank(line: str) -> _Rank:
    word, _, _, at, *_ = line.split(" ", 4)
    return _Rank(float(at), word)


def _lookup(digests: Mapping[str, str], word: str) -> tuple[str, str]:
    """The group and line of what is set aside under that short id; two empty ones if none is."""
    for group, lines in digests.items():
        if line := line_of(lines, word):
            return group, line
    return "", ""


def _with(digests: Mapping[str, str], changes: Changes) -> Mapping[str, str]:
    if not changes:
        return digests
    after = {**digests}
    for group, lines in changes.items():
        after[group] = changed(after.get(group, ""), lines)
    return {group: lines for group, lines in after.items() if lines}


def _word(value: Any, source: str) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case datetime():
            return repr(value.timestamp()).removesuffix(".0")
        case tuple():
            return ",".join(short(part, source).replace(",", "%2C") for part in value)
        case _:
            return short(str(value), source)
