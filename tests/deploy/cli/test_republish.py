"""`aftercare republish`: all pages, and what is said of them."""

from datetime import UTC, datetime

import httpx
import pytest

from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.republish import PutBack, republish
from shared.contracts.http.problem import problem
from tests.deploy.cli.command import aftercare
from tests.deploy.cli.intake_stub import in_turn


async def test_all_pages_are_republished_and_summed() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        assert (request.method, request.url.path) == ("POST", "/v1/republish")
        onward = {"": "documents:a", "documents:a": "profiles:", "profiles:": None}
        page = {"documents": 2, "records": 3, "not_kept": 1, "next": onward[asked[-1]["after"]]}
        return httpx.Response(200, json=page)

    told: list[int] = []
    busy = httpx.Response(503, headers={"retry-after": "0"})
    transport = httpx.MockTransport(in_turn(answer, lambda _: busy, answer))
    async with IntakeClient("http://intake", transport=transport) as client:
        done = await republish(
            client,
            dealer="g/d",
            since=datetime(2026, 11, 1, tzinfo=UTC),
            progress=lambda done: told.append(done.documents),
        )
    assert done == PutBack(documents=6, records=9, not_kept=3)
    assert told == [2, 4, 6]
    assert [page["after"] for page in asked] == ["", "documents:a", "profiles:"]
    given = {(page["dealer_id"], page["since"]) for page in asked}
    assert given == {("g/d", "2026-11-01T00:00:00+00:00")}
    assert "6 documents" in done.in_words()[0]
    assert "3 are not" in done.in_words()[1]


async def test_a_refusal_to_republish_is_said_in_intakes_words() -> None:
    invalid = problem("invalid-query", "The query is not valid", 422, detail="dealer_id")
    refused = httpx.Response(422, content=invalid.model_dump_json())
    transport = httpx.MockTransport(lambda _: refused)
    async with IntakeClient("http://intake", transport=transport) as client:
        with pytest.raises(CannotRun, match="422: The query is not valid: dealer_id"):
            await republish(client, dealer="g")


def test_since_is_an_instant_with_a_zone() -> None:
    for wrong in ("yesterday", "2026-11-20T08:00:00"):
        done = aftercare("republish", "--since", wrong)
        assert done.returncode == 2
        assert "no instant with a zone" in done.stderr
