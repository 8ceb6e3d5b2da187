"""The names of what complaints says are written and read in one place."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.case_subjects import NoticeKind, Subject, digest_of

CLOCKS = st.from_regex(r"[a-z][a-z_]{0,39}", fullmatch=True)
STEPS = st.from_regex(r"[a-z][a-z_0-9]{0,39}", fullmatch=True)
GENERATIONS = st.integers(1, 10_000)
MOMENTS = st.datetimes(timezones=st.just(UTC))
FROM_OUTSIDE = st.text(min_size=1, max_size=120)
NOTICES = st.builds(
    Subject,
    kind=st.sampled_from(get_args(NoticeKind)),
    clock=CLOCKS,
    generation=GENERATIONS,
    step=st.none() | STEPS,
    instants=st.just("")
    | st.lists(MOMENTS, min_size=3, max_size=3).map(lambda moments: digest_of(*moments)),
    repeat=st.integers(0, 20),
)
OTHERS = st.one_of(
    st.builds(Subject, kind=st.just("verdict"), clock=CLOCKS, generation=GENERATIONS),
    st.builds(Subject, kind=st.just("closed"), generation=GENERATIONS),
    st.builds(Subject, kind=st.just("refused"), step=FROM_OUTSIDE),
    st.builds(Subject, kind=st.just("merged"), into=FROM_OUTSIDE),
    st.just(Subject(kind="standing")),
)


@given(NOTICES | OTHERS)
def test_what_is_written_is_read(subject: Subject) -> None:
    assert Subject.parse(str(subject)) == subject


@given(NOTICES)
def test_the_place_of_a_notice_is_its_name_without_instants(notice: Subject) -> None:
    place = Subject.parse(notice.place)
    assert (place.instants, place.place) == ("", notice.place)
    assert (place.kind, place.clock, place.step) == (notice.kind, notice.clock, notice.step)
    assert (place.generation, place.repeat) == (notice.generation, notice.repeat)


@given(st.lists(MOMENTS, min_size=3, max_size=3), st.integers(0, 2))
def test_another_instant_is_another_name(moments: list[datetime], which: int) -> None:
    moved = list(moments)
    moved[which] = moments[which].replace(microsecond=0) + timedelta(seconds=1)
    assert digest_of(*moved) != digest_of(*moments)


@pytest.mark.parametrize(
    "about",
    ["", "score", "breach", "breach/contact", "breach/contact/first", "closed/1/2", "verdict/a/b"],
)
def test_what_complaints_never_says_is_refused(about: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Subject.parse(about)
