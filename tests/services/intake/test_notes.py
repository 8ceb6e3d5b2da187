"""What was noted of attempts at tasks, told to who may see the tasks; and nothing else is."""

import httpx

from shared.contracts.http.intake import TaskNotes
from shared.platform.errors import TransientFailure
from tests.services.intake.given import PUDONG, at, complaint, event, task_outcome
from tests.services.intake.over_http import problem
from tests.services.intake.world import World

CASE = f"{PUDONG}/cdk/complaint/K1"


async def outcomes(world: World, *notes: str | None) -> list[str]:
    """The ids of attempts of which this was noted, in order."""
    reports = [
        task_outcome(outcome_no=f"O {number}", source_modified_at=at(-60), **_noted(note))
        for number, note in enumerate(notes)
    ]
    items = await world.intake().receive([event("task-outcome", each) for each in reports])
    return [str(each.document_id) for each in items]


def _noted(note: str | None) -> dict[str, str]:
    return {} if note is None else {"note": note}


async def told(http: httpx.AsyncClient, *document_ids: str) -> dict[str, str]:
    answer = await http.get("/v1/notes", params={"document_id": list(document_ids)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = TaskNotes.model_validate_json(answer.content).notes
    return {each.document_id: each.note for each in found}


async def test_what_was_noted_is_told_of_each_attempt(
    http: httpx.AsyncClient, world: World
) -> None:
    first, silent, third = await outcomes(world, "call at noon", None, "speaks German")
    found = await told(http, first, silent, third, f"{PUDONG}/cdk/task-outcome/T/none")
    assert found == {first: "call at noon", third: "speaks German"}
    assert "noon" not in "".join(each.model_dump_json() for each in world.messages())


async def test_a_note_that_was_taken_back_is_told_no_more(
    http: httpx.AsyncClient, world: World
) -> None:
    [one] = await outcomes(world, "call at noon")
    again = task_outcome(outcome_no="O 0", source_modified_at=at(-50), note=None)
    await world.intake().receive([event("task-outcome", again)])
    assert await told(http, one) == {}


async def test_no_other_free_words_are_told_by_it(http: httpx.AsyncClient, world: World) -> None:
    case = complaint(source_modified_at=at(-60), narrative="it rattles")
    await world.intake().receive([event("complaint", case)])
    assert await told(http, CASE) == {}


async def test_some_are_asked_for_and_not_too_many(http: httpx.AsyncClient) -> None:
    problem(await http.get("/v1/notes"), 422)
    many = [f"{PUDONG}/cdk/task-outcome/T/{number}" for number in range(51)]
    problem(await http.get("/v1/notes", params={"document_id": many}), 422)


async def test_without_the_register_nothing_is_said(http: httpx.AsyncClient, world: World) -> None:
    world.register.fail_next.append(TransientFailure("register"))
    answer = await http.get("/v1/notes", params={"document_id": [f"{PUDONG}/cdk/task-outcome/T/1"]})
    problem(answer, 503)
