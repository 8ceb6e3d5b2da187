"""Whose turn is next where some wait: nobody waits for all that another sent before."""

from collections import Counter, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Tickets of senders, of which `at_once` may be on at the same time.

    Next is one of the sender who has the fewest on; of several who was waiting first.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._on: Counter[str] = Counter()
        self._waiting: dict[str, deque[T]] = {}

    def ask(self, sender: str, ticket: T) -> None:
        """It waits from now on."""
        self._waiting.setdefault(sender, deque()).append(ticket)

    def next(self) -> T | None:
        """The next that is on now; None: no place is free, or none waits."""
        if not self._free or not self._waiting:
            return None
        sender = min(self._waiting, key=lambda each: self._on[each])
        tickets = self._waiting.pop(sender)
        ticket = tickets.popleft()
        if tickets:
            self._waiting[sender] = tickets  # behind all others who wait
        self._free -= 1
        self._on[sender] += 1
        return ticket

    def give_up(self, sender: str, ticket: T) -> bool:
        """It does not wait any more; False: it is on already, or was never here."""
        tickets = self._waiting.get(sender)
        if tickets is None or ticket not in tickets:
            return False
        tickets.remove(ticket)
        if not tickets:
            del self._waiting[sender]
        return True

    def end(self, sender: str) -> None:
        """One of theirs that was on is done."""
        self._free += 1
        self._on[sender] -= 1
        if not self._on[sender]:
            del self._on[sender]
