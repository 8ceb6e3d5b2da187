"""`POST /v1/events`, over a register and a publisher in memory."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from services.intake.settings import IntakeSettings
from shared.platform.errors import TransientFailure
from tests.services.intake.given import (
    Data,
    complaint,
    customer,
    event,
    key,
    lines,
    visit,
)
from tests.services.intake.over_http import VISIT, post, problem
from tests.services.intake.world import World

BAD: list[tuple[Data, str]] = [
    (event("visit", visit(), id=None), "/id"),
    (event("visit", visit(), type="dev.aftercare.visit.reported.v9"), "/type"),
    (event("visit", visit(), time="yesterday"), "/time"),
    (event("visit", visit(dealer_id="no/where")), "/data/dealer_id"),
    (event("visit", visit(vehicle={"vin": "1HGCM82643A004352"})), "/data/vehicle/vin"),
    (event("visit", visit(total={"amount": "0.00001", "currency": "CNY"})), "/data/total/amount"),
]


async def test_one_event_is_accepted_and_its_repeat_a_duplicate(http: httpx.AsyncClient) -> None:
    first = await post(http, event("visit", visit()))
    assert first.status_code == 202
    answer = first.json()
    assert (answer["outcome"], answer["document_id"]) == ("accepted", VISIT)
    assert answer["customer_keys"] == [key()]
    again = await post(http, event("visit", visit()), f"{SINGLE}; charset=UTF-8")
    assert again.status_code == 200
    assert again.json()["outcome"] == "duplicate"
    assert again.json()["version"] == answer["version"]


async def test_a_telephone_number_may_come_as_a_number(http: httpx.AsyncClient) -> None:
    phones = [{"number": 13812345678}]
    answer = await post(http, event("visit", visit(customer=customer(phones=phones))))
    assert answer.status_code == 202
    assert "warnings" not in answer.json() or not answer.json()["warnings"]


async def test_a_wrong_event_says_where_and_never_what(http: httpx.AsyncClient) -> None:
    response = await post(http, event("visit", visit(vehicle={"vin": "SECRET-VIN"}), id="e"))
    found = problem(response, 422)
    assert [error["pointer"] for error in found["errors"]] == ["/data/vehicle/vin"]
    assert "SECRET" not in response.text.upper().replace("SECRETS", "")


@pytest.mark.parametrize(("bad", "pointer"), BAD)
async def test_each_wrong_event_alone_is_422(
    http: httpx.AsyncClient, world: World, bad: Data, pointer: str
) -> None:
    found = problem(await post(http, bad), 422)
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert (world.publisher.records, world.register.rows) == ([], {})


@pytest.mark.parametrize("media_type", [BATCH, NDJSON])
async def test_in_a_batch_wrong_events_are_rejected_alone(
    http: httpx.AsyncClient, media_type: str
) -> None:
    events = [event("visit", visit()), *(bad for bad, _ in BAD), event("complaint", complaint())]
    body = lines(events) if media_type == NDJSON else json.dumps(events).encode()
    response = await post(http, body, media_type)
    assert response.status_code == 200
    answer = response.json()
    counts = (answer["accepted"], answer["duplicate"], answer["rejected"])
    assert counts == (2, 0, len(BAD))
    assert [item["index"] for item in answer["items"]] == list(range(len(events)))
    wrong = answer["items"][1:-1]
    pointers = [item["problem"]["errors"][0]["pointer"] for item in wrong]
    assert pointers == [pointer for _, pointer in BAD]


async def test_an_unreadable_line_is_rejected_alone(http: httpx.AsyncClient) -> None:
    good = json.dumps(event("visit", visit())).encode()
    body = b"\r\n".join([good[:-5], b"\xff\xfe", b"[" * 5000, b"", good, b"NaN", b""])
    answer = (await post(http, body, NDJSON)).json()
    outcomes = [item["outcome"] for item in answer["items"]]
    assert outcomes == ["rejected", "rejected", "rejected", "accepted", "rejected"]
    assert answer["items"][0]["problem"]["status"] == 400


@pytest.mark.parametrize("media_type", [SINGLE, BATCH])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"id": "1", "da',
        b'[{"id": "1"}',
        b'{"id": "\xff\xfe"}',
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b'{"a": NaN}',
        b'{"a": 1} {"b": 2}',
        b"1" * 6_000,
    ],
)
async def test_what_is_no_json_is_400(
    http: httpx.AsyncClient, body: bytes, media_type: str
) -> None:
    problem(await post(http, body, media_type), 400)


async def test_a_batch_is_an_array_and_an_event_an_object(http: httpx.AsyncClient) -> None:
    problem(await post(http, event("visit", visit()), BATCH), 400)
    found = problem(await post(http, [event("visit", visit())], SINGLE), 422)
    assert found["errors"][0]["pointer"] == ""


async def test_an_empty_batch_is_answered(http: httpx.AsyncClient) -> None:
    for body, media_type in ((b"[]", BATCH), (b"\n\n", NDJSON)):
        answer = await post(http, body, media_type)
        assert answer.json() == {"accepted": 0, "duplicate": 0, "rejected": 0, "items": []}


async def test_a_byte_order_mark_is_read_over(http: httpx.AsyncClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(event("visit", visit())).encode()
    assert (await post(http, body)).status_code == 202


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "application/json"}, 415),
        ({"content-type": "text/plain"}, 415),
        ({}, 415),
        ({"content-type": f"{SINGLE}; charset=gbk"}, 415),
        ({"content-type": SINGLE, "content-encoding": "gzip"}, 415),
    ],
)
async def test_other_content_types_are_415(
    http: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    problem(await http.post("/v1/events", content=b"{}", headers=headers), status)


async def test_a_body_that_is_too_large_is_413_whatever_it_claims(
    http: httpx.AsyncClient,
) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(5_000):
            sent += 1_000
            yield b" " * 1_000

    headers = {"content-type": SINGLE}
    problem(await http.post("/v1/events", content=body(), headers=headers), 413)
    small = {"content-type": SINGLE, "content-length": "2"}
    problem(await http.post("/v1/events", content=b" " * 200_001, headers=small), 413)


async def test_a_body_just_within_the_limit_is_read(http: httpx.AsyncClient) -> None:
    body = json.dumps(event("visit", visit())).encode()
    assert (await post(http, body.ljust(200_000))).status_code == 202


def test_the_limits_are_five_megabytes_and_two_thousand_events() -> None:
    settings = IntakeSettings()
    assert (settings.max_body_bytes, settings.max_batch_items) == (5_000_000, 2_000)


async def test_too_many_events_are_413(http: httpx.AsyncClient, world: World) -> None:
    events = [event("visit", visit(ro_no=str(number))) for number in range(21)]
    problem(await post(http, lines(events), NDJSON), 413)
    problem(await post(http, events, BATCH), 413)
    assert world.publisher.records == []


@pytest.mark.parametrize("media_type", [SINGLE, NDJSON])
async def test_while_the_broker_is_away_nothing_is_taken(
    http: httpx.AsyncClient, world: World, media_type: str
) -> None:
    world.publisher.fail_next = [TransientFailure("broker: away")]
    response = await post(http, event("visit", visit()), media_type)
    problem(response, 503)
    assert response.headers["retry-after"] == "5"
    again = (await post(http, event("visit", visit()), media_type)).json()
    assert (again.get("items") or [again])[0]["outcome"] == "accepted"


async def test_a_defect_of_ours_is_a_problem_and_tells_nothing(
    http: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.register.fail_next = [ValueError("Li Lei 13812345678")]
    response = await post(http, event("visit", visit()))
    problem(response, 500)
    assert "Li Lei" not in response.text + caplog.text


async def test_warnings_come_with_the_item(http: httpx.AsyncClient) -> None:
    who = {"source_customer_id": "C1", "phones": [{"number": "no number"}]}
    answer = (await post(http, event("visit", visit(customer=who)))).json()
    assert answer["outcome"] == "accepted"
    assert answer["warnings"][0]["pointer"] == "/data/customer/phones/0/number"
    assert "no number" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("query", "accepted"), [("", True), ("?strict=false", True), ("?strict=true", False)]
)
async def test_unknown_fields_are_warned_about_or_refused(
    http: httpx.AsyncClient, query: str, accepted: bool
) -> None:
    body = json.dumps(event("visit", visit(odo_in=1))).encode()
    single = await http.post(f"/v1/events{query}", content=body, headers={"content-type": SINGLE})
    if accepted:
        assert single.status_code == 202
        places = single.json()["warnings"]
    else:
        places = problem(single, 422)["errors"]
    assert [place["pointer"] for place in places] == ["/data/odo_in"]


@pytest.mark.parametrize("media_type", [BATCH, NDJSON])
async def test_strictness_holds_for_each_event_of_many(
    http: httpx.AsyncClient, media_type: str
) -> None:
    events = [event("visit", visit(odo_in=1)), event("complaint", complaint())]
    body = lines(events) if media_type == NDJSON else json.dumps(events).encode()
    headers = {"content-type": media_type}
    answer = await http.post("/v1/events?strict=true", content=body, headers=headers)
    items = answer.json()["items"]
    assert [item["outcome"] for item in items] == ["rejected", "accepted"]
    assert items[0]["problem"]["type"] == "urn:aftercare:problem:invalid-event"


@pytest.mark.parametrize(
    "query",
    [
        "strict=maybe",
        "strict=",
        "strict",
        "strict=1",
        "strict=TRUE",
        "strict=true&strict=false",
        "Strict=true",
        "strcit=true",
        "strict=true&secret=1",
        "13812345678=1",
    ],
)
async def test_a_query_that_is_not_known_is_refused(
    http: httpx.AsyncClient, world: World, query: str
) -> None:
    body = json.dumps(event("visit", visit())).encode()
    headers = {"content-type": SINGLE}
    answer = await http.post(f"/v1/events?{query}", content=body, headers=headers)
    found = problem(answer, 422)
    assert found["type"] == "urn:aftercare:problem:invalid-query"
    assert "138" not in answer.text
    assert world.publisher.records == []


@pytest.mark.parametrize("media_type", [SINGLE, BATCH, NDJSON])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PK\x03\x04xl", "zip"),
        ('{"a":1}'.encode("utf-16"), "UTF-16"),
        ('{"a":1}\n'.encode("utf-16-le"), "UTF-16"),
        ('[{"a":1}]'.encode("utf-16-be"), "UTF-16"),
    ],
)
async def test_what_is_no_text_in_utf_8_is_refused_once(
    http: httpx.AsyncClient, body: bytes, kind: str, media_type: str
) -> None:
    assert kind in problem(await post(http, body, media_type), 400)["detail"]
