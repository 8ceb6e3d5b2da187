"""Reports about one customer alone, whom the source has no number for: they say by what."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.intake.domain.batch import NO_SUCH_CUSTOMER
from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.examine.known_by import (
    BY_PLATE,
    BY_TELEPHONE,
    BY_VIN,
    NO_PLATE,
    NOT_OWN,
)
from services.intake.domain.examine.telephones import NONE_AT_ALL
from services.intake.domain.examine.without_number import NO_SETTING
from services.intake.domain.submissions import submissions
from shared.contracts.http.intake import Item
from shared.dealers.dealer import Means
from tests.services.intake.given import (
    FAILED_VIN,
    GOOD_VIN,
    NOW,
    PUDONG,
    Data,
    consent,
    event,
    key,
    knowing_by,
    sale,
    survey,
    task_assignment,
    task_outcome,
)
from tests.services.intake.memory_register import HASH_KEY
from tests.services.intake.world import World

ALL: tuple[Means, ...] = ("telephone", "vin", "plate")
EACH: dict[str, Callable[..., Data]] = {
    "consent": consent,
    "survey": survey,
    "task-outcome": task_outcome,
    "task-assignment": task_assignment,
}
MOBILE, PLATE = "138 1234 5678", "沪A·D7K31"
WHERE = "/data/known_by"


def about(noun: str, /, **known_by: Any) -> Data:
    """The report, which names its customer by these alone."""
    return EACH[noun](source_customer_id=None, known_by=known_by)


def examined(noun: str, data: Data, *means: Means) -> Reported | InvalidEvent:
    return examine(event(noun, data), dealers=knowing_by(*means), now=NOW, key=HASH_KEY)


def accepted(noun: str, data: Data, *means: Means) -> Reported:
    found = examined(noun, data, *means)
    assert isinstance(found, Reported), found
    return found


def warned(noun: str, data: Data, *means: Means) -> list[tuple[str, str]]:
    return [(where, what) for where, what in accepted(noun, data, *means).warnings]


def refused(noun: str, data: Data, *means: Means) -> list[tuple[str, str]]:
    found = examined(noun, data, *means)
    assert isinstance(found, InvalidEvent), found
    return [(where, what) for where, what in found.errors]


def by_phone(number: str) -> Data:
    return {"name": "Li Lei", "phones": [{"number": number}]}


@pytest.mark.parametrize("noun", EACH)
async def test_they_find_who_was_reported_without_a_number(noun: str) -> None:
    world = World(dealers=knowing_by(*ALL))
    sold = await world.report("sale", sale(customer=by_phone("+86 13812345678")))
    item = await world.report(noun, about(noun, telephone="138-1234-5678"), id="e2")
    assert item.outcome == "accepted"
    assert item.customer_keys == sold.customer_keys
    assert told(item) == [(WHERE, BY_TELEPHONE)]


async def test_by_the_car_they_find_its_buyer() -> None:
    world = World(dealers=knowing_by("vin"))
    sold = await world.report("sale", sale(customer={"name": "Li Lei"}))
    item = await world.report("survey", about("survey", vin=GOOD_VIN.lower()), id="e2")
    assert item.customer_keys == sold.customer_keys
    assert told(item) == [(WHERE, BY_VIN)]


async def test_somebody_who_was_not_reported_is_warned_about() -> None:
    world = World(dealers=knowing_by(*ALL))
    item = await world.report("consent", about("consent", telephone=MOBILE))
    assert told(item) == [(WHERE, BY_TELEPHONE), (WHERE, NO_SUCH_CUSTOMER)]


async def test_another_way_of_writing_is_a_repeat() -> None:
    world = World(dealers=knowing_by(*ALL))
    await world.report("consent", about("consent", telephone=MOBILE))
    again = await world.report("consent", about("consent", telephone=8613812345678), id="e2")
    assert again.outcome == "duplicate"


@pytest.mark.parametrize("noun", EACH)
def test_the_setting_says_which_counts_and_nothing_of_it_shows(noun: str) -> None:
    both: dict[Means, str] = {"telephone": BY_TELEPHONE, "plate": BY_PLATE}
    for means, says in both.items():
        found = accepted(noun, about(noun, telephone=MOBILE, plate=PLATE), means)
        assert [each.detail for each in found.warnings] == [says]
        document = submissions(found, key=HASH_KEY)[0]
        (message,) = document.messages.values()
        assert message.customer_key.startswith(f"{PUDONG}/cdk/by-{means}.")
        shown = message.model_dump_json() + json.dumps(found.warnings)
        assert not [secret for secret in ("12345678", "D7K31", "沪") if secret in shown]


def test_what_cannot_be_used_is_passed_over_with_a_word() -> None:
    for number, why in (("400 810 8888", NOT_OWN), ("0", NONE_AT_ALL)):
        data = about("consent", telephone=number, vin=GOOD_VIN)
        assert (f"{WHERE}/telephone", why) in warned("consent", data, "telephone", "vin")
    data = about("consent", plate="无牌", vin=GOOD_VIN)
    assert (f"{WHERE}/plate", NO_PLATE) in warned("consent", data, "plate", "vin")


@pytest.mark.parametrize(
    "known_by",
    [{}, {"telephone": "400 810 8888"}, {"vin": FAILED_VIN}, {"vin": "X"}, {"plate": "无牌"}],
)
def test_who_cannot_be_known_is_rejected_with_what_to_do(known_by: Data) -> None:
    (where, what), *others = refused("survey", about("survey", **known_by), *ALL)
    assert (where, others) == (WHERE, [])
    assert "report source_customer_id, or a telephone number of their own or the VIN" in what


def test_without_the_setting_or_beside_a_number_it_is_rejected() -> None:
    assert refused("consent", about("consent", telephone=MOBILE)) == [(WHERE, NO_SETTING)]
    for named in ({"source_customer_id": "C1"}, {"customer_key": key()}):
        beside = about("consent", telephone=MOBILE) | named
        assert "without number and key" in refused("consent", beside, *ALL)[0][1]
    assert "not both" in refused("consent", consent(source_customer_id=None), *ALL)[0][1]


def told(item: Item) -> list[tuple[str, str]]:
    return [(each.pointer, each.detail) for each in item.warnings]
