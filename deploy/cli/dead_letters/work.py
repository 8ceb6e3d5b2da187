"""Dead letters as an operator deals with them: what is open, take it up again, or let it go.

The topic is read from its start each time; nothing else keeps state.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby
from typing import TypeAlias

from aiokafka.errors import KafkaError

from deploy.cli.failures import CannotRun
from deploy.cli.topic_tail import Record, following
from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import dealer_of
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.dead_letters import (
    OWN_HEADERS,
    REPLAYED,
    Resolved,
    is_resolution,
    own_headers,
    replayed,
    resolution,
)
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.kafka import make_producer, partition_counts
from shared.platform.publisher import KafkaPublisher, Publisher
from shared.settings import KafkaSettings

RECORDS_AT_ONCE = 100
"""Records that are published, and their letters resolved, before the next ones."""

Origin: TypeAlias = tuple[str, int, int, bytes | None, bytes | None]


class WrongChoice(Exception):
    """What was asked for cannot be meant. The message says why."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was done with a dead letter."""

    what: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that `service` could not process."""

    record: Record
    headers: Mapping[str, str]
    """What the service wrote of it: `service`, `reason`, `topic` and so on."""
    resolution: Resolution | None = None

    @property
    def id(self) -> str:
        return self.headers["id"]

    @property
    def state(self) -> str:
        return self.resolution.what if self.resolution else "open"

    @property
    def at(self) -> datetime:
        return _written_at(self.record)

    @property
    def size_bytes(self) -> int:
        return len(self.record.value or b"") or int(self.headers.get("omitted", 0))

    @property
    def is_whole(self) -> bool:
        """Whether it holds the record; one that was too large is at `position` alone."""
        return "omitted" not in self.headers

    @property
    def position(self) -> str:
        """Where the record was: `topic[partition]@offset`."""
        return f"{self.headers['topic']}[{self.headers['partition']}]@{self.headers['offset']}"

    @property
    def dealer(self) -> str:
        """The dealer that the record names in its header, else in its key; else nothing."""
        named = from_headers(self.record.headers).get("dealerid", "")
        key = (self.record.key or b"").decode(errors="replace")
        return named or (dealer_of(key) if key.count("/") >= 3 else "")

    @property
    def replay_of(self) -> str | None:
        """The dead letter that was replayed and became this one."""
        named = dict(self.record.headers).get(REPLAYED)
        return named.decode(errors="replace") if named is not None else None

    @property
    def origin(self) -> Origin:
        """The record: letters of several services about the same one have the same."""
        ours = self.headers
        numbers = int(ours["partition"]), int(ours["offset"])
        return ours["topic"], *numbers, self.record.key, self.record.value


@dataclass(frozen=True, slots=True)
class Filters:
    """Which letters are meant; all of them when nothing is said."""

    service: str = ""
    topic: str = ""
    dealer: str = ""
    reason: str = ""
    """A part of the reason."""

    def __bool__(self) -> bool:
        return any((self.service, self.topic, self.dealer, self.reason))

    def of(self, letters: Iterable[DeadLetter]) -> list[DeadLetter]:
        """Those of `letters` that are meant."""
        return [letter for letter in letters if self._mean(letter)]

    def _mean(self, letter: DeadLetter) -> bool:
        topic = letter.headers["topic"]
        return (
            self.service in ("", letter.headers["service"])
            and self.topic in ("", topic, topic.removeprefix("aftercare."))
            and self.dealer in ("", letter.dealer)
            and self.reason in letter.headers["reason"]
        )


async def read_letters(settings: KafkaSettings) -> list[DeadLetter]:
    """All dead letters there are, each once, oldest first. Raises `CannotRun`."""
    try:
        async with following(settings, [DEAD_LETTERS.name], from_start=True) as tail:
            return fold(await tail.rest())
    except (KafkaError, TimeoutError) as error:
        raise CannotRun(
            f"the dead letters could not be read to their end ({type(error).__name__})"
        ) from error


def fold(records: Iterable[Record]) -> list[DeadLetter]:
    """What the records of the topic come to; those that are no dead letters count for nothing."""
    letters: dict[str, DeadLetter] = {}
    resolutions: dict[str, Resolution] = {}
    for record in sorted(records, key=lambda record: record.timestamp):
        headers = own_headers(record.headers)
        if is_resolution(record.headers):
            resolutions[headers.get("id", "")] = Resolution(
                headers["resolution"], _written_at(record), headers.get("note", "")
            )
        elif _is_letter(headers):
            letters.setdefault(headers["id"], DeadLetter(record, headers))
    return [
        DeadLetter(letter.record, letter.headers, resolutions.get(letter.id))
        for letter in letters.values()
    ]


def _is_letter(headers: Mapping[str, str]) -> bool:
    numbers = (headers.get(name, "") for name in ("partition", "offset"))
    return headers.keys() >= set(OWN_HEADERS) and all(map(str.isdecimal, numbers))


def named(letters: Sequence[DeadLetter], prefix: str) -> DeadLetter:
    """The letter whose id begins so. Raises `WrongChoice` when it is not exactly one."""
    found = [letter for letter in letters if prefix and letter.id.startswith(prefix.lower())]
    if not found:
        raise WrongChoice(f"no dead letter's id begins with '{prefix}'")
    if len(found) > 1:
        ids = ", ".join(letter.id for letter in found[:5])
        raise WrongChoice(f"{len(found)} dead letters' ids begin with '{prefix}': {ids}")
    return found[0]


def chosen(
    letters: Sequence[DeadLetter], ids: Sequence[str], filters: Filters, what: Resolved
) -> list[DeadLetter]:
    """The letters of these ids, or the open ones that the filters mean.

    Raises `WrongChoice` for an id that is wrong, or of a letter that is done with. One that was
    discarded may still be replayed.
    """
    if not ids:
        return filters.of(letter for letter in letters if letter.resolution is None)
    found = {letter.id: letter for letter in (named(letters, prefix) for prefix in ids)}
    for letter in found.values():
        done = letter.resolution
        if done is not None and (done.what, what) != ("discarded", "replayed"):
            raise WrongChoice(f"{letter.id} was {done.what} already, at {done.at:%Y-%m-%d %H:%MZ}")
    return list(found.values())


def replay_reaches(letters: Sequence[DeadLetter], picked: Sequence[DeadLetter]) -> list[DeadLetter]:
    """`picked`, and the open letters of other services about the same records.

    All services that read a topic read what is replayed there.
    """
    ids = {letter.id for letter in picked}
    origins = {letter.origin for letter in picked}
    return [
        letter
        for letter in letters
        if letter.id in ids or (letter.resolution is None and letter.origin in origins)
    ]


async def discard(settings: KafkaSettings, letters: Sequence[DeadLetter], *, note: str) -> None:
    """Resolve `letters` without doing anything about them. Raises `CannotRun`."""
    async with _publisher(settings) as publisher:
        await _resolve(publisher, letters, "discarded", note)


async def replay(
    settings: KafkaSettings, letters: Sequence[DeadLetter], *, note: str
) -> dict[str, str]:
    """Publish each record once more, in the order of its topic, and resolve its letters.

    Returns the ids of letters that could not be replayed, with why; they stay open. A record
    is acknowledged before its letters are resolved: interrupted, it may be replayed again,
    which changes nothing. Raises `CannotRun` when the broker does not acknowledge.
    """
    failed = await _cannot_be_replayed(settings, letters)
    able = sorted(
        (letter for letter in letters if letter.id not in failed),
        key=lambda letter: (letter.origin[:3], letter.id),
    )
    groups = [list(group) for _, group in groupby(able, key=lambda letter: letter.origin)]
    async with _publisher(settings) as publisher:
        for start in range(0, len(groups), RECORDS_AT_ONCE):
            some = groups[start : start + RECORDS_AT_ONCE]
            refused = await _publish(publisher, some)
            done = [group for at, group in enumerate(some) if at not in refused]
            await _resolve(publisher, chain.from_iterable(done), "replayed", note)
            for letter in chain.from_iterable(some[at] for at in refused):
                failed[letter.id] = _too_large(letter)
    return failed


async def _cannot_be_replayed(
    settings: KafkaSettings, letters: Sequence[DeadLetter]
) -> dict[str, str]:
    """Letter id -> why; asked before, since the embedded broker creates what it is sent to."""
    counts = await partition_counts(settings, [letter.headers["topic"] for letter in letters])
    failed: dict[str, str] = {}
    for letter in letters:
        topic = letter.headers["topic"]
        if topic not in counts:
            failed[letter.id] = f"there is no topic {topic} any more"
        elif not letter.is_whole:
            failed[letter.id] = (
                f"the record was too large for a dead letter: it is {letter.position}"
            )
        elif letter.record.key is None and int(letter.headers["partition"]) >= counts[topic]:
            failed[letter.id] = f"it has no key, and {topic} has no such partition any more"
    return failed


async def _publish(publisher: Publisher, groups: Sequence[Sequence[DeadLetter]]) -> Sequence[int]:
    """Publish one record for each group; returns the positions that the broker refused."""
    try:
        await publisher.publish([replayed(group[0].record) for group in groups])
    except RefusedMessage as refusal:
        return refusal.refused
    return ()


async def _resolve(
    publisher: Publisher, letters: Iterable[DeadLetter], what: Resolved, note: str
) -> None:
    await publisher.publish([resolution(letter.record, what, note) for letter in letters])


@asynccontextmanager
async def _publisher(settings: KafkaSettings) -> AsyncIterator[Publisher]:
    try:
        async with make_producer(settings) as producer:
            yield KafkaPublisher(producer)
    except (TransientFailure, KafkaError, OSError) as failure:
        raise CannotRun(
            f"the broker did not acknowledge everything ({failure}). What is still open was not "
            "done, or is not known to be: run the same again"
        ) from failure


def _too_large(letter: DeadLetter) -> str:
    return (
        f"{letter.headers['topic']} does not take a record of {letter.size_bytes} bytes and its "
        "headers: raise its max.message.bytes, or discard it"
    )


def _written_at(record: Record) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
