"""What others than its first source report of a customer or a case: by key, not by number."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from services.intake.domain.batch import NO_SUCH_CASE, NO_SUCH_CUSTOMER, NO_SUCH_TARGET
from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.intake import ComplaintStepTaken, ProfileRecorded
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    NOW,
    PUDONG,
    Data,
    at,
    complaint,
    consent,
    customer,
    event,
    held,
    key,
    link,
    referral,
    sale,
    step,
    survey,
    task_assignment,
    task_outcome,
    visit,
)
from tests.services.intake.world import World

CASE = f"{PUDONG}/cdk/complaint/K1"
BY_CUSTOMER = {
    "consent": consent,
    "survey": survey,
    "task-outcome": task_outcome,
    "task-assignment": task_assignment,
}


def by_key(data: Data, customer_key: str | None) -> Data:
    """The report as a call centre makes it, which has no number for the customer."""
    return data | {"source": "callcentre", "source_customer_id": None, "customer_key": customer_key}


def by_case(case_id: str | None = CASE, **more: object) -> Data:
    """The first contact on K1, reported by a desk."""
    return step(source="desk", case_no=None, case_id=case_id, **more)


def pointers(found: object) -> list[str]:
    assert isinstance(found, InvalidEvent)
    return [error.pointer for error in found.errors]


def examined(noun: str, data: Data) -> object:
    return examine(event(noun, data), dealers=DEALERS, now=NOW)


@pytest.mark.parametrize("noun", BY_CUSTOMER)
async def test_a_fact_is_recorded_for_the_customer_it_names(world: World, noun: str) -> None:
    await world.report("sale", sale())
    item = await world.report(noun, by_key(BY_CUSTOMER[noun](), key()))
    assert (item.outcome, item.customer_keys, item.warnings) == ("accepted", (key(),), ())
    assert item.document_id is not None
    assert item.document_id.startswith(f"{PUDONG}/callcentre/{noun}/")


async def test_a_referral_joins_two_customers_of_any_source(world: World) -> None:
    await world.report("sale", sale())
    data = referral(source="callcentre", referrer_customer_id=None, referrer_customer_key=key())
    item = await world.report("referral", data)
    assert set(item.customer_keys) == {key(), f"{PUDONG}/callcentre/C2"}
    assert item.warnings == (), "who is referred need not be known"


async def test_a_document_may_name_a_customer_of_another_source(world: World) -> None:
    await world.report("sale", sale())
    filed = complaint(
        source="desk", source_modified_at=at(-5), customer={"customer_key": key(), "name": "Li Li"}
    )
    item = await world.report("complaint", filed)
    assert (item.customer_keys, item.warnings) == ((key(),), ())
    facts = held(world.messages()).values()
    [profile] = [fact for fact in facts if isinstance(fact, ProfileRecorded)]
    assert (profile.customer_key, profile.name) == (key(), "Li Li"), "one customer, one profile"


async def test_a_referrer_of_whom_nothing_was_reported_is_warned_about(world: World) -> None:
    item = await world.report("referral", referral())
    assert _told(item.warnings) == [("/data/referrer_customer_id", NO_SUCH_CUSTOMER)]


async def test_a_link_with_somebody_who_was_not_reported_is_warned_about(world: World) -> None:
    await world.report("sale", sale())
    across = link(other_customer_id=None, other_customer_key=key(dealer_id=BERLIN))
    item = await world.report("customer-link", across)
    assert _told(item.warnings) == [("/data/other_customer_key", NO_SUCH_CUSTOMER)]
    await world.report("sale", sale(dealer_id=BERLIN))
    known = await world.report("customer-link", across | {"source_modified_at": at(-5)})
    assert (known.warnings, set(known.customer_keys)) == ((), {key(), key(dealer_id=BERLIN)})


@pytest.mark.parametrize("noun", BY_CUSTOMER)
async def test_a_customer_of_whom_nothing_was_reported_is_warned_about(
    world: World, noun: str
) -> None:
    item = await world.report(noun, BY_CUSTOMER[noun](source="callcentre"))
    assert item.outcome == "accepted"
    assert _told(item.warnings) == [("/data/source_customer_id", NO_SUCH_CUSTOMER)]


async def test_a_customer_who_is_reported_in_the_same_batch_is_known(world: World) -> None:
    items = await world.intake().receive(
        [event("survey", survey()), event("visit", visit(), id="e2")]
    )
    assert [item.warnings for item in items] == [(), ()]


async def test_the_car_or_document_of_a_report_without_a_customer_can_be_named(
    world: World,
) -> None:
    data = visit(customer=None)
    car = (await world.report("visit", data)).customer_keys[0]
    nobody = (await world.report("visit", data | {"ro_no": "2", "vehicle": None})).customer_keys[0]
    for named in (car, nobody):
        item = await world.report("task-outcome", by_key(task_outcome(), named))
        assert (item.outcome, item.customer_keys) == ("accepted", (named,))


async def test_a_step_goes_to_the_case_it_names(world: World) -> None:
    await world.report("complaint", complaint())
    item = await world.report("complaint-step", by_case())
    assert (item.customer_keys, item.warnings) == ((key(),), ())
    facts = held(world.messages()).values()
    [told] = [fact for fact in facts if isinstance(fact, ComplaintStepTaken)]
    assert (told.case_id, told.case_no) == (CASE, "K1")


async def test_a_step_on_a_case_that_nobody_reported_waits_with_a_warning(world: World) -> None:
    item = await world.report("complaint-step", by_case())
    assert item.outcome == "accepted"
    assert [told for _, told in _told(item.warnings)] == [NO_SUCH_CASE]
    await world.report("complaint", complaint())
    version_following = [
        fact for fact in held(world.messages()).values() if fact.document_id.endswith("S1")
    ]
    assert [fact.customer_key for fact in version_following] == [key()]


async def test_a_merge_into_a_case_of_another_source_finds_its_customer(world: World) -> None:
    await world.report("complaint", complaint())
    other = complaint(source="hotline", case_no="K9", customer=customer("H1"))
    into = f"{PUDONG}/hotline/complaint/K9"
    merged = step(source="desk", case_no=None, case_id=CASE, step="merged", merged_into_id=into)
    item = await world.report("complaint-step", merged)
    assert [told for _, told in _told(item.warnings)] == [NO_SUCH_TARGET]
    await world.report("complaint", other)
    facts = held(world.messages()).values()
    [told] = [fact for fact in facts if isinstance(fact, ComplaintStepTaken)]
    assert (told.merged_into, told.merged_into_key) == (into, f"{PUDONG}/hotline/H1")


async def test_steps_of_two_sources_on_cases_of_one_number_are_two(world: World) -> None:
    other = f"{PUDONG}/hotline/complaint/K1"
    items = [await world.report("complaint-step", by_case(case)) for case in (CASE, other)]
    assert len({item.document_id for item in items}) == 2


async def test_a_step_is_one_document_whichever_way_its_own_source_names_the_case(
    world: World,
) -> None:
    items = [
        await world.report("complaint-step", data)
        for data in (step(), step(case_no=None, case_id=CASE))
    ]
    assert len({item.document_id for item in items}) == 1


WRONG_KEYS = [
    "C1",
    f"{PUDONG}/cdk",
    f"{PUDONG}/cdk/",
    f"{PUDONG}/cdk/C 1",
    f"{PUDONG}/cdk/%43",
    f"{PUDONG}/cdk/C%2f1",
    f"{PUDONG}/cdk/%00",
    f"{PUDONG}/cdk/%FF",
    f"{PUDONG}/cdk/%20C1",
    f"{PUDONG}/CDK/C1",
    f"{PUDONG}/cdk/{'9' * 121}",
    f"{PUDONG}/cdk/complaint/K1",
    f"{BERLIN}/cdk/C1",
]


@pytest.mark.parametrize("noun", BY_CUSTOMER)
@pytest.mark.parametrize("wrong", WRONG_KEYS)
def test_a_key_that_is_none_or_another_dealers_is_refused(noun: str, wrong: str) -> None:
    assert pointers(examined(noun, by_key(BY_CUSTOMER[noun](), wrong))) == ["/data/customer_key"]


@pytest.mark.parametrize("wrong", [*WRONG_KEYS, f"{PUDONG}/cdk/vin/X", f"{PUDONG}/cdk/doc/X"])
def test_the_key_of_a_documents_customer_is_checked_too(wrong: str) -> None:
    named = {"customer_key": wrong}
    assert pointers(examined("visit", visit(customer=named))) == ["/data/customer/customer_key"]
    party = {"role": "driver", "customer": named}
    where = "/data/parties/0/customer/customer_key"
    assert pointers(examined("sale", sale(parties=[party]))) == [where]


@pytest.mark.parametrize(
    "wrong",
    [
        "K1",
        f"{PUDONG}/cdk/visit/K1",
        f"{BERLIN}/cdk/complaint/K1",
        f"{PUDONG}/cdk/complaint/%4B1",
        f"{PUDONG}/cdk/complaint/{'9' * 121}",
    ],
)
def test_a_case_that_is_none_or_another_dealers_is_refused(wrong: str) -> None:
    assert pointers(examined("complaint-step", by_case(wrong))) == ["/data/case_id"]
    merged = step(step="merged", merged_into_id=wrong)
    assert pointers(examined("complaint-step", merged)) == ["/data/merged_into_id"]


def neither_or_both() -> Iterator[tuple[str, Data]]:
    two: Mapping[str, str | None] = {"source_customer_id": "C1", "customer_key": key()}
    for noun, named in product(BY_CUSTOMER, (dict.fromkeys(two), two)):
        yield noun, BY_CUSTOMER[noun](**named)
    cases: Mapping[str, str | None] = {"case_no": "K1", "case_id": CASE}
    for named in (dict.fromkeys(cases), cases):
        yield "complaint-step", step(**named)
    for named in (dict.fromkeys(two), two):
        yield "visit", visit(customer=named)
    yield "referral", referral(referrer_customer_id=None)
    yield "referral", referral(referred_customer_key=key())


@pytest.mark.parametrize(("noun", "data"), list(neither_or_both()))
def test_one_of_number_and_key_is_needed_and_not_both(noun: str, data: Data) -> None:
    found = examined(noun, data)
    assert isinstance(found, InvalidEvent)
    assert "not both" in found.errors[0].detail


def test_nobody_refers_themselves_whichever_way_they_are_named() -> None:
    twice = referral(referred_customer_id=None, referred_customer_key=key())
    assert pointers(examined("referral", twice)) == ["/data"]


def test_a_case_is_not_merged_into_itself_whichever_way_it_is_named() -> None:
    merged = step(step="merged", merged_into_id=CASE)
    assert pointers(examined("complaint-step", merged)) == ["/data"]


def _told(warnings: object) -> list[tuple[str, str]]:
    assert isinstance(warnings, tuple)
    return [(warning.pointer, warning.detail) for warning in warnings]
