"""Whatever a file holds, each record becomes an event, or an account of why it does not."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.adapters.mappings import Mappings
from services.intake.domain.examine.event import InvalidEvent
from services.intake.domain.mappings.columns import column_of, missing_and_doubled, used_columns
from services.intake.domain.mappings.converted import Converted, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.records import FaultyCell, SourceRecord, UnreadableRecord
from tests.services.intake.domain.mappings.files_read import SAMPLES, records_of, shipped
from tests.services.intake.domain.mappings.given import examined, outcomes

MARK = "§§§"
SHIPPED = Mappings(None)
USUAL = [
    *("2026-01-05", "2026/1/5 9:05", "20260105", "01/05/2026", "46027.5", "0000-00-00"),
    *("2026-03-29T02:30:00+01:00", "9:05", "24:00", "1.38E+10", "13800138000.0", "1.2万"),
    *("¥860", "1,234.50", "61200公里", "38000 mi", "是", "N", "-", "NULL", "#N/A", "#REF!"),
    *("1HGCM82633A004352", "沪A12345", "RO1", "closed", "open", "合计", "Cust", "自付", "retail"),
    *("CUSTOMER_PAY", "DECLINED", "true", "\u200b", "\ufeff", "\x00", "Ａ１", "e\u0301", "R", "L"),
]
cells = st.one_of(
    st.sampled_from(USUAL),
    st.text(max_size=8).map(lambda text: f"{MARK}{text}"),
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-5, 60_000),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-14)))),
    st.times(),
    st.sampled_from([date.min, date.max, time.max, Decimal("1e999999"), 10**400, 1e308]),
    st.just(FaultyCell("an error")),
    st.text(max_size=400),
)


def names_in(mapping: FeedMapping) -> list[str]:
    """Every name that its paths are made of, and every whole one."""
    found = {"#text", "@type"}
    for used in used_columns(mapping):
        for column in used.columns:
            found.add(column.removeprefix("/"))
            found.update(part.partition("[")[0] for part in column.split("/") if part)
    return sorted(found)


def trees(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from(names)
    nodes = st.recursive(
        cells,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(keys, nodes, max_size=len(names))


@st.composite
def files(draw: st.DrawFn) -> tuple[FeedMapping, list[SourceRecord | UnreadableRecord]]:
    mapping = SHIPPED.find(draw(st.sampled_from(SHIPPED.names())))
    assert mapping is not None
    found: list[SourceRecord | UnreadableRecord] = []
    tree = trees(names_in(mapping))
    for number in range(1, draw(st.integers(1, 4)) + 1):
        if draw(st.integers(0, 9)) == 0:
            found.append(UnreadableRecord(number, f"line {number}", "no XML"))
        else:
            found.append(SourceRecord(number, f"line {number}", draw(tree)))
    return mapping, found


@st.composite
def damaged(draw: st.DrawFn) -> tuple[FeedMapping, list[SourceRecord | UnreadableRecord]]:
    """A sample of which some values are others."""
    name, sample = draw(st.sampled_from(SAMPLES))
    found: list[SourceRecord | UnreadableRecord] = []
    for record in records_of(name, sample):
        if isinstance(record, SourceRecord):
            fields: Any = copy.deepcopy(dict(record.fields))
            places = list(places_in(fields))
            for holder, key in draw(st.lists(st.sampled_from(places), max_size=3)):
                holder[key] = draw(cells | trees(["@type", "#text", "value"]))
            found.append(record._replace(fields=fields))
    return shipped(name), found


def places_in(node: Any) -> Iterator[tuple[Any, Any]]:
    """Whatever holds a value, and under which name or position."""
    for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(inner, dict | list):
            yield from places_in(inner)


@forall(files() | damaged())
def test_each_record_comes_to_something(
    file: tuple[FeedMapping, list[SourceRecord | UnreadableRecord]],
) -> None:
    mapping, found = file
    became = outcomes(mapping, found)
    counts = [1 if isinstance(each, Skipped) else each.records for each in became]
    assert sum(counts) == len(found), "none is lost, and none counts twice"
    for each in became:
        match each:
            case Converted():
                json.dumps(each.event, allow_nan=False)
                said = examined(each)
                notes = list(each.notes)
                if isinstance(said, InvalidEvent):
                    assert all(error.pointer or error.detail for error in said.errors)
                    assert all(isinstance(column_of(e.pointer, mapping), str) for e in said.errors)
            case Refused():
                assert each.errors
                notes = list(each.errors)
            case Skipped():
                notes = []
        assert all(note.detail for note in notes)
        assert MARK not in repr(notes), "no note says what stands there"


@forall(files() | damaged())
def test_the_same_file_again_is_the_same_events(
    file: tuple[FeedMapping, list[SourceRecord | UnreadableRecord]],
) -> None:
    mapping, found = file
    assert repr(outcomes(mapping, found)) == repr(outcomes(mapping, found))


@forall(st.data())
def test_any_headings_are_held_against_a_mapping(data: st.DataObject) -> None:
    mapping = SHIPPED.find(data.draw(st.sampled_from(SHIPPED.names())))
    assert mapping is not None
    names = st.sampled_from(names_in(mapping)) | st.text(max_size=10)
    for note in missing_and_doubled(data.draw(st.lists(names, max_size=30)), mapping):
        assert note.field
        assert note.column


@pytest.mark.parametrize("name", SHIPPED.names())
def test_what_ships_can_be_used(name: str) -> None:
    assert SHIPPED.find(name) is not None
