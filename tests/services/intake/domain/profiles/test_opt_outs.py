"""What a document says of channels is a consent of that date, and goes where the document goes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.adapters.republish import Republishing
from services.intake.domain.decide_profiles import decide_opt_outs
from services.intake.domain.submissions import submissions
from shared.contracts.intake import ConsentGiven, CustomerMoved, Recorded
from shared.testing.publisher import MemoryPublisher
from tests.services.intake.given import (
    NOW,
    PUDONG,
    Data,
    at,
    complaint,
    consent,
    event,
    held,
    key,
    message_of,
    reported,
    sale,
    visit,
)
from tests.services.intake.memory_register import HASH_KEY
from tests.services.intake.world import World, after_all

SAID = f"{PUDONG}/cdk/opt-outs/visit/RO%201"
INTERNAL: Data = {"source_customer_id": "X", "kind": "internal"}


def of(number: str = "C1", *opt_outs: str, **more: Any) -> Data:
    """A customer of whom the document says these opt-outs."""
    return {"source_customer_id": number, "opt_outs": list(opt_outs)} | more


def silent(number: str = "C1") -> Data:
    return {"source_customer_id": number}


def visited(minutes: float, who: Data | None, **more: Any) -> Data:
    return event("visit", visit(source_modified_at=at(minutes), customer=who, **more))


def consents(world: World) -> dict[tuple[str, str], tuple[str, ...]]:
    """Customer and document -> the opt-outs that consumers hold of documents."""
    found = held(world.messages())
    return {
        (told.customer_key.rsplit("/", 1)[1], told.document_id.removeprefix(f"{PUDONG}/cdk/")): (
            told.opt_outs
        )
        for told in found.values()
        if isinstance(told, ConsentGiven)
    }


async def test_a_document_that_speaks_of_channels_is_a_consent_of_that_date(world: World) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms", "phone"))])
    (told,) = (each for each in world.messages() if isinstance(each, ConsentGiven))
    assert (told.document_id, told.customer_key) == (SAID, key())
    assert told.at == NOW - timedelta(minutes=60)
    assert told.opt_outs == ("sms", "phone")
    assert told.do_not_contact is None
    assert "do_not_contact" not in told.model_dump_json(exclude_none=True)


async def test_one_that_does_not_is_none(world: World) -> None:
    await world.intake().receive([visited(-60, silent()), event("sale", sale())])
    assert consents(world) == {}
    assert not [row for row in world.register.rows.values() if row.kind == "opt-outs"]


@pytest.mark.parametrize("nothing", [[], None])
async def test_to_refuse_nothing_is_a_word_too(world: World, nothing: object) -> None:
    await world.intake().receive([visited(-60, of(opt_outs=nothing))])
    assert consents(world) == {("C1", "opt-outs/visit/RO%201"): ()}


@pytest.mark.parametrize(
    ("noun", "make", "document"),
    [
        ("sale", sale, "opt-outs/sale/D1"),
        ("visit", visit, "opt-outs/visit/RO%201"),
        ("complaint", complaint, "opt-outs/complaint/K1"),
    ],
)
async def test_every_document_with_a_customer_may(
    world: World, noun: str, make: Any, document: str
) -> None:
    await world.report(noun, make(customer=of("C1", "sms")))
    assert consents(world) == {("C1", document): ("sms",)}


async def test_no_reported_consent_has_its_id(world: World) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms"))])
    for number in ("visit-RO 1", "visit/RO 1", "RO 1"):
        await world.report("consent", consent(consent_no=number, opt_outs=[]))
    assert len(consents(world)) == 4
    listed = await world.register.page(PUDONG, after="", limit=9, kind="opt-outs")
    assert [row.document_id for row in listed] == [SAID]


async def test_without_a_time_of_the_document_it_is_of_the_events_or_the_receipt(
    world: World,
) -> None:
    timed = visit(source_modified_at=None, customer=of("C1", "sms"))
    await world.intake().receive([event("visit", timed, time=at(-30))])
    (told,) = (each for each in world.messages() if isinstance(each, ConsentGiven))
    assert told.at == NOW - timedelta(minutes=30)

    untimed = visit(ro_no="2", source_modified_at=None, customer=of("C1", "sms"))
    await world.intake().receive([event("visit", untimed)])
    world.clock.advance(timedelta(days=1))
    await world.intake().receive([event("visit", untimed)])
    of_it = [each for each in world.messages() if each.document_id.endswith("opt-outs/visit/2")]
    assert [each.at for each in of_it if isinstance(each, ConsentGiven)] == [NOW], "once"


async def test_a_correction_is_a_new_version_and_one_that_is_silent_leaves_it(
    world: World,
) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms"))])
    await world.intake().receive([visited(-50, of("C1", "phone"))])
    versions = [each.version for each in world.messages() if isinstance(each, ConsentGiven)]
    assert versions == sorted(set(versions))
    await world.intake().receive([visited(-40, silent(), department="body")])
    assert consents(world) == {("C1", "opt-outs/visit/RO%201"): ("phone",)}
    await world.intake().receive([visited(-30, of())])
    assert consents(world) == {("C1", "opt-outs/visit/RO%201"): ()}


async def test_opt_outs_alone_are_news(world: World) -> None:
    await world.intake().receive([visited(-60, silent())])
    (item,) = await world.intake().receive([visited(-60, of("C1", "sms"))])
    assert item.outcome == "accepted"
    (item,) = await world.intake().receive([visited(-60, of("C1", "sms"))])
    assert item.outcome == "duplicate"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (silent("C2"), {("C2", "opt-outs/visit/RO%201"): ("sms",)}),
        (of("C2", "phone"), {("C2", "opt-outs/visit/RO%201"): ("phone",)}),
        (INTERNAL, {}),
    ],
)
async def test_it_moves_with_its_document(
    world: World, who: Data, expected: dict[tuple[str, str], tuple[str, ...]]
) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms"))])
    await world.intake().receive([visited(-30, who)])
    assert consents(world) == expected
    gone = [each for each in world.messages() if isinstance(each, CustomerMoved)]
    assert {each.customer_key for each in gone} == {key("C1")}


async def test_every_party_speaks_for_itself(world: World) -> None:
    parties = [
        {"role": "co_buyer", "customer": of("C2", "phone")},
        {"role": "driver", "customer": silent("C3")},
        {"role": "registrant", "customer": of("C1", "email")},
    ]
    await world.report("sale", sale(customer=silent("C1"), parties=parties))
    document = "opt-outs/sale/D1"
    assert consents(world) == {("C1", document): ("email",), ("C2", document): ("phone",)}
    struck_off = sale(source_modified_at=at(-5), customer=silent("C1"), parties=parties[1:])
    await world.report("sale", struck_off)
    assert consents(world) == {("C1", document): ("email",)}, "it is in her sale no more"


async def test_it_is_republished_under_the_same_id(world: World) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms")), visited(-30, silent("C2"))])
    broker = MemoryPublisher()
    republishing = Republishing(register=world.register, publisher=broker)
    await republishing.page(dealer_id=None, since=None, after="", limit=99)
    told = held(message_of(record) for record in broker.records)
    where = (key("C2"), SAID)
    assert told[where] == held(world.messages())[where]


class TestReportedConsents:
    async def told(self, world: World, **said: Any) -> ConsentGiven:
        data = consent(**said)
        if "opt_outs" not in said:
            del data["opt_outs"]
        await world.report("consent", data)
        (last,) = [each for each in world.messages() if isinstance(each, ConsentGiven)][-1:]
        return last

    async def test_one_that_names_channels_alone_does_not_speak_of_contact(
        self, world: World
    ) -> None:
        assert (await self.told(world, opt_outs=["sms"])).do_not_contact is None

    async def test_one_that_says_so_lifts_it(self, world: World) -> None:
        await self.told(world, opt_outs=["sms"], source_modified_at=at(-60))
        lifted = await self.told(
            world, opt_outs=["sms"], do_not_contact=False, source_modified_at=at(-50)
        )
        assert lifted.do_not_contact is False

    async def test_one_that_names_nothing_allows_all(self, world: World) -> None:
        assert (await self.told(world)).do_not_contact is False
        assert (await self.told(world, do_not_contact=True, consent_no="2")).do_not_contact is True


STORY = [
    visited(-90, of("C1", "sms")),
    visited(-80, silent("C2")),
    visited(-70, of("C1", "phone")),
    visited(-60, INTERNAL),
    visited(-50, silent("C3"), department="body"),
    visited(-40, of("C3", "email")),
    visited(-30, silent("C2"), department="paint"),
    event("sale", sale(source_modified_at=at(-70), customer=of("C1"), parties=[])),
    event(
        "sale",
        sale(
            source_modified_at=at(-60),
            customer=silent("C2"),
            parties=[{"role": "driver", "customer": of("C3", "post")}],
        ),
    ),
]
EXPECTED = {
    ("C2", "opt-outs/visit/RO%201"): ("email",),
    ("C2", "opt-outs/sale/D1"): (),
    ("C3", "opt-outs/sale/D1"): ("post",),
}
batches = st.lists(st.lists(st.sampled_from(range(len(STORY))), min_size=1, max_size=4), max_size=6)
failures = st.lists(st.sampled_from(["fine", "publish", "find", "save"]), max_size=10)


def after(order: Sequence[Sequence[int]], trouble: Sequence[str]) -> World:
    """All batches taken; what failed was sent again, after the others."""
    return after_all(([STORY[number] for number in batch] for batch in order), trouble, later=True)


@forall(batches, st.permutations(range(len(STORY))), failures)
def test_consumers_end_with_the_same_consents_whatever_the_order_and_whatever_fails(
    some: list[list[int]], all_of_them: list[int], trouble: list[str]
) -> None:
    world = after([*some, *([number] for number in all_of_them)], trouble)
    assert consents(world) == EXPECTED
    rows = [row for row in world.register.rows.values() if row.kind == "opt-outs"]
    shown = {
        (told.document_id, told.customer_key, told.version)
        for told in _of_documents(held(world.messages()).values())
    }
    assert shown == {(row.document_id, where, row.version) for row in rows for where in row.keys}


def _of_documents(told: Any) -> list[Recorded]:
    return [each for each in told if isinstance(each, ConsentGiven)]


async def test_instances_side_by_side_agree_where_it_is(world: World) -> None:
    await world.race([STORY[0]], [STORY[1]])
    assert consents(world) == {("C2", "opt-outs/visit/RO%201"): ("sms",)}


async def test_a_rival_that_is_first_with_the_older_one_is_followed(world: World) -> None:
    await world.race([STORY[1]], [STORY[0]])
    assert consents(world) == {("C2", "opt-outs/visit/RO%201"): ("sms",)}


async def test_where_a_lost_attempt_published_it_is_taken_back(world: World) -> None:
    await world.intake().receive([visited(-60, of("C1", "sms"))])
    found = reported("visit", visit(customer=of("C1", "sms"), source_modified_at=at(-60)))
    decision = decide_opt_outs(
        world.register.rows[SAID],
        submissions(found, key=HASH_KEY)[-1],
        document=world.register.rows[f"{PUDONG}/cdk/visit/RO%201"],
        named={key("C1")},
        received_at=NOW,
        published={key("C1"), key("C2")},
    )
    assert decision is not None
    assert [(type(told), told.customer_key) for told in decision.messages] == [
        (CustomerMoved, key("C2"))
    ]
