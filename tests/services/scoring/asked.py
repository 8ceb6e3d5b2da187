"""Scoring's endpoints over customers in memory."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from services.scoring.api import routes
from services.scoring.app import service
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.settings import ScoringSettings
from shared.decider.decider import Decider
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS

SCORING = service(ScoringSettings())


class Asking:
    """Asks about these customers, at that moment."""

    def __init__(
        self,
        facts: Mapping[str, ScoringFacts],
        now: datetime,
        *,
        scoring: Decider[ScoringFacts, ScoringRulebook] = SCORING,
    ) -> None:
        self.reader = MemoryReader.deciding(scoring, facts, now, dealers=DEALERS)
        app = make_app(title="scoring", doorman=KnowsEverybody())
        app.include_router(routes(self.reader, ManualClock(now), dealers=DEALERS))
        self._client = AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")

    async def answer(self, path: str, headers: Mapping[str, str] | None = None) -> Response:
        """Whatever is answered."""
        return await self._client.get(f"/v1/{path}", headers=headers)

    async def get(self, path: str) -> dict[str, Any]:
        """What is told."""
        answer = await self.answer(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def table(self, path: str) -> list[list[str]]:
        """The rows of a table, headings first."""
        answer = await self.answer(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.text.startswith("\ufeff")
        return [row.split(",") for row in answer.text.removeprefix("\ufeff").splitlines()]

    async def refused(self, path: str) -> str:
        """Which parameter is wrong."""
        answer = await self.answer(path)
        assert answer.status_code == 422, answer.text
        [place] = answer.json()["errors"]
        assert isinstance(place["pointer"], str)
        assert place["detail"]
        return place["pointer"].removeprefix("/query/")
