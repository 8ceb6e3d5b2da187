"""Answers on any scale become points: exact at its ends, in the same order."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given as always
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from shared.contracts.surveys import Answer, Given, Scale, is_on, normalised

ANSWER: TypeAdapter[Decimal] = TypeAdapter(Answer)
GIVEN: TypeAdapter[Decimal] = TypeAdapter(Given)
SCALES: tuple[Scale, ...] = get_args(Scale)
answers = some.decimals(0, 100, allow_nan=False, places=3)


def ends(scale: Scale) -> tuple[Decimal, Decimal]:
    worst, best = scale.split("-")
    return Decimal(worst), Decimal(best)


@pytest.mark.parametrize("scale", SCALES)
def test_the_ends_are_exact_and_nothing_is_beyond_them(scale: Scale) -> None:
    worst, best = ends(scale)
    assert normalised(worst, scale) == 0
    assert normalised(best, scale) == 10
    assert normalised((worst + best) / 2, scale) == 5
    assert is_on(scale, worst) and is_on(scale, best)
    assert not is_on(scale, worst - Decimal("0.1")) and not is_on(scale, best + Decimal("0.1"))


@always(some.sampled_from(SCALES), answers, answers)
def test_a_better_answer_never_has_fewer_points(scale: Scale, one: Decimal, other: Decimal) -> None:
    worst, best = ends(scale)
    low, high = sorted(min(max(each, worst), best) for each in (one, other))
    assert 0 <= normalised(low, scale) <= normalised(high, scale) <= 10


@always(some.sampled_from(SCALES), answers)
def test_points_are_an_answer_as_it_is_published(scale: Scale, given: Decimal) -> None:
    worst, best = ends(scale)
    points = normalised(min(max(given, worst), best), scale)
    again = ANSWER.validate_json(ANSWER.dump_json(points))
    assert (again, str(again)) == (points, str(points))
    assert normalised(points, "0-10") == points


@pytest.mark.parametrize(
    ("written", "text", "dumped"),
    [
        (9, "9", b"9"),
        (9.0, "9", b"9"),
        ("8.50", "8.5", b"8.5"),
        (10, "10", b"10"),
        (-0.0, "0", b"0"),
    ],
)
def test_one_number_has_one_notation(written: object, text: str, dumped: bytes) -> None:
    """Old records have whole numbers."""
    read = ANSWER.validate_python(written)
    assert (str(read), ANSWER.dump_json(read)) == (text, dumped)


@pytest.mark.parametrize("written", [8.55, 10.1, -0.1, "nine", True, None, float("nan")])
def test_what_is_no_answer_is_not_read(written: object) -> None:
    with pytest.raises(ValidationError):
        ANSWER.validate_python(written)


@pytest.mark.parametrize("written", [83.33333333333333, 1 / 3, "66.67", 0, 100])
def test_means_of_several_answers_are_taken(written: object) -> None:
    assert 0 <= normalised(GIVEN.validate_python(written), "0-100") <= 10


@pytest.mark.parametrize("written", ["1e-999999", "0." + "1" * 30, 100.5, "Infinity"])
def test_what_nobody_answers_is_not_read(written: object) -> None:
    with pytest.raises(ValidationError):
        GIVEN.validate_python(written)
