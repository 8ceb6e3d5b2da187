"""What the desk makes of another service's answer."""

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.desk.adapters.passes import Passes
from services.desk.adapters.upstream import OtherServices, RefusedByService, ServiceAway
from services.desk.domain.users import User
from shared.settings import AuthSettings
from shared.testing.clock import ManualClock
from tests.access.dealers import MINE
from tests.access.services import NOW

USER = User(username="lin", name="Lin", staff_id="s-lin", grants=(f"agent@{MINE}",))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusedByService),
        (422, RefusedByService),
        (429, ServiceAway),
        (500, ServiceAway),
        (501, ServiceAway),
        (503, ServiceAway),
    ],
)
async def test_a_service_that_fails_is_away_and_does_not_refuse(
    status: int, kind: type[Exception]
) -> None:
    problem = {"type": "about:blank", "title": "Something", "status": status}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=problem)

    passes = Passes(ec.generate_private_key(ec.SECP256R1()), AuthSettings(), ManualClock(NOW))
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, base_url="http://followup") as client:
        services = OtherServices(lambda _: client, passes)
        with pytest.raises(kind):
            await services.task_counts(USER, MINE)
