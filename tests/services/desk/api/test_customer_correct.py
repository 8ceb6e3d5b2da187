"""What is shown of a customer's person can be corrected; and a page says when it is not yet."""

from pathlib import Path

import pytest

from services.desk.api import customer_acts
from shared.contracts.corrections import CustomerCorrected
from shared.contracts.intake import PhoneNumber, ProfileRecorded
from tests.services.desk.forms import form_in
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Rig
from tests.services.intake.given import message_of

PAGE = f"{BASE}/customers/cdk/C1"


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(customer_acts, "PATIENCE_SECONDS", 0)
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer(
        language="zh", birth_year=1980, occupation="teacher", area="Pudong"
    )
    return found


def known_to_intake(rig: Rig) -> ProfileRecorded:
    found = map(message_of, rig.houses.intake.publisher.records)
    return [each for each in found if isinstance(each, ProfileRecorded)][-1]


async def test_all_that_is_shown_can_be_corrected(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.post(f"{PAGE}/show")).text, "correction")
        known = {"language": "zh", "birth_year": "1980", "occupation": "teacher", "area": "Pudong"}
        assert form.fields.items() >= known.items()
        sent = await form.send(
            browser,
            language="en",
            birth_year="1981",
            occupation="doctor",
            phones=f"{form.fields['phones']}\n021 5555 1111",
            new_phones="work",
        )
    assert sent.status_code == 303, sent.text
    (corrected,) = [each for each in rig.reported() if isinstance(each, CustomerCorrected)]
    assert {*corrected.corrected} == {"language", "birth_year", "occupation", "phones"}
    profile = known_to_intake(rig)
    assert (profile.language, profile.birth_year, profile.occupation) == ("en", 1981, "doctor")
    assert PhoneNumber(kind="work", e164="+862155551111") in profile.phones


async def test_what_kind_a_new_number_is_stays_chosen_while_intake_is_away(rig: Rig) -> None:
    rig.away.add("intake")
    async with rig.browser() as browser:
        form = form_in((await browser.post(f"{PAGE}/show")).text, "correction")
        kept = await form.send(browser, phones="021 5555 1111", new_phones="home")
    assert kept.status_code == 503
    assert form_in(kept.text, "correction").fields["new_phones"] == "home"


async def test_a_year_that_is_none_is_refused_with_what_was_typed(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.post(f"{PAGE}/show")).text, "correction")
        page = await form.send(browser, birth_year="long ago")
    assert page.status_code == 422
    assert form_in(page.text, "correction").fields["birth_year"] == "long ago"


async def test_while_it_has_not_arrived_it_is_not_said_to_be_there(rig: Rig) -> None:
    async with rig.browser() as browser:
        form = form_in((await browser.post(f"{PAGE}/show")).text, "correction")
        sent = await form.send(browser, name="王大明")
        late = await browser.get(sent.headers["location"])
    assert "it is shown as soon as it has arrived" in late.text
    assert "The correction was taken." not in late.text
    for place in ("customer-head", "who-they-are"):
        assert f'id="{place}" data-live="customer:{WANG}"' in late.text, "it comes by itself"
