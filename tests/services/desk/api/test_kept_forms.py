"""Every form of every screen keeps what was typed, and which act it is, while a service is away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.desk.adapters.users import StoredUser
from services.desk.domain.users import User
from tests.access.dealers import MINE
from tests.services.desk.forms import SentForm, form_in, forms_in
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig
from tests.services.desk.routes_table import AT_DEALER, CASE, CUSTOMER, NUMBERED, ROUTES

SERVICES = ("intake", "followup", "scoring", "complaints", "identity")
THEIR_PAGE, CARD = f"{BASE}/customers/cdk/C1", f"{BASE}/calls/cdk/C1"


@dataclass(frozen=True)
class Typed:
    """A form of a page, and what is typed into it."""

    page: str
    form: str
    """What its id begins with, or its action has."""
    fields: Mapping[str, str] = field(default_factory=dict)
    opened: bool = False
    """The page is asked for by POST."""


FORMS = {
    f"{AT_DEALER}/calls/{NUMBERED}": Typed(
        CARD,
        "outcome-",
        {"outcome": "postponed", "note": "at noon", "next_contact_on": "2025-06-09"},
    ),
    f"{AT_DEALER}/assignments/{NUMBERED}": Typed(CARD, "assignments", {"person": "s-lin"}),
    f"{AT_DEALER}/consents/{NUMBERED}": Typed(
        CARD, "consent", {"do_not_contact": "true", "opt_outs": "sms"}
    ),
    f"{AT_DEALER}/find": Typed(f"{BASE}/find", "/find", {"asked": "wang"}),
    f"{CUSTOMER}/show": Typed(THEIR_PAGE, "/show"),
    f"{CUSTOMER}/correct": Typed(
        f"{THEIR_PAGE}/show", "correction", {"name": "王大明"}, opened=True
    ),
    f"{CUSTOMER}/consent": Typed(THEIR_PAGE, "allowed", {"opt_outs": "email"}),
    CASE: Typed(f"{BASE}/cases/cdk/K-1", "step-withdrawn", {"reason": "has changed her mind"}),
    f"{CASE}/narrative": Typed(f"{BASE}/cases/cdk/K-1", "/narrative"),
    f"{AT_DEALER}/file-complaint/{NUMBERED}": Typed(
        f"{BASE}/file-complaint/cdk/C1",
        "file-complaint",
        {"narrative": "It rattles.", "category": "workshop-quality", "owner": "s-lin"},
    ),
    f"{AT_DEALER}/manager/tasks": Typed(
        f"{BASE}/manager/tasks?person=nobody", "give", {"to": "s-chen", "task": "of the page"}
    ),
    f"{AT_DEALER}/exports": Typed(f"{BASE}/exports", "/exports", {"table": "tasks", "form": "csv"}),
}
"""Path of a route -> a form that is sent to it."""
ASK_NO_SERVICE = {
    "/sign-in",
    "/sign-out",
    "/language",
    "/password",
    "/password/elsewhere",
    "/trail",
    "/trail/export",
    "/trail/verify",
}


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    rig.directory.known[WANG] = customer()
    for name in ("lin", "chen"):
        user = User(username=name, name=name, staff_id=f"s-{name}", grants=(f"agent@{MINE}",))
        await rig.users.save(StoredUser(user=user))
    return rig


def test_every_form_is_looked_at() -> None:
    paths = {route.path for route in ROUTES if route.method == "POST"}
    assert paths == {*FORMS} | ASK_NO_SERVICE


async def drawn(browser: Browser, typed: Typed) -> tuple[SentForm, dict[str, str]]:
    """The form as its page has it, and what is typed into it."""
    asked = browser.post if typed.opened else browser.get
    page = (await asked(typed.page)).text
    fields = dict(typed.fields)
    if "task" in fields:
        found = re.search(r'type="checkbox" name="task" value="([^"]+)"', page)
        assert found is not None
        fields["task"] = found[1]
    return form_in(page, typed.form), fields


@pytest.mark.parametrize("path", FORMS)
async def test_what_was_typed_stays_or_is_taken(rig: Rig, path: str) -> None:
    """It is sent while one service is away, then while the next is: once all answer it is taken."""
    async with rig.browser(f"manager@{MINE}", f"head@{MINE}") as browser:
        form, fields = await drawn(browser, FORMS[path])
        for service in SERVICES:
            rig.away.add(service)
            page = await form.send(browser, **fields)
            rig.away.clear()
            if page.status_code != 503:
                assert page.status_code in (200, 303), f"{service}: {page.status_code}"
                continue
            (kept,) = (
                each
                for each in forms_in(page.text)
                if each.action == form.action and each.fields.items() >= told_by(form).items()
            )
            assert kept.fields.items() >= fields.items(), service
        done = await form.send(browser, **fields)
    assert done.status_code in (200, 303), done.text


def told_by(form: SentForm) -> dict[str, str]:
    """By what it is told from others of a page."""
    return {name: form.fields[name] for name in ("command", "task", "step") if name in form.fields}
