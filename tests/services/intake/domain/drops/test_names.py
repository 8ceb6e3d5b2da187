"""What files are called where they are put away: any name fits, and none is another's."""

import os

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.drops.names import (
    ACCOUNTS,
    FilesOfAMapping,
    kept_name,
    mapping_for,
    marked_by,
    shown_name,
)

MOST_BYTES_OF_A_FILE_SYSTEM = 255
RAW = st.binary(min_size=1, max_size=255).filter(lambda raw: not {0, 47} & {*raw})
NAMES = RAW.map(os.fsdecode)


@given(NAMES, st.integers(1, 99_999))
def test_a_kept_name_and_its_accounts_fit_and_stay_in_the_folder(name: str, number: int) -> None:
    kept = kept_name(name, number)
    assert "/" not in kept
    assert all(len(os.fsencode(kept + end)) <= MOST_BYTES_OF_A_FILE_SYSTEM for end in ACCOUNTS)


@given(NAMES, NAMES, st.integers(1, 3), st.integers(1, 3))
def test_the_same_name_again_is_another_one(name: str, other: str, one: int, two: int) -> None:
    if one != two:
        assert kept_name(name, one) != kept_name(name, two)
    if len(os.fsencode(name)) <= 200 and one == 1:
        assert kept_name(name, one) == name


@given(NAMES)
def test_what_is_shown_can_be_printed(name: str) -> None:
    assert shown_name(name).isprintable()
    shown_name(name).encode()


def test_a_name_keeps_its_ending() -> None:
    assert kept_name("visits.csv.gz", 2) == "visits.csv.2.gz"
    assert kept_name("visits", 3) == "visits.3"
    assert kept_name("x" * 300 + ".xlsx", 1).endswith(".xlsx")


def test_the_first_pattern_that_fits_counts_whatever_the_case() -> None:
    files = [
        FilesOfAMapping(("visits*.csv",), "visits", "dms"),
        FilesOfAMapping(("*.csv", "*.txt"), "others", "dms"),
    ]

    def found(name: str) -> str | None:
        fits = mapping_for(name, files)
        return None if fits is None else fits.mapping

    assert [found(each) for each in ("VISITS-1.CSV", "sales.csv", "a.txt", "a.xml")] == [
        "visits",
        "others",
        "others",
        None,
    ]


def test_which_files_mark_another() -> None:
    assert marked_by("A.CSV", ".DONE") == ("a.csv.done", "a.done")
    assert marked_by("visits", ".ok") == ("visits.ok", "visits.ok")
