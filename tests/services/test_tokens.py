"""A service over tokens of a real issuer: whom it answers, whom it keeps out, and that it keeps to
itself what it was shown."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from services.scoring.api import routes
from shared.platform.doorman import Doorman
from shared.platform.http import make_app
from shared.platform.tokens import known_tokens
from shared.settings import AuthSettings
from shared.testing.clock import ManualClock
from shared.testing.keys import MemoryKeys
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.issuer import Provider, Signer, claims_of, provided
from tests.services.scoring.asked import SCORING
from tests.services.scoring.given import CUSTOMER, DEALER, day, given, sale

NOW = day("2025-02-01")
SIGNER = Signer("first", "RS256", "RSA")
CUSTOMERS = f"/v1/dealers/{DEALER}/customers"
OTHERS = "/v1/dealers/sunrise/chicago/customers"
ONE = f"/v1/customers/{CUSTOMER}"


class Scoring:
    """Scoring's endpoints, and the issuer that its people log in at."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.clock = ManualClock(NOW)
        tokens = known_tokens(AuthSettings(issuer=provider.issuer), self.clock)
        doorman = Doorman(MemoryKeys(), self.clock, tokens=tokens)
        app = make_app(title="scoring", doorman=doorman)
        facts = {CUSTOMER: given(sale("2025-01-10")).facts}
        reader = MemoryReader.deciding(SCORING, facts, NOW, dealers=DEALERS)
        app.include_router(routes(reader, self.clock, dealers=DEALERS))
        self._client = AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")

    def token(self, **claims: object) -> str:
        granted = {"aftercare": [f"advisor@{DEALER}"], **claims}
        return SIGNER.token(claims_of(self.provider.issuer, NOW, **granted))

    async def ask(self, path: str, token: str) -> Response:
        return await self._client.get(path, headers={"Authorization": f"Bearer {token}"})


@asynccontextmanager
async def scoring() -> AsyncIterator[Scoring]:
    provider = Provider([SIGNER.jwk()])
    async with provided(provider):
        yield Scoring(provider)


@pytest.mark.parametrize(
    ("granted", "statuses"),
    [
        ([f"advisor@{DEALER}"], (200, 200, 403)),
        ([f"scores:read@{DEALER}"], (200, 200, 403)),
        (["group@sunrise/*"], (200, 200, 200)),
        (["group@lumiere/*"], (403, 403, 403)),
        (["manager@sunrise/chicago"], (403, 403, 200)),
        ([f"privacy@{DEALER}"], (403, 403, 403)),
        (["admin@*"], (403, 403, 403)),
        (["advisor@*"], (200, 200, 200)),
        (["emperor@*"], (403, 403, 403)),
        (None, (403, 403, 403)),
    ],
)
async def test_people_see_what_their_role_is_for(
    granted: list[str] | None, statuses: tuple[int, ...]
) -> None:
    async with scoring() as asked:
        token = asked.token(aftercare=granted)
        found = [(await asked.ask(path, token)).status_code for path in (CUSTOMERS, ONE, OTHERS)]
    assert tuple(found) == statuses


async def test_whom_nobody_vouches_for_is_nobody() -> None:
    async with scoring() as asked:
        stranger = Signer("first").token(claims_of(asked.provider.issuer, NOW))
        for token in (stranger, "x.y.z", "ac_nobody", asked.token(aud="billing")):
            answer = await asked.ask(CUSTOMERS, token)
            assert answer.status_code == 401
            assert answer.json()["type"].endswith("unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_while_nobody_can_say_who_asks_they_are_asked_to_come_again() -> None:
    async with scoring() as asked:
        token = asked.token()
    answer = await asked.ask(CUSTOMERS, token)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "database" not in answer.text


async def test_what_was_shown_stands_nowhere() -> None:
    names: Mapping[str, Any] = {"sub": "anna.schmidt@sunrise.example", "name": "Anna Schmidt"}
    with capture_logs() as logs:
        async with scoring() as asked:
            good, bad = asked.token(**names), asked.token(**names, aud="billing")
            allowed = asked.token(**names, aftercare=[f"privacy@{DEALER}"])
            answers = [await asked.ask(CUSTOMERS, token) for token in (good, bad, allowed)]
            asked.clock.advance(timedelta(hours=1))
            answers.append(await asked.ask(CUSTOMERS, good))
    assert [each.status_code for each in answers] == [200, 401, 403, 401]
    told = [each.text + str(each.headers) for each in answers]
    for text in (*told, str(logs), generate_latest().decode()):
        for secret in ("anna", "schmidt", good, good.split(".")[1], bad.split(".")[1]):
            assert secret.lower() not in text.lower()
