"""What holds of every act: it is of somebody known, and what stands in its way is told."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from services.desk.domain.people import CustomerCard
from shared.platform.errors import TransientFailure
from tests.access.dealers import MINE
from tests.services.desk.forms import form_asking
from tests.services.desk.given_customers import customer
from tests.services.desk.rig import BASE, Rig

KNOWN, NOBODY = f"{MINE}/cdk/C1", f"{MINE}/cdk/NOBODY"
TYPED = {
    "consents": {"opt_outs": "sms"},
    "customers/{}/consent": {"do_not_contact": "true", "asked": "true"},
    "customers/{}/correct": {"name": "王大明"},
    "file-complaint": {
        "narrative": "It rattles.",
        "category": "workshop-quality",
        "channel": "phone",
        "received_at": "2025-06-01T07:30",
    },
}
"""Where something is reported of any customer -> what was typed."""
each_act = pytest.mark.parametrize("place", TYPED)


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


def address(place: str, customer: str) -> str:
    within = place.format(customer) if "{}" in place else f"{place}/{customer}"
    return f"{BASE}/{within}"


@each_act
async def test_whom_nobody_knows_nothing_is_reported_of(rig: Rig, place: str) -> None:
    async with rig.browser() as browser:
        page = await browser.post(
            address(place, "cdk/NOBODY"), command=str(uuid4()), **TYPED[place]
        )
    assert page.status_code == 404
    assert rig.reported() == []


@each_act
async def test_whom_the_directory_alone_knows_is_known(rig: Rig, place: str) -> None:
    rig.directory.known[NOBODY] = customer(NOBODY)
    rig.away.update({"followup", "scoring", "complaints", "identity"})
    seen = rig.directory.known[NOBODY].profile
    assert seen is not None
    async with rig.browser() as browser:
        page = await browser.post(
            address(place, "cdk/NOBODY"),
            command=str(uuid4()),
            seen=seen.version,
            **TYPED[place],
        )
    assert page.status_code == 303, page.text


@each_act
async def test_while_nobody_can_say_whether_they_are_known_the_form_stays(
    rig: Rig, place: str
) -> None:
    rig.directory.known[NOBODY] = CustomerCard(customer_key=NOBODY)
    rig.away.update({"followup", "scoring", "complaints", "identity"})
    command = str(uuid4())
    async with rig.browser() as browser:
        page = await browser.post(address(place, "cdk/NOBODY"), command=command, **TYPED[place])
    assert page.status_code == 503
    kept = form_asking(page.text, command).fields
    assert {name: kept[name] for name in TYPED[place]} == TYPED[place]
    assert rig.reported() == []


async def test_a_complaint_of_nobody_has_no_form(rig: Rig) -> None:
    async with rig.browser() as browser:
        assert (await browser.get(f"{BASE}/file-complaint/cdk/NOBODY")).status_code == 404


@each_act
async def test_what_cannot_be_written_down_is_sent_again(
    rig: Rig, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake has it by then: it stays one act."""
    command = str(uuid4())

    async def failing(*_: object) -> None:
        raise TransientFailure("the database")

    async with rig.browser() as browser:
        with monkeypatch.context() as broken:
            broken.setattr(rig.commands, "taken", failing)
            page = await browser.post(address(place, "cdk/C1"), command=command, **TYPED[place])
        assert page.status_code == 503
        form = form_asking(page.text, command)
        assert {name: form.fields[name] for name in TYPED[place]} == TYPED[place]
        done = await form.send(browser)
    assert done.status_code == 303, done.text
    assert len({each.document_id for each in rig.reported()}) <= 1


@each_act
async def test_nothing_is_reported_that_is_not_in_the_trail(
    rig: Rig, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the desk then: the act is there by its own id before intake is told of it."""
    command = str(uuid4())

    async def failing(*_: object, **__: object) -> None:
        raise TransientFailure("the database")

    async with rig.browser() as browser:
        with monkeypatch.context() as broken:
            broken.setattr(rig.trail, "note", failing)
            page = await browser.post(address(place, "cdk/C1"), command=command, **TYPED[place])
        assert page.status_code == 503
        assert rig.reported() == []
        assert (await form_asking(page.text, command).send(browser)).status_code == 303
    about = {each[2]: each[3] for each in rig.trail.entries if each[2].startswith("report")}
    assert list(about) == ["reporting", "reported"]
    assert about["reporting"] == command


@each_act
async def test_only_who_keeps_what_was_reported_is_asked_to_hold_it(
    rig: Rig, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others would make the page wait in vain: complaints keeps complaints, followup the rest."""
    asked: list[str] = []
    client = rig.houses.client

    def watched(service: str) -> httpx.AsyncClient:
        async def note(request: httpx.Request) -> None:
            if "holds" in request.url.params:
                asked.append(service)

        found = client(service)
        found.event_hooks = {"request": [note]}
        return found

    rig.directory.known[KNOWN] = customer(KNOWN)
    seen = rig.directory.known[KNOWN].profile
    assert seen is not None
    monkeypatch.setattr(rig.houses, "client", watched)
    async with rig.browser() as browser:
        fields = {"command": str(uuid4()), "seen": seen.version, **TYPED[place]}
        done = await browser.post(address(place, "cdk/C1"), **fields)
        await browser.get(done.headers["location"])
    keeper = {"file-complaint": ["complaints"], "customers/{}/correct": []}
    assert asked == keeper.get(place, ["followup"])
