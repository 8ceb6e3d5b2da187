"""What of the customer's page each role is told, and what it is told to be hidden."""

from pathlib import Path

import pytest

from services.desk.domain.allowed import ACTS
from shared.auth.roles import ROLES, Role
from shared.auth.scopes import Scope
from tests.access.dealers import MINE
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Rig

PAGE = f"{BASE}/customers/cdk/C1"
HIDDEN = "Your role does not see this part."
PARTS: tuple[tuple[str, Scope, str], ...] = (
    ("worth", "scores:read", "There is no score of this customer."),
    ("plan", "tasks:read", "Nothing is planned for this customer."),
    ("complaints", "complaints:read", "None."),
    ("person", "persons:read", "No other customer is known to be."),
)
"""Where it stands, what it needs, and what is said where there is nothing."""


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


@pytest.mark.parametrize("role", sorted(ACTS["see_customers"]))
async def test_what_is_not_for_a_role_is_not_said_to_be_nothing(rig: Rig, role: Role) -> None:
    async with rig.browser(f"{role}@{MINE}") as browser:
        page = await browser.get(PAGE)
    assert page.status_code == 200
    for place, needed, nothing in PARTS:
        section = page.text.partition(f'aria-labelledby="{place}"')[2].partition("</section>")[0]
        is_hidden = needed not in ROLES[role]
        assert (HIDDEN in section) is is_hidden, place
        assert not (is_hidden and nothing in section), place
