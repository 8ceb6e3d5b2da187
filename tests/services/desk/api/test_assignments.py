"""Whose a task is: claimed, given back, given to somebody."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from services.desk.adapters.users import StoredUser
from services.desk.api.assignments import staff_id_of
from services.desk.domain.users import User
from shared.contracts.intake import TaskAssigned
from tests.access.dealers import MINE
from tests.services.desk.forms import SentForm, form_in, forms_in
from tests.services.desk.rig import BASE, Browser, Rig

TODAY = f"{BASE}/today"
HTMX = {"hx-request": "true"}


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    for staff_id, name in {"s-chen": "Chen", "s-anna": "Anna", "s-other": "Anna"}.items():
        user = User(username=staff_id, name=name, staff_id=staff_id, grants=(f"agent@{MINE}",))
        await rig.users.save(StoredUser(user=user))
    return rig


async def claim_of(browser: Browser) -> SentForm:
    page = await browser.get(TODAY, whose="all")
    return form_in(page.text, "/assignments/")


def assigned(rig: Rig) -> list[TaskAssigned]:
    return [each for each in rig.reported() if isinstance(each, TaskAssigned)]


async def test_a_claim_is_reported_and_leads_back_to_the_list(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        found = await form.send(browser, person="s-lin")
        assert (found.status_code, found.headers["location"]) == (303, f"{TODAY}?whose=all")
        await rig.followup_hears()
        page = await browser.get(TODAY, whose="mine")
    (told,) = assigned(rig)
    assert (told.person, told.by, told.task_id) == ("s-lin", "s-lin", form.fields["task"])
    assert "Give back" in page.text


async def test_the_row_is_drawn_from_the_decision(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        await form.send(browser, person="s-lin")
        await rig.followup_hears()
        sent = {"csrf": browser.csrf, **form.fields, "person": "s-lin"}
        page = await browser.client.post(form.action, data=sent, headers=HTMX)
    assert page.status_code == 200
    assert page.text.strip().startswith('<li class="row')
    assert "Give back" in page.text
    assert len(assigned(rig)) == 1


async def test_a_double_click_is_one_claim(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        await asyncio.gather(*(form.send(browser, person="s-lin") for _ in range(2)))
    assert len({each.document_id for each in assigned(rig)}) == 1
    assert len({each.version for each in assigned(rig)}) == 1


async def test_what_was_given_back_can_be_claimed_again(rig: Rig) -> None:
    async with rig.browser() as browser:
        for person in ("s-lin", "", "s-lin"):
            form = await claim_of(browser)
            await form.send(browser, person=person)
            await rig.followup_hears()
            rig.houses.clock.advance(timedelta(minutes=1))
        page = await browser.get(TODAY, whose="mine")
    assert [each.person for each in assigned(rig)] == ["s-lin", None, "s-lin"]
    assert len({each.document_id for each in assigned(rig)}) == 3
    assert "Give back" in page.text


async def test_whoever_was_quicker_has_it_and_the_other_is_told(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await claim_of(browser), await claim_of(other)
        await theirs.send(other, person="s-chen")
        await rig.followup_hears()
        sent = {"csrf": browser.csrf, **mine.fields, "person": "s-lin"}
        page = await browser.client.post(mine.action, data=sent, headers=HTMX)
    assert "Chen has it: they took it first." in page.text
    assert len(assigned(rig)) == 1


async def test_only_who_leads_gives_tasks_to_others(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        assert (await form.send(browser, person="s-chen")).status_code == 403
    assert assigned(rig) == []
    async with rig.browser(f"head@{MINE}", username="boss") as boss:
        form = await claim_of(boss)
        assert (await form.send(boss, person="s-chen")).status_code == 303
    assert [(each.person, each.by) for each in assigned(rig)] == [("s-chen", "s-boss")]


async def test_nobody_gives_back_what_is_anothers(rig: Rig) -> None:
    async with rig.browser(username="chen") as other:
        await (await claim_of(other)).send(other, person="s-chen")
        await rig.followup_hears()
        form = await claim_of(other)
    async with rig.browser() as browser:
        found = await form.send(browser, person="")
    assert found.status_code == 403
    assert len(assigned(rig)) == 1


async def test_while_intake_is_away_nothing_is_said_to_be_done(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        rig.away.add("intake")
        page = await form.send(browser, person="s-lin")
        assert page.status_code == 503
        rig.away.clear()
        assert (await form.send(browser, person="s-lin")).status_code == 303
    assert len(assigned(rig)) == 1


async def test_it_leads_nowhere_else(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await claim_of(browser)
        found = await form.send(browser, person="s-lin", back="https://elsewhere.example/")
    assert found.headers["location"] == "/"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("s-lin", "s-lin"), (" Lin ", "s-lin"), ("Anna", None), ("chentao", None), ("", "")],
)
def test_whom_a_text_means(text: str, meant: str | None) -> None:
    staff = {"s-lin": "Lin", "s-anna": "Anna", "s-other": "Anna"}
    assert staff_id_of(text, staff) == meant


async def test_who_leads_gives_it_to_somebody_in_the_row(rig: Rig) -> None:
    async with rig.browser(f"head@{MINE}", username="boss") as boss:
        page = await boss.get(TODAY, whose="all")
        give = [each for each in forms_in(page.text) if "person" in each.fields]
        sent = {"csrf": boss.csrf, **give[0].fields, "person": "s-chen"}
        await boss.client.post(give[0].action, data=sent, headers=HTMX)
        await rig.followup_hears()
        page = await boss.client.post(give[0].action, data=sent, headers=HTMX)
    assert "Chen" in page.text
    assert [each.person for each in assigned(rig)] == ["s-chen"]


@pytest.mark.parametrize("named", ["Anna", "Nobody of that name"])
async def test_who_is_named_and_cannot_be_told_is_asked_for_by_staff_id(
    rig: Rig, named: str
) -> None:
    async with rig.browser(f"head@{MINE}", username="boss") as boss:
        form = await claim_of(boss)
        page = await form.send(boss, person=named)
    assert page.status_code == 422
    assert "say by staff id whom you mean" in page.text
    assert assigned(rig) == []


async def test_nobody_is_offered_or_given_a_task_who_may_do_none(rig: Rig) -> None:
    officer = User(username="p", name="Pia", staff_id="s-pia", grants=(f"privacy@{MINE}",))
    await rig.users.save(StoredUser(user=officer))
    async with rig.browser(f"head@{MINE}", username="boss") as boss:
        page = await boss.get(TODAY, whose="all")
        assert 'value="s-chen"' in page.text and "s-pia" not in page.text
        card = await boss.get(f"{BASE}/calls/cdk/C1")
        assert 'value="s-chen"' in card.text and "s-pia" not in card.text
        form = form_in(page.text, "/assignments/")
        for named in ("s-pia", "Pia"):
            assert (await form.send(boss, person=named)).status_code == 422
    assert assigned(rig) == []
