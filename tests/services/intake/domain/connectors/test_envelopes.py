"""What a record of a connector says of a row, and the values in it."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from decimal import MAX_PREC, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.connectors.envelopes import (
    Envelope,
    RowChange,
    WrongEnvelope,
    change_in,
)
from services.intake.domain.connectors.typed import plain

ROW = {"id": 7}
CONNECT = "org.apache.kafka.connect.data"
DEBEZIUM = "io.debezium.time"


@pytest.mark.parametrize(
    ("value", "envelope", "expected"),
    [
        (ROW, "plain", RowChange(ROW)),
        ([ROW], "plain", RowChange([ROW])),
        (None, "plain", None),
        ({**ROW, "__deleted": "false"}, "plain", RowChange({**ROW, "__deleted": "false"})),
        ({**ROW, "__deleted": "true"}, "plain", RowChange({**ROW, "__deleted": "true"}, True)),
        ({"schema": None, "payload": ROW}, "connect", RowChange(ROW)),
        ({"schema": {}, "payload": None}, "connect", None),
        ({"op": "c", "before": None, "after": ROW}, "debezium", RowChange(ROW)),
        ({"op": "u", "before": {}, "after": ROW}, "debezium", RowChange(ROW)),
        ({"op": "r", "after": ROW}, "debezium", RowChange(ROW)),
        ({"op": "d", "before": ROW, "after": None}, "debezium", RowChange(ROW, True)),
        ({"op": "t"}, "debezium", None),
        ({"op": "m", "message": {}}, "debezium", None),
        (None, "debezium", None),
        ({"schema": {}, "payload": {"op": "c", "after": ROW}}, "debezium", RowChange(ROW)),
        ({"schema": {}, "payload": None}, "debezium", None),
    ],
)
def test_what_a_record_says(value: object, envelope: Envelope, expected: RowChange | None) -> None:
    assert change_in(value, envelope, deletes=True) == expected
    ignoring = change_in(value, envelope, deletes=False)
    assert ignoring == (None if expected is not None and expected.is_deleted else expected)


@pytest.mark.parametrize(
    ("value", "envelope"),
    [
        (ROW, "connect"),
        ({"payload": ROW}, "connect"),
        (7, "connect"),
        (ROW, "debezium"),
        ([ROW], "debezium"),
        ({"op": "u", "before": ROW, "after": None}, "debezium"),
        ({"op": "d", "before": None}, "debezium"),
        ({"op": "x", "after": ROW}, "debezium"),
        ({"op": ["c"], "after": ROW}, "debezium"),
        ({"schema": {}, "payload": ROW}, "debezium"),
    ],
)
def test_what_is_none_of_its_kind_is_told_without_a_word_of_it(
    value: object, envelope: Envelope
) -> None:
    with pytest.raises(WrongEnvelope) as wrong:
        change_in(value, envelope, deletes=True)
    assert "7" not in str(wrong.value)


def test_what_is_deleted_needs_no_row_where_it_is_ignored() -> None:
    assert change_in({"op": "d", "before": None}, "debezium", deletes=False) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["op", "before", "after", "schema", "payload", "name", "type", "fields", "field"]
            )
            | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["plain", "connect", "debezium"]), st.booleans())
def test_whatever_comes_it_is_a_row_or_nothing_or_told(
    value: object, envelope: Envelope, deletes: bool
) -> None:
    try:
        found = change_in(value, envelope, deletes=deletes)
    except WrongEnvelope:
        return
    assert found is None or found.row is not None or envelope == "debezium"


def encoded(amount: Decimal, scale: int) -> str:
    unscaled = int(amount.scaleb(scale, Context(prec=MAX_PREC)))
    length = unscaled.bit_length() // 8 + 1
    return b64encode(unscaled.to_bytes(length, "big", signed=True)).decode()


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (
            encoded(Decimal("-1234.50"), 2),
            {"type": "bytes", "name": f"{CONNECT}.Decimal", "parameters": {"scale": "2"}},
            "-1234.50",
        ),
        (
            {"scale": 3, "value": encoded(Decimal("0.125"), 3)},
            {"type": "struct", "name": "io.debezium.data.VariableScaleDecimal"},
            "0.125",
        ),
        (20413, {"type": "int32", "name": f"{CONNECT}.Date"}, "2025-11-21"),
        (20413, {"type": "int32", "name": f"{DEBEZIUM}.Date"}, "2025-11-21"),
        (-1, {"type": "int32", "name": f"{DEBEZIUM}.Date"}, "1969-12-31"),
        (
            1763719200000,
            {"type": "int64", "name": f"{CONNECT}.Timestamp"},
            "2025-11-21T10:00:00+00:00",
        ),
        (1763719200000, {"type": "int64", "name": f"{DEBEZIUM}.Timestamp"}, "2025-11-21T10:00:00"),
        (
            1763719200000001,
            {"type": "int64", "name": f"{DEBEZIUM}.MicroTimestamp"},
            "2025-11-21T10:00:00.000001",
        ),
        (
            1763719200000001000,
            {"type": "int64", "name": f"{DEBEZIUM}.NanoTimestamp"},
            "2025-11-21T10:00:00.000001",
        ),
        (32_400_000, {"type": "int32", "name": f"{CONNECT}.Time"}, "09:00:00"),
        (32_400_000_000, {"type": "int64", "name": f"{DEBEZIUM}.MicroTime"}, "09:00:00"),
        (
            "2025-11-21T10:00:00Z",
            {"type": "string", "name": f"{DEBEZIUM}.ZonedTimestamp"},
            "2025-11-21T10:00:00Z",
        ),
        ("soon", {"type": "int32", "name": f"{DEBEZIUM}.Date"}, "soon"),
        (True, {"type": "int32", "name": f"{DEBEZIUM}.Date"}, True),
        (10**30, {"type": "int64", "name": f"{DEBEZIUM}.Timestamp"}, 10**30),
        ("%%", {"type": "bytes", "name": f"{CONNECT}.Decimal", "parameters": {"scale": "2"}}, "%%"),
        ("AQ==", {"type": "bytes", "name": f"{CONNECT}.Decimal"}, "AQ=="),
        (7, "int32", 7),
    ],
)
def test_values_are_read_by_their_schema(value: object, schema: object, expected: object) -> None:
    assert plain(value, schema) == expected
    in_a_row = {
        "type": "struct",
        "fields": [{**schema, "field": "it"}] if isinstance(schema, dict) else None,
    }
    if isinstance(schema, dict):
        assert plain({"it": value, "other": 1}, in_a_row) == {"it": expected, "other": 1}
        assert plain([value], {"type": "array", "items": schema}) == [expected]
        assert plain({"a": value}, {"type": "map", "values": schema}) == {"a": expected}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12)))
def test_an_amount_comes_out_as_it_went_in(amount: Decimal) -> None:
    schema = {"name": f"{CONNECT}.Decimal", "parameters": {"scale": "4"}}
    found = plain(encoded(amount, 4), schema)
    assert isinstance(found, str)
    assert Decimal(found) == amount


@given(st.integers(-(10**15), 10**16))
def test_a_moment_by_the_clock_comes_out_as_it_went_in(micros: int) -> None:
    found = plain(micros, {"name": f"{DEBEZIUM}.MicroTimestamp"})
    assert isinstance(found, str)
    moment = datetime.fromisoformat(f"{found}+00:00")
    assert (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) == micros


@given(JSON, JSON)
def test_a_schema_that_is_none_changes_nothing_for_the_worse(value: object, schema: object) -> None:
    json.dumps(plain(value, schema))
