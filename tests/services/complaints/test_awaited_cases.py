"""A case is read once it holds what was reported of it: the case that is shown, and no other."""

import asyncio
from collections.abc import Sequence

import pytest

from services.complaints.domain.facts import CaseEvent
from tests.services.complaints.given import CASE, at, filed, given, moved, step
from tests.services.complaints.reading import ID, OneDealer, client, snapshot_of

NEXT_OWNER = f"sunrise/pudong/cdk/C-2|{CASE}"
CONTACTED = step("contacted", "5m", id="S-1")


async def held(reader: OneDealer, case: str, *holds: str, wait: str = "0") -> tuple[int, str]:
    async with client(reader, at("1h")) as asked:
        answer = await asked.get(f"/v1/cases/{case}", params={"holds": list(holds), "wait": wait})
    return answer.status_code, answer.headers["aftercare-holds"]


@pytest.mark.parametrize("case", [ID, CASE], ids=["by its id", "by its document"])
@pytest.mark.parametrize(
    ("known", "is_held"),
    [
        pytest.param([filed()], "false", id="no step"),
        pytest.param([filed(), CONTACTED], "true", id="the step"),
        pytest.param([filed(), step("contacted", "5m", id="S-1", version=2)], "true", id="newer"),
    ],
)
async def test_a_step_is_held_once_the_case_has_it(
    case: str, known: Sequence[CaseEvent], is_held: str
) -> None:
    reader = OneDealer({ID: given(*known).when("1h")})
    assert await held(reader, case, CONTACTED.id) == (200, is_held)


async def test_a_case_that_is_not_there_yet_is_waited_for() -> None:
    reader = OneDealer({})
    asking = asyncio.create_task(held(reader, CASE, filed().id, wait="5"))
    await reader.looked.wait()
    reader.snapshots[ID] = snapshot_of(ID, given(filed()).when("1h"))
    assert await asking == (200, "true")
    assert await held(OneDealer({}), CASE, filed().id) == (404, "false")


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_complaint_of_another_customer_now_is_held_once_it_is_there(
    is_there: bool,
) -> None:
    cases = {ID: given(filed(), moved()).when("1h")}
    if is_there:
        cases[NEXT_OWNER] = given(filed(version=9)).when("1h")
    is_held = "true" if is_there else "false"
    assert await held(OneDealer(cases), CASE, filed(version=9).id) == (200, is_held)


async def test_a_case_of_which_only_steps_are_known_holds_those() -> None:
    reader = OneDealer({ID: given(CONTACTED).when("1h")})
    assert await held(reader, CASE, CONTACTED.id) == (200, "true")
