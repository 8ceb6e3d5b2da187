"""The commands that the README shows, tried."""

import re

import pytest

from tests import PROJECT
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import CUSTOMER, day, sale, visit
from tests.services.scoring.several import told_of

README = (PROJECT / "services/scoring/README.md").read_text("utf-8")
ASKED = re.findall(r'^curl "\$base/([^"]+)"', README, re.MULTILINE)
ASKING = Asking(
    {CUSTOMER: told_of(CUSTOMER, sale("2025-01-10"), visit("2025-01-20"))}, day("2025-02-01")
)


def test_the_readme_shows_every_endpoint() -> None:
    kinds = {re.sub(r"\?.*", "", path).rpartition("/")[2] for path in ASKED}
    assert kinds == {"C1", "history", "customers", "grades", "analysis"}


@pytest.mark.parametrize("path", ASKED)
async def test_each_command_is_answered(path: str) -> None:
    answer = await ASKING.answer(path)
    assert answer.status_code == 200, answer.text
