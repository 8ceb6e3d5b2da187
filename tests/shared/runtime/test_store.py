"""The contract of every store: the fake, and the real one with both drivers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from deploy.sandbox.processes import free_port
from shared.decider.decision import NOTHING_DUE, Listing
from shared.platform.errors import Conflict, RefusedDocuments, TransientFailure
from shared.platform.mongo import Mongo
from shared.runtime.aggregate import Aggregate, Emitted, Intent, Outgoing, Parked, PolicyMark
from shared.runtime.documents import from_intent, from_mark, to_mark
from shared.runtime.mongo_store import MongoStore
from shared.runtime.store import ReadStore, Store
from shared.settings import MongoSettings


class Whole(Store, ReadStore, Protocol):
    """All that is asked of a store, by whomever."""


NOW = datetime(2026, 11, 21, 10, 5, 0, 123000, tzinfo=UTC)
HOSTILE_KEYS = ["", ".", "$", "$set", "a.b", "\x00", "%", "%2E", "客户.1", "a" * 500, "__proto__"]


def aggregate(id_: str = "g/d/s/1", **changes: Any) -> Aggregate:
    plain = Aggregate(
        id=id_,
        dealer_id="g/d",
        partition=3,
        version=1,
        facts='{"visits":{"g/d/s/visit/1":{"version":"1","amounts":["1.10",null]}}}',
        emitted={"score": Emitted(sequence=7, hash="abc", type="t")},
        due_at=None,
        policy_version="p1",
        updated_at=NOW,
    )
    return replace(plain, **changes)


def intent(id_: str, partition: int, *messages: Outgoing) -> Intent:
    return Intent(id_, partition, NOW, messages)


MESSAGE = Outgoing("g/d/s/1", "score", 7, "abc", "t", '{"a":1}', NOW, "cause", None)


async def test_what_is_saved_is_loaded(store: Whole) -> None:
    full = aggregate(
        emitted={
            "a.b/$": Emitted(1, "h", "t", NOW, '{"x":1}'),
            "w": Emitted(2, "h2", "t2", None, None, withdrawn=True, key="g/d/s/2"),
        },
        due_at=NOW + timedelta(days=1),
        parked=Parked("decide raised ValueError", 2, NOW),
        listing=Listing(NOW, None, {"a.b": {"$": [1, None]}, "severity": "high"}),
    )
    await store.save([full])
    assert await store.load([full.id, "g/d/s/none"]) == {full.id: full}


async def test_hostile_keys_come_back_as_they_were(store: Whole) -> None:
    facts = json.dumps({key: {key: [{key: 1}]} for key in HOSTILE_KEYS})
    emitted = {key: Emitted(1, "h", "t") for key in HOSTILE_KEYS}
    hostile = aggregate(facts=facts, emitted=emitted)
    await store.save([hostile])
    assert (await store.load([hostile.id]))[hostile.id] == hostile


async def test_a_successor_replaces_its_predecessor(store: Whole) -> None:
    await store.save([aggregate()])
    await store.save([aggregate(version=2, facts="{}")])
    assert (await store.load(["g/d/s/1"]))["g/d/s/1"].facts == "{}"


async def test_a_lost_compare_and_set_inside_a_bulk_writes_the_others(store: Whole) -> None:
    await store.save([aggregate(f"g/d/s/{n}") for n in range(4)])
    await store.save([aggregate("g/d/s/2", version=2, policy_version="rival")])
    bulk = [aggregate(f"g/d/s/{n}", version=2, policy_version="mine") for n in range(4)]
    with pytest.raises(Conflict):
        await store.save(bulk)
    found = await store.load([f"g/d/s/{n}" for n in range(4)])
    assert [found[f"g/d/s/{n}"].policy_version for n in range(4)] == [
        "mine",
        "mine",
        "rival",
        "mine",
    ]


UNWRITABLE: dict[str, dict[str, Any]] = {
    "too large": {"facts": "x" * (16 * 1024 * 1024)},
    "no Unicode": {"facts": "\ud800"},
    "a number beyond 64 bits": {"partition": 2**70},
}


@pytest.mark.parametrize("kind", UNWRITABLE)
async def test_what_can_never_be_written_is_told_and_its_neighbours_are_written(
    store: Whole, kind: str
) -> None:
    await store.save([aggregate("g/d/s/2")])
    bulk = [
        aggregate("g/d/s/1"),
        aggregate("g/d/s/2", version=2, **UNWRITABLE[kind]),
        aggregate("g/d/s/3"),
    ]
    with pytest.raises(RefusedDocuments) as refusal:
        await store.save(bulk)
    assert refusal.value.ids == {"g/d/s/2"}
    found = await store.load(["g/d/s/1", "g/d/s/2", "g/d/s/3"])
    assert {id_: one.version for id_, one in found.items()} == {
        "g/d/s/1": 1,
        "g/d/s/2": 1,
        "g/d/s/3": 1,
    }


async def test_two_first_versions_conflict(store: Whole) -> None:
    await store.save([aggregate(policy_version="first")])
    with pytest.raises(Conflict):
        await store.save([aggregate(policy_version="second"), aggregate("g/d/s/2")])
    found = await store.load(["g/d/s/1", "g/d/s/2"])
    assert found["g/d/s/1"].policy_version == "first"
    assert "g/d/s/2" in found


async def test_a_version_that_is_not_the_next_is_refused(store: Whole) -> None:
    with pytest.raises(Conflict):
        await store.save([aggregate(version=2)])
    assert await store.load(["g/d/s/1"]) == {}


async def test_intents_come_back_oldest_first_for_their_partitions(store: Whole) -> None:
    await store.add_intents([intent("2-b", 1, MESSAGE), intent("1-a", 2), intent("3-c", 5)])
    assert [found.id for found in await store.intents([1, 2])] == ["1-a", "2-b"]
    assert (await store.intents([1]))[0].messages == (MESSAGE,)
    await store.remove_intents(["2-b", "1-a", "no such"])
    assert [found.id for found in await store.intents([1, 2, 5])] == ["3-c"]


async def test_a_message_to_another_customer_keeps_its_address(store: Whole) -> None:
    elsewhere = replace(MESSAGE, key="g/d/s/2")
    await store.add_intents([intent("1-a", 1, elsewhere, MESSAGE)])
    assert (await store.intents([1]))[0].messages == (elsewhere, MESSAGE)


def test_a_message_to_the_aggregate_s_customer_is_written_as_it_always_was() -> None:
    """So that an instance of the version before can settle it, and we what that one left."""
    [written] = from_intent(intent("1-a", 1, MESSAGE))["messages"]
    assert written == ["g/d/s/1", "score", 7, "abc", "t", '{"a":1}', NOW, "cause", None]


async def test_of_much_that_is_due_each_page_is_the_oldest(store: Whole) -> None:
    """Whatever lies between them: the same instant, a moment, or years."""
    apart = [0, 0, 0, 0, 1, 1, 2, 50, 50, 3_600_000, 3_600_001, 10**11, 10**11, 10**11 + 1]
    after = [timedelta(milliseconds=each) for each in apart]
    waiting = [
        aggregate(f"g/d/s/{number:02}", due_at=NOW - timedelta(days=2_000) + each)
        for number, each in enumerate(after)
    ]
    await store.save(waiting)
    decided: list[str] = []
    while due := await store.due({3: NOW}, limit=3):
        decided += [found.id for found in due]
        late = aggregate(f"g/d/s/new {len(decided)}", due_at=NOW - timedelta(days=2_001))
        await store.save([replace(each, due_at=None, version=2) for each in due])
        if len(decided) == 6:
            await store.save([late])
    expected = [each.id for each in waiting]
    assert decided == [*expected[:6], "g/d/s/new 6", *expected[6:]]


async def test_due_aggregates_come_oldest_first_from_owned_partitions(store: Whole) -> None:
    await store.save(
        [
            aggregate("g/d/s/late", due_at=NOW - timedelta(seconds=1)),
            aggregate("g/d/s/later", due_at=NOW),
            aggregate("g/d/s/first", due_at=NOW - timedelta(days=1)),
            aggregate("g/d/s/not yet", due_at=NOW + timedelta(milliseconds=1)),
            aggregate("g/d/s/never"),
            aggregate("g/d/s/not ours", partition=4, due_at=NOW),
        ]
    )
    due = await store.due({3: NOW, 9: NOW}, limit=10)
    assert [found.id for found in due] == ["g/d/s/first", "g/d/s/late", "g/d/s/later"]
    assert [found.id for found in await store.due({3: NOW}, limit=1)] == ["g/d/s/first"]
    both = await store.due({3: NOW, 4: NOW}, limit=1)
    assert [found.id for found in both] == ["g/d/s/first", "g/d/s/not ours"]
    apart = {3: NOW - timedelta(seconds=1), 4: NOW}
    due = await store.due(apart, limit=10)
    assert [found.id for found in due] == ["g/d/s/first", "g/d/s/late", "g/d/s/not ours"]


async def test_policy_versions_are_paged_by_id(store: Whole) -> None:
    await store.save([aggregate(f"g/d/s/{n}", policy_version=f"p{n}") for n in range(3)])
    await store.save([aggregate("g/d/s/9", partition=8)])
    assert await store.policy_versions([3], after="g/d/s/0", limit=2) == [
        ("g/d/s/1", "p1"),
        ("g/d/s/2", "p2"),
    ]


async def test_a_mark_is_kept_changed_on_condition_and_taken_away(store: Whole) -> None:
    first, done = PolicyMark("p1", complete=False), PolicyMark("p1", complete=True)
    other = PolicyMark("p2", complete=False)
    await store.mark_policy([3, 4, 6], first)
    await store.mark_policy([4], other)
    await store.mark_policy([3, 4, 5], done, instead_of=first)
    assert await store.policy_marks([3, 4, 5]) == {3: done, 4: other}
    await store.mark_policy([4], None)
    assert await store.policy_marks([3, 4]) == {3: done}
    await store.mark_policy([4], first)
    assert await store.policy_marks([4]) == {4: first}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("", None),
        ("a1b2", PolicyMark("a1b2", complete=True)),
        ("applying a1b2", PolicyMark("a1b2", complete=False)),
    ],
)
def test_marks_are_written_as_version_0_1_wrote_them(text: str, mark: PolicyMark | None) -> None:
    assert (from_mark(mark), to_mark(text)) == (text, mark)


async def test_pages_hold_one_dealer_only(store: Whole) -> None:
    ids = ["g/d/s/1", "g/d/s/2", "g/d-2/s/1", "g/c/s/1"]
    await store.save([aggregate(id_, dealer_id="/".join(id_.split("/")[:2])) for id_ in ids])
    page = await store.page(dealer_id="g/d", after="", limit=10)
    assert [found.id for found in page] == ["g/d/s/1", "g/d/s/2"]
    page = await store.page(dealer_id="g/d", after="g/d/s/1", limit=10)
    assert [found.id for found in page] == ["g/d/s/2"]
    assert len(await store.page(dealer_id=None, after="", limit=3)) == 3


def listed(id_: str, minutes: int | None = None, **changes: Any) -> Aggregate:
    """Open until so many minutes from now; not open without."""
    deadline = NOW + timedelta(minutes=minutes) if minutes is not None else None
    since = changes.pop("since", NOW)
    dealer = "/".join(id_.split("/")[:2])
    return aggregate(id_, dealer_id=dealer, listing=Listing(since, deadline, {"n": 1}), **changes)


async def test_what_is_open_comes_by_deadline_page_by_page(store: Whole) -> None:
    nothing_due = replace(listed("g/d/s/0"), listing=Listing(NOW, NOTHING_DUE, {}))
    await store.save(
        [
            listed("g/d/s/5", 5),
            listed("g/d/s/9", 1),
            listed("g/d/s/1", 5),
            listed("g/d/s/3", 5, partition=4),
            nothing_due,
            listed("g/d/s/closed"),
            aggregate("g/d/s/unlisted"),
            listed("g/e/s/1", 1),
        ]
    )
    order: list[Aggregate] = []
    after = None
    while page := await store.open_by_deadline("g/d", after=after, limit=2):
        order.extend(page)
        last = page[-1].listing
        assert last is not None
        assert last.deadline is not None
        after = (last.deadline, page[-1].id)
    assert [one.id[-1] for one in order] == ["9", "1", "3", "5", "0"]
    assert order[-1] == nothing_due
    assert await store.open_by_deadline("g/none", after=None, limit=2) == []


async def test_what_is_open_up_to_an_instant_comes_from_another_on(store: Whole) -> None:
    await store.save([listed(f"g/d/s/{minutes}", minutes) for minutes in range(6)])
    await store.save([listed("g/d/s/same", 2), listed("g/d/s/closed"), listed("g/e/s/1", 2)])

    async def page(after: tuple[int, str] | None, before: int, limit: int = 9) -> list[str]:
        since = None if after is None else (NOW + timedelta(minutes=after[0]), after[1])
        found = await store.open_by_deadline(
            "g/d", after=since, limit=limit, before=NOW + timedelta(minutes=before)
        )
        return [one.id.removeprefix("g/d/s/") for one in found]

    assert await page(None, 2) == ["0", "1"]
    assert await page((2, ""), 4) == ["2", "same", "3"]
    assert await page((2, ""), 4, limit=1) == ["2"]
    assert await page((2, "g/d/s/2"), 4) == ["same", "3"]
    assert await page((2, ""), 2) == await page((3, ""), 2) == await page(None, 0) == []


async def test_listings_of_what_began_in_a_span_come_by_id_page_by_page(store: Whole) -> None:
    begun = [NOW + timedelta(hours=hours) for hours in range(4)]
    await store.save([listed(f"g/d/s/{n}", since=since) for n, since in enumerate(begun)])
    await store.save(
        [
            listed("g/d/s/same", 3, since=begun[1]),
            listed("g/e/s/1", since=begun[1]),
            aggregate("g/d/s/unlisted"),
        ]
    )
    first = await store.listings("g/d", since=begun[1], until=begun[3], after="", limit=2)
    assert first == [
        ("g/d/s/1", Listing(begun[1], None, {"n": 1})),
        ("g/d/s/2", Listing(begun[2], None, {"n": 1})),
    ]
    rest = await store.listings("g/d", since=begun[1], until=begun[3], after="g/d/s/2", limit=9)
    assert rest == [("g/d/s/same", Listing(begun[1], NOW + timedelta(minutes=3), {"n": 1}))]


async def test_what_is_counted_is_what_is_open_and_what_began_lately(store: Whole) -> None:
    begun = [NOW + timedelta(hours=hours) for hours in range(3)]
    await store.save([listed(f"g/d/s/{n}", since=since) for n, since in enumerate(begun)])
    await store.save(
        [
            listed("g/d/s/open", 3, since=begun[0]),
            replace(listed("g/d/s/idle"), listing=Listing(begun[1], NOTHING_DUE, {"n": 1})),
            listed("g/e/s/1", 1, since=begun[1]),
            aggregate("g/d/s/unlisted"),
        ]
    )
    opened = await store.open_listings("g/d")
    assert sorted(listing.deadline for listing in opened if listing.deadline) == [
        NOW + timedelta(minutes=3),
        NOTHING_DUE,
    ]
    recent = await store.listings_begun("g/d", begun[1])
    assert sorted(listing.since for listing in recent) == [begun[1], begun[1], begun[2]]
    assert recent[0].tally == {"n": 1}
    assert await store.open_listings("g/none") == await store.listings_begun("g/none", NOW) == []


async def test_a_thing_is_found_by_its_name_whosever_it_is(store: Whole) -> None:
    name = "g/d/s/complaint/K%2F1"
    await store.save(
        [
            aggregate(f"g/d/s/1|{name}"),
            aggregate(f"g/d/s/2|{name}"),
            aggregate("g/d/s/1|g/d/s/complaint/K"),
            aggregate("g/d/s/1"),
        ]
    )
    assert [one.id for one in await store.named(name)] == [f"g/d/s/1|{name}", f"g/d/s/2|{name}"]
    assert await store.named("g/d/s/complaint") == await store.named("") == []


async def test_a_database_that_is_away_is_a_transient_failure() -> None:
    nobody = free_port()
    settings = MongoSettings(uri=SecretStr(f"mongodb://127.0.0.1:{nobody}"))
    mongo = Mongo(settings, "away")
    try:
        with pytest.raises(TransientFailure):
            await MongoStore(mongo.database).load(["g/d/s/1"])
    finally:
        await mongo.close()
