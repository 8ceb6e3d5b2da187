"""Customers are found by what is typed, and by who calls; nothing of it is in an address."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.desk.api.callers import GOOD_FOR
from services.desk.domain.find.callers import caller_asked
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.find.matches import MOST_HITS, Hit, Hits, hit
from services.desk.domain.openings import HITS_TOLD_EVERY
from services.desk.domain.users import Language
from tests import PROJECT
from tests.access.dealers import MINE, SISTER
from tests.access.services import NOW
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig

FIND = f"{BASE}/find"
LI = f"{MINE}/cdk/C2"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known |= {WANG: customer(), LI: customer(LI, name="李小明", vehicles={})}
    return found


async def called(browser: Browser, **told: str) -> httpx.Response:
    """What a telephone system's address leads to."""
    first = await browser.get("/find", **told)
    assert first.status_code == 303
    for each in told.values():
        assert not each or each not in first.headers["location"]
    return await browser.get(first.headers["location"])


async def test_the_only_one_is_opened(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(FIND, asked="王小明")
    assert (page.status_code, page.headers["location"]) == (303, f"{BASE}/customers/cdk/C1")
    assert rig.trail.entries[-1] == ("lin", MINE, "searched", "customers")


@pytest.mark.parametrize(
    ("number", "role", "leads"),
    [
        ("complaint/K9", "agent", f"{BASE}/cases/cdk/K9"),
        ("complaint/K9", "privacy", f"{BASE}/customers/cdk/C1#document-1"),
        ("visit/RO-77", "agent", f"{BASE}/customers/cdk/C1#document-2"),
        ("visit/RO-78", "agent", f"{BASE}/customers/cdk/C1"),
    ],
)
async def test_by_a_number_the_case_or_the_row_of_the_document_is_opened(
    rig: Rig, number: str, role: str, leads: str
) -> None:
    told: dict[str, Any] = {"customer_key": WANG, "dealer_id": MINE, "version": "1", "at": NOW}
    rig.directory.kept += [
        KeptDocument(document_id=f"{MINE}/cdk/complaint/K9", kind="complaint", said={}, **told),
        KeptDocument(document_id=f"{MINE}/cdk/visit/RO-77", kind="visit", said={}, **told),
    ]
    rig.directory.always = Hits((Hit(customer(WANG), "document", f"{MINE}/cdk/{number}"),))
    async with rig.browser(f"{role}@{MINE}") as browser:
        page = await browser.post(FIND, asked=number)
        typed = {"asked": number, "csrf": browser.csrf}
        shown = await browser.client.post(FIND, data=typed, headers={"HX-Request": "true"})
    assert (page.status_code, page.headers["location"]) == (303, leads)
    assert f'href="{leads.partition("#")[0]}"' in shown.text


async def test_of_several_there_is_a_list_that_hides_what_nobody_needs_yet(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(FIND, asked="1234")
    assert page.status_code == 200
    assert "王小明" in page.text
    assert "李小明" in page.text
    assert "+86****1234" in page.text
    for hidden in ("13812341234", "沪A12345", "LSRCB6C16S2100606"):
        assert hidden not in page.text


async def test_while_somebody_types_hits_are_shown_and_nothing_is_opened(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.client.post(
            FIND,
            data={"asked": "王小明"},
            headers={"HX-Request": "true", "X-CSRF": browser.csrf},
        )
    assert page.status_code == 200
    assert "王小明" in page.text
    assert "<html" not in page.text
    assert rig.trail.entries == [("lin", MINE, "saw_hits", "customers")]


async def test_what_is_shown_while_somebody_types_is_noted_once_a_minute(rig: Rig) -> None:
    """How many, and never what was typed."""
    async with rig.browser() as browser:

        async def types(text: str) -> None:
            sent = {"asked": text, "csrf": browser.csrf}
            page = await browser.client.post(FIND, data=sent, headers={"HX-Request": "true"})
            assert page.status_code == 200

        await types("赵钱孙")
        assert rig.trail.entries == []
        for text in ("1234", "王小明", "1234"):
            await types(text)
        rig.houses.clock.advance(HITS_TOLD_EVERY)
        await types("1234")
    noted = [each.noted for each in rig.trail.written]
    assert [(each.what, each.about, each.how) for each in noted] == [
        ("saw_hits", "customers", "hits: 2"),
        ("saw_hits", "customers", "hits: 5"),
    ]


async def test_nobody_is_said_and_so_is_too_little(rig: Rig) -> None:
    async with rig.browser() as browser:
        nobody = await browser.post(FIND, asked="赵钱孙")
        short = await browser.post(FIND, asked="1")
        form = await browser.get(FIND)
    assert "Nobody is found" in nobody.text
    assert "Two characters" in short.text
    assert form.status_code == 200
    assert "Nobody" not in form.text


async def test_more_than_are_shown_are_said(rig: Rig) -> None:
    keys = [f"{MINE}/cdk/N{number}" for number in range(25)]
    rig.directory.known |= {key: customer(key, name="赵一") for key in keys}
    async with rig.browser() as browser:
        some = await browser.post(FIND, asked="赵一")
    assert some.text.count('class="row-main"') == MOST_HITS
    assert f"The first {MOST_HITS}; there may be more." in some.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_where_not_all_could_be_looked_at_nobody_is_never_said(
    rig: Rig, language: Language
) -> None:
    rig.directory.always = Hits(more=True)
    async with rig.browser(language=language) as browser:
        typed = await browser.post(FIND, asked="王 8888")
        caller = await called(browser, phone="13812341234")
    for page in (typed, caller):
        assert ("Very many have some of this" in page.text) == (language == "en")
        assert "Nobody is found" not in page.text
        assert "No customer here" not in page.text
        assert "没有" not in page.text


async def test_who_may_not_see_customers_may_not_look_for_them(rig: Rig) -> None:
    async with rig.browser(f"admin@{MINE}") as browser:
        assert (await browser.post(FIND, asked="王小明")).status_code == 403
        assert (await called(browser, phone="13812341234")).status_code == 403


async def test_a_caller_is_opened_on_the_call_card(rig: Rig) -> None:
    del rig.directory.known[LI]
    async with rig.browser() as browser:
        for told in ("13812341234", "+8613812341234", "tel:+8613812341234", "008613812341234"):
            page = await called(browser, phone=told)
            assert (page.status_code, page.headers["location"]) == (303, f"{BASE}/calls/cdk/C1")


async def test_for_who_makes_no_calls_as_the_customer(rig: Rig) -> None:
    del rig.directory.known[LI]
    async with rig.browser(f"privacy@{MINE}") as browser:
        page = await called(browser, phone="13812341234")
    assert page.headers["location"] == f"{BASE}/customers/cdk/C1"


async def test_several_who_have_the_number_are_listed(rig: Rig) -> None:
    async with rig.browser() as browser:
        several = await called(browser, phone="13812341234")
    assert several.status_code == 200
    assert "Several customers" in several.text
    assert several.text.count('class="row-main"') == 2


@pytest.mark.parametrize("told", ["13812340000", "1234", "anonymous", "", "1" * 500])
async def test_of_nobody_it_is_said_how_to_go_on(rig: Rig, told: str) -> None:
    async with rig.browser() as browser:
        nobody = await called(browser, phone=told)
    assert nobody.status_code == 200
    assert "No customer here has the number" in nobody.text
    assert "look for the name" in nobody.text
    assert "Nobody is found by that" not in nobody.text
    assert "13812340000" not in nobody.text


async def test_at_the_address_with_the_number_nothing_is_shown(rig: Rig) -> None:
    """It answers with another address at once, whatever comes of that: a list, an error, a sign-in
    form. So no browser shows it, lists it, or reloads a page with it."""
    async with rig.browser() as browser:
        first = await browser.get("/find", phone="13812341234", dealer=MINE)
    assert first.status_code == 303
    assert re.fullmatch("/find/[A-Za-z0-9_-]+", first.headers["location"])
    transport = httpx.ASGITransport(rig.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as nobody:
        first = await nobody.get("/find", params={"phone": "13812341234"})
        then = await nobody.get(first.headers["location"])
    assert then.headers["location"] == f"/sign-in?next={first.headers['location']}"


async def test_a_call_is_opened_again_and_beside_another_and_after_a_restart(
    rig: Rig, tmp_path: Path
) -> None:
    del rig.directory.known[LI]
    (tmp_path / "another").mkdir()
    other = await Rig.open(tmp_path / "another")
    other.directory.known |= rig.directory.known
    async with rig.browser() as browser, other.browser() as elsewhere:
        first = (await browser.get("/find", phone="13812341234")).headers["location"]
        second = (await browser.get("/find", phone="13812340000")).headers["location"]
        for each in (browser, browser, elsewhere):
            assert (await each.get(first)).headers["location"] == f"{BASE}/calls/cdk/C1"
            assert "No customer here has the number" in (await each.get(second)).text


async def test_an_address_of_a_call_leads_nowhere_later_nor_one_that_was_made_up(rig: Rig) -> None:
    async with rig.browser() as browser:
        address = (await browser.get("/find", phone="13812341234")).headers["location"]
        for made_up in (f"{address[:-4]}AAAA", "/find/x", "/find/å"):
            assert "leads nowhere any more" in (await browser.get(made_up)).text
        rig.houses.clock.advance(GOOD_FOR)
        page = await browser.get(address)
    assert page.status_code == 200
    assert "leads nowhere any more" in page.text
    assert "王小明" not in page.text


async def test_a_caller_is_looked_for_at_the_dealers_of_the_user_alone(rig: Rig) -> None:
    async with rig.browser(f"agent@{SISTER}") as browser:
        page = await called(browser, phone="13812341234")
        named = await called(browser, phone="13812341234", dealer=MINE)
    assert "No customer here has the number" in page.text
    assert named.status_code == 403


@pytest.mark.parametrize("told", ["138 1234 1234", " 8613812341234", "86-13812341234"])
def test_numbers_of_callers_are_read_as_the_dealers_country_writes_them(told: str) -> None:
    meant = caller_asked(told, "CN")
    assert meant is not None
    assert hit(meant, customer()) is not None


def test_a_caller_without_the_whole_number_is_nobody() -> None:
    assert caller_asked("1234", "CN") is None
    assert caller_asked("anonymous", "CN") is None


def test_forms_that_stand_in_addresses_have_nothing_to_type() -> None:
    """What a form with the method `get` sends is in the address of what it leads to."""
    forms = [
        form
        for page in (PROJECT / "services" / "desk" / "pages").glob("*.html")
        for form in re.findall(r"<form\b.*?</form>", page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    posted = re.compile(r'<form\b[^>]*(method="post"|\bsends_to\()')  # the latter says it, too
    into_addresses = [form for form in forms if not posted.match(form)]
    assert len(into_addresses) >= 3
    for form in into_addresses:
        kinds = re.findall(r'<input\b[^>]*?type="(\w+)"', form)
        assert len(kinds) == form.count("<input"), form
        assert {*kinds} <= {"hidden", "checkbox", "radio"}, form
        assert "<textarea" not in form
        assert "forms.field" not in form
