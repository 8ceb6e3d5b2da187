"""Webhooks of a sender that cannot sign, and shows a key; and what may be asked with none."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.intake.adapters.webhooks import Webhook
from services.intake.domain.decode.body import NDJSON, SINGLE
from services.intake.domain.examine.feed import Feed
from services.intake.settings import IntakeSettings
from shared.auth.keys import ShownKey
from shared.platform import metrics
from shared.platform.doorman import KEPT_FOR, Doorman
from shared.platform.errors import TransientFailure
from shared.testing.keys import MemoryKeys
from tests.services.intake.given import BERLIN, DEALERS, PUDONG, Data, event, lines, visit
from tests.services.intake.given_closed import ONE, SECRET, key
from tests.services.intake.given_webhooks import RECORD, VISITS
from tests.services.intake.over_http import VISIT, problem
from tests.services.intake.signing import SECRET as SIGNING
from tests.services.intake.signing import signed
from tests.services.intake.world import World

OF_CRM, OF_BERLIN, READS = (ShownKey(letter * 10, SECRET) for letter in "cde")


def webhook(name: str, *, is_signed: bool, mapping: str | None = None) -> Webhook:
    dealer = DEALERS.find(PUDONG)
    assert dealer is not None
    return Webhook(
        name=name,
        dealer=dealer,
        feed=Feed(dealer_id=PUDONG, source="cdk"),
        mapping=mapping,
        secrets=(SIGNING,) if is_signed else (),
        is_signed=is_signed,
    )


@pytest.fixture
def keys() -> MemoryKeys:
    reads = key(READS)
    return MemoryKeys(
        key(ONE, PUDONG, "cdk"),
        key(OF_CRM, PUDONG, "crm"),
        key(OF_BERLIN, BERLIN),
        replace(reads, grant=replace(reads.grant, scopes=frozenset({"documents:read"}))),
    )


@pytest.fixture
async def http(world: World, keys: MemoryKeys, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "tool-visits.yaml").write_text(VISITS)
    expecting = world.expecting(
        webhook("visits", is_signed=False, mapping="tool-visits"),
        webhook("events", is_signed=False),
        webhook("signed", is_signed=True),
        mappings=tmp_path,
    )
    app = world.app(IntakeSettings(), expecting=expecting, doorman=Doorman(keys, world.clock))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield client


def shown(who: ShownKey) -> dict[str, str]:
    return {"authorization": f"Bearer {who.text()}"}


async def deliver(
    http: httpx.AsyncClient,
    *records: Data,
    who: ShownKey = ONE,
    more: dict[str, str] | None = None,
) -> httpx.Response:
    return await http.post(
        "/v1/webhooks/visits",
        content=lines(list(records)),
        headers=shown(who) | {"content-type": NDJSON} | (more or {}),
    )


async def test_who_shows_the_key_of_the_feed_need_not_sign(
    http: httpx.AsyncClient, world: World
) -> None:
    answer = await deliver(http, RECORD)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert set(world.register.rows) >= {VISIT}


async def test_without_an_id_what_is_known_is_a_duplicate(
    http: httpx.AsyncClient, world: World
) -> None:
    assert (await deliver(http, RECORD)).json()["accepted"] == 1
    published = len(world.publisher.records)
    again = await deliver(http, RECORD)
    assert (again.json()["duplicate"], len(world.publisher.records)) == (1, published)
    assert world.answers.rows == {}


@pytest.mark.parametrize("header", ["webhook-id", "idempotency-key"])
async def test_an_id_or_a_key_of_the_request_makes_it_the_same_again(
    http: httpx.AsyncClient, world: World, header: str
) -> None:
    first = await deliver(http, RECORD, more={header: "one"})
    calls = len(world.register.calls)
    again = await deliver(http, RECORD, more={header: "one"})
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(world.register.calls) == calls
    problem(await deliver(http, RECORD | {"number": "2"}, more={header: "one"}), 422)


@pytest.mark.parametrize("id_", ["", "a.b", "a b", "x" * 256])
async def test_an_id_that_is_none_is_refused(
    http: httpx.AsyncClient, world: World, id_: str
) -> None:
    answer = problem(await deliver(http, RECORD, more={"webhook-id": id_}), 400)
    assert answer["type"] == "urn:aftercare:problem:webhook-id"
    assert world.publisher.records == []


async def test_two_ids_are_none(http: httpx.AsyncClient, world: World) -> None:
    both = [*shown(ONE).items(), ("webhook-id", "1"), ("webhook-id", "2")]
    answer = await http.post(
        "/v1/webhooks/visits", content=lines([RECORD]), headers=[*both, ("content-type", NDJSON)]
    )
    problem(answer, 400)
    assert world.publisher.records == []


async def test_whoever_may_not_report_here_learns_nothing(
    http: httpx.AsyncClient, world: World, keys: MemoryKeys
) -> None:
    body = lines([RECORD])
    good = shown(ONE)
    wrong_secret = ShownKey(ONE.id, "x" * 43)
    password = httpx.BasicAuth("", ONE.text())._auth_header
    attempts = [
        ("visits", {}),
        ("visits", signed(body, at=world.clock.now())),
        ("visits", shown(wrong_secret)),
        ("visits", shown(ShownKey("f" * 10, SECRET))),
        ("visits", shown(OF_CRM)),
        ("visits", shown(OF_BERLIN)),
        ("visits", shown(READS)),
        ("visits", {"authorization": "Bearer some.other.token"}),
        ("visits", {"authorization": password}),
        ("visits", {"authorization": ""}),
        ("signed", good),
        ("no-such-name", good),
        ("events", shown(OF_BERLIN)),
    ]
    answers = [
        await http.post(f"/v1/webhooks/{name}", content=body, headers={**headers})
        for name, headers in attempts
    ]
    assert [answer.status_code for answer in answers] == [401] * len(attempts)
    assert len({answer.content for answer in answers}) == 1, "the same, whatever is wrong"
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"StandardWebhooks"}
    assert (world.publisher.records, world.answers.rows) == ([], {})


async def test_a_key_that_was_revoked_or_has_expired_opens_nothing(
    http: httpx.AsyncClient, world: World, keys: MemoryKeys
) -> None:
    now = world.clock.now()
    for ends in ({"revoked_at": now}, {"expires_at": now}):
        keys.by_id[ONE.id] = replace(key(ONE, PUDONG, "cdk"), **ends)  # type: ignore[arg-type]
        world.clock.advance(KEPT_FOR)
        problem(await deliver(http, RECORD, more={"webhook-id": "1"}), 401)
    assert world.publisher.records == []


async def test_while_nobody_can_say_who_it_is_nothing_is_lost(
    http: httpx.AsyncClient, keys: MemoryKeys
) -> None:
    keys.fail_next = [TransientFailure("away")]
    assert (await deliver(http, RECORD)).headers["Retry-After"]
    assert (await deliver(http, RECORD)).json()["accepted"] == 1


async def test_what_a_key_shows_is_counted(http: httpx.AsyncClient) -> None:
    def counted(verdict: str) -> float:
        return float(metrics.intake_webhooks.labels("visits", verdict)._value.get())

    verdicts = ("genuine", "unsigned", "forged")
    before = [counted(verdict) for verdict in verdicts]
    await deliver(http, RECORD)
    await http.post("/v1/webhooks/visits", content=b"")
    await deliver(http, RECORD, who=OF_CRM)
    assert [counted(verdict) for verdict in verdicts] == [count + 1 for count in before]


async def test_cloudevents_come_in_any_mode_where_no_signature_has_to_cover_them(
    http: httpx.AsyncClient, world: World
) -> None:
    whole = event("visit", visit())
    answer = await http.post(
        "/v1/webhooks/events",
        content=json.dumps(whole),
        headers=shown(ONE) | {"content-type": SINGLE},
    )
    assert (answer.status_code, answer.json()["document_id"]) == (202, VISIT)
    attributes = {f"ce-{name}": str(value) for name, value in whole.items() if name != "data"}
    binary = await http.post(
        "/v1/webhooks/events",
        content=json.dumps(whole["data"]),
        headers=shown(ONE) | attributes | {"content-type": "application/json"},
    )
    assert (binary.status_code, binary.json()["outcome"]) == (200, "duplicate")
    other = event("visit", visit(source="crm"))
    refused = await http.post(
        "/v1/webhooks/events",
        content=json.dumps(other),
        headers=shown(ONE) | {"content-type": SINGLE},
    )
    assert [error["pointer"] for error in problem(refused, 422)["errors"]] == ["/data/source"]


async def test_a_signed_one_holds_for_five_minutes_and_a_key_for_as_long_as_it_is_good(
    http: httpx.AsyncClient, world: World
) -> None:
    body = json.dumps(event("visit", visit())).encode()
    headers = signed(body, at=world.clock.now()) | {"content-type": SINGLE}
    world.clock.advance(timedelta(minutes=6))
    assert (
        await http.post("/v1/webhooks/signed", content=body, headers=headers)
    ).status_code == 401
    assert (await deliver(http, RECORD)).status_code == 200


HANDSHAKE = {"webhook-request-origin": "events.example.com"}


async def test_the_handshake_of_webhooks_needs_nothing_that_of_events_a_key(
    http: httpx.AsyncClient,
) -> None:
    """Who sends webhooks asks before it has, or shows, anything; and learns no name."""
    for name in ("visits", "signed", "no-such-name"):
        asked = await http.options(f"/v1/webhooks/{name}", headers=HANDSHAKE)
        assert (asked.status_code, asked.headers["WebHook-Allowed-Rate"]) == (200, "*")
    stranger = await http.options("/v1/events", headers=HANDSHAKE)
    assert stranger.status_code == 401
    assert "WebHook-Allowed-Origin" not in stranger.headers
    assert (await http.options("/v1/events", headers=HANDSHAKE | shown(READS))).status_code == 403
    assert (await http.options("/v1/events", headers=HANDSHAKE | shown(ONE))).status_code == 200
