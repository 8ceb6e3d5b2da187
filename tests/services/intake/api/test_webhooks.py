"""`POST /v1/webhooks/{name}`: signed, each once, CloudEvents or plain JSON."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from services.intake.settings import IntakeSettings
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from tests.services.intake.given import BERLIN, PUDONG, Data, event, lines, visit
from tests.services.intake.given_webhooks import RECORD, VISITS, webhook
from tests.services.intake.over_http import VISIT, problem
from tests.services.intake.signing import signed
from tests.services.intake.world import World


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "tool-visits.yaml").write_text(VISITS)
    expecting = world.expecting(
        webhook("events"), webhook("visits", mapping="tool-visits"), mappings=tmp_path
    )
    settings = IntakeSettings(max_body_bytes=200_000, max_batch_items=20)
    app = world.app(settings, expecting=expecting)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield client


async def deliver(
    http: httpx.AsyncClient,
    world: World,
    content: object,
    *,
    name: str = "events",
    id_: str = "msg_1",
    media_type: str = SINGLE,
    query: str = "",
    more: dict[str, str] | None = None,
) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = signed(body, at=world.clock.now(), id_=id_) | {"content-type": media_type}
    return await http.post(
        f"/v1/webhooks/{name}{query}", content=body, headers=headers | (more or {})
    )


async def visits(http: httpx.AsyncClient, world: World, *records: Data, **more: Any) -> Data:
    answer = await deliver(
        http, world, lines(list(records)), **{"name": "visits", "media_type": NDJSON} | more
    )
    found: Data = answer.json()
    return found


async def test_a_signed_event_is_accepted(http: httpx.AsyncClient, world: World) -> None:
    answer = await deliver(http, world, event("visit", visit()))
    assert (answer.status_code, answer.json()["document_id"]) == (202, VISIT)
    assert world.publisher.records


async def test_the_same_id_again_is_answered_as_before_and_does_nothing(
    http: httpx.AsyncClient, world: World
) -> None:
    first = await deliver(http, world, event("visit", visit()))
    calls = len(world.register.calls)
    world.clock.advance(timedelta(hours=2))
    again = await deliver(http, world, event("visit", visit()))
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(world.register.calls) == calls
    other = await deliver(http, world, event("visit", visit(ro_no="2")))
    assert problem(other, 422)["type"] == "urn:aftercare:problem:key-taken"
    assert (await deliver(http, world, event("visit", visit()), id_="2")).status_code == 200


async def test_what_failed_may_be_delivered_again_under_its_id(
    http: httpx.AsyncClient, world: World
) -> None:
    world.publisher.fail_next = [TransientFailure("away")]
    problem(await deliver(http, world, event("visit", visit())), 503)
    assert (await deliver(http, world, event("visit", visit()))).status_code == 202


async def test_an_idempotency_key_holds_across_ids(http: httpx.AsyncClient, world: World) -> None:
    more = {"idempotency-key": "one"}
    first = await deliver(http, world, event("visit", visit()), more=more)
    again = await deliver(http, world, event("visit", visit()), id_="msg_2", more=more)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_whoever_is_not_the_sender_learns_nothing(
    http: httpx.AsyncClient, world: World
) -> None:
    body = json.dumps(event("visit", visit())).encode()
    fine = signed(body, at=world.clock.now()) | {"content-type": SINGLE}
    late = signed(body, at=world.clock.now() - timedelta(minutes=6))
    attempts = [
        ("no-such-name", body, fine),
        ("events", body + b" ", fine),
        ("events", body, fine | {"webhook-id": "other"}),
        ("events", body, fine | late),
        ("events", body, fine | {"webhook-signature": "v1,AAAA"}),
        ("events", body, {"content-type": "text/xml"}),
        ("visits", b"{", {"content-type": "text/xml"}),
        ("no-such-name", b"", {}),
    ]
    answers = [
        await http.post(f"/v1/webhooks/{name}?secret=1", content=content, headers=headers)
        for name, content, headers in attempts
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1, "the same, whatever is wrong"
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"StandardWebhooks"}
    assert (world.publisher.records, world.answers.rows) == ([], {})


async def test_verdicts_are_counted_by_known_names_only(
    http: httpx.AsyncClient, world: World
) -> None:
    def counted(name: str, verdict: str) -> float:
        return float(metrics.intake_webhooks.labels(name, verdict)._value.get())

    before = counted("events", "genuine"), counted("unknown", "forged")
    await deliver(http, world, event("visit", visit()))
    await deliver(http, world, event("visit", visit()), name="made-up")
    assert (counted("events", "genuine"), counted("unknown", "forged")) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert "made-up" not in (await http.get("/metrics")).text


@pytest.mark.parametrize(
    ("more", "pointer"),
    [({"dealer_id": BERLIN}, "/data/dealer_id"), ({"source": "other"}, "/data/source")],
)
async def test_a_webhook_reports_of_its_own_dealer_and_source_alone(
    http: httpx.AsyncClient, world: World, more: Data, pointer: str
) -> None:
    answer = await deliver(http, world, event("visit", visit(**more)))
    assert [error["pointer"] for error in problem(answer, 422)["errors"]] == [pointer]
    both = [event("visit", visit(**more)), event("visit", visit())]
    batch = (await deliver(http, world, both, media_type=BATCH)).json()
    assert [item["outcome"] for item in batch["items"]] == ["rejected", "accepted"]
    assert set(world.register.rows) >= {VISIT}
    assert all(row.dealer_id == PUDONG for row in world.register.rows.values())


async def test_what_is_refused_counts_as_the_webhooks_own(
    http: httpx.AsyncClient, world: World
) -> None:
    def counted(dealer_id: str) -> float:
        return sum(
            sample.value
            for family in metrics.intake_refused.collect()
            for sample in family.samples
            if sample.name.endswith("_total") and sample.labels["dealer"] == dealer_id
        )

    before = counted(PUDONG), counted(BERLIN)
    for id_, more in (("1", {}), ("2", {"status": "nonsense"})):
        await deliver(http, world, event("visit", visit(dealer_id=BERLIN, **more)), id_=id_)
    assert (counted(PUDONG), counted(BERLIN)) == (before[0] + 2, before[1])


async def test_headers_that_nobody_signed_make_no_event(
    http: httpx.AsyncClient, world: World
) -> None:
    answer = await deliver(http, world, visit(), media_type="application/json", more={"ce-id": "1"})
    assert "structured" in problem(answer, 415)["detail"]


async def test_plain_json_goes_through_its_mapping(http: httpx.AsyncClient, world: World) -> None:
    answer = await visits(http, world, RECORD, RECORD | {"number": "RO 2"}, RECORD)
    assert (answer["accepted"], answer["duplicate"], answer["rejected"]) == (2, 1, 0)
    assert answer["items"][0]["document_id"] == VISIT
    assert [item["record"] for item in answer["items"]] == [1, 2, 3]
    assert world.publisher.records


async def test_one_json_text_may_hold_one_record_or_many(
    http: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    text = VISITS.replace("{format: ndjson}", "{format: json, records: /orders}")
    (tmp_path / "tool-visits.yaml").write_text(text)
    more: Data = {"name": "visits", "media_type": "application/json; charset=utf-8"}
    many = {"orders": [RECORD, RECORD | {"number": "RO 2"}, RECORD | {"state": "?"}]}
    answer = (await deliver(http, world, many, **more)).json()
    assert [item["outcome"] for item in answer["items"]] == ["accepted", "accepted", "rejected"]
    one = await deliver(http, world, {"orders": RECORD | {"number": "3"}}, id_="2", **more)
    assert one.json()["accepted"] == 1
    broken = await deliver(http, world, b'{"orders": [{"number": "9"', id_="3", **more)
    assert broken.status_code in (400, 422)
    nothing = await deliver(http, world, {"other": 1}, id_="4", **more)
    assert nothing.status_code in (400, 422)
    assert "version" in answer["items"][0]


async def test_a_record_is_answered_by_its_own_columns(
    http: httpx.AsyncClient, world: World
) -> None:
    wrong_here = RECORD | {"state": "SECRET"}
    wrong_there = RECORD | {"number": "3", "car": {"vin": "1HGCM82643A004352"}}
    answer = await visits(http, world, RECORD, wrong_here, wrong_there)
    assert [item["outcome"] for item in answer["items"]] == ["accepted", "rejected", "rejected"]
    of_mapping, of_intake = (item["errors"][0] for item in answer["items"][1:])
    assert (of_mapping["field"], of_mapping["column"]) == ("status", "state")
    assert (of_intake["field"], of_intake["column"]) == ("vehicle.vin", "car/vin")
    assert "line 2" in answer["items"][1]["place"]
    assert "SECRET" not in json.dumps(answer)


async def test_a_webhook_of_which_nothing_can_be_taken_is_refused(
    http: httpx.AsyncClient, world: World
) -> None:
    answer = await deliver(
        http, world, lines([RECORD | {"state": "?"}]), name="visits", media_type=NDJSON
    )
    found = problem(answer, 422)
    assert found["type"] == "urn:aftercare:problem:invalid-records"
    assert found["items"][0]["errors"][0]["column"] == "state"
    mended = await visits(http, world, RECORD)
    assert mended["accepted"] == 1, "the same id may come again with what is right"


async def test_refused_records_are_counted_as_their_feeds(
    http: httpx.AsyncClient, world: World
) -> None:
    def counted() -> float:
        reason = "invalid-event/data"
        return float(metrics.intake_refused.labels(PUDONG, "cdk", reason)._value.get())

    await visits(http, world, RECORD)
    before = counted()
    await visits(http, world, RECORD | {"state": "?"}, id_="2")
    assert counted() == before + 1


async def test_what_would_become_of_records(http: httpx.AsyncClient, world: World) -> None:
    answer = await visits(http, world, RECORD, RECORD | {"state": "?"}, query="?validate=true")
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    assert "version" not in answer["items"][0]
    assert (world.publisher.records, world.register.rows, world.answers.rows) == ([], {}, {})


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=gbk", 415),
        (b"\x1f\x8b\x08\x00", "application/json", 400),
        (lines([RECORD] * 21), NDJSON, 413),
        (b"x" * 200_001, NDJSON, 413),
    ],
)
async def test_bodies_that_are_not_read(
    http: httpx.AsyncClient, world: World, content: bytes, media_type: str, status: int
) -> None:
    answer = await deliver(http, world, content, name="visits", media_type=media_type)
    assert problem(answer, status)
    assert world.publisher.records == []


@pytest.mark.parametrize("revoked", [True, False])
async def test_a_mapping_that_cannot_be_used_any_more_loses_nothing(
    http: httpx.AsyncClient, world: World, tmp_path: Path, revoked: bool
) -> None:
    file = tmp_path / "tool-visits.yaml"
    if revoked:
        file.unlink()
    else:
        file.write_text("fields: wrong")
    answer = await deliver(http, world, lines([RECORD]), name="visits", media_type=NDJSON)
    assert "mapping" in problem(answer, 503)["detail"]
    assert answer.headers["Retry-After"]
    file.write_text(VISITS)
    assert (await visits(http, world, RECORD))["accepted"] == 1


async def test_nothing_of_a_body_is_logged(
    http: httpx.AsyncClient, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await visits(http, world, RECORD | {"state": "SECRET", "who": "SECRET"})
    await deliver(http, world, b'{"SECRET": ')
    await http.post("/v1/webhooks/SECRET", content=b"SECRET", headers={"webhook-id": "SECRET"})
    told = capsys.readouterr()
    assert "SECRET" not in told.out + told.err
