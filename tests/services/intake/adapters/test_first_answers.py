"""One suite for first answers: in memory, and in MongoDB with either driver."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.adapters.first_answers import FirstAnswers, MongoFirstAnswers
from services.intake.domain.first_answers import (
    CLAIMED_FOR,
    KEPT_FOR,
    MOST_BYTES_KEPT,
    GivenAnswer,
    KeyClaim,
)
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.intake.memory_first_answers import MemoryFirstAnswers

NOW = datetime(2126, 11, 21, 10, 0, tzinfo=UTC)
"""So late that the database does not think it over."""
ANSWER = GivenAnswer(202, "application/json", b'{"outcome":"accepted"}')


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def answers(request: pytest.FixtureRequest) -> AsyncIterator[FirstAnswers]:
    if request.param == "memory":
        yield MemoryFirstAnswers()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "intake")
    found = MongoFirstAnswers(lambda: mongo)
    await found.prepare()
    await found.prepare()
    yield found
    await mongo.close()


async def claimed(answers: FirstAnswers, key: str = "k", *, now: datetime = NOW) -> KeyClaim:
    claim = await answers.claim(key, digest="d", now=now)
    assert isinstance(claim, KeyClaim)
    return claim


async def test_what_is_kept_is_answered(answers: FirstAnswers) -> None:
    claim = await claimed(answers)
    assert await answers.claim("k", digest="d", now=NOW) == "in hand"
    await answers.keep(claim, ANSWER)
    assert await answers.claim("k", digest="d", now=NOW + timedelta(hours=23)) == ANSWER
    await claimed(answers, "another")


async def test_a_key_is_for_one_request(answers: FirstAnswers) -> None:
    claim = await claimed(answers)
    assert await answers.claim("k", digest="other", now=NOW) == "other request"
    await answers.keep(claim, ANSWER)
    assert await answers.claim("k", digest="other", now=NOW) == "other request"


async def test_what_is_released_is_free(answers: FirstAnswers) -> None:
    await answers.release(await claimed(answers))
    await claimed(answers)


async def test_a_claim_that_nobody_followed_up_may_be_taken_over(answers: FirstAnswers) -> None:
    lost = await claimed(answers)
    later = NOW + CLAIMED_FOR
    claim = await claimed(answers, now=later)
    await answers.keep(lost, GivenAnswer(500, "text/plain", b"too late"))
    await answers.release(lost)
    assert await answers.claim("k", digest="d", now=later) == "in hand"
    await answers.keep(claim, ANSWER)
    assert await answers.claim("k", digest="d", now=later) == ANSWER


async def test_after_a_day_a_key_is_free(answers: FirstAnswers) -> None:
    await answers.keep(await claimed(answers), ANSWER)
    after = NOW + KEPT_FOR
    claim = await answers.claim("k", digest="other", now=after)
    assert isinstance(claim, KeyClaim)
    assert await answers.claim("k", digest="other", now=after) == "in hand"


async def test_of_many_at_once_one_has_the_work(answers: FirstAnswers) -> None:
    await claimed(answers, now=NOW - CLAIMED_FOR)
    found = await asyncio.gather(*(answers.claim("k", digest="d", now=NOW) for _ in range(8)))
    assert sum(isinstance(each, KeyClaim) for each in found) == 1
    found = await asyncio.gather(*(answers.claim("new", digest="d", now=NOW) for _ in range(8)))
    assert sum(isinstance(each, KeyClaim) for each in found) == 1


async def test_a_large_answer_is_kept_as_it_was(answers: FirstAnswers) -> None:
    large = GivenAnswer(200, "application/json", b'{"outcome":"accepted"}' * 100_000)
    await answers.keep(await claimed(answers), large)
    assert await answers.claim("k", digest="d", now=NOW) == large


async def test_an_answer_too_large_to_keep_leaves_its_key_free(
    mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.adapters.first_answers.MOST_BYTES_KEPT", 10)
    assert MOST_BYTES_KEPT < 16_000_000, "what a document may have"
    mongo = Mongo(mongo_settings, "intake")
    answers = MongoFirstAnswers(lambda: mongo)
    await answers.keep(await claimed(answers), ANSWER)
    await claimed(answers)
    await mongo.close()


async def test_the_oldest_keys_make_room(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "intake")
    answers = MongoFirstAnswers(lambda: mongo, most_kept=3)
    for number in range(5):
        await claimed(answers, f"{number}", now=NOW + timedelta(seconds=number))
    await answers.make_room()
    await answers.make_room()
    kept = await mongo.database.first_answers.find({}).to_list(None)
    await mongo.close()
    assert sorted(row["_id"] for row in kept) == ["2", "3", "4"]


async def test_the_database_forgets_by_itself(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "intake")
    answers = MongoFirstAnswers(lambda: mongo)
    await answers.prepare()
    indexes = await mongo.database.first_answers.index_information()
    await mongo.close()
    assert indexes["ends"]["expireAfterSeconds"] == 0
