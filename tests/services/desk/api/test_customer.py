"""The customer's page: all leads to what it is made of, and what is done there is reported."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.desk.adapters.upstream import RefusedByService
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.openings import OPEN_FOR
from shared.contracts.http.problem import problem
from shared.contracts.identifiers import customer_key
from tests.access.dealers import MINE, SISTER
from tests.access.services import NOW
from tests.services.desk.forms import form_in
from tests.services.desk.given_customers import VIN, WANG, customer, profile
from tests.services.desk.rig import BASE, Rig

PAGE = f"{BASE}/customers/cdk/C1"
COMMAND = "0b8f5a52-9d0e-4a8c-8a80-1c4c9f3c2b11"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


def visit(number: str = "D1") -> KeptDocument:
    return KeptDocument(
        document_id=f"{MINE}/cdk/visit/{number}",
        customer_key=WANG,
        dealer_id=MINE,
        version="1",
        kind="visit",
        at=NOW - timedelta(days=3),
        said={"status": "closed", "paid": "800", "currency": "CNY", "declined": ["BRAKES"]},
    )


async def test_it_shows_who_what_they_are_worth_and_what_is_planned(rig: Rig) -> None:
    rig.directory.kept.append(visit())
    async with rig.browser() as browser:
        page = await browser.get(PAGE)
    assert page.status_code == 200, page.text
    for shown in ("王小明", "Value and loyalty", "To do now", "Why now", "Complaints", "CN¥800.00"):
        assert shown in page.text
    assert f'href="{BASE}/calls/cdk/C1"' in page.text
    assert f'href="{BASE}/file-complaint/cdk/C1"' in page.text
    assert "<polyline" in page.text
    assert " style=" not in page.text
    assert rig.trail.entries == [("lin", MINE, "saw_customer", WANG)]


async def test_their_complaints_are_listed(rig: Rig) -> None:
    async with rig.browser() as browser:
        theirs = await browser.get(f"{BASE}/customers/cdk/C-1")
        none = await browser.get(PAGE)
    assert f'href="{BASE}/cases/cdk/K-1"' in theirs.text
    assert f'href="{BASE}/cases/' not in none.text


async def test_every_link_within_the_page_leads_somewhere(rig: Rig) -> None:
    async with rig.browser() as browser:
        found = await browser.get(PAGE)
    [score] = [each for each in found.text.split('href="#')[1:] if each.startswith("axis-value")]
    assert score
    for link in found.text.split('href="#')[1:]:
        place = link.partition('"')[0]
        assert f'id="{place}"' in found.text, place


async def test_a_reason_leads_to_its_document_on_the_page(rig: Rig) -> None:
    async with rig.browser() as browser:
        before = (await browser.get(PAGE)).text
        number = before.partition("Repair order ")[2].partition("<")[0].strip()
        rig.directory.kept.append(visit(number))
        after = (await browser.get(PAGE)).text
    assert 'href="#document-1"' not in before
    assert 'href="#document-1"' in after
    assert 'id="document-1"' in after


async def test_particulars_are_hidden_until_somebody_opens_them_which_is_written_down(
    rig: Rig,
) -> None:
    async with rig.browser() as browser:
        hidden = await browser.get(PAGE)
        shown = await browser.post(f"{PAGE}/show")
    for said in ("+8613812341234", VIN, "沪A12345", "xiaoming.wang@example.cn"):
        assert said not in hidden.text
        assert said in shown.text
    assert rig.trail.entries[-1] == ("lin", MINE, "saw_particulars", WANG)


@pytest.mark.parametrize("header", [{"X-By-Itself": "1"}, {"Accept": "text/event-stream"}])
async def test_a_page_asks_by_itself_only_for_what_its_session_has_opened(
    rig: Rig, header: dict[str, str]
) -> None:
    seen = ("lin", MINE, "saw_customer", WANG)
    async with rig.browser() as browser, rig.browser(session="another") as other:
        await browser.client.get(PAGE, headers=header)
        assert rig.trail.entries == [seen]
        await browser.client.get(PAGE, headers=header)
        assert rig.trail.entries == [seen]
        await other.client.get(PAGE, headers=header)
        assert rig.trail.entries == [seen] * 2
        await browser.client.post(f"{PAGE}/show", data={"csrf": browser.csrf}, headers=header)
        assert rig.trail.entries == [seen] * 2 + [("lin", MINE, "saw_particulars", WANG)]


async def test_what_was_opened_long_ago_is_opened_anew(rig: Rig) -> None:
    rig.desk.settings.desk_idle_minutes = 60
    async with rig.browser() as browser:
        await browser.get(PAGE)
        rig.houses.clock.advance(OPEN_FOR)
        await browser.client.get(PAGE, headers={"X-By-Itself": "1"})
    assert len(rig.trail.entries) == 2


@pytest.mark.parametrize(
    ("seen", "name", "status"),
    [("1", "王大明", 409), ("", "王小明", 200), ("", "王" * 300, 422), ("", "王大明", 503)],
)
async def test_a_form_that_is_not_taken_shows_particulars_which_is_written_down(
    rig: Rig, seen: str, name: str, status: int
) -> None:
    if status == 503:
        rig.away.add("intake")
    async with rig.browser() as browser:
        page = await browser.post(
            f"{PAGE}/correct",
            command=COMMAND,
            seen=seen or profile().version,
            name=name,
            phones="+8613812341234",
            email="xiaoming.wang@example.cn",
        )
    assert page.status_code == status and VIN in page.text
    told = [("lin", MINE, "reporting", COMMAND)] if status in (422, 503) else []
    assert rig.trail.entries == [*told, ("lin", MINE, "saw_particulars", WANG)]


async def test_the_address_of_what_was_sent_leads_back(rig: Rig) -> None:
    async with rig.browser() as browser:
        for act in ("show", "correct", "consent"):
            page = await browser.get(f"{PAGE}/{act}")
            assert (page.status_code, page.headers["location"]) == (303, PAGE)


@pytest.mark.parametrize("service", ["scoring", "followup", "complaints", "identity"])
async def test_without_one_service_the_rest_is_there(rig: Rig, service: str) -> None:
    rig.away.add(service)
    async with rig.browser() as browser:
        page = await browser.get(PAGE)
    assert page.status_code == 200
    assert page.text.count("cannot be shown at present") == 1
    assert "王小明" in page.text


async def test_a_part_that_a_service_refuses_is_a_part_that_is_missing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise RefusedByService(problem("of-the-tests", "Not so", 422))

    monkeypatch.setattr(rig.desk.services, "score", refused)
    async with rig.browser() as browser:
        page = await browser.get(PAGE)
        card = await browser.get(f"{BASE}/calls/cdk/C1")
    assert (page.status_code, card.status_code) == (200, 200)
    assert page.text.count("cannot be shown at present") == 1


async def test_whom_nobody_knows_is_not_there(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/customers/cdk/nobody")
    assert page.status_code == 404
    assert rig.trail.entries == []


async def test_another_dealers_customer_is_not_shown(rig: Rig) -> None:
    theirs = customer_key(SISTER, "berlinonly", "C1")
    rig.directory.known[theirs] = customer(theirs)
    async with rig.browser() as browser:
        for act in ("", "/show"):
            address = f"/d/{SISTER}/customers/berlinonly/C1{act}"
            page = await (browser.post(address) if act else browser.get(address))
            assert page.status_code == 403
            assert "王小明" not in page.text


async def test_while_intake_is_away_nothing_that_was_typed_is_lost(rig: Rig) -> None:
    rig.away.add("intake")
    async with rig.browser() as browser:
        consent = await browser.post(
            f"{PAGE}/consent", command=COMMAND, opt_outs="email", asked="true"
        )
        correct = await browser.post(
            f"{PAGE}/correct",
            command=COMMAND,
            seen=profile().version,
            name="王大明",
            phones="13812341234",
        )
    for page in (consent, correct):
        assert page.status_code == 503
        assert "Nothing is lost" in page.text
        assert COMMAND in page.text
    assert 'value="email" checked' in consent.text
    assert "王大明" in correct.text


async def test_a_correction_says_what_was_changed_alone(rig: Rig) -> None:
    async def newer(key: str) -> object:
        return customer(version="2")

    rig.directory.anew = newer  # type: ignore[method-assign,assignment]
    async with rig.browser() as browser:
        page = await browser.post(
            f"{PAGE}/correct",
            command=COMMAND,
            seen=profile().version,
            name="王大明",
            phones="+8613812341234",
            email="xiaoming.wang@example.cn",
        )
    assert (page.status_code, page.headers["location"]) == (303, f"{PAGE}?done=corrected")


async def test_what_changed_meanwhile_is_shown_before_anything_is_sent(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(f"{PAGE}/correct", command=COMMAND, seen="1", name="王大明")
    assert page.status_code == 409
    assert "meanwhile" in page.text
    assert "王大明" in page.text
    assert f'name="seen" value="{profile().version}"' in page.text


async def test_nothing_changed_is_said(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(
            f"{PAGE}/correct",
            command=COMMAND,
            seen=profile().version,
            name="王小明",
            phones="+8613812341234",
            email="xiaoming.wang@example.cn",
        )
    assert "Nothing was changed" in page.text


async def test_what_intake_refuses_is_told_with_what_was_typed(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(
            f"{PAGE}/correct",
            command=COMMAND,
            seen=profile().version,
            name="王" * 300,
            phones="+8613812341234",
        )
    assert page.status_code == 422
    assert "This was not taken" in page.text


async def test_a_correction_and_a_consent_of_one_page_are_two_acts(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(f"{PAGE}/show")
    forms = [form_in(page.text, name) for name in ("correction", "allowed")]
    assert len({form.fields["command"] for form in forms}) == 2


async def test_what_could_not_be_read_of_a_correction_is_said(rig: Rig) -> None:
    rig.directory.known[WANG] = customer(version="1733472360000.aaa")
    async with rig.browser() as browser:
        form = form_in((await browser.post(f"{PAGE}/show")).text, "correction")
        sent = await form.send(browser, email="nobody", area="Pudong")
        page = await browser.get(sent.headers["location"])
    assert "Not taken quite as written, look at it again: E-mail address." in page.text
