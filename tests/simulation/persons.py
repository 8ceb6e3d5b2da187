"""What a seed reports of a few customers of three dealers: who they are, what they bought, what
staff say of them. They share telephones and cars; all is corrected, taken back, erased, repeated
and told in disorder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from shared.contracts.envelope import Event, to_headers
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from tests.services.identity.given import (
    BERLIN,
    PUDONG,
    day,
    erased,
    link_moved,
    profile,
    referred,
    sale,
    sale_moved,
    staff_say,
)

OTHER_GROUP = "harbour/nord"
CUSTOMERS = (
    *(f"{PUDONG}/dms/{number}" for number in (1, 2, 3)),
    f"{PUDONG}/crm/4",
    *(f"{BERLIN}/dms/{number}" for number in (5, 6)),
    f"{OTHER_GROUP}/dms/7",
)
NAMES = ("Li Wei", "Li Wei", "LI  WEI", "Anna", None)
PHONES = ("+8613800000001", "+8613800000002")
CARS = ("CAR1", "CAR2", "CAR3")
ROLES = ("buyer", "buyer", "co_buyer", "registrant", "driver")
MOST_VERSIONS = 3

EPOCH = datetime.fromtimestamp(0, UTC)

Told: TypeAlias = Event[Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A record of the log, and what it says."""

    event: Told
    record: Record
    written_ms: int = 0
    """Of a profile that is taken off its topic: when. It is of the same clock as versions."""


def _at(version: int) -> datetime:
    """The instant that a version of this number stands for."""
    return EPOCH + timedelta(milliseconds=version)


def reports(random: Random) -> list[Sent]:
    """Records in the order in which they come onto the topics."""
    lives = [
        *(list(_profiles(random, key)) for key in CUSTOMERS if random.random() < 0.9),
        *(list(_sales(random, f"D{deal}")) for deal in range(random.randint(2, 8))),
        *(list(_words(random, f"L{word}")) for word in range(random.randint(0, 6))),
        *(list(_referrals(random, f"R{one}")) for one in range(random.randint(0, 2))),
    ]
    told = [event for versions in lives for version in versions for event in version]
    told += random.choices(told, k=len(told) // 4)
    if random.random() < 0.5:
        random.shuffle(told)
    else:
        told.sort(key=lambda event: (event.data.version[:13], random.random()))
    return [_sent(event) for event in told]


def _some(random: Random) -> Sequence[str]:
    """Those of one dealer, more often than all: so most of what is told is of people who meet."""
    return CUSTOMERS[:4] if random.random() < 0.6 else CUSTOMERS


def _versions(random: Random) -> range:
    return range(1, random.randint(1, MOST_VERSIONS) + 1)


def _profiles(random: Random, key: str) -> Iterator[list[Told]]:
    for version in _versions(random):
        if random.random() < 0.1:
            yield [erased(key, _at(version))]
            continue
        phones = random.sample(PHONES, random.choice((0, 1, 1, 1, 2)))
        verified, kind = random.random() < 0.8, random.choice(("person",) * 6 + ("business",))
        name = random.choice(NAMES)
        yield [profile(key, name, *phones, verified=verified, kind=kind, version=version)]


def _sales(random: Random, number: str) -> Iterator[list[Told]]:
    """A deal of one customer, or of two; or it turns out late whose it is."""
    first, second = random.sample(_some(random), 2)
    shared = _are_of_one_source(first, second) and random.random() < 0.4
    sold: dict[str, Any] = {"vin": random.choice(CARS), "at": day(random.randint(0, 30))}
    role = random.choice(ROLES)
    for version in _versions(random):
        sold |= {
            "number": number,
            "version": version,
            "traded_in": [random.choice(CARS)] if random.random() < 0.2 else [],
            "status": "delivered" if random.random() < 0.8 else "cancelled",
        }
        moves = version > 1 and not shared and _are_of_one_source(first, second)
        if moves and random.random() < 0.4:
            yield [sale_moved(first, number, version), sale(second, role=role, **sold)]
            first, second = second, first
        elif shared:
            yield [sale(first, **sold), sale(second, role="co_buyer", **sold)]
        else:
            yield [sale(first, role=role, **sold)]


def _words(random: Random, number: str) -> Iterator[list[Told]]:
    """What staff say of two customers; or it turns out late of whom they said it."""
    one, other, third = random.sample(_some(random), 3)
    for version in _versions(random):
        says, at = (
            random.choice(("same", "same", "different", "nothing")),
            day(random.randint(0, 3)),
        )
        gone = []
        if version > 1 and _are_of_one_source(one, other) and random.random() < 0.4:
            gone = [link_moved(other, number, version)]
            other, third = third, other
        yield [*staff_say(says, one, other, at=at, number=number, version=version), *gone]


def _referrals(random: Random, number: str) -> Iterator[list[Told]]:
    referrer, customer = random.sample(_some(random), 2)
    for version in _versions(random):
        at = day(random.randint(0, 30))
        yield referred(referrer, customer, at=at, number=number, version=version)


def _are_of_one_source(one: str, other: str) -> bool:
    """Whether a document of one may turn out to be the other's."""
    return one.rpartition("/")[0] == other.rpartition("/")[0]


def _sent(event: Told) -> Sent:
    key, data = event.key.encode(), event.data
    if data == _ERASED.get((event.key, data.version)):
        return Sent(event, Record(data.TOPIC.name, key, None, ()), int(data.version[:13]))
    attributes = {
        "id": event.id,
        "type": data.TYPE,
        "source": "simulation",
        "specversion": "1.0",
        "recordedtime": instant_text(event.recorded_at),
    }
    value = data.model_dump_json(exclude_none=True).encode()
    return Sent(event, Record(data.TOPIC.name, key, value, tuple(to_headers(attributes))))


_ERASED = {
    (key, gone.data.version): gone.data
    for key in CUSTOMERS
    for version in range(1, MOST_VERSIONS + 1)
    for gone in (erased(key, _at(version)),)
}
