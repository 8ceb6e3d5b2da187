"""What a cell says, if anything: its text, folded for comparing; yes and no."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import isnan
from typing import Generic, NamedTuple, TypeVar
from unicodedata import normalize

from services.intake.domain.mappings.records import Cell, FaultyCell

V_co = TypeVar("V_co", covariant=True)

MOST_TO_COMPARE = 200
"""Longer texts are no word of any list."""
_SPACES = re.compile(r"\s+")
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
"""How some programs keep a spreadsheet from making a numeral of a text."""
_MARKED = re.compile(r"'[0-9+][0-9 +-]*")
"""A spreadsheet's mark for digits that are text."""
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u00ad"
_NOTHING = frozenset(
    {
        *("", "-", "--", "---", "–", "—", "——", "―", "－", "－－", "/", "\\", ".", "..."),
        *("NULL", "null", "(null)", "<null>", "[null]", "None", "nil", "NaN", "nan", "\\N"),
        *("N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "<NA>", "NaT", "undefined", "暂无", "不详"),
    }
)
"""What is written where there is nothing; `Null` and `Na` are names of people."""
_FAULTY = frozenset(
    {"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"}
)
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "t", "1", "✓", "✔", "√", "☑", "on", "真"})
_NO = frozenset(
    {"否", "无", "没有", "不", "n", "no", "false", "f", "0", "✗", "✘", "×", "x", "☐", "off", "假"}
)


class Unreadable(ValueError):
    """What stands there cannot be read; says what is wanted, and not a word of it."""


class ValueRead(NamedTuple, Generic[V_co]):
    """What was read, and what is doubtful about it."""

    value: V_co
    doubt: str | None = None


def says_nothing(cell: Cell) -> bool:
    """Whether nothing stands there, in whatever way that is written."""
    if isinstance(cell, str):
        if cell[:1].isalnum() and cell[-1:].isalnum():
            return cell in _NOTHING
        return len(cell) <= MOST_TO_COMPARE and trimmed(cell) in _NOTHING
    match cell:
        case None:
            return True
        case float():
            return isnan(cell)
        case Decimal():
            return cell.is_nan()
        case _:
            return False


def trimmed(text: str) -> str:
    """Without spaces of any kind, and without marks that nobody sees, at both ends."""
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    stripped = text.strip().strip(_UNSEEN).strip()
    if stripped.startswith("="):
        wrapped = _WRAPPED.fullmatch(stripped)
        return stripped if wrapped is None else wrapped.group(1).strip()
    return stripped


def text_of(cell: Cell) -> str:
    """As it stands there, trimmed; a whole number without decimals. Raises `Unreadable`."""
    match cell:
        case str():
            text = trimmed(cell)
            if text in _FAULTY:
                raise Unreadable("an error of a spreadsheet stands there")
            return text[1:] if _MARKED.fullmatch(text) else text
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case int():
            return plain(decimal_of(cell))
        case float() | Decimal():
            return plain(decimal_of(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case FaultyCell():
            raise Unreadable(cell.because)


def decimal_of(number: int | float | Decimal) -> Decimal:
    """As it was written: 0.1 and not what a float makes of it. Raises `Unreadable`."""
    if isinstance(number, int) and number.bit_length() > 3 * MOST_TO_COMPARE:
        raise Unreadable("a number of far too many digits")
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not exact.is_finite() or abs(exact.adjusted()) > MOST_TO_COMPARE:
        raise Unreadable("not a number that can be reckoned with")
    return exact


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros at the end of its decimals."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """For comparing words: without case, width, and what spaces there are."""
    return _SPACES.sub(" ", normalize("NFKC", trimmed(text[: MOST_TO_COMPARE + 1]))).casefold()


def yes_or_no(cell: Cell) -> bool:
    """Raises `Unreadable`."""
    if isinstance(cell, bool):
        return cell
    word = folded(text_of(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("yes or no is wanted, such as Y and N, 1 and 0, 是 and 否")
