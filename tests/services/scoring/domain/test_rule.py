"""How the points of a rule fade."""

from datetime import timedelta

from services.scoring.domain.rule import Rule, fades


def test_each_part_counts_from_one_age_to_another_rounded_towards_nothing() -> None:
    rule = Rule(axis="value", points=5, fades=fades((10, 100), (20, 50), (30, 1)))
    assert rule.parts(5) == (
        (timedelta(0), timedelta(10), 5),
        (timedelta(10), timedelta(20), 2),
    )
    assert rule.parts(-5)[1] == (timedelta(10), timedelta(20), -2)
    assert rule.parts(0) == ()


def test_a_copy_with_other_fades_forgets_how_those_before_faded() -> None:
    rule = Rule(axis="value", points=5, fades=fades((10, 100)))
    assert rule.parts(5) == ((timedelta(0), timedelta(10), 5),)
    other = rule.model_copy(update={"fades": fades((30, 100))})
    assert other.parts(5) == ((timedelta(0), timedelta(30), 5),)
    assert rule.parts(5) == ((timedelta(0), timedelta(10), 5),)
