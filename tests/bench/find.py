"""How long the desk takes to find a customer, of very many of a dealer's."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from services.desk.adapters.directory import MongoDirectory
from services.desk.adapters.directory.secrets import Secrets
from services.desk.domain.find.asked import asked_of
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.find.names import readings
from shared.contracts.identifiers import customer_key, document_id, profile_id
from shared.contracts.intake import KnownVehicle, PhoneNumber, ProfileRecorded
from shared.platform.mongo import Mongo
from shared.settings import ServiceSettings
from shared.time.clock import SystemClock
from tests.bench.events import DEALER
from tests.bench.servers import Fresh

CUSTOMERS = 100_000
WRITTEN_AT_ONCE = 500
SEARCHES = 100
SECRET = "of a measurement alone, and of nothing else"
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
WEIGHTS = [10, 9, 8, 7, 6, *([60 / (len(SURNAMES) - 5)] * (len(SURNAMES) - 5))]
"""In a hundred."""
ALIKE = 0.01
"""Of how many a telephone ends as that of others does, a plate, a VIN."""
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉建国华志文海波宁晓东小云飞鹏宇浩"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
RARE = (
    *("name", "given name", "initials", "last four digits", "telephone", "plate", "VIN", "order"),
    *("surname and last digits", "name and last digits"),
)
"""What is typed of one of all, at random."""
COMMON = {
    "a surname that a tenth have": "wang",
    "the beginning of many surnames": "zha",
    "two initials": "wm",
    "a part of many names": "王小",
    "four digits of hundreds": "8888",
    "three of a thousand plates": "888",
    "the VIN of a thousand": "000001",
    "a surname and four digits of hundreds": "王 8888",
    "a surname and three of a thousand plates": "wang 888",
}
"""What is typed of very many at once."""
ASKED = (*RARE, *COMMON)


@dataclass(frozen=True, slots=True)
class Searches:
    """What searches of one kind took, in seconds, in order."""

    by: str
    seconds: Sequence[float]


def find(
    fresh: Fresh,
    customers: int = CUSTOMERS,
    searches: int = SEARCHES,
    written: Callable[[int], None] = lambda _: None,
) -> Iterator[Searches]:
    """From what was typed to who is meant. Before them, one search is left out.

    `written`: is told of how many customers there are by now.
    """
    with fresh() as servers:
        yield from asyncio.run(_measured(servers.settings, customers, searches, written))


async def _measured(
    settings: ServiceSettings, customers: int, searches: int, written: Callable[[int], None]
) -> list[Searches]:
    mongo = Mongo(settings.mongo, "find")
    directory = MongoDirectory(mongo.database, Secrets(SECRET), SystemClock())
    await directory.prepare()
    for first in range(0, customers, WRITTEN_AT_ONCE):
        numbers = range(first, min(first + WRITTEN_AT_ONCE, customers))
        await directory.take(
            [_profile(each) for each in numbers], [_order(each) for each in numbers]
        )
        written(numbers.stop)
    random = Random(5)
    await _took(directory, 0, ASKED[0])
    found: dict[str, list[float]] = {by: [] for by in ASKED}
    for _ in range(searches):
        number = random.randrange(customers)
        for by in ASKED:
            found[by].append(await _took(directory, number, by))
    await mongo.close()
    return [Searches(by, sorted(seconds)) for by, seconds in found.items()]


async def _took(directory: MongoDirectory, number: int, by: str) -> float:
    text, began = _typed(number, by), time.perf_counter()
    asked = asked_of(text)
    assert asked is not None
    hits = await directory.find(DEALER, asked)
    took = time.perf_counter() - began
    assert hits.found or hits.more, by
    return took


def _typed(number: int, by: str) -> str:
    profile = _profile(number)
    assert profile.name
    [(vin, car)] = profile.vehicles.items()
    phone = profile.phones[0].e164
    match by:
        case "name":
            return profile.name
        case "given name":
            return profile.name[-2:]
        case "initials":
            return "".join(syllable[0] for syllable in readings(profile.name)[0])
        case "last four digits":
            return phone[-4:]
        case "telephone":
            return phone[3:]
        case "plate":
            return (car.plate or "")[2:]
        case "VIN":
            return vin[-6:]
        case "surname and last digits":
            return f"{profile.name[0]} {phone[-4:]}"
        case "name and last digits":
            return f"{profile.name}{phone[-4:]}"
        case "order":
            return f"RO-{number}"
        case _:
            return COMMON[by]


def _profile(number: int) -> ProfileRecorded:
    random, key = Random(number), customer_key(DEALER, "bench", f"C{number}")
    tail = random.randrange(10**6) if random.random() > ALIKE else 1
    vin = "LSR" + "".join(random.choices(LETTERS, k=8)) + f"{tail:06}"
    ending = random.randrange(100_000) if random.random() > ALIKE else 88_888
    plate = f"沪{random.choice('ABCDEFG')}{ending:05}"
    phone = random.randrange(10**9)
    if random.random() < ALIKE:
        phone = phone // 10_000 * 10_000 + 8_888
    return ProfileRecorded(
        document_id=profile_id(key),
        version="1733472360000.s0",
        customer_key=key,
        dealer_id=DEALER,
        kind="person",
        name=random.choices(SURNAMES, WEIGHTS)[0]
        + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2)))),
        phones=(PhoneNumber(kind="mobile", e164=f"+8613{phone:09}"),),
        vehicles={vin: KnownVehicle(plate=plate)},
    )


def _order(number: int) -> KeptDocument:
    return KeptDocument(
        document_id=document_id(DEALER, "bench", "visit", f"RO-{number}"),
        customer_key=customer_key(DEALER, "bench", f"C{number}"),
        dealer_id=DEALER,
        version="1733472360000.s0",
        kind="visit",
        at=NOW,
    )
