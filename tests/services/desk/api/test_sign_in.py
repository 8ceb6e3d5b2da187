"""Signing in: by whom, how often, and what it leaves in the browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.desk.adapters import passwords
from services.desk.adapters.passwords import hashed
from services.desk.adapters.users import StoredUser
from services.desk.api.visitor import PLAIN_COOKIE, SECURE_COOKIE
from services.desk.domain.attempts import OF_USER_AND_ADDRESS
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.users import User
from tests.access.dealers import MINE
from tests.services.desk.rig import BASE, Rig

PASSWORD = "correct horse battery"
LIN = User(username="lin", name="Lin Wei", staff_id="s1", grants=(f"agent@{MINE}",), language="zh")


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    await found.users.save(StoredUser(user=LIN, password=await hashed(PASSWORD)))
    return found


@asynccontextmanager
async def stranger(rig: Rig, base: str = "http://desk") -> AsyncIterator[httpx.AsyncClient]:
    """A browser of nobody yet."""
    transport = httpx.ASGITransport(rig.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


def csrf_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found[1]


async def sign_in(
    client: httpx.AsyncClient, password: str = PASSWORD, username: str = "lin", **more: str
) -> httpx.Response:
    csrf = csrf_in(await client.get("/sign-in"))
    form = {"csrf": csrf, "username": username, "password": password, **more}
    return await client.post("/sign-in", data=form)


async def test_who_knows_the_password_comes_to_the_page_they_asked_for(rig: Rig) -> None:
    async with stranger(rig) as client:
        answer = await sign_in(client, next=f"{BASE}/today")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/today")
        page = await client.get(f"{BASE}/today")
    assert page.status_code == 200 and 'lang="zh-CN"' in page.text
    cookie = next(each for each in answer.headers.get_list("set-cookie") if "desk=" in each)
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert rig.trail.entries[0] == ("lin", None, "signed_in", "")
    assert client.cookies[PLAIN_COOKIE] not in repr(rig.sessions.by_digest)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "//["],
)
async def test_nobody_is_sent_elsewhere(rig: Rig, elsewhere: str) -> None:
    async with stranger(rig) as client:
        answer = await sign_in(client, next=elsewhere)
    assert answer.headers["location"] == "/"


async def test_a_session_that_was_there_before_is_not_theirs(rig: Rig) -> None:
    """Fixation: whoever plants a session id in a browser does not share what is done with it."""
    async with stranger(rig) as client:
        client.cookies[PLAIN_COOKIE] = "planted"
        await sign_in(client)
        assert digest_of("planted") not in rig.sessions.by_digest
        planted = {"cookie": f"{PLAIN_COOKIE}=planted"}
        fresh = httpx.ASGITransport(rig.app)
        async with httpx.AsyncClient(transport=fresh, base_url="http://desk") as attacker:
            assert (await attacker.get(f"{BASE}/today", headers=planted)).status_code == 303


async def test_a_session_that_somebody_had_before_ends(rig: Rig) -> None:
    now = rig.desk.real_clock.now()
    before = Session(digest=digest_of("before"), user=LIN, began_at=now, used_at=now)
    await rig.sessions.begin(before)
    async with stranger(rig) as client:
        client.cookies[PLAIN_COOKIE] = "before"
        await sign_in(client)
    assert before.digest not in rig.sessions.by_digest and len(rig.sessions.by_digest) == 1


async def test_wrong_unknown_and_disabled_users_read_alike(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a hash is reckoned for each of them, so that time tells nothing either."""
    gone = replace(LIN, username="gone")
    disabled = StoredUser(
        user=gone, password=await hashed(PASSWORD), disabled_at=rig.desk.real_clock.now()
    )
    await rig.users.save(disabled)
    await rig.users.save(StoredUser(user=replace(LIN, username="elsewhere")))
    looked_at: list[str] = []
    verify = passwords._fits

    def watched(kept: str, password: str) -> bool:
        looked_at.append(kept)
        return verify(kept, password)

    monkeypatch.setattr(passwords, "_fits", watched)
    pages = set()
    async with stranger(rig) as client:
        for username, password in (
            ("lin", "wrong"),
            ("nobody", PASSWORD),
            ("gone", PASSWORD),
            ("elsewhere", PASSWORD),
        ):
            answer = await sign_in(client, password, username)
            assert answer.status_code == 401
            pages.add(answer.text.replace(f'value="{username}"', ""))
    assert len(pages) == 1 and len(looked_at) == 4
    assert [entry[0] for entry in rig.trail.entries] == ["lin", "?", "gone", "elsewhere"]
    assert not rig.sessions.by_digest


async def test_after_so_many_attempts_even_the_right_one_has_to_wait(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_fits", lambda _, password: password == PASSWORD)
    async with stranger(rig) as client:
        for _ in range(OF_USER_AND_ADDRESS.most):
            assert (await sign_in(client, "wrong")).status_code == 401
        answer = await sign_in(client)
        assert answer.status_code == 429 and answer.headers["retry-after"] == "900"
        assert "in 15 minutes" in answer.text and 'value="lin"' in answer.text
        assert (await sign_in(client, username="other")).status_code == 401
        rig.houses.clock.advance(timedelta(minutes=15))
        assert (await sign_in(client)).status_code == 303


async def test_who_was_let_in_has_all_attempts_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_fits", lambda _, password: password == PASSWORD)
    async with stranger(rig) as client:
        for _ in range(2):
            for _ in range(OF_USER_AND_ADDRESS.most - 1):
                assert (await sign_in(client, "wrong")).status_code == 401
            assert (await sign_in(client)).status_code == 303


async def test_who_is_disabled_meanwhile_is_not_let_in(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = rig.sessions.begin

    async def disabled_then(session: Session) -> None:
        stored = rig.users.by_name["lin"]
        await rig.users.save(replace(stored, disabled_at=rig.desk.real_clock.now()))
        await begin(session)

    monkeypatch.setattr(rig.sessions, "begin", disabled_then)
    async with stranger(rig) as client:
        assert (await sign_in(client)).status_code == 401
    assert not rig.sessions.by_digest


async def test_the_form_itself_has_to_be_ours(rig: Rig) -> None:
    """Nobody is signed in as somebody else by a page of a stranger's."""
    async with stranger(rig) as client:
        form = {"csrf": "0" * 64, "username": "lin", "password": PASSWORD}
        assert (await client.post("/sign-in", data=form)).status_code == 403
        form["csrf"] = csrf_in(await client.get("/sign-in"))
        client.cookies.clear()
        assert (await client.post("/sign-in", data=form)).status_code == 403
    assert not rig.sessions.by_digest


async def test_behind_a_proxy_cookies_are_for_tls_alone(rig: Rig) -> None:
    rig.desk.settings.desk_public_url = "https://desk.example.org"
    async with stranger(rig, "http://10.0.0.7:8106") as client:
        csrf = csrf_in(page := await client.get("/sign-in"))
        before = page.headers["set-cookie"].partition(";")[0]
        answer = await client.post(
            "/sign-in",
            data={"csrf": csrf, "username": "lin", "password": PASSWORD},
            headers={"origin": "https://desk.example.org", "cookie": before},
        )
    cookies = answer.headers.get_list("set-cookie")
    cookie = next(each for each in cookies if each.startswith(f"{SECURE_COOKIE}="))
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_signing_out_ends_the_session_and_empties_the_cache(rig: Rig) -> None:
    async with rig.browser() as browser:
        answer = await browser.post("/sign-out")
        assert answer.headers["location"] == "/sign-in"
        assert answer.headers["clear-site-data"] == '"cache"'
        assert (await browser.get(f"{BASE}/today")).status_code == 303
    assert not rig.sessions.by_digest


@pytest.mark.parametrize("idle", [True, False])
async def test_sessions_are_over_after_a_while(rig: Rig, idle: bool) -> None:
    async with rig.browser() as browser:
        whole = timedelta(hours=rig.desk.settings.desk_session_hours)
        step = timedelta(minutes=rig.desk.settings.desk_idle_minutes)
        if idle:
            rig.houses.clock.advance(step)
        else:
            for _ in range(whole // (step / 2)):
                assert (await browser.get(f"{BASE}/today")).status_code == 200
                rig.houses.clock.advance(step / 2)
        assert (await browser.get(f"{BASE}/today")).status_code == 303
    assert not rig.sessions.by_digest


async def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(rig: Rig) -> None:
    step = timedelta(minutes=rig.desk.settings.desk_idle_minutes) / 2
    async with rig.browser() as browser:
        for status in (200, 200, 303):
            page = await browser.client.get(f"{BASE}/today", headers={"x-by-itself": "1"})
            assert page.status_code == status
            rig.houses.clock.advance(step)


async def test_the_language_stays_theirs(rig: Rig) -> None:
    async with stranger(rig) as client:
        await sign_in(client)
        page = await client.get(f"{BASE}/today")
        form = {"csrf": csrf_in(page), "language": "en", "next": f"{BASE}/today"}
        await client.post("/language", data=form)
        assert 'lang="en"' in (await client.get(f"{BASE}/today")).text
    assert rig.users.by_name["lin"].user.language == "en"
