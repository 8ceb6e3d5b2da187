"""The engine beside the oracle that walks time, around clock changes, make-up days, year ends."""

import random

import pytest

from tests.shared.time.oracle import MOMENTS, agrees, draw

EACH_ZONE = 50


@pytest.mark.parametrize("zone", sorted(MOMENTS))
def test_engine_and_oracle_find_the_same(zone: str) -> None:
    chance = random.Random(f"{zone} 2026")
    questions = [draw(chance, zone) for _ in range(EACH_ZONE)]
    assert [question for question in questions if not agrees(question)] == []
