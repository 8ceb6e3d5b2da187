"""What is sent with the key of a dealer writes nothing of another's, whatever it names."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.access.dealers import MINE, SISTER, SOURCES, STRANGER, bearer, marks_in
from tests.access.services import Houses
from tests.access.table import an_event
from tests.services.intake.given import event
from tests.services.intake.signing import signed

OTHERS = (SISTER, STRANGER)
BATCH, SINGLE = "application/cloudevents-batch+json", "application/cloudevents+json"
NO_OTHER_DEALER = "who sends this may name no other dealer"


@pytest.fixture
async def houses(tmp_path: Path) -> Houses:
    return await Houses.open(tmp_path, "intake")


@pytest.fixture
def shown(houses: Houses) -> dict[str, str]:
    return bearer(houses.holders.key("events:write", "documents:read"))


def state(houses: Houses) -> tuple[int, dict[str, Any]]:
    """What was published, and what is registered."""
    return len(houses.intake.publisher.records), dict(houses.intake.register.rows)


async def post(
    houses: Houses, content: Any, media_type: str, headers: dict[str, str], query: str = ""
) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    async with houses.client("intake") as client:
        return await client.post(
            f"/v1/events{query}", content=body, headers={"content-type": media_type, **headers}
        )


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("query", ["", "?validate=true", "?strict=true"])
async def test_an_event_of_another_dealers_is_rejected(
    houses: Houses, shown: dict[str, str], other: str, query: str
) -> None:
    before = state(houses)
    answer = await post(houses, an_event(other), SINGLE, shown, query)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error == {"pointer": "/data/dealer_id", "detail": NO_OTHER_DEALER}
    assert not marks_in(answer.text, other)
    assert state(houses) == before


@pytest.mark.parametrize("other", OTHERS)
async def test_of_a_batch_that_alone_is_taken_that_is_theirs(
    houses: Houses, shown: dict[str, str], other: str
) -> None:
    events = [an_event(MINE, "N1"), an_event(other, "N2"), an_event(MINE, "N3")]
    lines = b"\n".join(json.dumps(each).encode() for each in events)
    before = set(state(houses)[1])
    for content, media_type in ((events, BATCH), (lines, "application/x-ndjson")):
        answer = await post(houses, content, media_type, shown)
        assert [each["outcome"] for each in answer.json()["items"]][1] == "rejected"
        assert not marks_in(answer.text, other)
    assert all(new.startswith(f"{MINE}/cdk/") for new in set(state(houses)[1]) - before)
    assert len(set(state(houses)[1]) - before) == 2


@pytest.mark.parametrize("other", OTHERS)
async def test_headers_and_attributes_that_name_the_own_dealer_do_not_help(
    houses: Houses, shown: dict[str, str], other: str
) -> None:
    before = state(houses)
    sent = an_event(other)
    headers = {
        f"ce-{name}": str(value) for name, value in sent.items() if name not in ("data", "dealerid")
    }
    binary = await post(
        houses, sent["data"], "application/json", {**shown, **headers, "ce-dealerid": MINE}
    )
    named = await post(houses, {**sent, "dealerid": MINE, "subject": MINE}, SINGLE, shown)
    assert (binary.status_code, named.status_code) == (422, 422)
    assert not marks_in(binary.text + named.text, other)
    assert state(houses) == before


async def test_a_key_of_one_source_reports_of_no_other(houses: Houses) -> None:
    before = state(houses)
    for source in ("crm", "cdk2", "berlinonly"):
        key = bearer(houses.holders.key("events:write", source=source))
        answer = await post(houses, an_event(MINE), SINGLE, key)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/data/source"
    assert state(houses) == before


async def test_a_link_needs_leave_at_both_dealers(houses: Houses, shown: dict[str, str]) -> None:
    link = event(
        "customer-link",
        {
            "source": "cdk",
            "dealer_id": MINE,
            "source_modified_at": "2025-05-02T10:00:00Z",
            "link_no": "L1",
            "customer_id": "C1",
            "other_customer_key": f"{SISTER}/berlinonly/C1",
            "says": "same",
            "at": "2025-05-02T10:00:00Z",
            "by": "staff-1",
        },
    )
    before = state(houses)
    refused = await post(houses, link, SINGLE, shown)
    assert (refused.status_code, state(houses)) == (422, before)
    assert not marks_in(refused.text, SISTER)
    group = bearer(houses.holders.key("events:write", dealers=["sunrise/*"]))
    assert (await post(houses, link, SINGLE, group)).status_code == 202
    async with houses.client("intake") as client:
        path = f"/v1/documents/{MINE}/cdk/customer-link/L1"
        kept = [row for row in state(houses)[1] if row.startswith(f"{MINE}/cdk/") and "L1" in row]
        assert kept
        path = f"/v1/documents/{kept[0]}"
        own = await client.get(path, headers=shown)
        listed = await client.get(f"/v1/documents?dealer_id={MINE}", headers=shown)
    assert (own.status_code, listed.status_code) == (200, 200)
    assert own.json()["customer_keys"] == [f"{MINE}/cdk/C1"]
    assert not marks_in(own.text + listed.text, SISTER)


async def test_the_first_answer_of_another_is_not_given_again(houses: Houses) -> None:
    own, theirs = (
        bearer(houses.holders.key("events:write", dealers=[dealer])) for dealer in (MINE, SISTER)
    )
    key = {"idempotency-key": "the same"}
    sent = an_event(SISTER)
    assert (await post(houses, sent, SINGLE, {**theirs, **key})).status_code == 202
    again = await post(houses, sent, SINGLE, {**theirs, **key})
    assert again.headers["idempotent-replayed"] == "true"
    answer = await post(houses, sent, SINGLE, {**own, **key})
    assert answer.status_code == 422
    assert "idempotent-replayed" not in answer.headers
    assert not marks_in(answer.text, SISTER)


@pytest.mark.parametrize("other", OTHERS)
async def test_a_file_is_of_the_dealer_whose_key_it_comes_with(
    houses: Houses, shown: dict[str, str], other: str
) -> None:
    jobs = dict(houses.imports.jobs)
    async with houses.client("intake") as client:
        for dealer, source in ((other, "cdk"), (other, SOURCES[other])):
            query = f"mapping=test-visits&dealer_id={dealer}&source={source}"
            answer = await client.post(f"/v1/imports?{query}", content=b"x", headers=shown)
            assert answer.status_code == 403
        twice = f"mapping=test-visits&dealer_id={MINE}&dealer_id={other}"
        answer = await client.post(f"/v1/imports?{twice}", content=b"x", headers=shown)
        assert answer.status_code in (403, 422)
        same = f"mapping=test-visits&dealer_id={MINE}&source={SOURCES[other]}"
        content = f"ro_no,status\r\n{SOURCES[other]}-1,closed\r\n"
        own = await client.post(f"/v1/imports?{same}", content=content, headers=shown)
    assert own.status_code == 202  # the same file at another dealer's is another import
    assert own.json()["import_id"] not in jobs
    assert {job.dealer_id for id_, job in houses.imports.jobs.items() if id_ not in jobs} == {MINE}


async def test_a_webhook_is_of_its_dealer_whoever_shows_a_key(
    houses: Houses, shown: dict[str, str]
) -> None:
    before = state(houses)
    body = json.dumps(an_event(SISTER)).encode()
    signature = signed(body, at=houses.clock.now())
    async with houses.client("intake") as client:
        answers = [
            await client.post(
                f"/v1/webhooks/{name}", content=body, headers={"content-type": SINGLE, **headers}
            )
            for name, headers in (
                ("berlinonly-events", shown),  # a key, and no signature
                ("cdk-events", signature),  # the own webhook, which names another dealer
                ("none", shown),
            )
        ]
    assert [answer.status_code for answer in answers] == [401, 422, 401]
    assert answers[0].text == answers[2].text, "it tells which webhooks there are"
    assert not any(marks_in(answer.text, SISTER) for answer in answers)
    assert state(houses) == before


async def test_who_may_of_all_dealers_alone_republishes(
    houses: Houses, shown: dict[str, str]
) -> None:
    before = state(houses)
    async with houses.client("intake") as client:
        for query in ("", f"?dealer_id={MINE}", f"?dealer_id={SISTER}"):
            answer = await client.post(f"/v1/republish{query}", headers=shown)
            assert answer.status_code == 403
    assert state(houses) == before
