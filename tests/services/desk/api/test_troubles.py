"""Whatever goes wrong is a page, in the reader's language, with the headers of all pages."""

from pathlib import Path

import httpx
import pytest

from services.desk.api.form_limit import MOST_BYTES
from services.desk.api.headers import HEADERS
from tests.services.desk.rig import BASE, Rig

SECRET = "what is stored of somebody"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def test_an_address_that_is_not_there_is_a_page_of_who_has_signed_in(rig: Rig) -> None:
    async with rig.browser(language="zh") as browser:
        for address in ("/no/such/thing", f"{BASE}/no-such-screen", f"{BASE}/today/"):
            page = await browser.get(address)
            assert page.status_code == 404
            assert 'lang="zh-CN"' in page.text and 'action="/sign-out"' in page.text


async def test_nobody_is_told_so_too(rig: Rig) -> None:
    transport = httpx.ASGITransport(rig.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        page = await client.get("/no/such", headers={"accept-language": "zh-CN,en;q=0.5"})
    assert page.status_code == 404 and 'lang="zh-CN"' in page.text
    assert "/sign-out" not in page.text


async def test_a_defect_is_a_page_that_tells_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(rig.desk.services, "tasks", failing)
    async with rig.browser(language="zh") as browser:
        page = await browser.get(f"{BASE}/today")
    assert page.status_code == 500 and page.headers["content-type"].startswith("text/html")
    assert 'lang="zh-CN"' in page.text and "data-draft-kept" in page.text
    logged = capsys.readouterr()
    assert SECRET not in page.text + logged.out + logged.err


async def test_a_service_that_is_away_is_told_as_such(rig: Rig) -> None:
    rig.away.add("complaints")
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/complaints")
    assert page.status_code == 503 and "Nothing is lost" in page.text


async def test_a_method_that_is_not_for_there_says_which_are(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.client.put(f"{BASE}/today")
    assert page.status_code == 405 and page.headers["allow"] == "GET"


async def test_every_answer_says_what_browsers_may_do_with_it(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today")
        style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        same = await browser.client.get(
            f"{BASE}/today", headers={"if-none-match": page.headers["etag"]}
        )
        answers = {
            200: page,
            303: await browser.get("/"),
            304: same,
            403: await browser.get("/trail"),
            404: await browser.get("/no/such"),
            405: await browser.client.delete("/language"),
            422: await browser.post("/language", language="fr"),
        }
        asset = await browser.get(style)
        health = await browser.get("/health/live")
        metrics = await browser.get("/metrics")
    for status, answer in answers.items():
        assert answer.status_code == status
    for answer in (*answers.values(), asset, health, metrics):
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "strict-transport-security" not in answer.headers
    assert answers[200].headers["cache-control"] == "no-store"
    assert answers[303].headers["cache-control"] == "no-store"
    assert "immutable" in asset.headers["cache-control"]


async def test_what_is_too_long_is_not_read(rig: Rig) -> None:
    async with rig.browser() as browser:
        answer = await browser.client.post(
            "/language", content=b"", headers={"content-length": str(MOST_BYTES + 1)}
        )
        assert answer.status_code == 413
        assert answer.headers["x-content-type-options"] == "nosniff"
        answer = await browser.client.post(
            "/language", content=b"", headers={"transfer-encoding": "chunked"}
        )
        assert answer.status_code == 411
        assert (await browser.post("/language", language="zh")).status_code == 303


async def test_an_address_that_is_none_leads_to_the_beginning(rig: Rig) -> None:
    transport = httpx.ASGITransport(rig.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        page = await client.get("/sign-in", params={"next": "//["})
        assert page.status_code == 200
        for header in ("referer", "hx-current-url"):
            page = await client.post("/language", headers={header: "http://["})
            assert page.status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_part_of_a_page_stays_and_the_trouble_is_told_beside_it(
    rig: Rig, method: str
) -> None:
    rig.away |= {"followup", "complaints"}
    form = {"csrf": "", "task": "t", "person": "s-lin"}
    async with rig.browser(language="zh") as browser:
        form["csrf"] = browser.csrf
        place = f"{BASE}/assignments/cdk/C1" if method == "POST" else f"{BASE}/today"
        answer = await browser.client.request(
            method,
            place,
            data=form if method == "POST" else None,
            headers={"hx-request": "true"},
        )
    assert answer.status_code == 503
    assert answer.headers["hx-retarget"] == "#said"
    assert answer.headers["hx-reswap"] == "innerHTML"
    assert answer.text.startswith('<p id="kept"') and "稍后" in answer.text
