"""What services answer alike about customers: who is found, and who is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from fastapi import APIRouter
from httpx import ASGITransport, AsyncClient

from services.followup import api as followup_api
from services.followup.app import service as followup
from services.followup.settings import FollowUpSettings
from services.identity import api as identity_api
from services.identity.domain.facts import IdentityFacts
from services.scoring import api as scoring_api
from services.scoring.app import service as scoring
from services.scoring.settings import ScoringSettings
from shared.contracts.identifiers import customer_key
from shared.decider.decider import Decider
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.services.followup import given as followup_story
from tests.services.identity import given as identity_story
from tests.services.scoring import given as scoring_story

CUSTOMER, DEALER = scoring_story.CUSTOMER, scoring_story.DEALER


@dataclass(frozen=True, slots=True)
class Asked:
    """A service that is asked about customers."""

    decider: Callable[[], Decider[Any, Any]]
    routes: Callable[[Any, ManualClock], APIRouter]
    facts: Any
    now: datetime
    list_of: str

    def client(self, facts: Mapping[str, Any], parked_because: str | None = None) -> AsyncClient:
        """Its endpoints over these customers."""
        reader = MemoryReader.deciding(
            self.decider(), facts, self.now, dealers=DEALERS, parked_because=parked_because
        )
        app = make_app(title="asked", doorman=KnowsEverybody())
        app.include_router(self.routes(reader, ManualClock(self.now)))
        return AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")


SCORING = Asked(
    decider=lambda: scoring(ScoringSettings()),
    routes=partial(scoring_api.routes, dealers=DEALERS),
    facts=scoring_story.given(scoring_story.sale("2025-01-10")).facts,
    now=scoring_story.day("2025-02-01"),
    list_of="customers",
)
FOLLOWUP = Asked(
    decider=lambda: followup(FollowUpSettings()),
    routes=partial(followup_api.routes, dealers=DEALERS),
    facts=followup_story.given(followup_story.delivery("2025-01-10")).facts,
    now=followup_story.at("2025-01-12 17:00"),
    list_of="tasks",
)
IDENTITY = Asked(
    decider=lambda: identity_story.DECIDER,
    routes=identity_api.routes,
    facts=identity_story.PLAIN.join(IdentityFacts(), [identity_story.sale(CUSTOMER)]),
    now=identity_story.START,
    list_of="persons",
)
each = pytest.mark.parametrize(
    "service", [SCORING, FOLLOWUP, IDENTITY], ids=["scoring", "followup", "identity"]
)


@each
async def test_a_customer_who_was_set_aside_is_not_said_to_be_unknown(service: Asked) -> None:
    client = service.client({CUSTOMER: service.facts}, parked_because="decide raised")
    answer = await client.get(f"/v1/customers/{CUSTOMER}")
    assert answer.status_code == 503
    assert "decide raised" in answer.text


@each
@pytest.mark.parametrize(
    ("number", "asked"),
    [
        ("C-1", "C-1"),
        ("C/1", "C%252F1"),
        ("C/1", "C/1"),
        ("50%", "50%25"),
        ("王 1", "王%201"),
    ],
)
async def test_the_key_that_intake_answered_finds_the_customer(
    service: Asked, number: str, asked: str
) -> None:
    key = customer_key(DEALER, "cdk", number)
    answer = await service.client({key: service.facts}).get(f"/v1/customers/{DEALER}/cdk/{asked}")
    assert (answer.status_code, answer.json()["customer_key"]) == (200, key)


@each
async def test_an_unknown_dealer_is_not_found(service: Asked) -> None:
    for dealer in ("no/where", "Sunrise/berlin", "sunrise/berlin%0A"):
        answer = await service.client({}).get(f"/v1/dealers/{dealer}/{service.list_of}")
        assert (answer.status_code, answer.json()["detail"]) == (404, "no such dealer here")
