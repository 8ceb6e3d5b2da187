"""Forms are taken from the desk's own pages alone, and none that somebody has typed is lost."""

from pathlib import Path

import httpx
import pytest

from tests.services.desk.rig import BASE, Rig

FORM = {"language": "zh", "next": "/"}


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


def _spoken(rig: Rig) -> set[str]:
    return {each.user.language for each in rig.sessions.by_digest.values()}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 303, id="an old browser"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": "http://desk"}, 303, id="ours"),
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, 403, id="same site"),
        pytest.param({"origin": "https://evil.example"}, 403, id="other origin"),
        pytest.param({"origin": "https://desk"}, 403, id="other scheme"),
        pytest.param({"origin": "null"}, 403, id="hidden origin"),
    ],
)
async def test_a_form_says_whence_it_comes(rig: Rig, headers: dict[str, str], status: int) -> None:
    async with rig.browser() as browser:
        answer = await browser.client.post(
            "/language", data={**FORM, "csrf": browser.csrf}, headers=headers
        )
    assert answer.status_code == status
    assert _spoken(rig) == ({"zh"} if status == 303 else {"en"})


async def test_where_the_desk_is_said_to_be_the_host_of_a_request_counts_for_nothing(
    rig: Rig,
) -> None:
    async with rig.browser() as browser:
        cookie = dict(browser.client.cookies)
        rig.desk.settings.desk_public_url = "https://desk.example.org"
        form = {**FORM, "csrf": browser.csrf}
        secure = {"cookie": f"__Host-desk={cookie['desk']}"}
        for origin, status in (("https://desk.example.org", 303), ("http://desk", 403)):
            answer = await browser.client.post(
                "/language", data=form, headers={**secure, "origin": origin, "host": "desk"}
            )
            assert answer.status_code == status
        # a cookie that was set without TLS is none of ours
        assert (await browser.get(f"{BASE}/today")).status_code == 303


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
async def test_a_form_without_the_token_is_not_taken(rig: Rig, csrf: str) -> None:
    async with rig.browser() as browser:
        answer = await browser.client.post("/language", data={**FORM, "csrf": csrf})
    assert answer.status_code == 403 and "cannot be taken" in answer.text
    assert _spoken(rig) == {"en"}


async def test_a_token_of_another_session_is_not_taken(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="anna") as anna:
        answer = await anna.client.post("/language", data={**FORM, "csrf": browser.csrf})
    assert answer.status_code == 403 and _spoken(rig) == {"en"}


async def test_a_form_of_an_earlier_session_is_offered_again_as_it_is(rig: Rig) -> None:
    ours = {"sec-fetch-site": "same-origin", "origin": "http://desk"}
    async with rig.browser() as browser:
        note = 'said "<b>later</b>"'
        form = {**FORM, "csrf": "0" * 64, "note": note}
        answer = await browser.client.post("/language", data=form, headers=ours)
        assert answer.status_code == 403 and 'action="/language"' in answer.text
        assert f'value="{browser.csrf}"' in answer.text and "&lt;b&gt;later" in answer.text
        assert "0" * 64 not in answer.text and 'name="language" value="zh"' in answer.text
        # passwords are not written into pages
        form = {"csrf": "0" * 64, "old_password": "secret", "new_password": "secret"}
        answer = await browser.client.post("/password", data=form, headers=ours)
        assert answer.status_code == 403 and "secret" not in answer.text


async def test_a_part_of_a_page_gets_a_fresh_token_and_the_page_stays(rig: Rig) -> None:
    ours = {"sec-fetch-site": "same-origin", "hx-request": "true", "x-csrf": "0" * 64}
    async with rig.browser() as browser:
        answer = await browser.client.post("/language", data=FORM, headers=ours)
    assert answer.status_code == 403 and answer.headers["hx-retarget"] == "#said"
    assert browser.csrf in answer.headers["hx-trigger"] and "<html" not in answer.text


async def test_who_is_signed_out_amid_work_loses_nothing(rig: Rig) -> None:
    transport = httpx.ASGITransport(rig.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        page = {"referer": f"http://desk{BASE}/calls/cdk/C1?asked=1"}
        answer = await client.post("/language", data=FORM, headers=page)
        assert answer.status_code == 401 and "nothing is lost" in answer.text
        assert f'href="/sign-in?next={BASE}/calls/cdk/C1"' in answer.text
        part = {"hx-request": "true", "hx-current-url": f"http://desk{BASE}/today"}
        answer = await client.get(f"{BASE}/today", headers=part)
        assert (answer.status_code, answer.headers["hx-retarget"]) == (401, "#said")
        assert f"/sign-in?next={BASE}/today" in answer.text and "<html" not in answer.text
        elsewhere = {"referer": "https://evil.example/x"}
        answer = await client.post("/language", data=FORM, headers=elsewhere)
        assert 'href="/sign-in?next=/"' in answer.text
