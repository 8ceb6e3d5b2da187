"""Nobody holds so much that nothing is left for others."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.limits.share import is_fair


def test_alone_a_half_of_two_a_third_each() -> None:
    assert is_fair(held=0, more=10, free=10), "what is the only one may have all"
    assert is_fair(held=4, more=1, free=6)
    assert not is_fair(held=5, more=1, free=5)
    assert not is_fair(held=0, more=11, free=10)


@given(asked=st.lists(st.sampled_from("abcdef"), max_size=200), places=st.integers(2, 40))
def test_who_comes_first_leaves_something_for_the_next(asked: list[str], places: int) -> None:
    held = dict.fromkeys("abcdef", 0)
    for sender in asked:
        free = places - sum(held.values())
        if is_fair(held=held[sender], more=1, free=free):
            held[sender] += 1
    senders = set(asked)
    assert sum(held.values()) <= places
    served_at_least = (places - 1).bit_length() + 1
    if len(senders) <= served_at_least:
        assert all(held[sender] for sender in senders)
    if len(senders) == 1:
        assert sum(held.values()) <= max(1, places // 2)
