"""How a score went, as a line to draw: pure figures, which a template writes as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.http.scoring import HistoryMoment
from shared.contracts.scoring import Grade

WIDTH, HEIGHT, MARGIN = 640, 160, 12
MOST_POINTS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One moment from which on the customer stood so."""

    x: float
    y: float
    moment: HistoryMoment


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points in order, within `WIDTH` and `HEIGHT`; between two the score does not change."""

    points: tuple[CurvePoint, ...]
    changes: tuple[CurvePoint, ...]
    """Those at which the grade became another, and the first."""
    least: int
    most: int
    line: str
    """As `points` of an SVG polyline: level from each point to the next, then up or down."""


def curve(moments: Sequence[HistoryMoment], until: datetime) -> Curve | None:
    """The last of them, drawn up to `until`; None: there is nothing to draw."""
    shown = [*moments][-MOST_POINTS:]
    if not shown:
        return None
    scores = [each.score for each in shown]
    least, most = min(0, *scores), max(1, *scores)
    began, ended = shown[0].at, max(until, shown[-1].at)
    seconds = max(1.0, (ended - began).total_seconds())

    def x(at: datetime) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * (at - began).total_seconds() / seconds, 1)

    def y(score: int) -> float:
        return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (score - least) / (most - least), 1)

    points = tuple(CurvePoint(x=x(each.at), y=y(each.score), moment=each) for each in shown)
    return Curve(
        points=points,
        changes=tuple(_changes(points)),
        least=least,
        most=most,
        line=_line(points, x(ended)),
    )


def _changes(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    before: Grade | None = None
    found = list[CurvePoint]()
    for point in points:
        if point.moment.grade != before:
            found.append(point)
        before = point.moment.grade
    return found


def _line(points: Sequence[CurvePoint], end: float) -> str:
    corners = list[tuple[float, float]]()
    for point in points:
        if corners:
            corners.append((point.x, corners[-1][1]))
        corners.append((point.x, point.y))
    corners.append((end, corners[-1][1]))
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
