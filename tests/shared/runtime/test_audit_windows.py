"""How the audit goes through the windows of the deadline: all that is open, each exactly once."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.decider.decision import NOTHING_DUE, Listing
from shared.runtime import audit
from shared.runtime.aggregate import NOTHING, Aggregate
from shared.runtime.audit import AUDIT_PAGE, LONG_AGO, _Cursor
from tests.shared.runtime.toy import DAY, DEALER, START


def open_until(number: int, deadline: datetime) -> Aggregate:
    return Aggregate(
        id=f"{DEALER}/{number:04d}",
        dealer_id=DEALER,
        partition=0,
        version=1,
        facts=NOTHING,
        emitted={},
        due_at=None,
        policy_version="",
        updated_at=START,
        listing=Listing(START, deadline, {}),
    )


def a_pass(deadlines: Sequence[datetime]) -> list[int]:
    """How much each window of a pass has; each open one must be looked at exactly once."""
    ordered = [open_until(number, deadline) for number, deadline in enumerate(sorted(deadlines))]
    keys = [(deadline, one.id) for deadline, one in zip(sorted(deadlines), ordered, strict=True)]
    cursor = _Cursor(START)
    seen: list[Aggregate] = []
    sizes: list[int] = []
    while cursor.dealer == 0:
        assert len(sizes) < 2_000
        first = 0 if cursor.after is None else bisect_right(keys, cursor.after)
        end = len(keys) if cursor.end is None else bisect_left(keys, (cursor.end, ""))
        found = ordered[first:end][:AUDIT_PAGE]
        seen += found
        sizes.append(end - first)
        cursor = cursor.behind(found)
    assert seen == ordered
    return sizes


SECOND = timedelta(seconds=1)
MOMENTS = st.one_of(
    st.sampled_from([NOTHING_DUE, START, START - LONG_AGO, START + SECOND]),
    st.timedeltas(-timedelta(hours=1), timedelta(hours=1)).map(lambda apart: START + apart),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: min(moment, NOTHING_DUE)),
)
CROWDS = st.lists(st.tuples(MOMENTS, st.integers(1, 130)), max_size=5)
"""Deadlines, and how many have each."""


@given(CROWDS, st.lists(MOMENTS, max_size=40))
def test_all_that_is_open_is_looked_at_exactly_once(
    crowds: list[tuple[datetime, int]], others: list[datetime]
) -> None:
    together = [moment for moment, count in crowds for _ in range(count)]
    a_pass([*together, *others])


def test_where_nothing_is_open_a_pass_is_a_few_hundred_small_questions() -> None:
    assert len(a_pass([])) < 400


def test_a_window_has_little_more_than_a_page() -> None:
    """A crowd behind an empty month is found by one window that has more, a share of its
    distance at most."""
    apart = timedelta(seconds=5)
    sizes = sorted(a_pass([START + DAY + n * apart for n in range(10_000)]))
    assert sizes[-1] <= 1.2 * DAY / audit.WINDOWS_TO_THE_PRESENT / apart
    assert sizes[-2] <= AUDIT_PAGE
