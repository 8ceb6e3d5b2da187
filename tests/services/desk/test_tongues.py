"""Who reads Chinese reads Chinese on every screen, and who reads English reads English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.desk.domain.users import LANGUAGES, Language
from services.desk.views.exports import EXPORTS
from tests.services.desk.forms import form_in
from tests.services.desk.given_house import ADDRESSES, STAFF, House
from tests.services.desk.reading import read
from tests.services.desk.rig import BASE, Browser
from tests.services.desk.routes_table import ROUTES

CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'_-]+")
CODE = re.compile(r"\S*[\d@/]\S*")
"""Numbers of customers, orders and cars, addresses."""
NAMES_IN_CHINESE = frozenset(
    {"Aftercare", "App", "SSI", "CSI", "CSV", "Excel", "VIN", "km", "zh", "en"}
)
"""What stands so in Chinese, too."""
DATA = frozenset({"Pudong", "Berlin", "Moon", "PUDONG-ONLY", "brakes", "cdk", "lin", "s-lin"})
"""Names and words of the dealers' and their sources'."""


def english_in(text: str, allowed: frozenset[str]) -> Iterator[str]:
    """The words of English in what is read in Chinese."""
    for word in ENGLISH.findall(CODE.sub(" ", text)):
        if word not in allowed and word not in NAMES_IN_CHINESE:
            yield word


def chinese_in(text: str, allowed: frozenset[str]) -> Iterator[str]:
    """The words of Chinese in what is read in English."""
    yield from (word for word in text.split() if CHINESE.search(word) and word not in allowed)


def foreign(page: str, language: Language) -> list[str]:
    """Of a page, what is said in the other language, each with all that stands beside it."""
    find = english_in if language == "zh" else chinese_in
    return [text for text in read(page) if [*find(text, DATA)]]


async def follow(client: httpx.AsyncClient, url: str) -> httpx.Response:
    return await client.get(url, follow_redirects=True)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_in_the_language_of_who_reads(
    tmp_path: Path, language: Language
) -> None:
    house, wrong = await House.open(tmp_path, language), []
    places = await house.worked_on()
    async with house.reader() as browser:
        browser.client.headers["accept-language"] = language
        pages = [
            *(each.asked for each in ROUTES if each.method == "GET" and _is_page(each.asked)),
            *ADDRESSES,
            *places,
            *(f"{place}/print" for place in places),
        ]
        for url in pages:
            page = await follow(browser.client, url)
            assert page.status_code < 500, (url, page.text)
            wrong += [f"{url}: {text}" for text in foreign(page.text, language)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _is_page(url: str) -> bool:
    return not url.startswith(("/health", "/metrics", "/static", "/live"))


CARD, CUSTOMER = f"{BASE}/calls/cdk/C1", f"{BASE}/customers/cdk/C1"
FILING, TASKS = f"{BASE}/file-complaint/cdk/C1", f"{BASE}/manager/tasks"


@dataclass(frozen=True)
class SentWrong:
    """A form that is not taken."""

    page: str
    """With the form; empty: it is sent without one."""
    form: str
    changed: Mapping[str, str]
    status: int
    marked: str = ""
    """The field that is said to be wrong."""
    away: str = ""
    """The service that does not answer."""


LONG, NUMBER = "王" * 300, "13812345678"
COMPLAINT = {"narrative": "1", "category": "price"}
WRONG = (
    SentWrong(CARD, "outcome-", {}, 422),
    SentWrong(CARD, "outcome-", {"outcome": "done", "note": "1" * 4001}, 422, "note"),
    SentWrong(CARD, "outcome-", {"outcome": "done", "next_contact_on": "1999-01-01"}, 422, "next_"),
    SentWrong(CARD, "outcome-", {"outcome": "done", "seen": "closed|9||"}, 409),
    SentWrong(CARD, "outcome-", {"outcome": "done"}, 503, away="intake"),
    SentWrong(CARD, "outcome-", {"outcome": "done"}, 503, away="followup"),
    SentWrong(CUSTOMER, "correction", {"name": LONG}, 422, "name"),
    SentWrong(CUSTOMER, "correction", {"email": "1" * 300}, 422, "email"),
    SentWrong(CUSTOMER, "correction", {"area": LONG}, 422, "area"),
    SentWrong(CUSTOMER, "correction", {"email": "1", "phones": "1"}, 200),
    SentWrong(CUSTOMER, "correction", {"seen": "1", "name": "1"}, 409),
    SentWrong(CUSTOMER, "correction", {}, 200),
    SentWrong(CUSTOMER, "correction", {"name": "1"}, 503, away="intake"),
    SentWrong(CUSTOMER, "allowed", {"opt_outs": "sms"}, 200),
    SentWrong(CUSTOMER, "allowed", {"allowed": ""}, 422),
    SentWrong(CUSTOMER, "allowed", {"allowed": "no|sms"}, 409),
    SentWrong(CUSTOMER, "allowed", {"opt_outs": "app"}, 503, away="intake"),
    SentWrong(FILING, "file-complaint", {}, 422, "narrative"),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"vin": "1"}, 422, "vin"),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"component": NUMBER}, 422, "component"),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"component": "1@1.de"}, 422, "component"),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"related_ro_no": LONG}, 422, "related_ro_no"),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"injuries": "20000"}, 422, "injuries"),
    SentWrong(
        FILING, "file-complaint", COMPLAINT | {"occurred_at": "2999-01-01T01:01"}, 422, "occ"
    ),
    SentWrong(FILING, "file-complaint", COMPLAINT | {"owner": "s-gone"}, 422, "owner"),
    SentWrong(FILING, "file-complaint", COMPLAINT, 503, away="intake"),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-held", {"reason": NUMBER}, 422, "reason"),
    SentWrong(
        f"{BASE}/cases/cdk/N5", "step-reassigned", {"assigned_to": "s-gone"}, 422, "assigned"
    ),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-merged", {"merged_into": "1"}, 422, "merged_into"),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-withdrawn", {"reason": NUMBER}, 422, "reason"),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-contacted", {"at": "1"}, 422, "at"),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-contacted", {"seen": "9.9"}, 409),
    SentWrong(f"{BASE}/cases/cdk/N5", "step-contacted", {}, 503, away="complaints"),
    SentWrong(TASKS, "give", {}, 422),
    SentWrong("", f"{BASE}/find", {"asked": "1"}, 200),
    SentWrong("", f"{BASE}/find", {"asked": "99999"}, 200),
    SentWrong("", "/trail", {"what": "signed_in"}, 200),
    SentWrong("", "/trail/verify", {}, 200),
    SentWrong("", "/trail/verify", {"known": "1"}, 422, "known"),
    SentWrong("", f"{BASE}/exports", {"table": "nothing", "form": "csv"}, 422),
    SentWrong("", "/password", {"old_password": "1"}, 422),
    SentWrong("", f"{BASE}/today", {}, 405),
)


async def sent_wrong(house: House, browser: Browser, wrong: SentWrong) -> httpx.Response:
    """The page that comes of it."""
    if not wrong.page:
        return await browser.post(wrong.form, **wrong.changed)
    is_opened = wrong.form == "correction"
    page = await (browser.post(f"{wrong.page}/show") if is_opened else browser.get(wrong.page))
    assert f'id="{wrong.form}' in page.text, (wrong, page.text)
    form = form_in(page.text, wrong.form)
    house.rig.away.update({wrong.away} - {""})
    try:
        found = await form.send(browser, **wrong.changed)
        return (
            await follow(browser.client, found.headers["location"]) if found.is_redirect else found
        )
    finally:
        house.rig.away.clear()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_not_taken_is_told_in_the_language_of_who_sent_it(
    tmp_path: Path, language: Language
) -> None:
    house, wrong = await House.open(tmp_path, language), []
    await house.worked_on()
    async with house.reader() as browser:
        for each in WRONG:
            page = await sent_wrong(house, browser, each)
            marked = rf'name="{each.marked}[^>]*aria-invalid="true"[^>]*aria-describedby'
            if page.status_code != each.status:
                wrong.append(f"{each}: {page.status_code}, {' '.join(read(page.text))}")
            if each.marked and not re.search(marked, page.text):
                wrong.append(f"{each}: no field is marked")
            wrong += [f"{each}: {text}" for text in foreign(page.text, language)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


async def test_tables_are_in_the_language_of_who_takes_them_away(tmp_path: Path) -> None:
    house, known = await House.open(tmp_path, "zh"), DATA | STAFF["zh"].keys()
    await house.worked_on()
    async with house.reader() as browser:
        for table in EXPORTS:
            file = await browser.post(f"{BASE}/exports", table=table, form="csv")
            cells = file.content.decode("utf-8-sig").replace(",", " ").splitlines()
            assert cells, table
            assert [cell for cell in cells if [*english_in(cell, known)]] == []
