"""How an aggregate is found in its dealer's lists, and what counts of it in its dealer's totals.

Both are kept beside the aggregates, brought up to date a moment after each was written: so a page
of a list and a total cost what they show, however many customers a dealer has.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Generic, Self, TypeVar
from urllib.parse import quote, unquote

from pydantic import JsonValue

F = TypeVar("F")
P = TypeVar("P")

MOST_RANK = 2**30 - 1
GROUPED = "groups"
"""The period under which it is counted how many are in each group. Readers are not told."""
HASH_BITS = 32
MOST_ENTRIES = 50
"""How many entries an aggregate has at most."""
MOST_KEY_CHARACTERS = 120
"""How long a key may be, and the id of an entry; neither is empty."""
MOST_KEYS = 10
"""Under how many keys of one list the same line may stand."""
MOST_ENTRY_CHARACTERS = 4_000
"""How large an entry may be, its ranks and its line as JSON."""
_NAME = re.compile(r"[a-z0-9_]+")


def keyed(name: str, key: str) -> str:
    """What the list `name` is called under a key: a list of its own, of which there may be any
    number. Under what is no key of 1 to `MOST_KEY_CHARACTERS` nobody can stand."""
    return f"{name}:{key}"


def name_and_key(called: str) -> tuple[str, str | None]:
    """The inverse of `keyed`; None: it has no key."""
    name, is_keyed, key = called.partition(":")
    return name, key if is_keyed else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One of several lines of an aggregate, such as a task of a customer."""

    ranks: Mapping[str, int]
    """As those of a summary."""
    line: Mapping[str, JsonValue]
    """What a line of any list shows of it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Like an output, it must not change before `next_due` without a new event."""

    ranks: Mapping[str, int]
    """List, or list under a key -> where it stands there, the lowest first, from 0 to `MOST_RANK`;
    in a list that is not named it does not stand. Of those of one rank the order is fixed, and
    says nothing."""
    line: Mapping[str, JsonValue]
    """What a line of any list shows of it: small."""
    counts: Mapping[str, Mapping[str, int]]
    """Period, such as `2026-11` -> counter -> how much of its dealer's total is this one's."""
    groups: tuple[str, ...] = ()
    """Each counter counts in each of these groups, too: there it is called `GROUP COUNTER`."""
    apart: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The same as `counts`, of periods of their own, but in no group."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """What stands in lists besides, each as a line of its own: by an id that stays the same, of 1
    to `MOST_KEY_CHARACTERS`. They do not count."""

    def counted(self) -> Iterator[tuple[str, str, int]]:
        """Period, counter and count, of all that it counts for; and how many are in each group."""
        for group in self.groups:
            yield GROUPED, group, 1
        for period, counts in self.counts.items():
            for counter, count in counts.items():
                yield period, counter, count
                for group in self.groups:
                    yield period, f"{group} {counter}", count
        for period, counts in self.apart.items():
            for counter, count in counts.items():
                yield period, counter, count


def _rest(group: str) -> str:
    return "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries(Generic[F, P]):
    """What a service says of its aggregates in lists and totals."""

    lists: tuple[str, ...]
    """The names of all lists, without keys: lower case letters, digits and `_`."""
    summarize: Callable[[F, P, datetime], Summary | None]
    """Pure, of facts, policy and the present alone; None: it is in no list and no total."""
    rest: Callable[[str], str] = field(default=_rest)
    """The group for those of a group that is not counted by itself, as its dealer has too many."""
    version: int = 1
    """Raised where `summarize` says something else of the same facts by the same policy: all is
    summarized once more then."""

    def __post_init__(self) -> None:
        wrong = [name for name in self.lists if not _NAME.fullmatch(name)]
        if wrong or len(set(self.lists)) < len(self.lists):
            raise ValueError(f"not names of lists, each once: {self.lists}")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an aggregate, or an entry of it, stands in a list.

    Those of one rank are spread evenly over numbers of their own, so that a list can be read piece
    by piece however many share a rank. Two may have the same number: then the ids decide.
    """

    number: int
    id: str
    entry: str = ""

    @classmethod
    def of(cls, rank: int, id_: str, entry: str = "") -> Self:
        """Raises `ValueError` for what is no rank."""
        if not 0 <= rank <= MOST_RANK:
            raise ValueError(f"a rank is from 0 to {MOST_RANK}")
        whole = f"{id_}#{escaped(entry)}" if entry else id_
        return cls(rank << HASH_BITS | _hash(whole), id_, entry)

    @classmethod
    def read(cls, text: str) -> Self:
        """The inverse of `str`. Raises `ValueError` for any other text."""
        written, _, id_ = text.partition("|")
        number, _, entry = written.partition("#")
        if not (id_ and number.isascii() and number.isdigit() and len(number) < 20):
            raise ValueError("not a place in a list")
        place = cls.of(int(number) >> HASH_BITS, id_, unescaped(entry))
        if str(place) != text:
            raise ValueError("not a place in a list")
        return place

    @property
    def rank(self) -> int:
        return self.number >> HASH_BITS

    def __str__(self) -> str:
        entry = f"#{escaped(self.entry)}" if self.entry else ""
        return f"{self.number}{entry}|{self.id}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a page of a list."""

    id: str
    rank: int
    line: Mapping[str, JsonValue]
    entry: str = ""
    """Which of the aggregate's entries it is; empty: the aggregate itself."""

    @property
    def place(self) -> Place:
        """As text, it is the `after` of what comes behind this line."""
        return Place.of(self.rank, self.id, self.entry)


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Some lines of a list, in its order."""

    lines: Sequence[Listed]
    next: str | None
    """Handed in as `after`, it brings the lines behind these; None: there are none."""


def first_number(rank: int) -> int:
    """The lowest number of those of this rank; of any integer, be it no rank."""
    return min(max(rank, 0), MOST_RANK + 1) << HASH_BITS


def _hash(id_: str) -> int:
    digest = blake2b(id_.encode(), digest_size=HASH_BITS // 8).digest()
    return int.from_bytes(digest, "big")


def escaped(text: str) -> str:
    """Any text as letters, digits and `-_.~%`: so what is put behind it, and before, is told apart.
    Another text is written otherwise."""
    return quote(text, safe="", errors="surrogatepass")


def unescaped(text: str) -> str:
    """The inverse of `escaped`."""
    return unquote(text, errors="surrogatepass")
