"""Thousands of seeds: nothing lost, nothing doubled, in order, on time, whatever goes wrong."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.simulation.network import Fate
from tests.simulation.story import Report, Story, simulate
from tests.simulation.worlds import WORLDS

SEEDS: Mapping[str, int] = {
    "toy": 150,
    "complaints": 30,
    "lists": 30,
    "identity": 20,
    "linked": 20,
    "followup": 15,
}
"""World -> how many of its seeds are run; a course of cases or of persons takes four times as long,
one of follow-ups, which is looked at five times, ten times. `.ci/run` runs more of them."""
CHUNKS = [
    (world, first, min(first + size, SEEDS[world]))
    for world, size in {**SEEDS, "toy": 75}.items()
    for first in range(0, SEEDS[world], size)
]


def broken(report: Report) -> str:
    """What to say of a seed that failed: how to see it again comes first."""
    return f"{report.reproduction}\n{report.violations[0]}"


@pytest.mark.parametrize(("world", "first", "past"), CHUNKS)
def test_whatever_goes_wrong_nothing_is_lost_or_doubled(world: str, first: int, past: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, past):
        report = simulate(seed, world=world)
        assert not report.violations, broken(report)
        happened += report.happened
    assert {fate.value for fate in Fate} <= happened.keys()
    assert {mishap.__name__ for mishap in Story.MISHAPS} <= happened.keys()
    assert WORLDS[world].rewinds == (Story.rewind.__name__ in happened)
    assert set(WORLDS[world].announces) <= happened.keys()


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seed", [7, 58])
def test_the_same_seed_is_the_same_run(world: str, seed: int) -> None:
    assert simulate(seed, world=world).trace == simulate(seed, world=world).trace


@pytest.mark.parametrize("world", WORLDS)
def test_different_seeds_are_different_runs(world: str) -> None:
    assert simulate(1, world=world).trace != simulate(2, world=world).trace


@pytest.mark.parametrize("world", WORLDS)
def test_a_failure_is_reproduced_by_its_one_line_in_another_process(world: str) -> None:
    report = simulate(58, world=world)
    python, *arguments = report.reproduction.split()
    assert python == "python"
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    seen = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    assert seen.stdout.startswith("\n".join(report.trace) + "\n1 seeds, 0 broken")
