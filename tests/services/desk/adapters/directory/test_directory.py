"""The directory knows the newest word of each customer, finds them, and says nothing to others."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.desk.adapters.directory.directory import CUSTOMERS, DOCUMENTS, MongoDirectory
from services.desk.adapters.directory.remembered import FOR
from services.desk.adapters.directory.secrets import Secrets
from services.desk.domain.find.asked import asked_of
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.find.matches import MOST_HITS
from services.desk.domain.find.terms import Term
from services.desk.domain.people import CustomerCard
from shared.contracts.identifiers import customer_key, dealer_of
from shared.contracts.intake import PhoneNumber, ProfileRecorded
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from tests.services.desk.given_customers import DEALER, OTHER_DEALER, VIN, WANG, profile

AT = datetime(2025, 6, 1, tzinfo=UTC)
SECRET = "a secret of the tests, long enough for all"
pytestmark = pytest.mark.database


def document(number: str = "RO-77", key: str = WANG, **more: Any) -> KeptDocument:
    given: dict[str, Any] = {"version": "1", "kind": "visit", "at": AT, "said": {}} | more
    return KeptDocument(
        document_id=f"{dealer_of(key)}/cdk/visit/{number}",
        customer_key=key,
        dealer_id=dealer_of(key),
        **given,
    )


@pytest.fixture
async def mongo(mongo_settings: MongoSettings) -> AsyncIterator[Mongo]:
    found = Mongo(mongo_settings, "desk")
    yield found
    await found.close()


@pytest.fixture
async def directory(mongo: Mongo) -> MongoDirectory:
    made = MongoDirectory(mongo.database, Secrets(SECRET), ManualClock(AT))
    await made.prepare()
    return made


async def found(directory: MongoDirectory, text: str, dealer_id: str = DEALER) -> list[str]:
    asked = asked_of(text)
    assert asked is not None
    return [each.customer.customer_key for each in (await directory.find(dealer_id, asked)).found]


async def name(directory: MongoDirectory) -> str | None:
    return (await directory.of([WANG]))[WANG].name


async def test_a_customer_is_known_by_key(directory: MongoDirectory) -> None:
    await directory.take([profile()], [])
    known = (await directory.of([WANG, f"{DEALER}/cdk/nobody"]))[WANG]
    assert (known.name, known.phones[0].e164) == ("王小明", "+8613812341234")
    assert known.profile == profile()


async def test_an_older_version_never_stands_over_a_newer_one(directory: MongoDirectory) -> None:
    await directory.take([profile(version="2", name="王大明"), profile(version="1")], [])
    await directory.take([profile(version="1")], [])
    assert await name(directory) == "王大明"
    await directory.take([profile(version="3", name="王中明")], [])
    assert await name(directory) == "王中明"
    assert await found(directory, "王大明") == []


async def test_erased_nothing_is_left_of_them(directory: MongoDirectory, mongo: Mongo) -> None:
    await directory.take([profile(version="1")], [])
    gone = ProfileRecorded.of_tombstone(WANG, AT)
    await directory.take([gone], [])
    await directory.take([profile(version="1")], [])
    row = await mongo.database[CUSTOMERS].find_one({"_id": WANG})
    assert (row["tokens"], row["sealed"]) == ([], None)
    assert await found(directory, "王小明") == []
    assert (await directory.of([WANG]))[WANG].profile is None


async def test_nothing_readable_is_stored(directory: MongoDirectory, mongo: Mongo) -> None:
    await directory.take([profile()], [])
    stored = repr(await mongo.database[CUSTOMERS].find_one({"_id": WANG}))
    for said in ("王", "小明", "1234", "example", VIN, "A12345"):
        assert said not in stored.replace(profile().version, "")


@pytest.mark.parametrize("text", ["王小明", "wxm", "小明", "1234", "345", VIN[-6:], "C1"])
async def test_customers_of_another_dealer_are_not_found(
    directory: MongoDirectory, text: str
) -> None:
    elsewhere = customer_key(OTHER_DEALER, "cdk", "C1")
    await directory.take([profile(), profile(elsewhere)], [document(), document(key=elsewhere)])
    assert await found(directory, text) == [WANG]
    assert await found(directory, text, OTHER_DEALER) == [elsewhere]
    assert await found(directory, text, "moonrise/pudong") == []


def test_a_token_says_nothing_of_another_dealer_or_secret() -> None:
    secrets, term = Secrets(SECRET), Term("name", "王小明")
    here = secrets.token(DEALER, term)
    assert here == Secrets(SECRET).token(DEALER, term)
    assert here != secrets.token(OTHER_DEALER, term)
    assert here != Secrets(SECRET + "!").token(DEALER, term)


async def test_by_the_number_of_an_order_and_by_whom_it_moved_to(
    directory: MongoDirectory,
) -> None:
    other = customer_key(DEALER, "cdk", "C2")
    await directory.take([profile(), profile(other, name="李丽")], [document()])
    assert await found(directory, "ro-77") == [WANG]
    asked = asked_of("ro-77")
    assert asked is not None
    (only,) = (await directory.find(DEALER, asked)).found
    assert only.document_id == document().document_id
    case = f"{DEALER}/cdk/complaint/RO-77"
    await directory.take([], [replace(document(), document_id=case, kind="complaint")])
    (only,) = (await directory.find(DEALER, asked)).found
    assert only.document_id is None, "which of the two is not said"
    await directory.take([], [replace(document(version="2", kind="gone"), document_id=case)])
    moved = document(version="2", kind="gone")
    await directory.take([], [document(key=other, version="2"), moved])
    await directory.take([], [document()])
    assert await found(directory, "RO-77") == [other]
    assert await directory.documents(WANG) == []


async def test_documents_of_a_customer_are_the_last_first(directory: MongoDirectory) -> None:
    first = document("1", at=AT.replace(year=2024), said={"status": "closed"})
    await directory.take([], [first, document("2")])
    kept = await directory.documents(WANG)
    assert [each.number for each in kept] == ["2", "1"]
    assert kept[1].said == {"status": "closed"}


async def test_with_another_secret_nothing_is_opened(
    directory: MongoDirectory, mongo: Mongo
) -> None:
    await directory.take([profile()], [])
    other = MongoDirectory(mongo.database, Secrets("x" * 40), ManualClock(AT))
    assert (await other.of([WANG]))[WANG].name is None


async def test_a_row_of_one_customer_is_none_of_another(
    directory: MongoDirectory, mongo: Mongo
) -> None:
    await directory.take([profile()], [])
    row = await mongo.database[CUSTOMERS].find_one({"_id": WANG})
    other = customer_key(DEALER, "cdk", "C2")
    await mongo.database[CUSTOMERS].insert_one(row | {"_id": other})
    assert (await directory.of([other]))[other].name is None


async def test_what_was_asked_a_moment_ago_is_remembered_for_seconds(
    mongo: Mongo,
) -> None:
    clock = ManualClock(AT)
    here = MongoDirectory(mongo.database, Secrets(SECRET), clock)
    elsewhere = MongoDirectory(mongo.database, Secrets(SECRET), clock)
    await elsewhere.take([profile(version="1")], [])
    assert await name(here) == "王小明"
    await elsewhere.take([profile(version="2", name="王大明")], [])
    assert await name(here) == "王小明"
    clock.advance(FOR)
    assert await name(here) == "王大明"


async def test_more_than_can_be_shown_is_said(directory: MongoDirectory, mongo: Mongo) -> None:
    keys = [customer_key(DEALER, "cdk", f"N{number:02}") for number in range(25)]
    await directory.take([profile(key) for key in keys], [])
    asked = asked_of("王小明")
    assert asked is not None
    hits = await directory.find(DEALER, asked)
    assert (len(hits.found), hits.more) == (20, True)
    assert await mongo.database[DOCUMENTS].count_documents({}) == 0


async def test_of_very_many_few_are_read_and_one_of_them_is_found(mongo: Mongo) -> None:
    """However many have a surname: some are found among few, and whom more is said of."""

    class Counting(MongoDirectory):
        opened = 0

        def _read(self, row: Mapping[str, Any]) -> CustomerCard:
            self.opened += 1
            return super()._read(row)

    directory = Counting(mongo.database, Secrets(SECRET), ManualClock(AT))
    await directory.prepare()
    many = [
        profile(
            customer_key(DEALER, "cdk", f"N{number}"),
            name="王" + "小大中"[number % 3] + "明",
            phones=(PhoneNumber(kind="mobile", e164=f"+86138{number:04}8888"),),
            vehicles={},
        )
        for number in range(700)
    ]
    await directory.take(many, [])
    for text in ("wang", "8888", "王小"):
        directory.opened = 0
        asked = asked_of(text)
        assert asked is not None
        hits = await directory.find(DEALER, asked)
        assert (len(hits.found), hits.more) == (MOST_HITS, True)
        assert directory.opened <= 2 * MOST_HITS
    directory.opened = 0
    assert await found(directory, "13801238888") == [customer_key(DEALER, "cdk", "N123")]
    assert directory.opened == 1


async def test_the_same_document_of_more_than_are_shown_is_said(directory: MongoDirectory) -> None:
    keys = [customer_key(DEALER, "cdk", f"N{number:02}") for number in range(25)]
    await directory.take([], [document(key=key) for key in keys])
    asked = asked_of("RO-77")
    assert asked is not None
    hits = await directory.find(DEALER, asked)
    assert (len(hits.found), hits.more) == (20, True)
