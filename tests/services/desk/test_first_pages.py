"""Who has not signed in sees the form, and nobody what is another dealer's."""

from pathlib import Path

import httpx
import pytest

from tests.services.desk.rig import BASE, Rig


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def test_who_has_not_signed_in_is_asked_to(rig: Rig) -> None:
    transport = httpx.ASGITransport(rig.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        page = await client.get(f"{BASE}/today")
    assert (page.status_code, page.headers["location"]) == (303, f"/sign-in?next={BASE}/today")


async def test_another_dealer_is_not_theirs_to_see(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get("/d/sunrise/berlin/today")
    assert page.status_code == 403
    assert "Not yours to see" in page.text


async def test_a_page_says_what_it_may_load(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert " style=" not in page.text and "<script>" not in page.text


async def test_pages_are_sent_packed_to_who_can_unpack_them(rig: Rig) -> None:
    async with rig.browser() as browser:
        packed = await browser.get(f"{BASE}/today")
        browser.client.headers["accept-encoding"] = "identity"
        plain = await browser.get(f"{BASE}/today")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 2
    assert packed.headers["etag"] == plain.headers["etag"]
