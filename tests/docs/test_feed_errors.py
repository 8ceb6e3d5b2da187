"""What is said of bad input is told in both languages, all of it, and nothing else."""

import pytest

from docs import feed_errors
from docs.feed_errors import SECTIONS, WORDS, messages, page, problems
from tests import PROJECT


def test_what_to_do_about_every_problem_is_told_in_both_languages() -> None:
    kinds = {problem.type for problem in problems()}
    assert {"busy", "invalid-event", "too-large"} <= kinds
    assert kinds <= WORDS["problems"].keys(), "docs/feed_errors.yaml"
    assert all(len(words) == 2 and all(words) for words in WORDS["problems"].values())


def test_every_section_is_told_in_both_languages() -> None:
    assert WORDS["sections"].keys() == {"head", "problems", *SECTIONS}
    assert all(len(words) == 4 and all(words) for words in WORDS["sections"].values())


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("file", "the file has no such column…"),
        ("file", "this column stands there twice: rename or remove one of them"),
        ("file", "the gzip file ends in the middle: send it again"),
        ("record", "a whole number is wanted"),
        ("event", "the check digit does not fit"),
        ("event", "closed_at is before opened_at"),
        ("mapping", "this is required, and no rule fills it"),
    ],
)
def test_messages_are_found_where_they_are_said(section: str, message: str) -> None:
    assert message in messages(SECTIONS[section])
    assert f"- `{message}`" in page("en")
    assert f"- `{message}`" in page("zh")


def test_code_and_docstrings_are_no_messages() -> None:
    every = [message for section in SECTIONS.values() for message in messages(section)]
    assert not [message for message in every if "\n" in message or "\\" in message]
    assert feed_errors.__doc__ not in every


def test_each_place_that_is_read_exists() -> None:
    for places in (*SECTIONS.values(), feed_errors.PROBLEMS):
        for place in places:
            assert (PROJECT / place).exists(), place
