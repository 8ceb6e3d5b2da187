"""Values as Kafka Connect writes them in JSON, by the schema beside them: amounts in base64, days
and moments as numbers. What does not fit its schema stays as it is: the mapping has its say."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

Typed: TypeAlias = Callable[[object, Mapping[str, object]], object]

EPOCH = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SCALE = 1_000


def plain(value: object, schema: object) -> object:
    """The value as a mapping reads it."""
    if value is None or not isinstance(schema, Mapping):
        return value
    typed = _TYPED.get(str(schema.get("name")))
    try:
        if typed is not None:
            return typed(value, schema)
        return _inside(value, schema)
    except (ValueError, OverflowError, TypeError, KeyError, ArithmeticError, binascii.Error):
        return value


def _inside(value: object, schema: Mapping[str, object]) -> object:
    match schema.get("type"), value:
        case "struct", dict():
            fields = {
                each.get("field"): each
                for each in _list(schema.get("fields"))
                if isinstance(each, Mapping)
            }
            return {name: plain(inner, fields.get(name)) for name, inner in value.items()}
        case "array", list():
            return [plain(inner, schema.get("items")) for inner in value]
        case "map", dict():
            return {name: plain(inner, schema.get("values")) for name, inner in value.items()}
        case _:
            return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _decimal(value: object, schema: Mapping[str, object]) -> object:
    parameters = schema.get("parameters")
    scale = parameters.get("scale") if isinstance(parameters, Mapping) else None
    return _amount(value, int(str(scale)))


def _amount_of_any_scale(value: object, _: Mapping[str, object]) -> object:
    if not isinstance(value, dict):
        return value
    return _amount(value["value"], int(value["scale"]))


def _amount(value: object, scale: int) -> object:
    if not isinstance(value, str) or abs(scale) > MOST_SCALE:
        return value
    digits = int.from_bytes(b64decode(value, validate=True), "big", signed=True)
    return format(Decimal((digits < 0, tuple(map(int, str(abs(digits)))), -scale)), "f")


def _day(value: object, _: Mapping[str, object]) -> object:
    return (EPOCH + timedelta(days=_whole(value))).isoformat()


def _moment(value: object, _: Mapping[str, object]) -> object:
    """In UTC."""
    return (_EPOCH + timedelta(milliseconds=_whole(value))).isoformat()


def _by_the_clock(parts_of_a_second: int) -> Typed:
    """A moment by a clock on a wall, whose zone nobody says: that of the mapping counts."""

    def typed(value: object, _: Mapping[str, object]) -> object:
        return _after(_whole(value), parts_of_a_second).replace(tzinfo=None).isoformat()

    return typed


def _time_of_day(parts_of_a_second: int) -> Typed:
    def typed(value: object, _: Mapping[str, object]) -> object:
        return _after(_whole(value), parts_of_a_second).time().isoformat()

    return typed


def _after(count: int, parts_of_a_second: int) -> datetime:
    seconds, rest = divmod(count, parts_of_a_second)
    return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // parts_of_a_second)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


_TYPED: Mapping[str, Typed] = {
    "org.apache.kafka.connect.data.Decimal": _decimal,
    "org.apache.kafka.connect.data.Date": _day,
    "org.apache.kafka.connect.data.Time": _time_of_day(1_000),
    "org.apache.kafka.connect.data.Timestamp": _moment,
    "io.debezium.data.VariableScaleDecimal": _amount_of_any_scale,
    "io.debezium.time.Date": _day,
    "io.debezium.time.Time": _time_of_day(1_000),
    "io.debezium.time.MicroTime": _time_of_day(1_000_000),
    "io.debezium.time.NanoTime": _time_of_day(1_000_000_000),
    "io.debezium.time.Timestamp": _by_the_clock(1_000),
    "io.debezium.time.MicroTimestamp": _by_the_clock(1_000_000),
    "io.debezium.time.NanoTimestamp": _by_the_clock(1_000_000_000),
}
