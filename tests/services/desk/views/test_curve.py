"""The line of a score is within its frame, and level until something changes."""

from datetime import timedelta

from services.desk.views.curve import HEIGHT, MARGIN, MOST_POINTS, WIDTH, curve
from shared.contracts.http.scoring import HistoryMoment
from shared.contracts.scoring import Grade
from tests.access.services import NOW


def moment(days: int, score: int, grade: Grade = "general") -> HistoryMoment:
    return HistoryMoment(
        at=NOW + timedelta(days=days), period=None, score=score, value=score, loyalty=0, grade=grade
    )


def test_of_nothing_there_is_no_line() -> None:
    assert curve([], NOW) is None


def test_it_is_level_from_each_moment_to_the_next() -> None:
    found = curve([moment(0, 0), moment(5, 100, "quality")], NOW + timedelta(days=10))
    assert found is not None
    assert found.line == "12,148 320,148 320,12 628,12"
    assert [each.moment.grade for each in found.changes] == ["general", "quality"]
    assert (found.least, found.most) == (0, 100)


def test_it_stays_within_its_frame_whatever_the_scores_are() -> None:
    moments = [moment(day, (day * 37) % 90 - 30) for day in range(300)]
    found = curve(moments, NOW)
    assert found is not None
    assert len(found.points) == MOST_POINTS
    assert all(MARGIN <= each.x <= WIDTH - MARGIN for each in found.points)
    assert all(MARGIN <= each.y <= HEIGHT - MARGIN for each in found.points)
