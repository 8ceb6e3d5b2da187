"""Partial documents: what a document does not say stays."""

from datetime import timedelta
from functools import partial

import pytest

from services.intake.domain.profiles.profile import with_said
from services.intake.domain.statements import Statements, stamped
from shared.contracts.intake import MOST_VEHICLES, ProfileRecorded
from shared.platform.errors import TransientFailure
from tests.services.intake.given import GOOD_VIN, Data, at, complaint, event, key, sale, visit
from tests.services.intake.partial import (
    C1,
    E164,
    FULL,
    HOME,
    MOBILE,
    WORK,
    numbers,
    profiles,
    said_by,
    told,
    who,
)
from tests.services.intake.world import World


async def test_a_visit_that_names_only_the_name_deletes_nothing(world: World) -> None:
    await world.report("sale", sale(customer=who(**FULL), source_modified_at=at(-60)))
    before = told(world)
    item = await world.report(
        "visit", visit(customer=who(name="Li Lei 李雷"), source_modified_at=at(-30))
    )
    assert item.outcome == "accepted"
    assert told(world) == before | {"name": "Li Lei 李雷"}
    assert before["kind"] == "business"
    assert before["email"] and before["opt_outs"] and before["phones"] and before["language"]


async def test_an_older_document_fills_in_what_no_newer_one_says(world: World) -> None:
    await world.intake().receive([said_by(-10, name="New")])
    first = profiles(world)[-1]
    await world.intake().receive([said_by(-60, "S", **FULL)])
    assert told(world)["name"] == "New"
    assert told(world)["email"] == "li@example.com"
    assert profiles(world)[-1].version > first.version, "consumers take it for newer"


@pytest.mark.parametrize(
    ("deleted", "empty"),
    [
        ({"name": None}, None),
        ({"email": None}, None),
        ({"language": None}, None),
        ({"birth_year": None}, None),
        ({"occupation": None}, None),
        ({"area": None}, None),
        ({"phones": None}, ()),
        ({"phones": []}, ()),
        ({"opt_outs": None}, ()),
        ({"opt_outs": []}, ()),
    ],
)
async def test_null_and_an_empty_list_delete_and_nothing_else_does(
    world: World, deleted: Data, empty: object
) -> None:
    (field,) = deleted
    await world.intake().receive([said_by(-60, **FULL)])
    before = told(world)
    await world.intake().receive([said_by(-30, **deleted)])
    assert told(world) == before | {field: empty}
    await world.intake().receive([said_by(-45, "late", **FULL)])
    assert told(world)[field] == empty, "a deletion is a word like others"


@pytest.mark.parametrize(
    "unreadable",
    [
        {"name": "  "},
        {"name": "-"},
        {"email": ""},
        {"email": "n/a"},
        {"email": "li@"},
        {"email": "li example.com"},
        {"language": "?"},
        {"birth_year": 1900},
        {"occupation": " "},
        {"occupation": "li.lei@example.com"},
        {"area": "138 1234 5678"},
        {"phones": [{"number": "unknown"}]},
        {"phones": [{"number": "12345"}, {"number": "see notes"}]},
    ],
)
async def test_an_unreadable_value_deletes_nothing_and_is_told(
    world: World, unreadable: Data
) -> None:
    await world.intake().receive([said_by(-60, **FULL)])
    before = told(world)
    (item,) = await world.intake().receive([said_by(-30, "other", **unreadable)])
    assert told(world) == before
    (field,) = unreadable
    blank = isinstance(unreadable[field], str) and not unreadable[field].strip()
    places = {warning.pointer for warning in item.warnings}
    assert blank or f"/data/customer/{field}" in places
    assert not any(str(unreadable[field]) in warning.detail for warning in item.warnings)


async def test_what_is_unreadable_of_a_party_or_a_car_is_told_where_it_is(world: World) -> None:
    parties = [{"role": "driver", "customer": {"source_customer_id": "C2", "email": "none"}}]
    car = {"vin": GOOD_VIN, "plate": "***", "model": "..", "make": "VW"}
    item = await world.report("sale", sale(parties=parties, vehicle=car))
    assert {warning.pointer for warning in item.warnings} == {
        "/data/parties/0/customer/email",
        "/data/vehicle/plate",
        "/data/vehicle/model",
    }
    (car_told,) = told(world)["vehicles"].values()
    assert (car_told["plate"], car_told["make"], car_told["model"]) == (None, "VW", None)


async def test_of_a_list_that_is_read_in_part_the_rest_is_added(world: World) -> None:
    known = [{"kind": "mobile", "number": MOBILE}, {"kind": "home", "number": HOME}]
    await world.intake().receive([said_by(-60, phones=known)])
    partly = [{"kind": "work", "number": WORK}, {"number": "139 1234 567 ???"}]
    (item,) = await world.intake().receive([said_by(-30, phones=partly)])
    assert numbers(world) == [E164[WORK], E164[MOBILE], E164[HOME]]
    assert "added" in {w.pointer: w.detail for w in item.warnings}["/data/customer/phones"]
    await world.intake().receive([said_by(-20, phones=[{"number": HOME}])])
    assert numbers(world) == [E164[HOME]], "a list that is read is a whole"


async def test_a_number_that_stands_twice_is_no_unreadable_one(world: World) -> None:
    await world.intake().receive([said_by(-60, phones=[{"number": HOME}])])
    twice = [{"number": MOBILE}, {"number": E164[MOBILE]}]
    await world.intake().receive([said_by(-30, phones=twice)])
    assert numbers(world) == [E164[MOBILE]]


async def test_two_documents_of_one_batch_are_both_heard(world: World) -> None:
    await world.intake().receive(
        [said_by(-30, "A", email="new@example.com"), said_by(-60, "B", **FULL)]
    )
    assert len(profiles(world)) == 1, "the newest alone"
    assert told(world)["email"] == "new@example.com"
    assert told(world)["name"] == "Li Lei"


async def test_what_changes_nothing_is_a_duplicate(world: World) -> None:
    await world.intake().receive([said_by(-60, **FULL)])
    rows, sent = dict(world.register.rows), len(world.publisher.records)
    (again,) = await world.intake().receive([said_by(-60, **FULL)])
    assert again.outcome == "duplicate"
    assert world.register.rows == rows
    assert len(world.publisher.records) == sent


async def test_news_of_the_customer_alone_are_no_duplicate(world: World) -> None:
    await world.intake().receive([said_by(-60, name="Li")])
    (item,) = await world.intake().receive([said_by(-60, name="Li", email="li@example.com")])
    assert (item.outcome, item.detail) == ("accepted", None)
    assert told(world)["email"] == "li@example.com"


@pytest.mark.parametrize("names", ["AB", "BA", "ABC", "CAB", "BCA", "CBA"])
async def test_of_two_contents_of_one_time_the_one_received_later_counts(
    world: World, names: str
) -> None:
    for name in names:
        (item,) = await world.intake().receive([said_by(-60, name=name, email="li@example.com")])
        assert item.outcome == "accepted"
    assert told(world)["name"] == names[-1]
    for name in names[:-1]:
        await world.intake().receive([said_by(-60, name=name, email="li@example.com")])
    assert told(world)["name"] == names[-1], "a repeat is no correction"
    assert profiles(world)[-1].version == max(each.version for each in profiles(world))


async def test_a_correction_of_one_time_that_was_cut_off_is_taken_when_it_comes_again(
    world: World,
) -> None:
    await world.intake().receive([said_by(-60, name="A")])
    failure = TransientFailure("killed")
    world.register.before_save = [partial(world.register.fail_next.append, failure)]
    with pytest.raises(TransientFailure):
        await world.intake().receive([said_by(-60, name="B")])
    await world.intake().receive([said_by(-60, name="A")])
    await world.intake().receive([said_by(-60, name="B")])
    assert told(world)["name"] == "B"
    assert profiles(world)[-1].version == max(each.version for each in profiles(world))


async def test_without_any_time_the_last_received_counts_also_back_again(world: World) -> None:
    for number, name in enumerate(["A", "B", "A"]):
        data = visit(source_modified_at=None, customer=who(name=name))
        await world.intake().receive([event("visit", data, id=f"e{number}")])
        world.clock.advance(timedelta(minutes=1))
    assert told(world)["name"] == "A"
    rows = dict(world.register.rows)
    repeat = visit(source_modified_at=None, customer=who(name="B"))
    await world.intake().receive([event("visit", repeat, id="e1")])
    assert world.register.rows[C1].said == rows[C1].said, "the same event is a repeat"
    assert told(world)["name"] == "A"


async def test_without_any_time_what_is_sent_again_does_not_bring_old_words_back(
    world: World,
) -> None:
    """A nightly export sends every document again, as events of their own."""
    old = visit(ro_no="old", source_modified_at=None, customer=who(name="Old"))
    new = visit(ro_no="new", source_modified_at=None, customer=who(name="New"))
    for night in range(3):
        for data in (old, new) if night == 0 else (new, old):
            await world.intake().receive([event("visit", data, id=f"{night}/{data['ro_no']}")])
            world.clock.advance(timedelta(minutes=1))
    assert told(world)["name"] == "New"


async def test_a_profile_from_before_is_as_if_all_of_it_had_been_said_then(world: World) -> None:
    await world.intake().receive([said_by(-60, **FULL)])
    row = world.register.rows[C1]
    legacy: Data = {"said": None, "version": f"{row.version[:13]}.ffffffffffff", "receipts": {}}
    world.register.rows[C1] = row.model_copy(update=legacy)
    (item,) = await world.intake().receive([said_by(-90, "older", name="Old", email="o@x.org")])
    assert told(world)["name"] == "Li Lei"
    before = profiles(world)[-1]
    (item,) = await world.intake().receive([said_by(-30, "newer", name="New")])
    assert item.outcome == "accepted"
    assert profiles(world)[-1].version > before.version
    assert told(world)["email"] == "li@example.com"


async def test_a_profile_whose_content_is_not_kept_is_newer_once_it_is_reported(
    world: World,
) -> None:
    await world.intake().receive([said_by(-60, **FULL)])
    row = world.register.rows[C1]
    world.register.rows[C1] = row.model_copy(update={"said": None, "content": None})
    sent = len(profiles(world))
    await world.intake().receive([said_by(-90, "older", name="Old")])
    assert len(profiles(world)) == sent, "nobody knows what is newer"
    await world.intake().receive([said_by(-30, "newer", name="New")])
    assert told(world)["name"] == "New"
    assert profiles(world)[-1].version > row.version
    await world.intake().receive([said_by(-20, "newest", email="new@example.com")])
    assert (told(world)["name"], told(world)["email"]) == ("New", "new@example.com")


class TestCars:
    async def test_they_are_the_customers_whom_a_document_names(self, world: World) -> None:
        car = {
            "vin": GOOD_VIN,
            "plate": "沪A12345",
            "make": "VW",
            "model": "ID.4",
            "model_year": 2024,
        }
        parties = [{"role": "driver", "customer": {"source_customer_id": "C2"}}]
        await world.report("sale", sale(vehicle=car, parties=parties))
        by_key = {told.customer_key: told for told in profiles(world)}
        assert set(by_key) == {key("C1"), key("C2")}
        expected = {GOOD_VIN: {name: car[name] for name in car if name != "vin"}}
        for told_of in by_key.values():
            assert told_of.model_dump()["vehicles"] == expected

    async def test_each_part_has_its_newest_word(self, world: World) -> None:
        cars = [
            said_by(-60, "A", {"vin": GOOD_VIN, "plate": "OLD 1", "make": "VW"}),
            said_by(-30, "B", {"vin": GOOD_VIN, "plate": "NEW 2"}),
            said_by(-20, "C", {"vin": GOOD_VIN, "plate": " "}),
            said_by(-40, "D", {"vin": GOOD_VIN, "plate": "MID 3", "model": "Up"}),
        ]
        await world.intake().receive(cars)
        assert told(world)["vehicles"] == {
            GOOD_VIN: {"plate": "NEW 2", "make": "VW", "model": "Up", "model_year": None}
        }
        await world.intake().receive([said_by(-10, "E", {"vin": GOOD_VIN, "plate": None})])
        assert told(world)["vehicles"][GOOD_VIN]["plate"] is None

    async def test_a_vin_alone_says_nothing_of_a_car(self, world: World) -> None:
        await world.intake().receive([said_by(-60, vehicle={"vin": GOOD_VIN}, name="Li")])
        assert told(world)["vehicles"] == {}

    async def test_a_complaint_tells_of_its_car(self, world: World) -> None:
        data = complaint(vehicle={"vin": GOOD_VIN, "plate": "沪A1"}, customer=who())
        await world.report("complaint", data)
        assert told(world)["vehicles"][GOOD_VIN]["plate"] == "沪A1"

    async def test_nothing_of_it_is_on_any_other_topic(self, world: World) -> None:
        car = {"vin": GOOD_VIN, "plate": "沪A12345", "make": "Zhengtu", "model": "Wanli"}
        for noun, make in (("sale", sale), ("visit", visit), ("complaint", complaint)):
            await world.report(noun, make(vehicle=car))
        others = [told for told in world.messages() if not isinstance(told, ProfileRecorded)]
        assert len(others) == 3
        for told_of in others:
            assert not any(word in told_of.model_dump_json() for word in ("沪A", "Zheng", "Wanli"))

    def test_those_spoken_of_last_are_kept(self) -> None:
        said: Statements = {}
        for number in range(MOST_VEHICLES + 5):
            words = {f"vehicles/VIN{number:02}/plate": f"P{number}"}
            said = with_said(said, stamped(words, f"{number:013d}.aaaaaaaaaaaa"))
        kept = {of.split("/")[1] for of in said if "/" in of}
        assert kept == {f"VIN{number:02}" for number in range(5, MOST_VEHICLES + 5)}
        late = stamped({"vehicles/VIN09/model": "X"}, f"{2:013d}.aaaaaaaaaaaa")
        assert with_said(said, late) is said, "older than the last word on one that gave way"
