"""Of each document the newest version is kept; of two records of one version the higher."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shared.decider.facts import (
    Fact,
    Gone,
    Noted,
    keep_newest,
    precedence,
    received_late,
    version_of,
)

CALLED = Fact(version="7")
NOTED, GONE = Noted(kind="noted", version="7"), Gone(kind="gone", version="7")
AT = datetime(2025, 1, 10, tzinfo=UTC)
WEEK = timedelta(days=7)


def test_of_one_version_the_same_record_wins_in_whatever_order() -> None:
    for order in permutations([CALLED, NOTED, GONE]):
        kept = keep_newest({}, (("D1", fact) for fact in order), precedence)
        assert kept == {"D1": CALLED}


def test_a_newer_version_wins_whatever_it_says() -> None:
    newer = Gone(kind="gone", version="8")
    for order in permutations([CALLED, newer]):
        assert keep_newest({}, (("D1", fact) for fact in order), precedence) == {"D1": newer}


def test_where_nothing_is_new_the_same_object_is_returned() -> None:
    known = {"D1": CALLED}
    assert keep_newest(known, [("D1", NOTED), ("D1", CALLED)], precedence) is known


def test_versions_made_of_sequences_compare_as_text() -> None:
    assert version_of(9) < version_of(10) < version_of(10**18)


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (AT + WEEK, None),
        (AT + WEEK + timedelta(milliseconds=1), AT + WEEK + timedelta(milliseconds=1)),
        (AT - WEEK, None),
    ],
)
def test_late_is_what_came_longer_after(received: datetime, late: datetime | None) -> None:
    assert received_late(AT, received, after=WEEK) == late
