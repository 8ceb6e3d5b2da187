"""Who has sent how much: what is told to wait is told the truth, and nobody is remembered for
ever."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.limits.limiter import BYTES_OF_AN_EVENT, Excess, Limiter, Usage
from services.intake.domain.limits.sender_limits import Caller
from tests.services.intake.domain.limits.given import caller


def sent(limiter: Limiter, by: Caller, *, events: int, now: float, size: int = 0) -> Excess | None:
    """One whole request; why it has to wait."""
    entered = limiter.enter(by, now)
    if isinstance(entered, Excess):
        return entered
    limiter.leave(entered, events=events, size=size, now=now)
    return None


def held(limiter: Limiter, by: Caller, now: float = 0) -> Usage:
    """One whose answer is still to come."""
    entered = limiter.enter(by, now)
    assert isinstance(entered, Usage)
    return entered


def test_a_burst_goes_through_and_then_the_rate_counts() -> None:
    limiter, by = Limiter(), caller(events_per_second=2, burst=10)
    assert all(sent(limiter, by, events=1, now=0) is None for _ in range(10))
    excess = sent(limiter, by, events=1, now=0)
    assert excess is not None
    assert (excess.limit, excess.again_seconds) == ("rate", 1)
    assert sent(limiter, by, events=1, now=0.4) is not None
    assert sent(limiter, by, events=1, now=0.5) is None


def test_a_batch_larger_than_the_burst_goes_through_and_is_paid_for() -> None:
    limiter, by = Limiter(), caller(events_per_second=10, burst=5)
    assert sent(limiter, by, events=105, now=0) is None
    excess = sent(limiter, by, events=1, now=0)
    assert excess is not None
    assert excess.again_seconds == 11  # 100 in debt, and one
    assert sent(limiter, by, events=1, now=11) is None


def test_bytes_without_events_cost_too() -> None:
    limiter, by = Limiter(), caller(events_per_second=1, burst=10)
    assert sent(limiter, by, events=0, size=10 * BYTES_OF_AN_EVENT, now=0) is None
    assert sent(limiter, by, events=0, now=0) is not None


def test_so_many_requests_are_in_hand_and_not_one_more() -> None:
    limiter, by = Limiter(), caller(concurrent_requests=2)
    first = held(limiter, by)
    held(limiter, by)
    excess = limiter.enter(by, 0)
    assert isinstance(excess, Excess)
    assert excess.limit == "requests"
    assert isinstance(limiter.enter(caller("b", concurrent_requests=2), 0), Usage)
    limiter.leave(first, events=1, size=0, now=0)
    assert isinstance(limiter.enter(by, 0), Usage)


def test_one_sender_over_their_limit_is_no_matter_of_others() -> None:
    limiter, greedy = Limiter(), caller("a", events_per_second=1, burst=1)
    sent(limiter, greedy, events=1_000, now=0)
    assert sent(limiter, greedy, events=1, now=0) is not None
    assert sent(limiter, caller("b", events_per_second=1, burst=1), events=1, now=0) is None


def test_whoever_has_paid_is_forgotten() -> None:
    limiter = Limiter()
    for number in range(1_000):
        sent(limiter, caller(str(number), events_per_second=1, burst=10), events=1, now=number)
    assert len(limiter) <= 4


def test_debts_and_requests_in_hand_are_not_forgotten() -> None:
    limiter = Limiter()
    debtor = caller("debtor", events_per_second=1, burst=1)
    sent(limiter, debtor, events=10_000, now=0)
    waiting = caller("waiting", concurrent_requests=1)
    held(limiter, waiting)
    for number in range(100):
        sent(limiter, caller(str(number)), events=1, now=number)
    assert isinstance(limiter.enter(debtor, 100), Excess)
    assert isinstance(limiter.enter(waiting, 100), Excess)


def test_strangers_beyond_number_share_one_account() -> None:
    limiter = Limiter(most_senders=10)
    for number in range(1_000):
        sent(limiter, caller(str(number), events_per_second=1, burst=5), events=5, now=0)
    assert len(limiter) <= 11
    assert sent(limiter, caller("new", events_per_second=1, burst=5), events=1, now=0) is not None


STEPS = st.lists(
    st.tuples(st.integers(0, 3_000), st.floats(0, 30), st.integers(0, 5_000_000)), max_size=30
)


@given(
    rate=st.floats(0.01, 10_000), burst=st.integers(1, 5_000), steps=STEPS, began=st.floats(0, 1e7)
)
def test_after_the_seconds_told_the_same_goes_through_and_the_rate_is_kept(
    rate: float, burst: int, steps: list[tuple[int, float, int]], began: float
) -> None:
    limiter, by, now = Limiter(), caller(events_per_second=rate, burst=burst), began
    taken, largest = 0, 0
    for events, pause, size in steps:
        now += pause
        excess = sent(limiter, by, events=events, size=size, now=now)
        if excess is not None:
            assert excess.again_seconds >= 1
            now += excess.again_seconds
            assert sent(limiter, by, events=events, size=size, now=now) is None
        taken, largest = taken + events, max(largest, events)
        assert taken <= burst + rate * (now - began) + largest + 1
