"""A mapping of the tests."""

from pathlib import Path

import pytest

from services.intake.adapters.mappings import Mappings
from tests.services.intake.given_connectors import MAPPING


@pytest.fixture
def mappings(tmp_path: Path) -> Mappings:
    (tmp_path / "orders.yaml").write_text(MAPPING)
    return Mappings(tmp_path)
