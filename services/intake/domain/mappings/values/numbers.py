"""Numbers of documents, whole numbers, amounts and odometer readings."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple
from unicodedata import normalize

from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import (
    Unreadable,
    ValueRead,
    decimal_of,
    plain,
    text_of,
)
from shared.contracts.currencies import CURRENCIES

MOST_DIGITS_OF_A_SPREADSHEET = 15
"""Of a number that is a numeral there; what is beyond becomes zeros."""
KM_OF_A_MILE = Decimal("1.609344")
_CENTS = Decimal("0.0001")
_MOST_CHARACTERS = 60
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[Ee]\+([0-9]{1,2})")
"""As spreadsheets write it; an order's own number such as 12E3 is none."""
_WHOLE_NUMERAL = re.compile(r"([0-9]+)(?:\.0{1,2}|,0)")
_SMALL_EXPONENT = re.compile(r"[-+]?[0-9](?:\.[0-9]+)?e[-+][0-9]{1,2}")
_UNITS_OF_TEN = {"亿": Decimal(10**8), "万": Decimal(10**4), "千": Decimal(10**3), "": Decimal(1)}
_SIGNS_OF_MONEY = {
    **{"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "us$": "USD", "hk$": "HKD"},
    **{"nt$": "TWD", "c$": "CAD", "a$": "AUD", "s$": "SGD", "r$": "BRL", "mx$": "MXN"},
    **{"元": "CNY", "圆": "CNY", "块": "CNY", "人民币": "CNY", "rmb": "CNY"},
    **{"欧元": "EUR", "美元": "USD", "港币": "HKD", "日元": "JPY", "円": "JPY", "元整": "CNY"},
    **{"¥": "", "$": "", "圆整": "CNY", "rm": "MYR", "kr": ""},
}
"""Sign or word, folded -> currency; empty: several currencies have it."""
_UNITS_OF_LENGTH: dict[str, Literal["km", "mi"]] = {
    **dict.fromkeys(("km", "kms", "km.", "公里", "千米", "kilometers", "kilometres"), "km"),
    **dict.fromkeys(("kilometer", "kilometre", "k.m."), "km"),
    **dict.fromkeys(("mi", "mi.", "mile", "miles", "英里", "mls"), "mi"),
}
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", flags=re.ASCII)
"""As most numbers are written."""
_SIGNS = re.compile("[¥€£₹₩₽]")
"""Those that may stand right beside a word."""
_NUMERAL = re.compile(r"[0-9][0-9.,' ]*|[.,][0-9]+")


class AmountRead(NamedTuple):
    """An amount, and the currency that stands beside it, if one does."""

    amount: Decimal
    currency: str | None


class ReadingRead(NamedTuple):
    """An odometer reading, and the unit that stands beside it, if one does."""

    value: int
    unit: Literal["km", "mi"] | None


def number_of(cell: Cell, *, in_spreadsheet: bool = False, digits: int | None = None) -> str:
    """What something is known by, also where a spreadsheet made a numeral of it.

    `in_spreadsheet`: numbers there have at most 15 digits. `digits`: zeros are put in front of
    digits up to that many. Raises `Unreadable` for what lost digits.
    """
    if isinstance(cell, bool):
        raise Unreadable("a number is wanted, and not yes or no")
    if not isinstance(cell, str | int | float | Decimal | None):
        raise Unreadable("a spreadsheet made a date of this number: format the column as text")
    lossy = isinstance(cell, float) or (in_spreadsheet and not isinstance(cell, str))
    text = text_of(cell)
    if lossy and len(text.partition(".")[0].lstrip("-")) > MOST_DIGITS_OF_A_SPREADSHEET:
        raise Unreadable("of this number only 15 digits were kept: format the column as text")
    if isinstance(cell, str):
        text = _restored(normalize("NFKC", text) if len(text) <= _MOST_CHARACTERS else text, text)
    return text.zfill(digits) if digits is not None and text.isdecimal() else text


def _restored(text: str, as_it_stands: str) -> str:
    whole = _WHOLE_NUMERAL.fullmatch(text)
    if whole is not None:
        return whole.group(1)
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific is None:
        return as_it_stands
    first, decimals, exponent = scientific.group(1), scientific.group(2) or "", scientific.group(3)
    if len(decimals) < int(exponent):
        raise Unreadable(
            "in scientific notation, so that digits were lost: format the column as text"
        )
    if decimals[int(exponent) :].strip("0"):
        raise Unreadable("a numeral with decimals, where a number of something is wanted")
    return first + decimals[: int(exponent)]


def whole_of(cell: Cell) -> ValueRead[int]:
    """A whole number; decimals that are zero do not matter. Raises `Unreadable`."""
    number, rest = _numeral(cell, ".", "a whole number is wanted")
    if rest or number != number.to_integral_value():
        raise Unreadable("a whole number is wanted, and nothing beside it")
    return ValueRead(int(number))


def amount_of(cell: Cell, *, decimal: Literal[".", ","] = ".") -> ValueRead[AmountRead]:
    """An amount, to four decimals. `decimal`: the mark before these. Raises `Unreadable`."""
    number, rest = _numeral(cell, decimal, "an amount is wanted, such as 1234.50")
    currency = None
    for word in rest:
        known = word.upper() if word.upper() in CURRENCIES else _SIGNS_OF_MONEY.get(word)
        if known is None:
            raise Unreadable("an amount is wanted, and nothing but a currency beside it")
        if known and currency not in (None, known):
            raise Unreadable("two currencies stand there")
        currency = known or currency
    rounded = number.quantize(_CENTS, ROUND_HALF_UP)
    doubt = "rounded to four decimals" if abs(rounded - number) > Decimal("0.000001") else None
    return ValueRead(AmountRead(rounded, currency), doubt)


def written(amount: Decimal) -> str:
    """As contracts have it: `129.9`, and no negative zero."""
    return plain(amount + 0)


def reading_of(cell: Cell, *, decimal: Literal[".", ","] = ".") -> ValueRead[ReadingRead]:
    """An odometer reading, cut to whole units. Raises `Unreadable`."""
    number, rest = _numeral(cell, decimal, "a reading is wanted, such as 61200 or 61,200 km")
    units = {_UNITS_OF_LENGTH.get(word) for word in rest}
    if None in units or len(units) > 1:
        raise Unreadable("a reading is wanted, and nothing but its unit beside it")
    if number < 0:
        raise Unreadable("a reading is not negative")
    return ValueRead(ReadingRead(int(number), units.pop() if units else None))


def in_kilometres(reading: ReadingRead, *, otherwise: Literal["km", "mi"]) -> int:
    """`otherwise`: the unit where none stands there."""
    if (reading.unit or otherwise) == "km":
        return reading.value
    return int((reading.value * KM_OF_A_MILE).to_integral_value(ROUND_HALF_UP))


def _numeral(cell: Cell, decimal: Literal[".", ","], wanted: str) -> tuple[Decimal, list[str]]:
    """A number, and the words beside it, folded."""
    match cell:
        case bool():
            raise Unreadable(wanted)
        case int() | float() | Decimal():
            return _limited(decimal_of(cell), wanted), []
        case str():
            if decimal == "." and _PLAIN.fullmatch(cell):
                return Decimal(cell), []
            return _written_numeral(text_of(cell), decimal, wanted)
        case _:
            raise Unreadable(f"{wanted}, and not a date")


def _written_numeral(
    text: str, decimal: Literal[".", ","], wanted: str
) -> tuple[Decimal, list[str]]:
    if len(text) > _MOST_CHARACTERS:
        raise Unreadable(wanted)
    text = normalize("NFKC", text).casefold().strip()
    if _SMALL_EXPONENT.fullmatch(text):
        return _limited(Decimal(text), wanted), []
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()") if negative else text
    text = text.replace("\u2212", "-").replace("\u2010", "-")
    found = _NUMERAL.findall(text)
    if len(found) != 1:
        raise Unreadable(wanted)
    before, _, after = text.partition(found[0])
    sign, before = ("-" in before or "-" in after), before.replace("-", " ").replace("+", " ")
    after = after.replace("-", " ", 1) if after.rstrip().endswith("-") else after
    scale, after = _scaled(after.strip())
    number = _reckoned(found[0].strip(), decimal) * scale
    words = _SIGNS.sub(r" \g<0> ", f"{before} {after}".replace(":", " ")).split()
    return _limited(-number if sign or negative else number, wanted), words


def _scaled(after: str) -> tuple[Decimal, str]:
    unit = after[:1] if after[:1] in _UNITS_OF_TEN and after[:2] != "千米" else ""
    return _UNITS_OF_TEN[unit], after[len(unit) :]


def _reckoned(numeral: str, decimal: Literal[".", ","]) -> Decimal:
    """The number that digits, marks and spaces stand for."""
    other = "," if decimal == "." else "."
    whole, _, decimals = numeral.partition(decimal)
    groups = re.split(rf"[{other}' ]", whole)
    in_threes = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if (decimals and not decimals.isdecimal()) or (len(groups) > 1 and not in_threes):
        raise Unreadable(
            f"the marks in it do not part thousands: if '{other}' stands before decimals, say so "
            f"in the mapping as `decimal: '{other}'`"
        )
    return Decimal(f"{''.join(groups) or 0}.{decimals or 0}")


def _limited(number: Decimal, wanted: str) -> Decimal:
    if abs(number) >= Decimal(10) ** 18:
        raise Unreadable(wanted)
    return number
