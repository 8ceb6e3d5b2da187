"""The connection to intake: what is tried again, split, and not trusted."""

from collections.abc import Sequence

import httpx
import pytest

from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import PlaceInEvent, problem
from tests.deploy.cli.intake_stub import Answer, in_turn, items_answered, taking_all


async def sent(lines: Sequence[bytes], answer: Answer) -> list[str]:
    """The outcomes of lines at an intake that answers so."""
    async with IntakeClient("http://intake", transport=httpx.MockTransport(answer)) as client:
        return [item.outcome for item in await client.send(lines)]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_intake_is_tried_again_as_it_asks(status: int) -> None:
    busy = httpx.Response(status, headers={"retry-after": "0"})
    assert await sent([b"{}", b"bad"], in_turn(lambda _: busy, taking_all)) == [
        "accepted",
        "rejected",
    ]


async def test_a_lost_connection_is_tried_again() -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("connection reset", request=request)

    assert await sent([b"{}"], in_turn(lost, taking_all)) == ["accepted"]


async def test_too_much_at_once_is_split() -> None:
    def at_most_two(request: httpx.Request) -> httpx.Response:
        if request.content.count(b"\n") > 1 or b"huge" in request.content:
            return httpx.Response(413)
        return taking_all(request)

    lines = [b"{}", b"bad", b"{}", b"huge", b"bad"]
    assert await sent(lines, at_most_two) == [
        "accepted",
        "rejected",
        "accepted",
        "rejected",
        "rejected",
    ]


async def test_an_answer_that_leaves_a_line_out_is_not_trusted() -> None:
    def forgetful(_: httpx.Request) -> httpx.Response:
        return items_answered([Item(index=0, outcome="accepted")])

    with pytest.raises(CannotRun, match="did not answer for every line"):
        await sent([b"{}", b"{}"], forgetful)


def test_a_problem_is_told_in_one_line() -> None:
    wrong = PlaceInEvent(pointer="/data/vin", detail="17 characters")
    found = problem("invalid-event", "Not valid", 422, errors=[wrong])
    assert found.in_words() == "Not valid: /data/vin: 17 characters"
