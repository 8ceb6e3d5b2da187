"""Every screen, with each of the other services away: what can be shown is, and what cannot says
so."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.access.dealers import MINE
from tests.access.services import SERVICES
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Rig

MANAGER = f"manager@{MINE}"
UNKNOWN = 503
"""The screen's own subject is not known: then there is nothing to show."""
SCREENS = {
    "/today": {"followup": 1, "complaints": 1},
    "/today?whose=all": {"followup": 1, "complaints": 1},
    "/calls/cdk/C1": {"followup": 2, "complaints": 1, "scoring": 1},
    "/complaints": {"complaints": UNKNOWN},
    "/complaints?show=all": {"complaints": UNKNOWN},
    "/cases/{case}": {"complaints": UNKNOWN},
    "/customers/cdk/C1": {"followup": 1, "complaints": 1, "scoring": 1, "identity": 1},
    "/manager": {"followup": 1, "complaints": 2},
    "/manager/satisfaction": {"followup": UNKNOWN},
    "/manager/customers": {"followup": 1, "scoring": 1},
    "/manager/customers/list": {"scoring": UNKNOWN},
    "/manager/customers/moves": {"scoring": UNKNOWN},
    "/manager/customers/leads": {"followup": UNKNOWN},
    "/manager/satisfaction/answers?survey=csi": {"followup": UNKNOWN},
    "/manager/done?person=s-lin": {"followup": UNKNOWN},
    "/manager/tasks": {"followup": 1},
    "/find": {},
    "/file-complaint/cdk/C1": {},
    "/exports": {},
}
"""Screen -> service -> how many parts say that they cannot be shown while it is away."""


class _Missing(HTMLParser):
    """Where a page says that something cannot be shown: the id of what is made anew with it."""

    _EMPTY = frozenset({"input", "br", "meta", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str | None]] = []
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if "data-awaited" in said:
            live = [each for _, each in self._open if each]
            self.found.append((said.get("role"), live[-1] if live else None))
        if tag not in self._EMPTY:
            self._open.append((tag, said.get("id") if "data-live" in said else None))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stands in it."""


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


def missing_in(text: str) -> list[tuple[str | None, str | None]]:
    """Of each part that is missing, its role and the live element that it stands in."""
    parser = _Missing()
    parser.feed(text)
    return parser.found


@pytest.mark.parametrize("service", SERVICES)
async def test_what_can_be_shown_is_and_what_cannot_says_so(rig: Rig, service: str) -> None:
    async with rig.browser(MANAGER) as browser:
        listed = (await browser.get(f"{BASE}/complaints")).text
        (case, *_) = re.findall(rf'href="{BASE}/cases/([^"]+)"', listed)
        rig.away.add(service)
        for screen, parts in SCREENS.items():
            page = await browser.get(BASE + screen.format(case=case))
            expected = parts.get(service, 0)
            assert page.status_code == (UNKNOWN if expected == UNKNOWN else 200), screen
            found = missing_in(page.text)
            if expected == UNKNOWN:
                assert 'role="alert" data-draft-kept data-until-there' in page.text, screen
                continue
            assert len(found) == expected, (screen, found)
            assert all(role == "status" and live for role, live in found), (screen, found)


async def test_where_nothing_of_today_can_be_shown_the_page_says_that(rig: Rig) -> None:
    rig.away |= {"followup", "complaints"}
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(f"{BASE}/today")
    assert page.status_code == 503 and "data-until-there" in page.text


async def test_complaints_that_need_somebody_are_there_while_followup_is_away(rig: Rig) -> None:
    rig.away.add("followup")
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(f"{BASE}/today")
    assert "Complaints that need you" in page.text and f'href="{BASE}/cases/' in page.text
    assert "Follow-ups do not answer at present" in page.text
    assert "All done." not in page.text


async def test_the_next_call_leads_to_today_while_followup_is_away(rig: Rig) -> None:
    rig.away.add("followup")
    async with rig.browser() as browser:
        found = await browser.get(f"{BASE}/today/next", whose="all", kind="win_back")
    assert found.status_code == 303
    assert found.headers["location"] == f"{BASE}/today?whose=all&kind=win_back"


async def test_what_they_allow_is_not_asked_for_where_what_holds_is_not_known(rig: Rig) -> None:
    async with rig.browser() as browser:
        assert 'id="consent"' in (await browser.get(f"{BASE}/calls/cdk/C1")).text
        rig.away.add("followup")
        assert 'id="consent"' not in (await browser.get(f"{BASE}/calls/cdk/C1")).text


async def test_a_case_is_printed_and_read_without_its_narrative(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        listed = (await browser.get(f"{BASE}/complaints")).text
        (case, *_) = re.findall(rf'href="({BASE}/cases/[^"]+)"', listed)
        rig.away.add("intake")
        for page in (await browser.get(f"{case}/print"), await browser.post(f"{case}/narrative")):
            assert page.status_code == 200
            assert 'role="status">What they say cannot be shown at present' in page.text
            assert "Nothing was written." not in page.text


async def test_only_a_page_that_was_read_is_asked_for_again_by_itself(rig: Rig) -> None:
    rig.away.add("complaints")
    async with rig.browser() as browser:
        page = await browser.post(f"{BASE}/assignments/cdk/C1", task="t")
        rig.away.add("followup")
        sent = await browser.post(f"{BASE}/assignments/cdk/C1", task="t")
    assert page.status_code == 404
    assert sent.status_code == 503 and "data-until-there" not in sent.text
