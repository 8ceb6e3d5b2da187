"""The commands that the README shows, tried."""

import re

import pytest

from services.scoring.app import service
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition
from services.scoring.settings import ScoringSettings
from tests import PROJECT
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import CUSTOMER, DEALER, day, sale, visit
from tests.services.scoring.several import told_of

README = (PROJECT / "services/scoring/README.md").read_text("utf-8")
ASKED = re.findall(r'^curl -H "\$key" "\$base/([^"]+)"', README, re.MULTILINE)
TRYING = service(ScoringSettings())
TRIED = ScoringEdition(policy=ScoringPolicy(loyalty_is_high_from=20))
TRYING.policy = TRYING.policy.with_shadows({DEALER: TRIED})
ASKING = Asking(
    {CUSTOMER: told_of(CUSTOMER, sale("2025-01-10"), visit("2025-01-20"))},
    day("2025-02-01"),
    scoring=TRYING,
)


def test_the_readme_shows_every_endpoint() -> None:
    kinds = {re.sub(r"\?.*", "", path).rpartition("/")[2] for path in ASKED}
    assert kinds == {"C1", "history", "customers", "grades", "analysis", "shadow"}


@pytest.mark.parametrize("path", ASKED)
async def test_each_command_is_answered(path: str) -> None:
    answer = await ASKING.answer(path)
    assert answer.status_code == 200, answer.text
