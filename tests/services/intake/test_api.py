"""The endpoints, over a register and a publisher in memory."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.intake.adapters.http.body import BATCH, NDJSON, SINGLE
from services.intake.settings import IntakeSettings
from shared.platform.errors import TransientFailure
from tests.services.intake.asking import post, problem
from tests.services.intake.given import (
    BERLIN,
    PUDONG,
    Data,
    complaint,
    customer,
    event,
    key,
    lines,
    merge,
    visit,
)
from tests.services.intake.world import World

VISIT = f"{PUDONG}/cdk/visit/RO%201"


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


BAD: list[tuple[Data, str]] = [
    (event("visit", visit(), id=None), "/id"),
    (event("visit", visit(), type="dev.aftercare.visit.reported.v9"), "/type"),
    (event("visit", visit(), time="yesterday"), "/time"),
    (event("visit", visit(dealer_id="no/where")), "/data/dealer_id"),
    (event("visit", visit(vehicle={"vin": "1HGCM82643A004352"})), "/data/vehicle/vin"),
    (event("visit", visit(total={"amount": "-1", "currency": "CNY"})), "/data/total/amount"),
]


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


async def test_while_the_database_is_away_all_is_503(http: httpx.AsyncClient, world: World) -> None:
    for path in (f"/v1/documents?dealer_id={PUDONG}", f"/v1/documents/{VISIT}"):
        world.register.fail_next = [TransientFailure("database: away")]
        problem(await http.get(path), 503)
    world.register.fail_next = [TransientFailure("database: away")]
    problem(await post(http, event("visit", visit())), 503)


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


async def test_a_document_is_shown_without_anything_personal(http: httpx.AsyncClient) -> None:
    await post(http, event("complaint", complaint()))
    shown = await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/K1")
    assert shown.status_code == 200
    assert shown.json()["roles"] == {"customer": key()}
    assert "narrative" not in shown.text
    assert "Li Lei" not in shown.text
    assert "Han Meimei" not in shown.text
    problem(await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/K9"), 404)


@pytest.mark.parametrize("asked", ["K%252F1", "K%2F1", "K/1"])
async def test_a_document_is_found_by_the_id_that_was_answered(
    http: httpx.AsyncClient, asked: str
) -> None:
    answered = (await post(http, event("complaint", complaint(case_no="K/1")))).json()
    shown = await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/{asked}")
    assert (shown.status_code, shown.json()["document_id"]) == (200, answered["document_id"])


async def test_a_request_that_is_refused_as_a_whole_is_logged_and_counted(
    http: httpx.AsyncClient,
) -> None:
    def refused(reason: str) -> float:
        labels = {"dealer": "unknown", "source": "unknown", "reason": reason}
        return REGISTRY.get_sample_value("aftercare_intake_refused_total", labels) or 0.0

    before = refused("media-type"), refused("unreadable")
    with capture_logs() as logged:
        await post(http, {}, "text/csv")
        await post(http, b"\x1f\x8b\x08SECRET", NDJSON)
    assert (refused("media-type"), refused("unreadable")) == (before[0] + 1, before[1] + 1)
    assert [entry["reason"] for entry in logged] == ["media-type", "unreadable"]
    assert "SECRET" not in str(logged)


async def test_no_hash_of_a_person_is_shown(http: httpx.AsyncClient, world: World) -> None:
    await post(http, event("complaint", complaint()))
    profile = f"{PUDONG}/cdk/profile/C1"
    hashes = {row.content_hash for row in world.register.rows.values()}
    listed = await http.get("/v1/documents", params={"dealer_id": PUDONG, "kind": "profile"})
    assert [one["document_id"] for one in listed.json()] == [profile]
    for shown in (listed, await http.get(f"/v1/documents/{profile}")):
        assert shown.status_code == 200
        assert not [each for each in hashes if each in shown.text]
        assert not {"content_hash", "receipts"} & set(shown.text.split('"'))


async def test_a_step_shows_the_complaints_it_follows(http: httpx.AsyncClient) -> None:
    await post(http, event("complaint-step", merge()))
    shown = (await http.get(f"/v1/documents/{PUDONG}/cdk/complaint-step/K1/M1")).json()
    cases = (shown["parent"], shown["merged_into"])
    assert cases == (f"{PUDONG}/cdk/complaint/K1", f"{PUDONG}/cdk/complaint/K2")


async def test_an_encoded_document_id_is_found(http: httpx.AsyncClient) -> None:
    await post(http, event("visit", visit()))
    shown = await http.get(f"/v1/documents/{VISIT.replace('%', '%25')}")
    assert shown.json()["document_id"] == VISIT


async def test_documents_are_listed_by_dealer(http: httpx.AsyncClient) -> None:
    events = [event("visit", visit(ro_no=number)) for number in "cab"]
    await post(http, events, BATCH)
    query = {"dealer_id": PUDONG, "limit": "2"}
    first = (await http.get("/v1/documents", params=query)).json()
    rest = (
        await http.get("/v1/documents", params=query | {"after": first[-1]["document_id"]})
    ).json()
    assert [one["document_id"][-1] for one in first + rest] == ["a", "b", "c"]
    assert first[0]["customer_keys"] == [key()]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"dealer_id": "no/where"}, 404),
        ({"dealer_id": "sunrise"}, 422),
        ({"dealer_id": "sunrise/"}, 422),
        ({"dealer_id": f"{PUDONG}/cdk"}, 422),
        ({"dealer_id": f"{PUDONG}\n"}, 422),
        ({"dealer_id": PUDONG, "after": f"{BERLIN}/cdk/visit/1"}, 422),
        ({"dealer_id": PUDONG, "after": f"{PUDONG}0"}, 422),
        ({"dealer_id": PUDONG, "kind": "$ne"}, 422),
    ],
)
async def test_a_list_is_of_one_dealer_that_exists(
    http: httpx.AsyncClient, query: dict[str, str], status: int
) -> None:
    await post(http, event("visit", visit()))
    problem(await http.get("/v1/documents", params=query), status)


async def test_a_wrong_query_or_path_is_a_problem(http: httpx.AsyncClient) -> None:
    problem(await http.get("/v1/documents"), 422)
    found = await http.get("/v1/documents", params={"dealer_id": "a/b", "limit": "SECRET"})
    assert "query.limit" in problem(found, 422)["detail"]
    assert "SECRET" not in found.text
    wrong = [await http.get("/nowhere"), await http.get("/v1/events"), await http.options("/x")]
    for response in (*wrong, await http.request("TRACE", "/v1/events")):
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code
    assert wrong[1].headers["allow"] == "POST"


async def test_the_openapi_document_describes_the_events(http: httpx.AsyncClient) -> None:
    openapi = (await http.get("/openapi.json")).json()
    content = openapi["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    assert set(content) == {SINGLE, BATCH, NDJSON}
    schemas = openapi["components"]["schemas"]
    text = json.dumps(openapi)
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= schemas.keys()
    assert {"SaleReported", "ComplaintStepReported", "CloudEvent", "Problem"} <= used


async def test_operations_are_served(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/ready")).status_code == 200
    assert "aftercare_intake_events" in (await http.get("/metrics")).text


def counted(outcome: str, kind: str, dealer: str) -> float:
    labels = {"outcome": outcome, "type": kind, "dealer": dealer}
    return REGISTRY.get_sample_value("aftercare_intake_events_total", labels) or 0.0


async def test_events_are_counted_by_known_names_only(http: httpx.AsyncClient) -> None:
    kind = "dev.aftercare.visit.reported.v1"
    accepted, unknown = counted("accepted", kind, PUDONG), counted("rejected", "unknown", "unknown")
    await post(http, event("visit", visit()))
    await post(http, {"type": "made.up", "data": {"dealer_id": "made/up"}})
    assert counted("accepted", kind, PUDONG) == accepted + 1
    assert counted("rejected", "unknown", "unknown") == unknown + 1


async def test_a_fast_clock_is_counted(http: httpx.AsyncClient) -> None:
    def fast() -> float:
        name = "aftercare_clock_fast_events_total"
        return REGISTRY.get_sample_value(name, {"service": "intake"}) or 0.0

    before = fast()
    await post(http, event("visit", visit(source_modified_at="2026-11-21T10:04:59Z")))
    assert fast() == before + 1


async def test_what_is_kept_is_republished_page_by_page(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, [event("visit", visit()), event("complaint", complaint())], BATCH)
    published, after, documents = len(world.publisher.records), "", 0
    while after is not None:
        answer = await http.post("/v1/republish", params={"after": after, "limit": 1})
        assert answer.status_code == 200
        page = answer.json()
        assert set(page) == {"documents", "records", "not_kept", "next"}
        after, documents = page["next"], documents + page["documents"]
    assert documents == len(world.register.rows)
    assert len(world.publisher.records) == 2 * published


async def test_republishing_is_asked_for_one_dealer_or_since_an_instant(
    http: httpx.AsyncClient,
) -> None:
    await post(http, event("visit", visit()))
    for asked, count in (
        ({"dealer_id": PUDONG}, 1),
        ({"dealer_id": "sunrise/berlin"}, 0),
        ({"since": "2026-11-21T10:00:00Z"}, 1),
        ({"since": "2026-11-21T12:00:00+01:00"}, 0),
    ):
        answer = await http.post("/v1/republish", params=asked)
        assert answer.json()["documents"] == count, asked


@pytest.mark.parametrize(
    "asked",
    [
        {"dealer_id": "sunrise"},
        {"dealer_id": "Sunrise/*"},
        {"since": "yesterday"},
        {"since": "2026-11-21T10:00:00"},
        {"limit": "0"},
        {"limit": "1001"},
        {"after": "elsewhere:x"},
    ],
)
async def test_a_wrong_question_republishes_nothing(
    http: httpx.AsyncClient, world: World, asked: dict[str, str]
) -> None:
    await post(http, event("visit", visit()))
    published = len(world.publisher.records)
    problem(await http.post("/v1/republish", params=asked), 422)
    assert len(world.publisher.records) == published


async def test_of_a_dealer_that_is_not_known_nothing_is_republished(
    http: httpx.AsyncClient,
) -> None:
    problem(await http.post("/v1/republish", params={"dealer_id": "sunrise/nowhere"}), 404)


async def test_republishing_without_a_broker_is_to_be_asked_again(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, event("visit", visit()))
    world.publisher.fail_next = [TransientFailure("away")]
    answer = await http.post("/v1/republish")
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


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


async def test_the_openapi_document_tells_of_strictness(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()
    (parameter,) = described["paths"]["/v1/events"]["post"]["parameters"]
    assert (parameter["name"], parameter["in"]) == ("strict", "query")
