"""Signing in with an OpenID Connect issuer, there and back, and whatever may be wrong with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from pydantic import SecretStr

from services.desk.adapters.users import StoredUser
from services.desk.domain.attempts import OF_USER_AND_ADDRESS
from services.desk.domain.elsewhere import GOOD_FOR
from services.desk.settings import OidcSettings
from tests.access.dealers import MINE
from tests.issuer import Signer
from tests.services.desk.provider import CODE, ISSUER, SECRET, SignInProvider, back_with
from tests.services.desk.rig import BASE, Rig

PUBLIC = "https://desk.example.org"
USER = "oidc:8f3c"


@dataclass
class Dance:
    """A desk, and the issuer that it knows."""

    rig: Rig
    provider: SignInProvider

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.rig.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            yield client

    async def there(self, client: httpx.AsyncClient, then: str = f"{BASE}/today") -> str:
        answer = await client.get("/sign-in/elsewhere", params={"next": then})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def back(self, client: httpx.AsyncClient, **other: str) -> httpx.Response:
        found = self.provider.visited(await self.there(client), **other)
        return await client.get(back_with(found))


@pytest.fixture
async def dance(tmp_path: Path) -> Dance:
    rig = await Rig.open(tmp_path)
    settings = OidcSettings(issuer=ISSUER, client_id="desk", client_secret=SecretStr(SECRET))
    rig.desk.settings.desk_oidc = settings
    rig.desk.settings.desk_public_url = PUBLIC
    provider = SignInProvider(rig.desk.real_clock, settings)
    rig.desk = replace(rig.desk, elsewhere=provider.issuer())
    rig.app.state.desk = rig.desk
    return Dance(rig, provider)


async def test_whoever_comes_back_is_signed_in_as_the_issuer_says(dance: Dance) -> None:
    async with dance.browser() as client:
        assert "/sign-in/elsewhere?next=" in (await client.get("/sign-in")).text
        answer = await dance.back(client)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/today")
        assert (await client.get(f"{BASE}/today")).status_code == 200
        assert "desk-trip" not in str(client.cookies)
    asked = dance.provider.asked
    assert asked["redirect_uri"] == f"{PUBLIC}/sign-in/elsewhere/back"
    assert asked["code_challenge_method"] == "S256" and asked["scope"] == "openid profile"
    assert dance.provider.authorization is not None
    assert "client_secret" not in dance.provider.exchanged
    stored = dance.rig.users.by_name[USER]
    assert (stored.user.staff_id, stored.user.grants) == ("s1", (f"agent@{MINE}",))
    assert stored.password is None and stored.user.name == "Lin Wei 林伟"
    assert dance.rig.trail.entries[0] == (USER, None, "signed_in", "")


async def test_a_public_client_shows_no_secret(dance: Dance) -> None:
    dance.provider.settings.client_secret = SecretStr("")
    async with dance.browser() as client:
        assert (await dance.back(client)).status_code == 303
    assert dance.provider.authorization is None
    assert dance.provider.exchanged["client_id"] == ["desk"]


async def test_what_the_token_does_not_say_userinfo_may(dance: Dance) -> None:
    dance.provider.claims = {"aftercare": None, "staff_id": None}
    dance.provider.userinfo = {"aftercare": f"head@{MINE}", "staff_id": "s7", "locale": "zh-CN"}
    async with dance.browser() as client:
        assert (await dance.back(client)).status_code == 303
    user = dance.rig.users.by_name[USER].user
    assert (user.grants, user.staff_id, user.language) == ((f"head@{MINE}",), "s7", "zh")


def _claims(**claims: Any) -> Callable[[Dance], None]:
    def changed(dance: Dance) -> None:
        now = int(dance.rig.desk.real_clock.now().timestamp())
        dance.provider.claims = {
            name: now + value.total_seconds() if isinstance(value, timedelta) else value
            for name, value in claims.items()
        }

    return changed


def _signed_by_another(dance: Dance) -> None:
    dance.provider.published = [Signer("another")]


def _signed_by_a_namesake(dance: Dance) -> None:
    dance.provider.published = [Signer("sign-in", "ES384", "P-384")]


def _of_somebody_else(dance: Dance) -> None:
    dance.provider.claims = {"aftercare": None}
    dance.provider.userinfo = {"sub": "another", "aftercare": ["admin@*"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(_claims(nonce="another"), "did not begin here", id="another nonce"),
        pytest.param(_claims(nonce=None), "did not begin here", id="no nonce"),
        pytest.param(_claims(aud="another"), "did not begin here", id="for another"),
        pytest.param(
            _claims(aud=["desk", "another"], azp="another"), "did not begin here", id="azp"
        ),
        pytest.param(_claims(iss="https://evil.example"), "did not begin here", id="of another"),
        pytest.param(_claims(exp=timedelta(minutes=-1)), "did not begin here", id="expired"),
        pytest.param(_claims(exp=None), "did not begin here", id="for ever"),
        pytest.param(_claims(iat=timedelta(minutes=5)), "did not begin here", id="of tomorrow"),
        pytest.param(_claims(at_hash="x"), "did not begin here", id="of another access token"),
        pytest.param(_signed_by_another, "did not begin here", id="another key"),
        pytest.param(_signed_by_a_namesake, "did not begin here", id="another key of that name"),
        pytest.param(_of_somebody_else, "did not begin here", id="another's userinfo"),
        pytest.param(_claims(aftercare=[]), "may do nothing here", id="no role"),
        pytest.param(_claims(aftercare=["events:write@*"]), "may do nothing here", id="scopes"),
        pytest.param(_claims(staff_id=None), "by which number", id="no staff id"),
    ],
)
async def test_what_is_not_right_lets_nobody_in(
    dance: Dance, change: Callable[[Dance], None], words: str
) -> None:
    change(dance)
    async with dance.browser() as client:
        answer = await dance.back(client)
        assert answer.status_code == 403 and words in answer.text
        assert (await client.get(f"{BASE}/today")).status_code == 303
    assert not dance.rig.sessions.by_digest
    assert dance.rig.trail.entries == [("?", None, "sign_in_refused", "")]


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_anybody_can_make_is_none(
    dance: Dance, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dance.provider.token

    def made() -> str:
        claims = jwt.decode(real(), options={"verify_signature": False})
        key = "" if algorithm == "none" else str(dance.provider.signer.jwk())
        return jwt.encode(claims, key, algorithm, {"kid": "sign-in"})

    monkeypatch.setattr(dance.provider, "token", made)
    async with dance.browser() as client:
        assert (await dance.back(client)).status_code == 403


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"state": "another"}, id="another state"),
        pytest.param({"state": ""}, id="no state"),
        pytest.param({"code": "another"}, id="another code"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"error": "access_denied"}, id="refused there"),
    ],
)
async def test_a_way_back_that_is_another_lets_nobody_in(
    dance: Dance, other: dict[str, str]
) -> None:
    async with dance.browser() as client:
        assert (await dance.back(client, **other)).status_code == 403
    assert not dance.rig.sessions.by_digest


async def test_the_way_back_is_of_the_browser_that_began_and_once(dance: Dance) -> None:
    """Nobody is signed in as somebody else by following a link."""
    async with dance.browser() as client, dance.browser() as other:
        found = dance.provider.visited(await dance.there(client))
        assert (await other.get(back_with(found))).status_code == 403
        await dance.there(other)
        assert (await other.get(back_with(found))).status_code == 403
        assert (await client.get(back_with(found))).status_code == 303
        assert (await client.get(back_with(found))).status_code == 403


async def test_nobody_fills_the_trail_by_coming_back(dance: Dance) -> None:
    """Neither with what did not begin there, nor by beginning again and again."""
    async with dance.browser() as client:
        await client.get("/sign-in/elsewhere/back", params={"state": "x", "code": "y"})
        await dance.back(client, state="another")
        assert dance.rig.trail.entries == []
        for _ in range(OF_USER_AND_ADDRESS.most + 2):
            assert (await dance.back(client, error="access_denied")).status_code == 403
    assert len(dance.rig.trail.entries) == OF_USER_AND_ADDRESS.most


async def test_who_is_disabled_while_they_come_back_stays_so(
    dance: Dance, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = dance.rig.users
    find = users.find

    async def found_then_disabled(username: str) -> StoredUser | None:
        stored = await find(username)
        if stored is not None:
            await users.save(replace(stored, disabled_at=dance.rig.desk.real_clock.now()))
        return stored

    async with dance.browser() as client:
        await dance.back(client)
        monkeypatch.setattr(users, "find", found_then_disabled)
        answer = await dance.back(client)
        assert answer.headers.get("location") != f"{BASE}/today"
    assert users.by_name[USER].disabled_at is not None


async def test_it_may_not_take_too_long(dance: Dance) -> None:
    async with dance.browser() as client:
        found = dance.provider.visited(await dance.there(client))
        dance.rig.houses.clock.advance(GOOD_FOR + timedelta(seconds=1))
        assert (await client.get(back_with(found))).status_code == 403


async def test_nobody_is_sent_elsewhere_afterwards(dance: Dance) -> None:
    async with dance.browser() as client:
        found = dance.provider.visited(await dance.there(client, "https://evil.example/"))
        assert (await client.get(back_with(found))).headers["location"] == "/"


async def test_who_is_disabled_here_stays_out(dance: Dance) -> None:
    async with dance.browser() as client:
        await dance.back(client)
        stored = dance.rig.users.by_name[USER]
        await dance.rig.users.save(replace(stored, disabled_at=dance.rig.desk.real_clock.now()))
        answer = await dance.back(client)
    assert answer.status_code == 403 and "may not sign in any more" in answer.text
    assert dance.rig.users.by_name[USER].disabled_at is not None


async def test_whose_roles_have_changed_has_them_everywhere(dance: Dance) -> None:
    async with dance.browser() as client, dance.browser() as other:
        await dance.back(client)
        dance.provider.claims = {"aftercare": [f"head@{MINE}"]}
        await dance.back(other)
        assert (await client.get(f"{BASE}/today")).status_code == 303
    [session] = dance.rig.sessions.by_digest.values()
    assert session.user.grants == (f"head@{MINE}",)


async def test_the_language_of_the_desk_stays_as_they_set_it(dance: Dance) -> None:
    async with dance.browser() as client:
        await dance.back(client)
        await dance.rig.users.speak(USER, "zh")
        await dance.back(client)
        assert 'lang="zh-CN"' in (await client.get(f"{BASE}/today")).text


async def test_an_issuer_that_is_away_is_told_as_such(dance: Dance) -> None:
    dance.provider.status = 500
    async with dance.browser() as client:
        answer = await client.get("/sign-in/elsewhere")
        assert answer.status_code == 503 and "does not answer at present" in answer.text
        dance.provider.status = 200
        found = dance.provider.visited(await dance.there(client))
        dance.provider.status = 500
        assert (await client.get(back_with(found))).status_code == 503


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://issuer.example/authorize"},
        {"authorization_endpoint": None},
    ],
    ids=["of another", "in the clear", "of nowhere"],
)
async def test_a_document_that_cannot_be_believed_is_not(
    dance: Dance, document: dict[str, Any]
) -> None:
    dance.provider.document = document
    async with dance.browser() as client:
        assert (await client.get("/sign-in/elsewhere")).status_code == 503


async def test_where_there_is_none_nobody_is_sent_anywhere(tmp_path: Path) -> None:
    rig = await Rig.open(tmp_path)
    transport = httpx.ASGITransport(rig.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        assert "elsewhere" not in (await client.get("/sign-in")).text
        for path in ("", f"/back?code={CODE}&state=x"):
            assert (await client.get(f"/sign-in/elsewhere{path}")).status_code == 404
