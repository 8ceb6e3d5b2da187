"""What a customer allows, recorded from a call."""

from pathlib import Path

import pytest

from shared.contracts.intake import ConsentGiven
from tests.access.dealers import MINE
from tests.services.desk.forms import form_in
from tests.services.desk.rig import BASE, Rig

CARD = f"{BASE}/calls/cdk/C1"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def test_what_they_refuse_is_reported_and_shown(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.get(CARD)).text, "consent")
        found = await form.send(browser, do_not_contact="true", opt_outs="sms")
        assert found.status_code == 303
        await rig.followup_hears()
        page = await browser.get(found.headers["location"])
    (told,) = [each for each in rig.reported() if isinstance(each, ConsentGiven)]
    assert (told.do_not_contact, told.opt_outs) == (True, ("sms",))
    assert told.customer_key == f"{MINE}/cdk/C1"
    assert "It is recorded." in page.text
    assert "They want no contact." in page.text


async def test_sent_twice_it_is_one_consent(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.get(CARD)).text, "consent")
        first, second = [await form.send(browser, opt_outs="phone") for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    told = [each for each in rig.reported() if isinstance(each, ConsentGiven)]
    assert len({(each.document_id, each.version) for each in told}) == 1
