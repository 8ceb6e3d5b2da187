"""One aggregate as it is stored, and the intents that carry its messages to the broker."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.decider.decision import Announced, Listing

NOTHING = "{}"
"""The facts of an aggregate of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """What was last said about one subject."""

    sequence: int
    hash: str
    type: str
    forget_at: datetime | None = None
    sealed: str | None = None
    """The JSON of an announcement that is out; None for states and withdrawn announcements."""
    withdrawn: bool = False
    key: str | None = None
    """The customer it was said to; None: the aggregate's."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Why an aggregate's outputs stand still, and how often it was tried."""

    reason: str
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One document: facts, what is emitted and the next deadline, guarded by `version`."""

    id: str
    dealer_id: str
    partition: int
    version: int
    facts: str
    """As JSON, without what is as it is where nothing is known."""
    emitted: Mapping[str, Emitted]
    due_at: datetime | None
    policy_version: str
    updated_at: datetime
    parked: Parked | None = None
    listing: Listing | None = None

    @property
    def announced(self) -> Announced:
        """The announcements that are out."""
        return _Announcements(
            {about: said.sealed for about, said in self.emitted.items() if said.sealed is not None}
        )


class _Announcements(Mapping[str, Mapping[str, Any]]):
    """Sealed contents, read where one is looked into: most decisions only ask what is out."""

    def __init__(self, sealed: Mapping[str, str]) -> None:
        self._sealed = sealed

    def __getitem__(self, about: str) -> Mapping[str, Any]:
        content: Mapping[str, Any] = json.loads(self._sealed[about])
        return content

    def __contains__(self, about: object) -> bool:
        return about in self._sealed

    def __iter__(self) -> Iterator[str]:
        return iter(self._sealed)

    def __len__(self) -> int:
        return len(self._sealed)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that follows from a write, published if and only if that write happened."""

    aggregate_id: str
    about: str
    sequence: int
    hash: str
    type: str
    data: str
    at: datetime
    causation_id: str | None = None
    traceparent: str | None = None
    key: str | None = None
    """The customer it goes to; None: the aggregate's."""


@dataclass(frozen=True, slots=True)
class PolicyMark:
    """By which policy the aggregates of a partition were decided: all of them where it is
    `complete`, else some, as the policy is still being applied."""

    version: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """The write-ahead log of one batch and partition. Ids sort by time."""

    id: str
    partition: int
    at: datetime
    messages: tuple[Outgoing, ...] = field(default=())
    written: tuple[tuple[str, int], ...] = ()
    """The aggregates that the batch writes and their versions, where they are to be summarized."""
