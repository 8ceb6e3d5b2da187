"""What came of a call, from the form to intake and back."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts.intake import SurveyAnswered, TaskAssigned, TaskOutcomeRecorded
from shared.platform.errors import TransientFailure
from tests.access.dealers import MINE
from tests.services.desk.forms import SentForm, form_asking, form_in, forms_in
from tests.services.desk.rig import BASE, Browser, Rig

KEY = f"{MINE}/cdk/C1"
CARD = f"{BASE}/calls/cdk/C1"
OVERALL = re.compile(r".+-overall").fullmatch


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def form_of(browser: Browser) -> SentForm:
    """The first conversation's."""
    return form_in((await browser.get(CARD)).text, "outcome-")


def outcomes(rig: Rig) -> list[TaskOutcomeRecorded]:
    return [each for each in rig.reported() if isinstance(each, TaskOutcomeRecorded)]


async def test_intake_is_told_who_did_what(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        said = {"outcome": "postponed", "next_contact_on": "2025-06-09", "note": "call at noon"}
        found = await form.send(browser, **said)
    assert found.status_code == 303, found.text
    (recorded,) = outcomes(rig)
    assert (recorded.customer_key, recorded.outcome, recorded.by) == (KEY, "postponed", "s-lin")
    assert (recorded.channel, str(recorded.next_contact_on)) == ("phone", "2025-06-09")
    assert recorded.task_id == form.fields["task"]
    assert recorded.document_id.endswith(form.fields["command"])
    assert ("lin", MINE, "reported", recorded.document_id) in rig.trail.entries


async def test_the_decision_is_drawn_as_followup_has_it(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        found = await form.send(browser, outcome="not_reached")
        page = await browser.get(found.headers["location"])
        assert "It is safely recorded" in page.text
        await rig.followup_hears()
        page = await browser.get(found.headers["location"])
    assert "Not reached: " in page.text
    assert "To be tried again from 2 Jun 2025" in page.text, page.text


async def test_what_is_done_is_closed_and_leaves_the_card(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        found = await form.send(browser, outcome="done")
        await rig.followup_hears()
        page = await browser.get(found.headers["location"])
    assert "The task is closed: done." in page.text
    assert f"outcome-{form.fields['task']}" not in page.text
    assert "Next call" in page.text


async def test_a_double_click_is_one_act(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        sent = [form.send(browser, outcome="not_reached") for _ in range(2)]
        first, second = await asyncio.gather(*sent)
        await rig.followup_hears()
        rig.houses.clock.advance(timedelta(seconds=5))
        third = await form.send(browser, outcome="not_reached")
    assert first.headers["location"] == second.headers["location"] == third.headers["location"]
    assert len({each.document_id for each in outcomes(rig)}) == 1
    assert len({each.version for each in outcomes(rig)}) == 1


async def test_answers_to_two_surveys_are_two_reports_of_one_attempt(rig: Rig) -> None:
    async with rig.browser() as browser:
        forms = forms_in((await browser.get(CARD)).text)
        form = next(each for each in forms if any(map(OVERALL, each.fields)))
        asked = [*filter(OVERALL, form.fields)]
        answers = dict.fromkeys(asked, "9") | {asked[0].replace("overall", "explanation"): "7"}
        found = await form.send(browser, outcome="done", note="happy", **answers)
    assert found.status_code == 303, found.text
    surveys = [each for each in rig.reported() if isinstance(each, SurveyAnswered)]
    assert len(surveys) == len(asked) >= 1
    assert {each.at for each in surveys} == {each.at for each in outcomes(rig)}
    assert {str(each.overall) for each in surveys} == {"9"}
    assert all(each.about_id for each in surveys)


async def test_while_the_broker_is_away_the_form_stays_and_is_sent_again(rig: Rig) -> None:
    rig.houses.intake.publisher.fail_next.append(TransientFailure("broker"))
    async with rig.browser() as browser:
        form = await form_of(browser)
        kept = await form.send(browser, outcome="postponed", note="do not lose this")
        assert kept.status_code == 503
        assert "Nothing is lost. Send it again." in kept.text
        assert "data-draft-kept" in kept.text
        again = form_in(kept.text, "outcome-")
        assert again.fields["note"] == "do not lose this"
        assert again.fields["outcome"] == "postponed"
        assert again.fields["command"] == form.fields["command"]
        found = await again.send(browser)
    assert found.status_code == 303
    assert len({each.document_id for each in outcomes(rig)}) == 1


@pytest.mark.parametrize("service", ["intake", "followup"])
async def test_while_a_service_is_away_nothing_is_lost(rig: Rig, service: str) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        rig.away.add(service)
        kept = await form.send(browser, outcome="declined", note="do not lose this")
        assert kept.status_code == 503
        rig.away.clear()
        again = form_asking(kept.text, form.fields["command"])
        found = await again.send(browser)
    assert found.status_code == 303, found.text
    (recorded,) = outcomes(rig)
    assert recorded.outcome == "declined"
    assert recorded.document_id.endswith(form.fields["command"])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"outcome": ""}, "Choose what came of it."),
        ({"outcome": "done", "next_contact_on": "2025-05-01"}, "A day from today on."),
        ({"outcome": "approved_lost"}, "Choose what came of it."),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    rig: Rig, fields: dict[str, str], words: str
) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        page = await form.send(browser, note="keep this", **fields)
    assert page.status_code == 422
    assert words in page.text
    assert form_in(page.text, "outcome-").fields["note"] == "keep this"
    assert outcomes(rig) == []


async def test_what_changed_under_ones_hands_is_shown_before_it_is_sent(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await form_of(browser), await form_of(other)
        await theirs.send(other, outcome="not_reached")
        await rig.followup_hears()
        page = await mine.send(browser, outcome="declined", note="keep this")
        assert page.status_code == 409
        assert "Somebody else has tried meanwhile." in page.text
        again = form_in(page.text, "outcome-")
        assert (again.fields["note"], again.fields["outcome"]) == ("keep this", "declined")
        assert len(outcomes(rig)) == 1
        found = await again.send(browser)
    assert found.status_code == 303
    assert [each.by for each in outcomes(rig)] == ["s-chen", "s-lin"]


@pytest.mark.parametrize("how", ["refused", "unanswered"])
async def test_what_intake_never_had_is_looked_at_again(rig: Rig, how: str) -> None:
    """However the first sending failed: it is none that may be repeated unseen."""
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await form_of(browser), await form_of(other)
        if how == "refused":
            rig.houses.intake.publisher.fail_next.append(TransientFailure("broker"))
        else:
            rig.away.add("intake")
        assert (await mine.send(browser, outcome="declined")).status_code == 503
        rig.away.clear()
        rig.houses.clock.advance(timedelta(minutes=1))
        await theirs.send(other, outcome="not_reached")
        await rig.followup_hears()
        page = await mine.send(browser, outcome="declined")
        assert page.status_code == 409
        assert "Somebody else has tried meanwhile." in page.text
        assert [each.by for each in outcomes(rig)] == ["s-chen"]
        found = await form_asking(page.text, mine.fields["command"]).send(browser)
    assert found.status_code == 303
    assert [each.by for each in outcomes(rig)] == ["s-chen", "s-lin"]


async def test_what_intake_has_is_the_same_act_whoever_acts_meanwhile(rig: Rig) -> None:
    """Though followup has heard of theirs alone."""
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await form_of(browser), await form_of(other)
        rig.commands.at_intake.add(mine.fields["command"])
        await theirs.send(other, outcome="not_reached")
        await rig.followup_hears()
        assert (await mine.send(browser, outcome="not_reached")).status_code == 303


async def test_what_intake_has_is_the_same_act_though_its_answer_was_lost(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await form_of(browser), await form_of(other)
        first = await mine.send(browser, outcome="done")
        rig.commands.at_intake.clear()
        rig.houses.clock.advance(timedelta(minutes=1))
        await theirs.send(other, outcome="not_reached")
        await rig.followup_hears()
        again = await mine.send(browser, outcome="done")
    assert again.status_code == 303, again.text
    assert again.headers["location"] == first.headers["location"]
    assert len({each.document_id for each in outcomes(rig)}) == 2


async def test_what_was_closed_meanwhile_can_be_reported_all_the_same(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        mine, theirs = await form_of(browser), await form_of(other)
        await theirs.send(other, outcome="done")
        await rig.followup_hears()
        rig.houses.clock.advance(timedelta(minutes=1))
        page = await mine.send(browser, outcome="declined")
        assert "It was closed meanwhile." in page.text
        found = await form_in(page.text, "outcome-").send(browser)
        await rig.followup_hears()
        page = await browser.get(found.headers["location"])
    assert "It does not change anything: the task was closed before (done)." in page.text


@pytest.mark.parametrize("away", [(), ("intake",), ("followup",)])
async def test_a_card_that_is_shown_again_is_written_down(rig: Rig, away: tuple[str, ...]) -> None:
    """But not the form by itself, which shows no telephone."""
    async with rig.browser() as browser:
        form = await form_of(browser)
        before = len(rig.trail.entries)
        rig.away.update(away)
        page = await form.send(browser, outcome="postponed" if away else "")
    seen = [] if "followup" in away else [("lin", MINE, "saw_particulars", KEY)]
    assert page.status_code == (503 if away else 422)
    shown = [each for each in rig.trail.entries[before:] if each[2] != "reporting"]
    assert shown == seen


async def test_a_task_of_nobody_is_not_here(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        page = await form.send(browser, outcome="done", task="00000000-0000-0000-0000-000000000000")
    assert page.status_code == 404


@pytest.mark.parametrize("command", ["", "not-a-uuid"])
async def test_a_form_that_does_not_say_which_act_it_is_is_refused(rig: Rig, command: str) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        page = await form.send(browser, outcome="done", command=command)
    assert page.status_code == 422
    assert outcomes(rig) == []


async def test_nothing_personal_is_in_the_address_or_the_log(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    async with rig.browser() as browser:
        form = await form_of(browser)
        found = await form.send(browser, outcome="done", note="SECRETNOTE")
        await browser.get(found.headers["location"])
    assert "SECRETNOTE" not in found.headers["location"]
    shown = capsys.readouterr()
    assert "SECRETNOTE" not in shown.out + shown.err
    assert [each for each in rig.reported() if isinstance(each, TaskAssigned)] == []
