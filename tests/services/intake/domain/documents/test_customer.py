"""A correction: the profile has what it says, field by field; the record has of what it speaks."""

from itertools import permutations
from typing import Any

import pytest

from services.intake.domain.documents.customer import NO_PROFILE, NOTHING_SAID
from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from shared.contracts.intake import CustomerCorrected, ProfileRecorded
from tests.services.intake.given import (
    DEALERS,
    GOOD_VIN,
    NOW,
    Data,
    at,
    correction,
    customer,
    event,
    held,
    key,
    knowing_by,
    only_of,
    places,
    visit,
)
from tests.services.intake.world import World

NEW = "+8613912345678"


def later_correction(**more: Any) -> Data:
    """Another telephone number of C1, after what the other documents say."""
    said: Data = {"source_modified_at": at(-50), "phones": [{"number": "139 1234 5678"}]}
    return correction(**said | more)


def found(data: Data) -> Reported | InvalidEvent:
    return examine(event("customer", data), dealers=DEALERS, now=NOW)


async def profile(world: World, *events: tuple[str, Data]) -> ProfileRecorded:
    """What is known of C1 after these reports."""
    for noun, data in events:
        await world.report(noun, data)
    known = held(world.messages())[key(), "sunrise/pudong/cdk/profile/C1"]
    assert isinstance(known, ProfileRecorded)
    return known


def numbers(known: ProfileRecorded) -> list[str]:
    return [phone.e164 for phone in known.phones]


BEFORE = visit(customer=customer(email="li@example.com", language="zh", area="Pudong"))


@pytest.mark.parametrize(
    ("said", "after"),
    [
        pytest.param({}, {"name": "Li Lei", "numbers": [NEW]}, id="the number alone"),
        pytest.param({"phones": []}, {"numbers": []}, id="no number any more"),
        pytest.param({"phones": None}, {"numbers": []}, id="null is no number, too"),
        pytest.param({"name": "Li Wei"}, {"name": "Li Wei"}, id="another name"),
        pytest.param({"name": "  "}, {"name": "Li Lei"}, id="blank says nothing"),
        pytest.param({"name": None}, {"name": None}, id="no name any more"),
        pytest.param({"email": None}, {"email": None}, id="no address any more"),
        pytest.param({"email": "no address"}, {"email": "li@example.com"}, id="not readable"),
        pytest.param({"language": "en"}, {"language": "en"}, id="another language"),
        pytest.param({"birth_year": 1980}, {"birth_year": 1980}, id="a year"),
        pytest.param({"birth_year": 1900}, {"birth_year": None}, id="a filler is no year"),
        pytest.param({"area": None, "occupation": "chef"}, {"area": None, "occupation": "chef"}),
    ],
)
async def test_what_it_names_is_changed_and_all_else_stays(
    world: World, said: Data, after: Data
) -> None:
    expected = {
        "name": "Li Lei",
        "numbers": [NEW],
        "email": "li@example.com",
        "language": "zh",
        "birth_year": None,
        "area": "Pudong",
        "occupation": None,
    } | after
    known = await profile(world, ("visit", BEFORE), ("customer", later_correction(**said)))
    told = known.model_dump() | {"numbers": numbers(known)}
    assert {name: told[name] for name in expected} == expected


async def test_the_newest_word_counts_in_whatever_order_they_come() -> None:
    reports = [
        ("visit", visit(source_modified_at=at(-60))),
        ("customer", later_correction(source_modified_at=at(-50))),
        (
            "customer",
            later_correction(correction_no="B2", source_modified_at=at(-40), name="Li Wei"),
        ),
        ("visit", visit(ro_no="R2", source_modified_at=at(-55), customer=customer(name="Li"))),
    ]
    for order in permutations(reports):
        known = await profile(World(), *order)
        assert (known.name, numbers(known)) == ("Li Wei", [NEW])


async def test_a_document_that_was_changed_later_counts_again(world: World) -> None:
    later = visit(ro_no="R2", source_modified_at=at(-5))
    known = await profile(
        world, ("visit", BEFORE), ("customer", later_correction()), ("visit", later)
    )
    assert numbers(known) == ["+8613812345678"]


async def test_a_repeat_says_nothing_new(world: World) -> None:
    assert (await world.report("customer", later_correction())).outcome == "accepted"
    before = len(world.messages())
    assert (await world.report("customer", later_correction())).outcome == "duplicate"
    assert len(world.messages()) == before


async def test_it_moves_with_its_customer(world: World) -> None:
    await world.report("customer", later_correction())
    other = later_correction(source_customer_id="C2", source_modified_at=at(-5))
    await world.report("customer", other)
    assert places(world.messages(), "customer") == {key("C2")}


@pytest.mark.parametrize(
    ("said", "corrected", "removed"),
    [
        ({}, ("phones",), ()),
        ({"name": "Li Wei", "email": None}, ("name", "phones"), ("email",)),
        ({"phones": []}, (), ("phones",)),
        ({"phones": [{"number": "none"}], "name": " "}, (), ()),
        ({"phones": [{"number": "none"}, {"number": "139 1234 5678"}]}, ("phones",), ()),
        ({"email": "no address", "area": "Pudong"}, ("phones", "area"), ()),
    ],
)
def test_the_record_tells_of_what_it_speaks_and_never_what_it_says(
    said: Data, corrected: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    record = only_of("customer", later_correction(**said))
    assert isinstance(record, CustomerCorrected)
    assert (record.customer_key, record.by) == (key(), "u7")
    assert (record.corrected, record.removed) == (corrected, removed)
    assert "139" not in record.model_dump_json(exclude={"version"})


def test_what_cannot_be_read_is_warned_about_at_its_place() -> None:
    report = found(later_correction(phones=[{"number": "none"}], email="no address"))
    assert isinstance(report, Reported)
    assert {warning.pointer for warning in report.warnings} >= {
        "/data/phones/0/number",
        "/data/email",
    }


async def test_a_customer_without_a_number_is_known_as_in_other_documents() -> None:
    world = World(dealers=knowing_by("vin"))
    named: Data = {"source_customer_id": None, "known_by": {"vin": GOOD_VIN}}
    await world.report("customer", later_correction(**named))
    whose = f"sunrise/pudong/cdk/vin/{GOOD_VIN}"
    assert places(world.messages(), "customer") == places(world.messages(), "profile") == {whose}


@pytest.mark.parametrize(
    ("wrong", "pointer", "detail"),
    [
        ({"phones": ...}, "/data", NOTHING_SAID),
        ({"by": ...}, "/data/by", None),
        ({"at": at(+60)}, "/data/at", None),
        ({"source_customer_id": None}, "/data", None),
        (
            {"source_customer_id": None, "customer_key": "sunrise/pudong/cdk/lead/P1"},
            "/data/customer_key",
            NO_PROFILE,
        ),
        (
            {"source_customer_id": None, "customer_key": "sunrise/berlin/cdk/C1"},
            "/data/customer_key",
            None,
        ),
    ],
)
def test_what_it_does_not_say_or_says_wrongly_is_pointed_at(
    wrong: dict[str, Any], pointer: str, detail: str | None
) -> None:
    data = {name: value for name, value in later_correction(**wrong).items() if value is not ...}
    refused = found(data)
    assert isinstance(refused, InvalidEvent)
    assert [error.pointer for error in refused.errors] == [pointer]
    assert detail is None or refused.errors[0].detail == detail
