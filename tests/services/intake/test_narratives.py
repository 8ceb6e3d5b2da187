"""What is written in free words: kept, corrected like fields of a profile, told to who asks."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.batch import plan_batch
from services.intake.domain.entries import BatchEntry
from services.intake.domain.facts import Row
from services.intake.domain.outgoing import Unregistered
from services.intake.domain.submissions import submissions
from services.intake.views.documents import narrative_of
from shared.contracts.http.intake import Narrative
from shared.platform.errors import TransientFailure
from tests.services.intake.given import (
    NOW,
    PUDONG,
    Data,
    at,
    complaint,
    event,
    reported,
    step,
    visit,
)
from tests.services.intake.memory_register import HASH_KEY
from tests.services.intake.over_http import problem
from tests.services.intake.world import World

CASE = f"{PUDONG}/cdk/complaint/K1"
ADDRESS = f"/v1/narratives/{CASE}"


def case(minutes: float, **more: Any) -> Data:
    data = complaint(source_modified_at=at(minutes), **more)
    if "narrative" not in more:
        del data["narrative"]
    return event("complaint", data)


async def test_narrative_and_desired_outcome_are_told(
    http: httpx.AsyncClient, world: World
) -> None:
    await world.intake().receive([case(-60, narrative="it rattles", desired_outcome="a new car")])
    told = await http.get(ADDRESS)
    assert told.status_code == 200
    assert told.json() == {
        "document_id": CASE,
        "narrative": "it rattles",
        "desired_outcome": "a new car",
    }
    assert told.headers["cache-control"] == "no-store"
    shown = await http.get(f"/v1/documents/{CASE}")
    for word in ("rattles", "new car"):
        assert word not in shown.text
        assert not any(word in message.model_dump_json() for message in world.messages())


async def test_where_nothing_is_written_is_a_problem(http: httpx.AsyncClient, world: World) -> None:
    await world.intake().receive([case(-60), event("visit", visit())])
    problem(await http.get(ADDRESS), 404)
    problem(await http.get(f"/v1/narratives/{PUDONG}/cdk/visit/RO%25201"), 404)
    problem(await http.get("/v1/narratives/nothing"), 404)
    await world.intake().receive([case(-50, narrative="words"), case(-40, narrative=None)])
    problem(await http.get(ADDRESS), 404)


async def test_a_document_whose_number_is_a_word_of_the_address_is_found(
    http: httpx.AsyncClient, world: World
) -> None:
    await world.intake().receive(
        [case(-60, case_no="narrative", narrative="it rattles"), event("complaint-step", step())]
    )
    narrated = f"{PUDONG}/cdk/complaint/narrative"
    assert (await http.get(f"/v1/narratives/{narrated}")).json()["narrative"] == "it rattles"
    assert (await http.get(f"/v1/documents/{narrated}")).json()["document_id"] == narrated


async def test_while_the_database_is_away_it_is_to_be_asked_again(
    http: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.intake().receive([case(-60, narrative="it rattles")])
    world.register.fail_next = [TransientFailure("away")]
    answer = await http.get(ADDRESS)
    problem(answer, 503)
    assert answer.headers["retry-after"]
    assert "rattles" not in caplog.text


async def test_a_correction_that_does_not_mention_it_leaves_it(
    http: httpx.AsyncClient, world: World
) -> None:
    await world.intake().receive([case(-60, narrative="it rattles", desired_outcome="a new car")])
    await world.intake().receive([case(-30, severity="major", narrative="  ")])
    assert (await http.get(ADDRESS)).json()["narrative"] == "it rattles"
    await world.intake().receive([case(-20, desired_outcome=None)])
    assert (await http.get(ADDRESS)).json() == {"document_id": CASE, "narrative": "it rattles"}


async def test_what_was_written_before_texts_had_their_own_words_is_told(
    http: httpx.AsyncClient, world: World
) -> None:
    await world.intake().receive([case(-60, narrative="it rattles")])
    row = world.register.rows[CASE]
    before = row.model_copy(update={"words": None, "narrative": "it rattles"})
    world.register.rows[CASE] = before
    assert (await http.get(ADDRESS)).json()["narrative"] == "it rattles"
    await world.intake().receive([case(-30, desired_outcome="a new car")])
    told = (await http.get(ADDRESS)).json()
    assert (told["narrative"], told["desired_outcome"]) == ("it rattles", "a new car")


VERSIONS = [
    case(-60, narrative="first", desired_outcome="refund"),
    case(-50, category="engine"),
    case(-40, narrative="second"),
    case(-30, desired_outcome=None),
    case(-20, narrative="", category="noise"),
]


def after(events: Sequence[Data]) -> Row:
    known: dict[str, Row] = {}
    for raw in events:
        found = reported("complaint", raw["data"])
        asked = tuple(submissions(found, key=HASH_KEY))
        entry = BatchEntry(index=0, reported=found, submissions=asked)
        known |= plan_batch([entry], known, now=NOW, unregistered=Unregistered()).changed
    return known[CASE]


@forall(st.permutations(range(len(VERSIONS))), st.lists(st.sampled_from(range(len(VERSIONS)))))
def test_the_order_makes_no_difference(order: list[int], again: list[int]) -> None:
    row = after([VERSIONS[number] for number in [*order, *again]])
    assert narrative_of(row) == Narrative(document_id=CASE, narrative="second")
