"""Steps on a complaint from its page: each once, as complaints decides it, and nothing lost."""

import re
from pathlib import Path

import pytest

from services.desk.adapters.users import StoredUser
from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, hidden, shown_after, step
from tests.services.desk.given_staff import let_work, user_of
from tests.services.desk.rig import BASE, Rig


@pytest.fixture
async def complaints(tmp_path: Path) -> Complaints:
    return Complaints.at(await Rig.open(tmp_path))


async def test_a_step_counts_and_says_which_deadline_it_kept(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        answer = await step(browser, place, "contacted")
        page = await shown_after(browser, answer)
    assert "Customer contacted: this counts" in page
    assert "<strong>kept</strong>" in page and "before that." in page
    assert "s-lin contacted the customer" in page
    [taken] = complaints.steps_taken()
    assert (taken["case_id"], taken["step"], taken["by"]) == (
        f"{MINE}/cdk/complaint/K9",
        "contacted",
        "s-lin",
    )
    assert ("lin", MINE, "reported", taken["document_id"]) in complaints.rig.trail.entries
    noted = complaints.rig.trail.written[1].noted
    assert (noted.customer, noted.how) == (f"{MINE}/cdk/C1", "contacted")


async def test_sent_twice_it_is_one_step(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        fields = hidden((await browser.get(place)).text, "step-contacted")
        complaints.store.is_deaf = True  # the second comes before complaints has heard of the first
        first = await browser.post(place, **fields)
        second = await browser.post(place, **fields)
        complaints.store.is_deaf = False
        third = await browser.post(place, **fields)
        pages = [await shown_after(browser, each) for each in (first, second, third)]
    assert all("this counts" in page for page in pages)
    assert len({each["step_id"] for each in complaints.steps_taken()}) == 1
    assert [page.count("contacted the customer") for page in pages] == [1, 1, 1]


async def test_a_step_earlier_than_its_report_counts_from_then(complaints: Complaints) -> None:
    received = complaints.rig.houses.clock.now()
    place = await complaints.filed("K9", received_at="2025-05-20T02:00:00Z")
    assert received.year == 2025
    async with complaints.rig.browser() as browser:
        before = (await browser.get(place)).text
        answer = await step(browser, place, "contacted", at="2025-05-20T11:00")
        page = await shown_after(browser, answer)
    assert "broken" in before
    assert "is taken back" in page and "<strong>kept</strong>" in page
    assert complaints.steps_taken()[0]["at"] == "2025-05-20T03:00:00.000Z"


async def test_what_cannot_be_is_refused_and_says_why(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        answer = await step(browser, place, "contacted", at="2025-05-01T09:00")
        page = await shown_after(browser, answer)
    assert "Customer contacted: does not count" in page
    assert "it is dated before the complaint was received" in page


async def test_an_unsatisfied_call_back_reopens(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        await shown_after(browser, await step(browser, place, "resolved"))
        answer = await step(browser, place, "called_back", satisfied="no")
        page = await shown_after(browser, answer)
    assert "The case is open again" in page
    assert "the customer is not satisfied" in page


async def test_a_satisfied_one_closes_it(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        await shown_after(browser, await step(browser, place, "resolved"))
        answer = await step(browser, place, "called_back", satisfied="yes")
        page = await shown_after(browser, answer)
    assert "the call-back found the customer satisfied" in page
    assert 'id="step-reopened"' in page and 'id="step-contacted"' not in page


async def test_what_is_missing_is_said_at_its_field_and_all_stays(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        fields = hidden((await browser.get(place)).text, "step-held")
        page = await browser.post(place, **fields, until="2025-05-01T00:00", at="2025-05-31T11:00")
        assert page.status_code == 422
        again = hidden(page.text, "step-held")
    assert "This is needed." in page.text and "This has to be later." in page.text
    assert 'value="2025-05-31T11:00"' in page.text
    assert (again["command"], again["step"]) == (fields["command"], "held")
    assert complaints.steps_taken() == []


@pytest.mark.parametrize("written", ["tomorrow", "2199-01-01T00:00"], ids=["words", "future"])
async def test_a_time_that_cannot_be_is_told(complaints: Complaints, written: str) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        page = await step(browser, place, "contacted", at=written)
    assert page.status_code == 422
    assert "Write a day and a time" in page.text or "lies in the future" in page.text


async def test_what_intake_does_not_take_is_said_at_its_field(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        page = await step(browser, place, "withdrawn", reason="call 13812345678 again")
    assert page.status_code == 422
    assert "This looks like a telephone number" in page.text and "13812345678" in page.text


async def test_while_intake_is_away_the_form_stays_and_is_sent_again(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        fields = hidden((await browser.get(place)).text, "step-contacted")
        complaints.rig.away.add("intake")
        page = await browser.post(place, **fields, at="2025-06-01T07:50")
        assert page.status_code == 503
        assert "Nothing is lost" in page.text and 'value="2025-06-01T07:50"' in page.text
        again = hidden(page.text, "step-contacted")
        complaints.rig.away.clear()
        result = await browser.post(place, **again)
        assert "this counts" in await shown_after(browser, result)
    assert again == fields
    assert len({each["step_id"] for each in complaints.steps_taken()}) == 1


async def test_while_complaints_is_away_nothing_is_sent_and_the_form_stays(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        fields = hidden((await browser.get(place)).text, "step-withdrawn")
        complaints.rig.away.add("complaints")
        page = await browser.post(place, **fields, reason="has changed her mind")
    assert page.status_code == 503
    assert "has changed her mind" in page.text
    assert hidden(page.text, "step-withdrawn") == fields
    assert complaints.steps_taken() == []


async def test_what_changed_under_ones_hands_is_shown_first(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with (
        complaints.rig.browser() as mine,
        complaints.rig.browser(username="wang") as hers,
    ):
        fields = hidden((await mine.get(place)).text, "step-answered")
        await shown_after(hers, await step(hers, place, "contacted"))
        page = await mine.post(place, **fields)
        assert page.status_code == 409
        assert "Somebody else has worked on this case" in page.text
        assert "s-wang contacted the customer" in page.text
        assert [each["step"] for each in complaints.steps_taken()] == ["contacted"]
        again = hidden(page.text, "step-answered")
        assert again["command"] == fields["command"] and again["seen"] != fields["seen"]
        assert "this counts" in await shown_after(mine, await mine.post(place, **again))
    assert [each["step"] for each in complaints.steps_taken()] == ["contacted", "answered"]


async def test_what_intake_has_is_the_same_step_whoever_works_on_it_meanwhile(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9")
    async with (
        complaints.rig.browser() as mine,
        complaints.rig.browser(username="wang") as hers,
    ):
        fields = hidden((await mine.get(place)).text, "step-answered")
        complaints.rig.commands.at_intake.add(fields["command"])  # of which nobody has heard yet
        await shown_after(hers, await step(hers, place, "contacted"))
        assert (await mine.post(place, **fields)).status_code == 303


async def test_a_duplicate_is_merged_by_its_number(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    other = await complaints.filed("K8")
    async with complaints.rig.browser() as browser:
        for wrong in ("K9", "K7000"):
            page = await step(browser, place, "merged", merged_into=wrong)
            assert page.status_code == 422, wrong

        answer = await step(browser, place, "merged", merged_into="K8")
        page = await shown_after(browser, answer)
        assert "this counts" in page and f'href="{other}"' in page
        assert 'id="step-unmerged"' in page and 'id="step-resolved"' not in page
        assert f'id="lives-on">This case lives on in case <a class="number" href="{other}">' in page
        survivor = (await browser.get(other)).text
        assert "Case K9 was merged into it" in survivor
        assert f'id="absorbed">It has absorbed <a class="number" href="{place}">K9</a>' in survivor
        assert "lives on" not in survivor and "absorbed" not in page
        paper = (await browser.get(f"{place}/print")).text
        assert "lives on in case" in paper

        page = await shown_after(browser, await step(browser, place, "unmerged"))
        assert "lives on" not in page
        assert "absorbed" not in (await browser.get(other)).text


async def test_a_number_of_several_open_cases_is_no_case_to_merge_into(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9")
    for source in ("crm", "erp"):
        await complaints.filed("K8", source=source)
    async with complaints.rig.browser() as browser:
        page = await step(browser, place, "merged", merged_into="K8")
    assert page.status_code == 422
    assert "Several open cases have this number" in page.text
    assert complaints.steps_taken() == []


async def test_who_leads_makes_somebody_responsible(complaints: Complaints) -> None:
    place = await complaints.filed("K9", owner=None)
    async with complaints.rig.browser(f"head@{MINE}") as head:
        answer = await step(head, place, "reassigned", assigned_to="s-zhao")
        page = await shown_after(head, answer)
    assert "made s-zhao responsible" in page


async def test_it_is_given_to_nobody_who_may_not_work_on_it(complaints: Complaints) -> None:
    await let_work(complaints.rig, chen="agent", pia="privacy", adam="admin")
    gone = StoredUser(user=user_of("gone", "agent"), disabled_at=complaints.rig.desk.clock.now())
    await complaints.rig.users.save(gone)
    place = await complaints.filed("K9", owner=None)
    async with complaints.rig.browser(f"head@{MINE}") as head:
        form = (await head.get(place)).text.partition('id="step-reassigned"')[2]
        form = form.partition("</form>")[0]
        assert 'value="s-chen"' in form
        assert not re.search("s-pia|s-adam|s-gone", form)
        for name in ("pia", "adam", "gone"):
            answer = await step(head, place, "reassigned", assigned_to=f"s-{name}")
            assert answer.status_code == 422
            assert "does not work on complaints here" in answer.text
        assert complaints.steps_taken() == []
        await shown_after(head, await step(head, place, "reassigned", assigned_to="s-chen"))


async def test_others_take_what_nobody_has_and_no_more(complaints: Complaints) -> None:
    place = await complaints.filed("K9", owner=None)
    async with complaints.rig.browser() as agent:
        fields = hidden((await agent.get(place)).text, "step-reassigned")
        to_another = await agent.post(place, **fields, assigned_to="s-zhao")
        assert to_another.status_code == 403
        await shown_after(agent, await agent.post(place, **fields, assigned_to="s-lin"))
        page = await agent.get(place)
        assert 'id="step-reassigned"' not in page.text
        assert (await agent.post(place, **fields, assigned_to="s-lin")).status_code == 303
    assert [each["assigned_to"] for each in complaints.steps_taken()] == ["s-lin"]


async def test_senior_management_s_answer_is_reported_by_who_leads(complaints: Complaints) -> None:
    place = await complaints.filed("K9", severity="major")
    async with (
        complaints.rig.browser() as agent,
        complaints.rig.browser(f"head@{MINE}", username="wang") as head,
    ):
        page = await agent.get(place)
        assert 'id="step-executive_answered"' not in page.text
        fields = hidden(page.text, "step-answered") | {"step": "executive_answered"}
        assert (await agent.post(place, **fields)).status_code == 403
        answer = await step(head, place, "executive_answered")
        assert "this counts" in await shown_after(head, answer)


async def test_a_case_of_another_dealer_is_not_here(complaints: Complaints) -> None:
    await complaints.filed("K9")
    async with complaints.rig.browser("head@sunrise/*") as browser:
        page = await browser.get("/d/sunrise/berlin/cases/cdk/K9")
        assert page.status_code == 404
        page = await browser.get(f"{BASE}/cases/cdk/K-nowhere")
        assert page.status_code == 404
