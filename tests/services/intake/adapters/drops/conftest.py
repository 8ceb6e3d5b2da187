"""A watched folder of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.intake.given_drops import DropWorld


@pytest.fixture
def drops(tmp_path: Path) -> Iterator[DropWorld]:
    world = DropWorld(tmp_path)
    yield world
    world.close()
