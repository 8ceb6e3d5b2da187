"""A correction is one act, however often it is sent, and whatever becomes of it on the way."""

from pathlib import Path

import pytest

from tests.services.desk.forms import SentForm, form_asking, form_in
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig

PAGE = f"{BASE}/customers/cdk/C1"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


async def form_of(browser: Browser) -> SentForm:
    return form_in((await browser.post(f"{PAGE}/show")).text, "correction")


def known_as(rig: Rig, name: str, version: str) -> None:
    rig.directory.known[WANG] = customer(name=name, version=version)


@pytest.mark.parametrize(
    ("answer", "name"), [("heard", "王大明"), ("heard", "王中明"), ("lost", "王大明")]
)
async def test_sent_twice_it_is_one_whatever_is_known_by_then(
    rig: Rig, answer: str, name: str
) -> None:
    """The first, or what somebody else has corrected after it."""
    async with rig.browser() as browser:
        form = await form_of(browser)
        first = await form.send(browser, name="王大明")
        known_as(rig, name, "2")
        if answer == "lost":
            rig.commands.at_intake.clear()
        again = await form.send(browser, name="王大明")
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"] == f"{PAGE}?done=corrected"
    assert [each[2] for each in rig.trail.entries].count("reported") == 1


async def test_what_intake_never_had_is_looked_at_again(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        rig.away.add("intake")
        kept = await form.send(browser, name="王大明")
        assert kept.status_code == 503
        rig.away.clear()
        known_as(rig, "王中明", "2")
        page = await form_asking(kept.text, form.fields["command"]).send(browser)
    assert page.status_code == 409
    assert "meanwhile" in page.text and "王大明" in page.text
    assert [each[2] for each in rig.trail.entries].count("reported") == 0
