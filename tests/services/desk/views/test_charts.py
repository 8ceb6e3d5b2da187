"""Charts are well-formed, stay within their frame, and show what is known and no more."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from services.desk.views.charts import HEIGHT, WIDTH, Chart, Series, bars, lines, radar

Draw = Callable[[Chart], Markup]


def stacked(chart: Chart) -> Markup:
    return bars(chart, stacked=True)


ALL: tuple[Draw, ...] = (bars, stacked, lines, radar)
SVG = {"svg": ""}
ACROSS, DOWN = ("x", "x1", "x2", "cx"), ("y", "y1", "y2", "cy")


def drawn(draw: Draw, chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(str(draw(chart)))


def chart(*values: float | None, target: float | None = None, top: float | None = None) -> Chart:
    return Chart(
        id="c",
        title="SSI",
        described="by month",
        labels=[f"2026-{month + 1:02}" for month in range(len(values))],
        series=[Series(name="overall", values=values)],
        target=target,
        top=top,
    )


def shapes(svg: ElementTree.Element, kind: str, look: str) -> list[ElementTree.Element]:
    return [each for each in svg.iter(kind) if look in each.get("class", "").split()]


numbers = st.floats(0, 1e6) | st.none()


@pytest.mark.parametrize("draw", ALL, ids=["bars", "stacked", "lines", "radar"])
@given(
    st.lists(st.tuples(numbers, numbers, st.text(max_size=40)), min_size=0, max_size=30),
    st.floats(0, 1e6) | st.none(),
    st.sampled_from([None, 1.0, 10.0, 100.0]),
)
def test_a_chart_is_well_formed_and_within_its_frame(
    draw: Draw, rows: list[tuple[float | None, float | None, str]], target: float | None, top: float
) -> None:
    words = [row[2].encode("ascii", "xmlcharrefreplace").decode() for row in rows]
    svg = drawn(
        draw,
        Chart(
            id="c",
            title="<SSI> & 'CSI'",
            described='"words"',
            labels=[word for word in words if word.isprintable()]
            + ["?"] * sum(not word.isprintable() for word in words),
            series=[
                Series(name="one", values=[row[0] for row in rows]),
                Series(name="two", values=[row[1] for row in rows], look="two"),
            ],
            target=target,
            top=top,
        ),
    )
    assert "nan" not in ElementTree.tostring(svg, encoding="unicode").lower().split('"')
    for each in svg.iter():
        across = [float(each.get(name, "0")) for name in ACROSS]
        down = [float(each.get(name, "0")) for name in DOWN]
        for pair in each.get("points", "").split():
            x, y = pair.split(",")
            across.append(float(x))
            down.append(float(y))
        right = float(each.get("x", "0")) + float(each.get("width", "0"))
        assert all(0 <= x <= WIDTH for x in [*across, right]), ElementTree.tostring(each)
        assert all(0 <= y <= HEIGHT for y in down), ElementTree.tostring(each)
        assert float(each.get("height", "0")) >= 0


@pytest.mark.parametrize("draw", ALL, ids=["bars", "stacked", "lines", "radar"])
def test_a_chart_says_what_it_is(draw: Draw) -> None:
    svg = drawn(draw, chart(1, 2, 3))
    assert svg.get("role") == "img"
    named = {each.get("id"): each.text for each in svg}
    assert [named[each] for each in svg.get("aria-labelledby", "").split()] == ["SSI", "by month"]
    assert not [each for each in svg.iter() if each.get("style")]


def test_bars_are_as_high_as_their_values() -> None:
    low, high = shapes(drawn(bars, chart(4, 8, top=8)), "rect", "one")
    assert float(high.get("height", "")) == pytest.approx(2 * float(low.get("height", "")))


def test_what_is_not_known_has_no_bar_and_breaks_the_line() -> None:
    assert len(shapes(drawn(bars, chart(1, None, 3)), "rect", "one")) == 2
    assert len(shapes(drawn(lines, chart(1, 2, None, 3, 4)), "line", "line")) == 2
    assert len(shapes(drawn(lines, chart(1, 2, None, 3, 4)), "circle", "dot")) == 4


def test_nothing_is_a_value_too() -> None:
    assert len(shapes(drawn(bars, chart(0, None)), "rect", "one")) == 1
    assert len(shapes(drawn(lines, chart(0, None)), "circle", "dot")) == 1


def test_stacked_bars_stand_on_one_another() -> None:
    both = Chart(
        id="c",
        title="clocks",
        described="kept and broken",
        labels=["W1"],
        series=[
            Series(name="kept", values=[3], look="good"),
            Series(name="broken", values=[1], look="bad"),
        ],
    )
    svg = drawn(stacked, both)
    (kept,), (broken,) = shapes(svg, "rect", "good"), shapes(svg, "rect", "bad")
    upper_end = float(broken.get("y", "")) + float(broken.get("height", ""))
    assert upper_end == pytest.approx(float(kept.get("y", "")), abs=0.2)
    assert [each.text for each in svg.iter("text")][4:5] == ["4"], "as high as both together"


def test_a_target_is_drawn_where_there_is_one() -> None:
    assert len(shapes(drawn(lines, chart(7, 8, target=9, top=10)), "line", "target")) == 1
    assert not shapes(drawn(lines, chart(7, 8, top=10)), "line", "target")


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (1, 4), (3, 4), (7, 8), (10, 20), (70, 80), (101, 200)]
)
def test_the_scale_is_round(highest: float, top: float) -> None:
    texts = [each.text for each in drawn(bars, chart(highest)).iter("text")]
    assert texts[4] == str(top)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("reception", "reception"),
        ("a fair price, plainly told", "a fair price,…"),
        ("接待、共同检车、预估价时", "接待、共同检车…"),
        ("试乘试驾", "试乘试驾"),
    ],
)
def test_a_long_label_is_cut_and_stands_whole_in_its_title(label: str, shown: str) -> None:
    found = drawn(
        radar,
        Chart(id="c", title="t", described="d", labels=[label, "b", "c"], series=[]),
    )
    text = next(each for each in found.iter("text"))
    assert text.text == shown
    assert [each.text for each in text] == [label]


def test_a_radar_is_closed_where_all_is_known() -> None:
    assert len(shapes(drawn(radar, chart(5, 6, 7, top=10)), "polygon", "web")) == 1
    assert not shapes(drawn(radar, chart(5, None, 7, 8, top=10)), "polygon", "web")
    assert len(shapes(drawn(radar, chart(5, None, 7, 8, top=10)), "line", "line")) == 2
