"""Clocks: milliseconds in UTC, and a scaled time that all processes share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.testing.clock import ManualClock
from shared.time.clock import ScaledClock, SystemClock, write_origin

ORIGIN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_present_is_utc_cut_to_milliseconds() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_scaled_time_is_real_until_the_origin_and_fast_after_it(tmp_path: Path) -> None:
    real = ManualClock(ORIGIN - SECOND)
    file = tmp_path / "origin.json"
    clock = ScaledClock(factor=3600, origin_file=file, real=real)
    assert clock.now() == ORIGIN - SECOND
    write_origin(file, ORIGIN)
    assert clock.now() == ORIGIN - SECOND
    real.set(ORIGIN)
    assert clock.now() == ORIGIN
    real.advance(2 * SECOND)
    assert clock.now() == ORIGIN + timedelta(hours=2)


def test_processes_that_share_the_file_agree(tmp_path: Path) -> None:
    file = tmp_path / "origin.json"
    write_origin(file, ORIGIN)
    real = ManualClock(ORIGIN + 5 * SECOND)
    clocks = [ScaledClock(factor=60, origin_file=file, real=real) for _ in range(2)]
    assert clocks[0].now() == clocks[1].now() == ORIGIN + timedelta(minutes=5)


def test_scaled_time_goes_on_at_the_machines_pace_after_so_many_seconds(tmp_path: Path) -> None:
    real = ManualClock(ORIGIN)
    file = tmp_path / "origin.json"
    clock = ScaledClock(factor=3600, origin_file=file, real=real)
    write_origin(file, ORIGIN, fast_seconds=2)
    real.advance(SECOND)
    assert clock.now() == ORIGIN + timedelta(hours=1)
    real.advance(11 * SECOND)
    assert clock.now() == ORIGIN + timedelta(hours=2, seconds=10)
    assert clock.at(ORIGIN - SECOND) == ORIGIN - SECOND
