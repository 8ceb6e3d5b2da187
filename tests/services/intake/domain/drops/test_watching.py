"""A file is complete when it has looked the same for long enough, whatever its own time says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.drops.watching import Seen, Stamp, complete, watched

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STILL = timedelta(seconds=30)
STAMPS = st.builds(Stamp, st.integers(0, 2), st.integers(0, 2), st.just(1))


@given(st.lists(st.tuples(st.integers(0, 40), STAMPS | st.none()), max_size=12))
def test_nothing_is_complete_that_changed_or_was_not_there_within_that_time(
    looks: list[tuple[int, Stamp | None]],
) -> None:
    seen: dict[str, Seen] = {}
    history: list[tuple[datetime, Stamp | None]] = []
    now = NOW
    for seconds, stamp in looks:
        now += timedelta(seconds=seconds)
        history.append((now, stamp))
        seen = watched(seen, {} if stamp is None else {"a": stamp}, now)
        same_since = now
        for moment, then in reversed(history):
            if then != stamp:
                break
            same_since = moment
        expected = ["a"] if stamp is not None and now - same_since >= STILL else []
        assert complete(seen, now, still=STILL) == expected


def test_those_come_first_that_were_written_first() -> None:
    seen = {name: Seen(Stamp(at, 1, 1), NOW) for name, at in (("b", 1), ("a", 2), ("c", 1))}
    assert complete(seen, NOW, still=timedelta()) == ["b", "c", "a"]
