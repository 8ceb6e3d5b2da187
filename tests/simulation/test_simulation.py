"""Thousands of seeds: nothing lost, nothing doubled, in order, on time, whatever goes wrong."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.network import Fate
from tests.simulation.story import Report, Story, simulate

SEEDS = 3000
CHUNK = 500


def broken(report: Report) -> str:
    """What to say of a seed that failed: how to see it again comes first."""
    return f"{report.reproduction}\n{report.violations[0]}"


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_whatever_goes_wrong_nothing_is_lost_or_doubled(first: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        report = simulate(seed)
        assert not report.violations, broken(report)
        happened += report.happened
    assert {fate.value for fate in Fate} <= happened.keys()
    assert {mishap.__name__ for mishap in Story.MISHAPS} <= happened.keys()


@pytest.mark.parametrize("seed", [7, 58])
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    assert simulate(seed).trace == simulate(seed).trace


def test_different_seeds_are_different_runs() -> None:
    assert simulate(1).trace != simulate(2).trace


def test_a_failure_is_reproduced_by_its_one_line_in_another_process() -> None:
    report = simulate(58)
    python, *arguments = report.reproduction.split()
    assert python == "python"
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    seen = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    assert seen.stdout.startswith("\n".join(report.trace) + "\n1 seeds, 0 broken")
