"""What was noted of a call, shown to who calls next: by whom, when, with what result."""

from pathlib import Path

import pytest

from services.desk.adapters.users import StoredUser
from tests.access.dealers import MINE
from tests.services.desk.forms import form_in
from tests.services.desk.given_customers import VIN, WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig

CARD = f"{BASE}/calls/cdk/C1"
PAGE = f"{BASE}/customers/cdk/C1"
SAW = ("chen", MINE, "saw_narrative", WANG)


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


async def noted(rig: Rig, browser: Browser, note: str, **fields: str) -> None:
    """Somebody has tried, and followup knows of it."""
    await rig.users.save(StoredUser(user=browser.user))
    form = form_in((await browser.get(CARD)).text, "outcome-")
    sent = await form.send(browser, note=note, **({"outcome": "not_reached"} | fields))
    assert sent.status_code == 303, sent.text
    await rig.followup_hears()


async def test_the_next_caller_reads_it_on_the_card(rig: Rig) -> None:
    async with rig.browser() as lin, rig.browser(username="chen") as chen:
        await noted(rig, lin, "Works nights:\ncall <b>at noon</b>")
        page = await chen.get(CARD)
    section = page.text.partition("Tried before")[2].partition("</section>")[0]
    for told in (
        "Not reached",
        "Lin of the tests",
        "Works nights:\ncall &lt;b&gt;at noon&lt;/b&gt;",
    ):
        assert told in section, section
    assert SAW in rig.trail.entries


async def test_nothing_is_written_down_where_nothing_was_noted(rig: Rig) -> None:
    async with rig.browser() as lin, rig.browser(username="chen") as chen:
        await noted(rig, lin, "")
        page = await chen.get(CARD)
    assert "Not reached" in page.text.partition("Tried before")[2]
    assert SAW not in rig.trail.entries


async def test_it_is_in_the_customers_history_with_what_is_masked_there(rig: Rig) -> None:
    async with rig.browser() as lin, rig.browser(username="chen") as chen:
        await noted(rig, lin, f"Asks for {VIN}", outcome="declined")
        page = await chen.get(PAGE)
        assert "Asks for ***********100606" in page.text
        assert "Lin of the tests" in page.text
        shown = await chen.post(f"{PAGE}/show")
    assert f"Asks for {VIN}" in shown.text
    assert SAW in rig.trail.entries


async def test_of_an_open_task_it_is_there_too(rig: Rig) -> None:
    async with rig.browser() as lin:
        await noted(rig, lin, "Call at noon")
        page = await lin.get(PAGE)
    to_do = page.text.partition("To do now")[2].partition("</ol>")[0]
    assert "Call at noon" in to_do


async def test_a_note_beside_two_surveys_is_found(rig: Rig) -> None:
    async with rig.browser() as lin:
        form = form_in((await lin.get(CARD)).text, "outcome-")
        answers = {name: "9" for name in form.fields if name.endswith("-overall")}
        await noted(rig, lin, "Was very happy", outcome="done", **answers)
        page = await lin.get(CARD)
    assert page.text.count("Was very happy") == 1


async def test_while_intake_is_away_it_is_said_that_notes_are_missing(rig: Rig) -> None:
    async with rig.browser() as lin:
        await noted(rig, lin, "Call at noon")
        rig.away.add("intake")
        for address in (CARD, PAGE):
            page = await lin.get(address)
            assert page.status_code == 200
            assert "What was noted cannot be shown at present." in page.text
            assert "Call at noon" not in page.text


async def test_who_sees_no_tasks_reads_no_notes(rig: Rig) -> None:
    async with rig.browser() as lin, rig.browser(f"privacy@{MINE}", username="chen") as chen:
        await noted(rig, lin, "Call at noon")
        page = await chen.get(PAGE)
    assert "Call at noon" not in page.text
    assert SAW not in rig.trail.entries


async def test_a_note_is_no_other_dealers(rig: Rig) -> None:
    """The services refuse it as well."""
    async with rig.browser() as lin, rig.browser("agent@sunrise/berlin", username="chen") as chen:
        await noted(rig, lin, "Call at noon")
        page = await chen.get(CARD)
    assert page.status_code == 403


async def test_today_says_how_the_last_attempt_went(rig: Rig) -> None:
    async with rig.browser() as lin:
        await noted(rig, lin, "Call at noon")
        page = await lin.get(f"{BASE}/today", whose="all")
    assert "tried once · last 1 Jun, 18:00: Not reached · you" in page.text, page.text
