"""The shipped examples of deadlines that regulators set, for the tests that ask for them."""

from pathlib import Path

import pytest

from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from tests.services.complaints.regulators import EXAMPLES, draft


@pytest.fixture
def rules(tmp_path: Path) -> dict[str, CaseRulebook]:
    """Each of the examples, alone."""
    found = {}
    for name in EXAMPLES:
        edition = draft(tmp_path, f"extends: [{name}]\n").edition
        found[name] = rulebook_of(edition.policy, working_days=edition.working_days)
    return found
