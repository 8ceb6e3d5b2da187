"""Whatever the order, repetition, batches and failures: documents make one profile."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.decide_profiles import decide_profile
from services.intake.domain.profiles.profile import (
    MOST_VERIFIED,
    PROFILE,
    profile_version,
    with_said,
)
from services.intake.domain.statements import Statement, Statements, stamped
from services.intake.domain.submissions import submissions
from shared.contracts.intake import MOST_VEHICLES, ProfileRecorded
from shared.platform.errors import TransientFailure
from tests.examples import thorough
from tests.services.intake.given import (
    FAILED_VIN,
    GOOD_VIN,
    NOW,
    Data,
    at,
    customer,
    event,
    key,
    reported,
    visit,
)
from tests.services.intake.memory_register import HASH_KEY
from tests.services.intake.partial import (
    C1,
    E164,
    FULL,
    HOME,
    MOBILE,
    WORK,
    profiles,
    said_by,
    told,
    who,
)
from tests.services.intake.world import World, after_all

fields = st.sampled_from(
    ["name", "email", "phones", "phones/+1", "phones/+2", "phones/+3"]
    + [f"vehicles/VIN{number}/{name}" for number in range(30) for name in ("plate", "make")]
    + [f"verified/+{number}" for number in range(30)]
)
reports = st.lists(
    st.tuples(st.integers(1, 60), st.lists(fields, min_size=1, max_size=4, unique=True)),
    min_size=1,
    max_size=60,
    unique_by=lambda report: report[0],
)


def words_of(minute: int, said: Sequence[str]) -> Statements:
    values: Data = {
        of: {"kind": f"{minute}", "place": 0} if "/+" in of else f"{minute}" for of in said
    }
    return stamped(values, f"{minute:013d}.{minute:012x}")


def naive(told: Iterable[Statements]) -> Statements:
    """All words at once: the newest of each, then what gives way."""
    newest: dict[str, Statement] = {}
    for statements in told:
        for of, word in statements.items():
            if of not in newest or newest[of].stamp < word.stamp:
                newest[of] = word
    floors: dict[str, str] = {}
    for field, most in (("vehicles", MOST_VEHICLES), ("verified", MOST_VERIFIED)):
        last: dict[str, str] = {}
        for statements in told:
            for of, word in statements.items():
                if of.startswith(f"{field}/"):
                    thing = of.split("/")[1]
                    last[thing] = max(last.get(thing, ""), word.stamp)
        by_age = sorted(last.values(), reverse=True)
        if len(by_age) > most:
            floors[field] = by_age[most]
    whole = newest["phones"].stamp if "phones" in newest else ""
    kept = {
        of: word
        for of, word in newest.items()
        if word.stamp > floors.get(of.partition("/")[0], "")
        and not (of.startswith("phones/") and word.stamp <= whole)
    }
    return kept | {field: Statement(stamp=floor) for field, floor in floors.items()}


@thorough
@forall(reports, st.data())
def test_words_are_joined_as_if_all_had_come_at_once(
    drawn: list[tuple[int, list[str]]], data: st.DataObject
) -> None:
    told_of = [words_of(minute, said) for minute, said in drawn]
    repeated = data.draw(st.lists(st.sampled_from(told_of), max_size=5))
    said: Statements = {}
    version = ""
    for words in data.draw(st.permutations([*told_of, *repeated])):
        after = with_said(said, words)
        if after is not said:
            assert profile_version(after) > version, "every change makes it newer"
            version = profile_version(after)
        said = after
    assert said == naive(told_of)
    half = len(told_of) // 2
    parts = [naive(told_of[:half]), naive(told_of[half:])]
    assert with_said(*parts) == said, "two instances' halves make the whole"


def phones(*told_numbers: str) -> list[Data]:
    return [{"number": number} for number in told_numbers]


STORY = [
    said_by(-90, "A", {"vin": GOOD_VIN, "plate": "A 1", "make": "VW"}, **FULL),
    said_by(-80, "B", name="Wei", opt_outs=[], birth_year=1988, occupation="pilot"),
    said_by(-70, "A", {"vin": GOOD_VIN, "plate": "B 2"}, phones=phones(HOME), area=None),
    said_by(-60, "C", name="Li Lei", email=None, opt_outs=["phone"]),
    said_by(-50, "D", {"vin": GOOD_VIN, "plate": None}, phones=phones(WORK, "unknown")),
    said_by(-40, "B", name="", email="-", language="en"),
    said_by(-30, "C", kind="person", phones=None),
    said_by(-25, "B", phones=[{"number": MOBILE, "verified": True}], birth_year=2025),
    said_by(-20, "A", phones=phones(MOBILE, "nobody knows")),
    said_by(-10, "D", name="Li Lei", opt_outs=None),
    event("visit", visit(ro_no="E", customer=customer("C2", name="Other")), id="other"),
]
EXPECTED = {
    "kind": "person",
    "name": "Li Lei",
    "phones": ({"kind": "mobile", "e164": E164[MOBILE], "verified": True},),
    "email": None,
    "opt_outs": (),
    "language": "en",
    "birth_year": 1988,
    "occupation": "pilot",
    "area": None,
    "vehicles": {GOOD_VIN: {"plate": None, "make": "VW", "model": None, "model_year": None}},
}
batches = st.lists(st.lists(st.sampled_from(range(len(STORY))), min_size=1, max_size=4), max_size=6)
failures = st.lists(st.sampled_from(["fine", "publish", "find", "save"]), max_size=10)


def after(order: Sequence[Sequence[int]], trouble: Sequence[str]) -> World:
    """All batches taken; what failed was sent again, after the others."""
    return after_all(([STORY[number] for number in batch] for batch in order), trouble, later=True)


def last_of(world: World, number: str) -> ProfileRecorded:
    return [told for told in profiles(world) if told.customer_key == key(number)][-1]


@forall(batches, st.permutations(range(len(STORY))), failures)
def test_the_profile_is_the_same_whatever_the_order_and_whatever_fails(
    some: list[list[int]], all_of_them: list[int], trouble: list[str]
) -> None:
    world = after([*some, *([number] for number in all_of_them)], trouble)
    told_last = last_of(world, "C1").model_dump(
        exclude={"document_id", "version", "customer_key", "dealer_id"}
    )
    assert told_last == EXPECTED
    assert last_of(world, "C2").name == "Other"
    one, other = world.register.rows[C1], after([list(range(len(STORY)))], []).register.rows[C1]
    assert one.said == other.said
    assert one.content == other.content


def test_instances_side_by_side_make_one_profile() -> None:
    async def race() -> World:
        world = World()
        await world.race([STORY[0]], [STORY[3]])
        return world

    world = asyncio.run(race())
    last = last_of(world, "C1")
    assert (last.name, last.email, last.opt_outs) == ("Li Lei", None, ("phone",))
    assert last.language == "zh"
    assert world.register.rows[C1].version == last.version


async def test_a_profile_that_was_cut_off_and_overtaken_is_told_as_it_is(world: World) -> None:
    """The topic keeps its last record, which nobody registered."""
    await world.intake().receive([said_by(-60, "A", name="Li")])
    failure = TransientFailure("killed")
    world.register.before_save = [partial(world.register.fail_next.append, failure)]
    with pytest.raises(TransientFailure):
        await world.intake().receive([said_by(-40, "B", name="Wei")])
    await world.intake().receive([said_by(-20, "C", name="Li")])
    await world.intake().receive([said_by(-40, "B", name="Wei")])
    assert told(world)["name"] == "Li"
    assert profiles(world)[-1].version == max(each.version for each in profiles(world))


def test_the_register_keeps_profiles_by_their_kind() -> None:
    world = after([[0]], [])
    assert {row.kind for row in world.register.rows.values()} == {"visit", PROFILE, "opt-outs"}
    assert world.register.rows[C1].first_received_at == NOW
    assert FAILED_VIN not in str(world.register.rows[C1].said)


async def test_what_a_lost_attempt_published_is_followed_by_what_is_registered(
    world: World,
) -> None:
    """Another instance published and registered the same and more, but its record came first."""
    await world.intake().receive([said_by(-60, "A", name="Wei", email="wei@example.com")])
    row = world.register.rows[C1]
    found = reported("visit", visit(customer=who(name="Wei"), source_modified_at=at(-70)))
    submission = submissions(found, key=HASH_KEY)[1]
    quiet = decide_profile(row, submission, received_at=NOW, published=())
    assert (quiet.messages, quiet.row) == ((), row)
    lost = decide_profile(row, submission, received_at=NOW, published={key()})
    (again,) = lost.messages
    assert isinstance(again, ProfileRecorded)
    assert (again.name, again.email, again.version) == ("Wei", "wei@example.com", row.version)
    assert lost.row is not row, "it is written, so that a third one finds out"
