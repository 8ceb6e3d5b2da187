"""What a customer allows, as their page shows it and records it anew."""

from pathlib import Path

import pytest

from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import CustomerCard
from shared.contracts.intake import ConsentGiven
from tests.access.dealers import MINE
from tests.access.services import NOW
from tests.services.desk.forms import SentForm, form_in
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig

PAGE = f"{BASE}/customers/cdk/C1"
COMMAND = "0b8f5a52-9d0e-4a8c-8a80-1c4c9f3c2b11"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


async def form_of(browser: Browser) -> SentForm:
    return form_in((await browser.get(PAGE)).text, "allowed")


def recorded(rig: Rig) -> list[ConsentGiven]:
    return [each for each in rig.reported() if isinstance(each, ConsentGiven)]


async def test_what_they_refused_is_shown_and_stays_refused_when_more_is_recorded(rig: Rig) -> None:
    """A consent never touches the profile: what it says is followup's to tell."""
    async with rig.browser() as browser:
        first = await (await form_of(browser)).send(browser, opt_outs="sms")
        await rig.followup_hears()
        page = await browser.get(first.headers["location"])
        assert '<span class="chip warn">Text message</span>' in page.text
        assert "May be contacted in every way" not in page.text
        form = form_in(page.text, "allowed")
        assert form.fields["opt_outs"] == "sms"
        sent = await form.send(browser, do_not_contact="true")
        assert sent.status_code == 303
    assert (recorded(rig)[-1].do_not_contact, recorded(rig)[-1].opt_outs) == (True, ("sms",))


async def test_what_they_allow_again_is_shown_whatever_the_profile_says(rig: Rig) -> None:
    rig.directory.known[WANG] = customer(opt_outs=("email",))
    async with rig.browser() as browser:
        form = await form_of(browser)
        assert form.fields["opt_outs"] == "email"
        del form.fields["opt_outs"]
        sent = await form.send(browser)
        await rig.followup_hears()
        page = await browser.get(sent.headers["location"])
    assert "May be contacted in every way" in page.text


async def test_until_it_has_arrived_nothing_else_is_said_to_be_so(rig: Rig) -> None:
    async with rig.browser() as browser:
        sent = await (await form_of(browser)).send(browser, opt_outs="sms")
        page = await browser.get(sent.headers["location"])
    assert "it is shown as soon as it has arrived" in page.text
    assert "May be contacted in every way" not in page.text


@pytest.mark.parametrize("role", ["agent", "privacy"])
async def test_where_it_is_not_known_nothing_is_ticked_and_none_is_recorded_unasked(
    rig: Rig, role: str
) -> None:
    rig.directory.known[WANG] = customer(opt_outs=("email",))
    if role == "agent":
        rig.away.add("followup")
    async with rig.browser(f"{role}@{MINE}") as browser:
        page = await browser.get(PAGE)
        assert "Which ways they allow now is not known here." in page.text
        assert "May be contacted in every way" not in page.text
        form = form_in(page.text, "allowed")
        assert {"opt_outs", "asked"}.isdisjoint(form.fields)
        unasked = await form.send(browser, opt_outs="sms")
        assert unasked.status_code == 422
        assert "Ask them about every way" in unasked.text
        assert recorded(rig) == []
        again = form_in(unasked.text, "allowed")
        assert again.fields["opt_outs"] == "sms"
        sent = await again.send(browser, asked="true")
    assert sent.status_code == 303
    assert [each.opt_outs for each in recorded(rig)] == [("sms",)]


async def test_who_wanted_no_contact_is_not_contacted_while_it_is_not_known(rig: Rig) -> None:
    said = KeptDocument(
        document_id=f"{MINE}/cdk/consent/1",
        customer_key=WANG,
        dealer_id=MINE,
        version="1",
        kind="consent",
        at=NOW,
        said={"do_not_contact": True},
    )
    rig.directory.kept.append(said)
    rig.away.add("followup")
    async with rig.browser() as browser:
        page = await browser.get(PAGE)
    assert 'role="alert">Is not to be contacted.' in page.text


async def test_what_somebody_else_recorded_meanwhile_is_not_undone_unseen(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine = await form_of(browser)
        await (await form_of(other)).send(other, opt_outs="sms")
        await rig.followup_hears()
        page = await mine.send(browser, opt_outs="email")
        assert page.status_code == 409
        assert "Somebody has changed this customer meanwhile." in page.text
        again = form_in(page.text, "allowed")
        assert again.fields["command"] == mine.fields["command"]
        assert (await again.send(browser)).status_code == 303
    assert [each.opt_outs for each in recorded(rig)] == [("sms",), ("email",)]


async def test_it_is_recorded_once_however_often_it_is_sent(rig: Rig) -> None:
    fields = {"command": COMMAND, "do_not_contact": "true", "opt_outs": "sms", "asked": "true"}
    async with rig.browser() as browser:
        first = await browser.post(f"{PAGE}/consent", **fields)
        await rig.followup_hears()
        again = await browser.post(f"{PAGE}/consent", **fields)
    assert first.status_code == 303, first.text
    assert first.headers["location"].startswith(f"{PAGE}?done=consent&written=")
    assert again.headers["location"] == first.headers["location"]
    assert COMMAND in first.headers["location"]
    assert [*rig.lately.noted] == [WANG], "until the lists know of it"
    assert rig.trail.entries[-1][2] == "reported"


async def test_a_call_card_prefills_nothing_while_it_is_not_known(rig: Rig) -> None:
    rig.directory.known[WANG] = CustomerCard(customer_key=WANG, name="王小明")
    rig.away.add("followup")
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/calls/cdk/C1")
    assert 'name="opt_outs"' not in page.text
    assert f'href="{PAGE}#consent"' in page.text


async def test_a_call_card_prefills_nothing_before_what_was_recorded_has_arrived(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.get(f"{BASE}/calls/cdk/C1")).text, "consent")
        sent = await form.send(browser, opt_outs="sms")
        behind = await browser.get(sent.headers["location"])
        assert 'name="opt_outs"' not in behind.text
        await rig.followup_hears()
        page = await browser.get(sent.headers["location"])
    assert form_in(page.text, "consent").fields["opt_outs"] == "sms"
