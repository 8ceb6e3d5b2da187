"""Charts as SVG: bars, lines, a radar. What they show stands in a table beside them, too.

They have classes and no styles, so that they are as the page is: light, dark, printed. What is not
known is left out, never drawn as nothing.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from markupsafe import Markup, escape

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 26
"""Around what is drawn: for numbers and labels."""
RADIUS = 84
_LINES = 4
_MOST_LABELS = 7
_LETTERS_OF_A_LABEL = 14
_WIDE = 0x2E80
"""From this letter on letters are twice as wide."""

Value: TypeAlias = float | None
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is drawn in one colour."""

    name: str
    values: Sequence[Value]
    """One for each label; None: it is not known."""
    look: str = "one"
    """The class that it is drawn with: `one`, `two`, `three`, `good`, `bad`, `target`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn, in words and numbers."""

    id: str
    """Within its page; letters, digits and hyphens."""
    title: str
    described: str
    """What it shows, for who does not see it."""
    labels: Sequence[str]
    series: Sequence[Series]
    top: float | None = None
    """The highest value that there can be; None: a round one over the highest that there is."""
    bottom: float = 0
    target: Value = None
    unit: str = ""


def bars(chart: Chart, *, stacked: bool = False) -> Markup:
    """A bar for each value, those of a label side by side or on one another."""
    sums = [_total(chart, at) for at in range(len(chart.labels))] if stacked else []
    top = chart.top or _round_over([*_values(chart), *sums])
    scale = _Scale(chart.bottom, top, len(chart.labels))
    shapes = [*_grid(scale, chart.unit), *_labels(chart.labels, scale)]
    for at in range(len(chart.labels)):
        shapes += _bars_of(chart, at, scale) if not stacked else _stack_of(chart, at, scale)
    return _svg(chart, [*shapes, *_target(chart, scale)])


def lines(chart: Chart) -> Markup:
    """A line for each series; where a value is not known it is broken."""
    top = chart.top or _round_over(_values(chart))
    scale = _Scale(chart.bottom, top, len(chart.labels))
    shapes = [*_grid(scale, chart.unit), *_labels(chart.labels, scale), *_target(chart, scale)]
    for series in chart.series:
        points = [
            None if value is None else (scale.x(at), scale.y(value))
            for at, value in enumerate(series.values)
        ]
        shapes += _line(points, series.look)
        shapes += [
            f'<circle class="dot {series.look}" cx="{_n(point[0])}" cy="{_n(point[1])}" r="3">'
            f"<title>{escape(f'{series.name}, {label}: {_said(value)}{chart.unit}')}</title>"
            "</circle>"
            for label, value, point in zip(chart.labels, series.values, points, strict=True)
            if point is not None and value is not None
        ]
    return _svg(chart, shapes)


def radar(chart: Chart) -> Markup:
    """An axis for each label, from the middle outwards; three or more."""
    top = chart.top or _round_over(_values(chart))
    count = max(3, len(chart.labels))
    shapes = []
    for ring in range(1, _LINES + 1):
        corners = [_on_axis(at, count, ring / _LINES) for at in range(count)]
        shapes.append(f'<polygon class="grid" points="{_points(corners)}"/>')
    for at, label in enumerate(chart.labels):
        x, y = _on_axis(at, count, 1)
        shapes.append(f'<line class="grid" x1="180" y1="110" x2="{_n(x)}" y2="{_n(y)}"/>')
        shapes.append(_axis_label(label, at, count))
    for series in chart.series:
        known = [
            None if value is None else _on_axis(at, count, _share(value, chart.bottom, top))
            for at, value in enumerate(series.values)
        ]
        shapes += _web(known, series.look)
    return _svg(chart, shapes)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value of a label is drawn."""

    bottom: float
    top: float
    count: int

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(1, self.count)

    def x(self, at: int) -> float:
        """The middle of a label's place."""
        return LEFT + self.step * (at + 0.5)

    def y(self, value: float) -> float:
        """Of a value that is out of bounds, the bound."""
        height = HEIGHT - TOP - BOTTOM
        return TOP + height * (1 - _share(value, self.bottom, self.top))


def _share(value: float, bottom: float, top: float) -> float:
    return min(1.0, max(0.0, (value - bottom) / (top - bottom))) if top > bottom else 0.0


def _values(chart: Chart) -> list[float]:
    found = [value for series in chart.series for value in series.values if value is not None]
    return found if chart.target is None else [*found, chart.target]


def _total(chart: Chart, at: int) -> float:
    return sum(series.values[at] or 0 for series in chart.series)


def _round_over(values: Sequence[float]) -> float:
    """1, 2 or 5 of a power of ten, times 4 at most: so that the lines have round numbers."""
    highest = max(values, default=0)
    if highest <= _LINES:
        return float(_LINES)
    power = 10.0 ** math.floor(math.log10(highest / _LINES))
    step = next(power * times for times in (1, 2, 5, 10) if power * times * _LINES >= highest)
    return step * _LINES


def _grid(scale: _Scale, unit: str) -> Iterator[str]:
    for line in range(_LINES + 1):
        value = scale.bottom + (scale.top - scale.bottom) * line / _LINES
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_n(y)}" y2="{_n(y)}"/>'
        yield (
            f'<text x="{LEFT - 5}" y="{_n(y + 4)}" text-anchor="end">{_said(value)}'
            f"{escape(unit if line == _LINES else '')}</text>"
        )


def _labels(labels: Sequence[str], scale: _Scale) -> Iterator[str]:
    """As many as there is room for, the last one among them."""
    every = math.ceil(len(labels) / _MOST_LABELS)
    for at, label in enumerate(labels):
        if (len(labels) - 1 - at) % max(1, every) == 0:
            yield (
                f'<text x="{_n(scale.x(at))}" y="{HEIGHT - 8}" text-anchor="middle">'
                f"{escape(_short(label))}</text>"
            )


def _target(chart: Chart, scale: _Scale) -> Iterator[str]:
    if chart.target is not None:
        y = _n(scale.y(chart.target))
        yield f'<line class="target" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'


def _bars_of(chart: Chart, at: int, scale: _Scale) -> Iterator[str]:
    room = scale.step * 0.72
    width = room / max(1, len(chart.series))
    for place, series in enumerate(chart.series):
        value = series.values[at]
        if value is not None:
            x = scale.x(at) - room / 2 + width * place
            box = _Box(x, scale.y(value), width * 0.92, scale.y(scale.bottom))
            yield _bar(chart, series, at, box)


def _stack_of(chart: Chart, at: int, scale: _Scale) -> Iterator[str]:
    width, below = scale.step * 0.6, 0.0
    for series in chart.series:
        value = series.values[at]
        if value:
            x, y = scale.x(at) - width / 2, scale.y(below + value)
            yield _bar(chart, series, at, _Box(x, y, width, scale.y(below)))
            below += value


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    foot: float


def _bar(chart: Chart, series: Series, at: int, box: _Box) -> str:
    said = f"{chart.labels[at]}, {series.name}: {_said(series.values[at] or 0)}{chart.unit}"
    return (
        f'<rect class="bar {series.look}" x="{_n(box.x)}" y="{_n(box.y)}" '
        f'width="{_n(box.width)}" height="{_n(max(0.0, box.foot - box.y))}">'
        f"<title>{escape(said)}</title></rect>"
    )


def _line(points: Sequence[Point | None], look: str) -> Iterator[str]:
    for before, after in pairwise(points):
        if before is not None and after is not None:
            yield (
                f'<line class="line {look}" x1="{_n(before[0])}" y1="{_n(before[1])}" '
                f'x2="{_n(after[0])}" y2="{_n(after[1])}"/>'
            )


def _web(points: Sequence[Point | None], look: str) -> Iterator[str]:
    known = [point for point in points if point is not None]
    if len(known) == len(points) and len(known) > 2:
        yield f'<polygon class="web {look}" points="{_points(known)}"/>'
    elif points:
        yield from _line([*points, points[0]], look)
    for x, y in known:
        yield f'<circle class="dot {look}" cx="{_n(x)}" cy="{_n(y)}" r="3"/>'


def _on_axis(at: int, count: int, share: float) -> Point:
    angle = 2 * math.pi * at / count - math.pi / 2
    return WIDTH / 2 + RADIUS * share * math.cos(angle), 110 + RADIUS * share * math.sin(angle)


def _axis_label(label: str, at: int, count: int) -> str:
    x, y = _on_axis(at, count, 1.08)
    across = x - WIDTH / 2
    anchor = "middle" if abs(across) < 2 else "start" if across > 0 else "end"
    return (
        f'<text x="{_n(x)}" y="{_n(y + 4)}" text-anchor="{anchor}">{escape(_short(label))}'
        f"<title>{escape(label)}</title></text>"
    )


def _short(label: str) -> str:
    """As much of it as there is room for."""
    room, kept = _LETTERS_OF_A_LABEL, ""
    for letter in label:
        room -= 2 if ord(letter) >= _WIDE else 1
        if room < 0:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _said(value: float) -> str:
    """A number as people write it: at most one digit after the point, none that says nothing."""
    return f"{value:.1f}".removesuffix(".0")


def _n(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")


def _svg(chart: Chart, shapes: Sequence[str]) -> Markup:
    title, described = escape(chart.title), escape(chart.described)
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{escape(chart.id)}-title {escape(chart.id)}-desc">'
        f'<title id="{escape(chart.id)}-title">{title}</title>'
        f'<desc id="{escape(chart.id)}-desc">{described}</desc>{"".join(shapes)}</svg>'
    )
