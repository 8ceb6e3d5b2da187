"""What services would come to on given records: all of them at one moment, without a broker, and
without a database but a file of its own. Nothing is sent, nothing of theirs is written.

Each is planned as the engine plans it, and what one says is told to those who read it, until nobody
says anything new. In memory are some hundred aggregates at once.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, cast

from pydantic import TypeAdapter

from shared.contracts.envelope import Event, attribute_in
from shared.contracts.identifiers import customer_of
from shared.decider.decider import Decider, by_customer
from shared.platform.errors import PoisonRecord
from shared.platform.publisher import Record
from shared.platform.validate import to_event
from shared.runtime.aggregate import Aggregate
from shared.runtime.messages import to_record
from shared.runtime.plan import ALL_READ, Work, plan

_AGGREGATE = TypeAdapter(Aggregate)
_TABLES = """\
create table aggregates (
    service text, id text, kept text, primary key (service, id)
) without rowid;
create table waiting (
    number integer primary key, turn integer, service text, id text,
    topic text, key blob, value blob, headers text
);
create index by_turn on waiting (turn, id, number);
"""
AnyDecider: TypeAlias = Decider[Any, Any]
AGGREGATES_AT_ONCE = 200


class Undecided(NamedTuple):
    """An aggregate of which nothing could be decided, and the place that failed."""

    service: str
    because: str


class Rehearsal:
    """Services that are told records. `deciders`: those that others wait for go first.

    `listeners`: those of them whose facts alone are wanted; nothing is decided there.
    """

    def __init__(
        self,
        deciders: Sequence[AnyDecider],
        database: sqlite3.Connection,
        now: datetime,
        *,
        listeners: Collection[str] = (),
    ) -> None:
        self._deciders = {decider.name: decider for decider in deciders}
        self._listeners = frozenset(listeners)
        self._turns = {decider.name: turn for turn, decider in enumerate(deciders)}
        self._database = database
        self._now = now
        self.undecided: list[Undecided] = []
        database.executescript(_TABLES)

    def tell(self, records: Iterable[Record]) -> None:
        """These records are on the topics, for whoever reads them."""
        rows: list[tuple[object, ...]] = []
        for record in records:
            type_ = attribute_in(dict(record.headers), "type")
            for decider in self._deciders.values():
                if type_ in decider.reading:
                    rows.append(self._waiting(decider, record))
        self._database.executemany(
            "insert into waiting (turn, service, id, topic, key, value, headers)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def settle(self, show: Callable[[int], None]) -> None:
        """Until nobody has anything unread. `show` is told how many aggregates were planned."""
        done = 0
        while found := self._next():
            said: list[Record] = []
            for aggregate_id, events in found.events.items():
                said += self._plan(found.decider, aggregate_id, events)
            self.tell(said)
            done += len(found.events)
            show(done)

    def count(self, service: str) -> int:
        """How many aggregates a service has."""
        query = "select count(*) from aggregates where service = ?"
        number: int = self._database.execute(query, (service,)).fetchone()[0]
        return number

    def aggregates(self, service: str) -> Iterator[tuple[str, Any]]:
        """Dealer and facts of every aggregate of a service."""
        decider = self._deciders[service]
        read = self._database.execute("select kept from aggregates where service = ?", (service,))
        for (kept,) in read:
            aggregate = _AGGREGATE.validate_json(kept)
            yield aggregate.dealer_id, decider.facts.model_validate_json(aggregate.facts)

    def _waiting(self, decider: AnyDecider, record: Record) -> tuple[object, ...]:
        headers = [(name, (value or b"").decode()) for name, value in record.headers]
        return (
            self._turns[decider.name],
            decider.name,
            _aggregate_id(record, decider),
            record.topic,
            record.key,
            record.value,
            json.dumps(headers),
        )

    def _next(self) -> "_Unread | None":
        """Whose turn it is, with all that waits for some of its aggregates."""
        first = self._database.execute("select min(turn) from waiting").fetchone()
        if first[0] is None:
            return None
        decider = list(self._deciders.values())[first[0]]
        ids = self._database.execute(
            "select distinct id from waiting where turn = ? order by id limit ?",
            (first[0], AGGREGATES_AT_ONCE),
        ).fetchall()
        rows = self._database.execute(
            "delete from waiting where turn = ? and id <= ? returning number, id, topic, key,"
            " value, headers",
            (first[0], ids[-1][0]),
        ).fetchall()
        events: dict[str, list[Event[Any]]] = {}
        for _, aggregate_id, *row in sorted(rows, key=itemgetter(0)):
            events.setdefault(aggregate_id, []).append(_event(_record(*row), decider))
        return _Unread(decider, events)

    def _plan(
        self, decider: AnyDecider, aggregate_id: str, events: Sequence[Event[Any]]
    ) -> list[Record]:
        """What is said by an aggregate that these events are joined to."""
        kept = self._database.execute(
            "select kept from aggregates where service = ? and id = ?", (decider.name, aggregate_id)
        ).fetchone()
        before = None if kept is None else _AGGREGATE.validate_json(kept[0])
        until = None if decider.name in self._listeners else ALL_READ
        work = Work(partition=0, events=events, read_until=until)
        found = plan(decider, aggregate_id, before, work, self._now)
        self.undecided += [Undecided(decider.name, reason) for _, reason in found.poison]
        if found.change is None:
            return []
        after = found.change.after
        if after.parked is not None:
            self.undecided.append(Undecided(decider.name, after.parked.reason))
        self._database.execute(
            "insert or replace into aggregates values (?, ?, ?)",
            (decider.name, aggregate_id, _AGGREGATE.dump_json(after).decode()),
        )
        return [to_record(decider.name, each, decider.writing) for each in found.change.messages]


class _Unread(NamedTuple):
    """What waits for some aggregates of a service, by their ids."""

    decider: AnyDecider
    events: Mapping[str, Sequence[Event[Any]]]


def _record(topic: str, key: bytes | None, value: bytes | None, headers: str) -> Record:
    read = tuple((name, text.encode()) for name, text in json.loads(headers))
    return Record(topic, key, value, read)


def _aggregate_id(record: Record, decider: AnyDecider) -> str:
    if decider.aggregate_id is by_customer:  # its key says so, unread
        return customer_of((record.key or b"").decode())
    return decider.aggregate_id(_event(record, decider))


def _event(record: Record, decider: AnyDecider) -> Event[Any]:
    """Raises `PoisonRecord` for what no service may have said."""
    event = to_event(cast("Any", record), decider.reading)
    if event is None:
        raise PoisonRecord("a record of another type than it says")
    return event
