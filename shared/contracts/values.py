"""The value types that every contract is made of: instants, money, identifiers."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar
from unicodedata import category, normalize
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

D = TypeVar("D", bound=date)

FIRST_YEAR = 1900
LAST_YEAR = 2199
MOST_TO_NORMALISE = 1_000
"""Longer texts stay longer than an identifier may be, whatever is composed in them."""
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_TELEPHONE = re.compile(r"\d(?:[\s().-]*\d){8}")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|(60))"
    r"(?:\.[0-9]{1,30})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_OURS = re.compile(
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"\.[0-9]{3}Z"
)
"""As `instant_text` writes it, in UTC and cut, in a year that is taken: most of what is read."""
_WRITE_RFC3339 = "write RFC 3339 with seconds and offset, such as '2026-11-21T10:05:00Z'"
_SPACES = re.compile(" +")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of what nobody sees: controls, zero-width and bidi marks, surrogates."""


def to_milliseconds(moment: datetime) -> datetime:
    """The same instant in UTC, cut to milliseconds: what MongoDB keeps and the wire carries."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    beyond = utc.microsecond % 1000
    return utc.replace(microsecond=utc.microsecond - beyond) if beyond else utc


def day_begins(day: date, timezone: str) -> datetime:
    """The first instant of a day there, in UTC. Raises `ZoneInfoNotFoundError`."""
    return to_milliseconds(datetime.combine(day, time(), ZoneInfo(timezone)))


def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, such as `2026-11-21T10:05:00.000Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def _instant(value: Any) -> Any:
    """Text is an instant only as RFC 3339 writes it: digits alone are nobody's seconds here.

    What is no day, or has no offset, is left to pydantic, which says so.
    """
    if isinstance(value, str):
        if _OURS.fullmatch(value):
            return _read(value)
        value = _read(_rfc3339(value))
    elif not isinstance(value, datetime):
        raise ValueError(_WRITE_RFC3339)
    aware = isinstance(value, datetime) and value.tzinfo is not None
    return to_milliseconds(_in_calendar(value)) if aware else value


def _rfc3339(text: str) -> str:
    written = _RFC3339.fullmatch(text)
    if written is None:
        raise ValueError(_WRITE_RFC3339)
    if written.group(1):
        raise ValueError("a leap second is not taken: write it as second 59")
    return text.upper()


def _read(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _iso_date(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("write the day as an ISO date, such as '2026-11-21'")


def _in_calendar(day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the year must be within {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _legible(text: str) -> str:
    if any(category(char) in _UNSEEN for char in text):
        raise ValueError("control or invisible characters")
    return text


def _printable(number: str) -> str:
    if not number.isprintable():
        raise ValueError("control characters in a number")
    return number


def _one_width(number: Any) -> Any:
    return _SPACES.sub(" ", _nfkc(number)) if _is_sizable(number) else number


def without_spaces(number: Any) -> Any:
    """Text in NFKC without any kind of space; anything else as it is."""
    # once more at the end: what was apart may compose now
    return _nfkc(_nfkc(number).replace(" ", "")) if _is_sizable(number) else number


def _nfkc(text: str) -> str:
    """NFKC, which makes every kind of space a plain one; and so with hyphens."""
    return text if text.isascii() else normalize("NFKC", text).replace("\u2010", "-")


def composed(code: Any) -> Any:
    """Text in NFC: policies name codes in any width, so that is kept. Anything else as it is."""
    return normalize("NFC", code) if _is_sizable(code) else code


def _is_sizable(text: Any) -> bool:
    """Whether to normalise it: the cost grows with the square, and what is longer is refused."""
    return isinstance(text, str) and len(text) <= MOST_TO_NORMALISE


def _no_address(text: str) -> str:
    if _ADDRESS.search(text):
        raise ValueError("an e-mail address is personal: none is taken here")
    return text


def _no_telephone(text: str) -> str:
    if _TELEPHONE.search(text):
        raise ValueError("this may be a telephone number: a term is wanted here")
    return text


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("write the amount as a decimal string, such as '129.90'")
    return value


def at_most(most: int) -> BeforeValidator:
    """Refuses what has more than `most` parts before any of them is looked at.

    `max_length` looks at all that are wrong, and tells each of millions.
    """

    def check(value: Any) -> Any:
        if isinstance(value, list | tuple | dict) and len(value) > most:
            raise ValueError(f"at most {most} are taken here")
        return value

    return BeforeValidator(check)


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
]
"""A timezone-aware instant, RFC 3339 where it is text; UTC, cut to milliseconds once validated."""

Day = Annotated[date, BeforeValidator(_iso_date), AfterValidator(_in_calendar)]
"""A date without a time, such as the dealer's local date of a delivery; `YYYY-MM-DD` as text."""

DaySaid = Annotated[date, BeforeValidator(_iso_date)]
"""A day of any year, as reported: some sources write one of year 1 or 9999 where they know none."""

Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=14, decimal_places=4),  # first, so that pydantic's core checks it
    BeforeValidator(_no_float),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,10}(\.\d{1,4})?$"}),
]
"""A non-negative decimal, written as a string on the wire."""

SignedAmount = Annotated[
    Decimal,
    Field(max_digits=14, decimal_places=4),
    BeforeValidator(_no_float),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,10}(\.\d{1,4})?$"}),
]
"""A decimal that is negative where money was given back; written as a string on the wire."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
"""A short identifier from outside: a document number, a code, a staff id."""

Number = Annotated[
    ShortText, AfterValidator(_printable), AfterValidator(_no_address), BeforeValidator(_one_width)
]
"""What a source knows something by: a document, a step. Printable throughout; one of several
ways to write the same (composed or not, full width, several spaces) stands for all."""

CustomerNumber = Annotated[Number, BeforeValidator(without_spaces)]
"""What a source knows a customer by; often a telephone number, so spaces do not count."""

Code = Annotated[
    ShortText, AfterValidator(_legible), AfterValidator(_no_address), BeforeValidator(composed)
]
"""A short code from a source's own list; never personal."""

Term = Annotated[Code, AfterValidator(_no_telephone)]
"""A word or two from a source's own list, such as a category or the reason of a hold."""

StaffId = Annotated[Code, Field(max_length=80)]
"""Who of the dealer's staff, by a pseudonym of the dealer's choosing."""

LongId = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
"""An id that intake composed: a document, a customer, a case."""

About = Annotated[str, StringConstraints(max_length=8000)]
"""What an output is about within its aggregate; may hold ids."""

Words = Annotated[str, StringConstraints(max_length=2000)]
"""A sentence or two for staff, of our own wording or a policy's."""

Points = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
"""Of a score or a part of it."""

Version = Annotated[str, StringConstraints(max_length=120)]
"""Of a document, from intake; versions are compared as text."""

DealerId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}/[a-z0-9][a-z0-9-]{0,39}$")
]
"""`group/dealer`, lower-case."""

CustomerKey = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,39}/){3}[A-Za-z0-9_.~%-]+$", max_length=2000),
]
"""The key of a customer as intake answers it: `group/dealer/source/number`, percent-encoded."""

RecordKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9][a-z0-9-]{0,39}/){3}((vin|doc|lead)/)?[A-Za-z0-9_.~%-]+$",
        max_length=2000,
    ),
]
"""A customer's key, or that of a document that names a car alone, or nobody, such as a lead."""

CaseId = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9][a-z0-9-]{0,39}/){3}complaint/[A-Za-z0-9_.~%-]+$", max_length=2000
    ),
]
"""The document id of a complaint as intake answers it."""

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""The dealer-management system a document came from, such as `cdk`."""


class Contract(BaseModel):
    """What travels. Frozen; unknown fields are ignored, so producers may add fields.

    Each is built when it is first used, as a process that starts uses few of all.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )

    TYPE: ClassVar[str] = ""
    """The CloudEvents type, `dev.aftercare.<noun>.<verb>.v1`; empty for mere parts."""


class Bilingual(Contract):
    """A sentence or two, or a title, in both languages that staff read."""

    en: Annotated[Words, Field(description="In English.")]
    zh: Annotated[Words, Field(description="In Chinese.")]


class Money(Contract):
    """A non-negative amount in an ISO 4217 currency."""

    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class SignedMoney(Contract):
    """An amount in an ISO 4217 currency, negative where money was given back."""

    amount: SignedAmount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


OdometerKm = Annotated[int, Field(ge=0, le=5_000_000)]
"""A reading in whole kilometres."""


class Odometer(Contract):
    """A reading as the source gives it; intake sets aside what cannot be true."""

    value: Annotated[int, Field(ge=0, le=999_999_999)]
    unit: Annotated[str, StringConstraints(pattern=r"^(km|mi)$")] = "km"

    @property
    def km(self) -> int:
        """The reading in kilometres, rounded."""
        return self.value if self.unit == "km" else round(self.value * 1.609344)
