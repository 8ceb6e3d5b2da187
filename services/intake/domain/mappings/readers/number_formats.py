"""What a numeral of a spreadsheet shows: a day, a time, digits. Its format says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from services.intake.domain.mappings.readers.safe_xml import Attributes
from services.intake.domain.mappings.records import Cell, FaultyCell

_BUILT_IN: Mapping[int, Literal["day", "clock", "elapsed"]] = {
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), "day"),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), "clock"),
    46: "elapsed",
}
"""ECMA-376 part 1, 18.8.30, and the ones of Chinese, Japanese and Korean."""
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_HALF_DAYS = re.compile(r"am/pm|a/p|上午/下午")
_WHOLE = re.compile(r"-?[0-9]{1,40}")
_SECONDS_OF_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Shows:
    """What a format makes of a number."""

    kind: Literal["number", "day", "clock", "elapsed"] = "number"
    digits: int = 0
    """A number is filled up with zeros to so many."""


PLAIN = Shows()


def shown_by(code: str) -> Shows:
    """What a format's code, such as `yyyy-mm-dd`, says."""
    plain = _LITERAL.sub("", code.lower()).partition(";")[0]
    if _ELAPSED.search(plain):
        return Shows("elapsed")
    plain = _HALF_DAYS.sub("h", _BRACKETS.sub("", plain)).strip()
    if plain and plain.strip("0") == "":
        return Shows(digits=len(plain)) if len(plain) > 1 else PLAIN
    if plain == "general" or "#" in plain:
        return PLAIN
    if any(letter in plain for letter in "yd年月日"):
        return Shows("day")
    if any(letter in plain for letter in "hs"):
        return Shows("clock")
    return Shows("day") if "m" in plain else PLAIN


def formats_of(styles: Iterable[tuple[str, Attributes]]) -> Sequence[Shows]:
    """By the number of a cell's style."""
    own: dict[str, str] = {}
    used: list[str] = []
    within = ""
    for name, attributes in styles:
        match name:
            case "numFmts" | "cellXfs":
                within = name
            case "/numFmts" | "/cellXfs":
                within = ""
            case "numFmt" if within == "numFmts":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "xf" if within == "cellXfs":
                used.append(attributes.get("numFmtId", "0"))
    known = {number: shown_by(code) for number, code in own.items()}
    return [known.get(number) or _built_in(number) for number in used]


def _built_in(number: str) -> Shows:
    if not number.isascii() or not number.isdecimal():
        return PLAIN
    kind = _BUILT_IN.get(int(number[:6]))
    return PLAIN if kind is None else Shows(kind)


def value_of(written: str, shows: Shows, *, from_1904: bool) -> Cell:
    """A numeral as it is shown; a number of 15 digits, as spreadsheets reckon."""
    number = _number(written.strip())
    if number is None:
        return FaultyCell("a number that is none")
    match shows.kind:
        case "number" if shows.digits and isinstance(number, int) and number >= 0:
            return str(number).zfill(shows.digits)
        case "number":
            return number
        case "elapsed":
            return _elapsed(number)
        case "clock" if 0 <= number < 1:
            return _moment(date(1900, 1, 1), number).time()
        case _:
            return _day(number, from_1904=from_1904)


def _number(written: str) -> int | float | None:
    if _WHOLE.fullmatch(written):
        return int(written)
    try:
        number = float(f"{float(written):.15g}")
    except (ValueError, OverflowError):
        return None
    if number - number != 0 or "_" in written:
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _day(number: float, *, from_1904: bool) -> date | datetime | FaultyCell:
    """The day, or the instant, of a serial. 1900 had no 29 February, and spreadsheets count it."""
    whole = int(number // 1) if abs(number) < 1e7 else 0
    if from_1904:
        origin = date(1904, 1, 1)
    else:
        origin = date(1899, 12, 31) if whole < 60 else date(1899, 12, 30)
    if not from_1904 and (whole < 1 or whole == 60):
        return FaultyCell("a day that is none")
    try:
        day = origin + timedelta(days=whole)
        if number == whole:
            return day
        return _moment(day, number - whole)
    except OverflowError:
        return FaultyCell("a day that is none")


def _moment(day: date, part: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(
        milliseconds=round(part * _SECONDS_OF_A_DAY * 1000)
    )


def _elapsed(number: float) -> str | FaultyCell:
    if not 0 <= number < 1e7:
        return FaultyCell("a duration that is none")
    minutes, seconds = divmod(round(number * _SECONDS_OF_A_DAY), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if seconds else f"{hours}:{minutes:02}"
