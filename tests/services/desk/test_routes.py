"""Every route of the desk, asked for by every role at this dealer, at others, and by nobody."""

from pathlib import Path
from typing import cast

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from services.desk.adapters.assets import Assets
from services.desk.app import make_app_of_pages
from services.desk.domain.allowed import ACTS, Act, allowed
from services.desk.domain.users import User
from shared.auth.roles import ROLES, Role
from shared.platform.doorman import Doorman
from shared.testing.clock import ManualClock
from shared.testing.keys import MemoryKeys
from tests.access.dealers import DEALERS, MINE, SISTER, STRANGER
from tests.access.services import NOW
from tests.access.table import DOCUMENTS
from tests.services.desk.rig import Rig
from tests.services.desk.routes_table import AT_DEALER, ROUTES, DeskRoute

GROUP = MINE.partition("/")[0]
WHERE = (MINE, f"{GROUP}/*", SISTER, STRANGER)
OWN = {"sec-fetch-site": "same-origin", "origin": "http://desk"}
each_role = pytest.mark.parametrize("role", list(ROLES))


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


def may(route: DeskRoute, user: User) -> bool:
    """Whether this user may ask for it, by the table."""
    at_dealer = route.path.startswith(AT_DEALER) or MINE in route.url
    places = [MINE] if at_dealer else [dealer.id for dealer in DEALERS.all()]
    return any(
        (need in ACTS and any(allowed(user, cast("Act", need), place) for place in places))
        or need in ("nothing", "to be signed in")
        for need in route.needs
    )


async def asked(client: httpx.AsyncClient, route: DeskRoute, csrf: str) -> httpx.Response:
    form = {"csrf": csrf} if route.method == "POST" else None
    return await client.request(route.method, route.asked, data=form, headers=OWN)


def is_refused(answer: httpx.Response) -> bool:
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
    return answer.status_code in (401, 403) or to_sign_in


async def test_the_table_has_every_route_and_no_other(rig: Rig) -> None:
    """Whoever adds a route says here who may ask for it."""
    found = {
        (method, str(context.path))
        for context in iter_route_contexts(rig.app.routes)
        if isinstance(context.original_route, APIRoute) and context.path not in DOCUMENTS
        for method in context.methods or ()
    }
    assert found == {(route.method, route.path) for route in ROUTES}


@each_role
async def test_each_role_is_answered_where_it_may_and_nowhere_else(rig: Rig, role: Role) -> None:
    wrong = []
    for place in WHERE:
        for route in ROUTES:
            if "a key" in route.needs:
                continue
            async with rig.browser(f"{role}@{place}") as browser:
                expected = may(route, browser.user)
                if expected and (route.streams or route.path == "/sign-in"):
                    continue
                answer = await asked(browser.client, route, browser.csrf)
            if is_refused(answer) == expected or answer.status_code >= 500:
                wrong.append(f"{route} by {role}@{place}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_who_has_no_role_sees_nothing_of_a_dealer(rig: Rig) -> None:
    """Nor whether there is one of that name."""
    pages = set()
    async with rig.browser(f"agent@{MINE}") as browser:
        for dealer in ("sunrise/berlin", "sunrise/nowhere"):
            page = await browser.get(f"/d/{dealer}/today")
            assert page.status_code == 403
            pages.add(page.text.replace(dealer, ""))
    assert len(pages) == 1


def is_right_for_nobody(route: DeskRoute, answer: httpx.Response) -> bool:
    """Whether this is what somebody is answered who has not signed in."""
    if "nothing" in route.needs:
        return not is_refused(answer)
    if route.method == "GET":
        return bool(answer.headers.get("location", "").startswith("/sign-in?next="))
    return answer.status_code == 401


async def test_nobody_is_answered_before_they_sign_in(rig: Rig) -> None:
    wrong = []
    transport = httpx.ASGITransport(rig.app, raise_app_exceptions=False)
    for route in ROUTES:
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            answer = await asked(client, route, "0" * 64)
        if "a key" not in route.needs and not is_right_for_nobody(route, answer):
            wrong.append(f"{route}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_what_is_for_machines_needs_a_key() -> None:
    async def ready() -> list[str]:
        return []

    doorman = Doorman(MemoryKeys(), ManualClock(NOW))
    app = make_app_of_pages(Assets(), doorman=doorman, readiness=ready)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        for path in ("/metrics", "/docs", "/openapi.json"):
            assert (await client.get(path)).status_code == 401
        assert (await client.get("/health/live")).status_code == 200


async def test_nothing_is_done_by_a_form_of_somebody_elses(rig: Rig) -> None:
    wrong = []
    for route in ROUTES:
        if route.method != "POST":
            continue
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {}):
            async with rig.browser("manager@*", "admin@*") as browser:
                csrf = browser.csrf if headers else "0" * 64
                answer = await browser.client.post(
                    route.asked, data={"csrf": csrf}, headers=headers
                )
            # a form of which a field is missing is not read any further
            if answer.status_code not in ((403, 422) if route.path == "/sign-in" else (403,)):
                wrong.append(f"{route} {headers}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
