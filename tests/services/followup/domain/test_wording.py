"""What is told to staff of why a task was not said is told in Chinese, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.followup import domain
from services.followup.domain.contacts import SALE_UNDONE
from services.followup.domain.occasion import NOT_SAID
from services.followup.domain.wording import ENDINGS_ZH, filled

_REASON_OF = {"TaskClosing": 3, "Parting": 1}
"""At which place each is told the reason."""


def _reasons() -> Iterator[str]:
    """Every reason written out, in the domain, of what may end a task from outside it."""
    yield from ("visit", SALE_UNDONE, "car sold on", "car traded in")
    for file in Path(domain.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = _REASON_OF.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            reason = node.args[place]
            if isinstance(reason, ast.Constant):
                yield str(reason.value)


@pytest.mark.parametrize("reason", sorted(set(_reasons())))
def test_every_ending_has_its_words(reason: str) -> None:
    assert reason in ENDINGS_ZH


def test_no_words_are_left_over() -> None:
    assert set(ENDINGS_ZH) == set(_reasons())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("of {a}[; low: {b}]", "of 1"),
        ("of {b}[; low: {a}]", "of –; low: 1"),
        ("[{a}, {b}][{a}]", "1"),
        ("[without any] {a}", "[without any] 1"),
        ("[{{b}}] [", "[{b}] ["),
        ("[a [{a}] {b}]", "[a 1 –]"),
    ],
)
def test_a_part_in_brackets_is_told_only_where_there_is_something(words: str, told: str) -> None:
    assert filled(words, {"a": "1", "b": NOT_SAID}) == told
