"""Whether a number is verified: a word of its own, on the number that it was said of."""

import pytest

from services.intake.domain.profiles.profile import MOST_VERIFIED, with_said
from services.intake.domain.statements import Statements, stamped
from tests.services.intake.given import Data
from tests.services.intake.partial import E164, HOME, MOBILE, WORK, said_by, told
from tests.services.intake.world import World


def said(number: str, **more: object) -> Data:
    return {"number": number, **more}


def verified(world: World) -> dict[str, bool]:
    return {phone["e164"]: phone["verified"] for phone in told(world)["phones"]}


async def test_a_number_is_verified_if_its_source_says_so(world: World) -> None:
    await world.intake().receive([said_by(-60, phones=[said(MOBILE, verified=True), said(HOME)])])
    assert verified(world) == {E164[MOBILE]: True, E164[HOME]: False}


async def test_a_document_that_does_not_speak_of_it_leaves_it(world: World) -> None:
    await world.intake().receive([said_by(-60, phones=[said(MOBILE, verified=True)])])
    await world.intake().receive([said_by(-30, phones=[said(MOBILE), said(WORK)])])
    assert verified(world) == {E164[MOBILE]: True, E164[WORK]: False}


@pytest.mark.parametrize("word", [False, None])
async def test_a_newer_word_takes_it_back_and_an_older_one_does_not(
    world: World, word: bool | None
) -> None:
    await world.intake().receive([said_by(-60, phones=[said(MOBILE, verified=True)])])
    await world.intake().receive([said_by(-90, "old", phones=[said(MOBILE, verified=word)])])
    assert verified(world) == {E164[MOBILE]: True}
    await world.intake().receive([said_by(-30, phones=[said(MOBILE, verified=word)])])
    assert verified(world) == {E164[MOBILE]: False}


@pytest.mark.parametrize(
    "phones",
    [
        [said("010-65529988 转 8012", verified=True)],
        [said("010-65529988 转 8012", verified=True), said("010-65529988")],
        [said("010-65529988", verified=True), said("+861065529988", verified=False)],
    ],
    ids=["an extension of it is", "beside the number itself", "it stands there twice"],
)
async def test_what_is_doubtful_is_not_verified(world: World, phones: list[Data]) -> None:
    await world.intake().receive([said_by(-60, phones=phones)])
    assert verified(world) == {"+861065529988": False}


async def test_an_extension_that_is_verified_says_nothing_of_its_number(world: World) -> None:
    await world.intake().receive([said_by(-60, phones=[said("010-65529988", verified=True)])])
    again = said("010-65529988 转 8012", verified=True)
    await world.intake().receive([said_by(-30, phones=[again])])
    assert verified(world) == {"+861065529988": True}


async def test_a_number_that_is_added_to_those_known_brings_its_word(world: World) -> None:
    await world.intake().receive([said_by(-60, phones=[said(MOBILE, verified=True)])])
    partly = [said(WORK, verified=True), said("139 1234 567 ???")]
    await world.intake().receive([said_by(-30, phones=partly)])
    assert verified(world) == {E164[WORK]: True, E164[MOBILE]: True}


def test_of_many_numbers_the_last_are_remembered_in_any_order() -> None:
    words = [
        stamped({f"verified/+{minute}": True}, f"{minute:013d}.{minute:012x}")
        for minute in range(1, MOST_VERIFIED + 5)
    ]
    forwards: Statements = {}
    backwards: Statements = {}
    for word, other in zip(words, reversed(words), strict=True):
        forwards, backwards = with_said(forwards, word), with_said(backwards, other)
    assert forwards == backwards
    kept = {of for of in forwards if of.startswith("verified/")}
    assert kept == {f"verified/+{minute}" for minute in range(5, MOST_VERIFIED + 5)}
