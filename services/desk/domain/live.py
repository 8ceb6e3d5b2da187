"""What a page is told by itself: which of the things that it shows have changed.

A thing is named by a word: `tasks`, `cases`, `customers`, `customer:KEY`, `case:ID`, or
`present:customer:KEY` (who looks at it).
A page says which words it shows, and hears of no others.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from services.desk.domain.allowed import Act
from shared.contracts import topics
from shared.contracts.identifiers import customer_of, name_within

ONCE_A_SECOND = 1.0
SETTLES_SECONDS = 3.0
"""The services count and decide a little after what they are told: a change is told of twice."""
MOST_WORDS = 50
"""How many things a page shows at most."""
MOST_OF_A_WORD = 500
"""How many characters a word has at most."""

_PRESENT = "present:"
_LISTS = frozenset({"tasks", "cases", "customers"})
_OF_CASES = frozenset({topics.COMPLAINTS.name, topics.ESCALATIONS.name, topics.CASES.name})
_OF_TASKS = frozenset({topics.TASKS.name})
_OF_CUSTOMERS = frozenset(
    {topics.CUSTOMERS.name, topics.PROFILES.name, topics.SCORES.name, topics.GRADES.name}
)
FOLLOWED = tuple(sorted(_OF_CASES | _OF_TASKS | _OF_CUSTOMERS))
"""The topics whose records tell of changes."""

_SEEN_BY: dict[str, Act] = {
    "tasks": "see_tasks",
    "cases": "see_complaints",
    "case": "see_complaints",
    "customers": "see_customers",
    "customer": "see_customers",
}


def changed_words(topic: str, key: str, value: bytes | None) -> frozenset[str]:
    """What has changed when there is such a record; nothing of one that cannot be read."""
    customer = customer_of(key)
    found = {f"customer:{customer}"}
    if topic in _OF_TASKS:
        found.add("tasks")
    elif topic in _OF_CASES:
        found.add("cases")
        if case_id := name_within(key) or _case_in(value):
            found |= {f"case:{case_id}", f"case:{customer}|{case_id}"}
    elif topic != topics.CUSTOMERS.name:
        found.add("customers")
    return frozenset(found)


def _case_in(value: bytes | None) -> str:
    try:
        content: Any = json.loads(value or b"{}")
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    named = content.get("case_id") or content.get("document_id") or ""
    return named if isinstance(named, str) else ""


def act_of(word: str) -> Act | None:
    """What somebody must be allowed to hear of it; None: there is no such word."""
    kind, _, about = word.partition(":")
    if kind == "present":
        return act_of(about) if about else None
    if (kind in _LISTS) == bool(about):
        return None
    return _SEEN_BY.get(kind)


def dealer_in(word: str) -> str | None:
    """The dealer whose thing it is; None: of a list, or of nothing."""
    _, _, thing = word.removeprefix(_PRESENT).partition(":")
    parts = thing.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else None


class Pending:
    """What a page is yet to be told: no more than it shows, and not more than once a second.

    Times are seconds of any clock that does not go back.
    """

    def __init__(self, shows: Iterable[str]) -> None:
        self.shows = frozenset(shows)
        self._from: dict[str, float] = {}
        self._again: dict[str, float] = {}
        self._told = -math.inf

    def change(self, words: Iterable[str], now: float) -> bool:
        """They have changed; whether the page shows any of them."""
        found = self.shows.intersection(words)
        for word in found:
            self._from.setdefault(word, now)
            if not word.startswith(_PRESENT):
                self._again[word] = now + SETTLES_SECONDS
        return bool(found)

    def everything(self, now: float) -> None:
        """Whatever it shows may have changed."""
        self.change(self.shows, now)

    def due_at(self) -> float:
        """When there is something to tell next; infinity: nothing is known to be."""
        times = [*self._from.values(), *self._again.values()]
        return max(min(times, default=math.inf), self._told + ONCE_A_SECOND) if times else math.inf

    def take(self, now: float) -> tuple[str, ...]:
        """What is to be told now, in order."""
        if now < self.due_at():
            return ()
        self._told = now
        due = {word for word, at in self._from.items() if at <= now}
        due |= {word for word, at in self._again.items() if at <= now}
        self._from = {word: at for word, at in self._from.items() if word not in due}
        self._again = {word: at for word, at in self._again.items() if at > now}
        return tuple(sorted(due))
