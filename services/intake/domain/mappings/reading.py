"""How a cell becomes a canonical value, by the way in which a rule reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from services.intake.domain.mappings.feed_mapping import FieldRule, ReadAs
from services.intake.domain.mappings.paths import Headings
from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import Unreadable, ValueRead, text_of, yes_or_no
from services.intake.domain.mappings.values.moments import (
    clock_of,
    day_of,
    instant_of,
    time_of,
    with_time,
)
from services.intake.domain.mappings.values.numbers import (
    amount_of,
    in_kilometres,
    number_of,
    reading_of,
    whole_of,
    written,
)
from shared.contracts.values import instant_text

END_OF_DAY = timedelta(hours=23, minutes=59, seconds=59)
_OTHER_CURRENCY = "in another currency than the dealer's"


@dataclass(frozen=True, slots=True)
class Setting:
    """What reading depends on beside the rule."""

    zone: ZoneInfo
    currency: str
    """The dealer's."""
    in_spreadsheet: bool = False
    """Whether numbers may have lost digits before they were read."""
    headings: Headings | None = None
    """Of the table whose records are read."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What else a value may depend on."""

    time: Cell = None
    """A time of day, where it stands elsewhere."""
    not_before: datetime | None = None


Read = ValueRead[JsonValue] | None
"""None: nothing is said, by something such as a day of the year 1900."""


def read(cell: Cell, read_as: ReadAs, rule: FieldRule, setting: Setting, beside: Beside) -> Read:
    """The value as contracts have it in JSON. Raises `Unreadable`."""
    if read_as == "instant":
        return _instant(cell, rule, setting, beside)
    return _READERS[read_as](cell, rule, setting)


def money(cell: Cell, rule: FieldRule, setting: Setting) -> Read:
    """An amount with its currency, the dealer's where none stands there."""
    found = amount_of(cell, decimal=rule.decimal or ".")
    currency = found.value.currency or setting.currency
    return ValueRead({"amount": written(found.value.amount), "currency": currency}, found.doubt)


def odometer(cell: Cell, rule: FieldRule, _setting: Setting) -> Read:
    """A reading with its unit."""
    found = reading_of(cell, decimal=rule.decimal or ".").value
    if rule.read_as == "kilometres":
        return ValueRead({"value": in_kilometres(found, otherwise=rule.unit), "unit": "km"})
    return ValueRead({"value": found.value, "unit": found.unit or rule.unit})


def _text(cell: Cell, _rule: FieldRule, _setting: Setting) -> Read:
    return ValueRead(text_of(cell))


def _number(cell: Cell, rule: FieldRule, setting: Setting) -> Read:
    return ValueRead(number_of(cell, in_spreadsheet=setting.in_spreadsheet, digits=rule.digits))


def _day(cell: Cell, rule: FieldRule, setting: Setting) -> Read:
    found = day_of(cell, formats=rule.formats, zone=setting.zone)
    return None if found is None else ValueRead(found.value.isoformat(), found.doubt)


def _instant(cell: Cell, rule: FieldRule, setting: Setting, beside: Beside) -> Read:
    clock = clock_of(cell, formats=rule.formats)
    if clock is None:
        return None
    if rule.whole_day == "ends" and clock.at is None and beside.time is None:
        clock = with_time(clock, END_OF_DAY)
    if beside.time is not None:
        clock = with_time(clock, time_of(beside.time))
    found = instant_of(clock, setting.zone)
    earliest = beside.not_before
    if clock.at is None and earliest is not None and found.value < earliest:
        local = earliest.astimezone(setting.zone)
        if local.date() == clock.day:
            return ValueRead(instant_text(earliest))
    return ValueRead(instant_text(found.value), found.doubt)


def _amount(cell: Cell, rule: FieldRule, setting: Setting) -> Read:
    found = amount_of(cell, decimal=rule.decimal or ".")
    if found.value.currency not in (None, setting.currency):
        raise Unreadable(_OTHER_CURRENCY)
    return ValueRead(written(found.value.amount), found.doubt)


def _kilometres(cell: Cell, rule: FieldRule, _setting: Setting) -> Read:
    found = reading_of(cell, decimal=rule.decimal or ".").value
    return ValueRead(in_kilometres(found, otherwise=rule.unit))


def _whole(cell: Cell, _rule: FieldRule, _setting: Setting) -> Read:
    found = whole_of(cell)
    return ValueRead(found.value, found.doubt)


def _boolean(cell: Cell, _rule: FieldRule, _setting: Setting) -> Read:
    return ValueRead(yes_or_no(cell))


_READERS: Mapping[ReadAs, Callable[[Cell, FieldRule, Setting], Read]] = {
    "text": _text,
    "number": _number,
    "day": _day,
    "money": _amount,
    "kilometres": _kilometres,
    "odometer": _kilometres,
    "whole": _whole,
    "boolean": _boolean,
}
