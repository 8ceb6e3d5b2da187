"""Telephone numbers as people write them, brought to E.164.

Extensions are cut off and never joined to the number, letters are never read as digits, and of
two numbers in one field none is chosen: what stays doubtful is no number, and the warning says
why without repeating it.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import category, decimal, normalize

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from services.intake.domain.documents.kind import Described
from services.intake.domain.findings import Findings
from shared.contracts.feed_parts import Customer, Phone


class Telephone(NamedTuple):
    """How a written number was read."""

    number: str | None
    """E.164; None where it is none, or a doubtful one."""
    warning: str | None = None


MOST_CHARACTERS, MOST_DIGITS = 120, 40
"""What is longer is no number, and would take long to look at."""
NONE_AT_ALL = "not a telephone number: left out"
LETTERS = "letters are not read as digits: left out"
SEVERAL = "perhaps more than one telephone number, write each by itself: left out"
WITH_OR_WITHOUT_CODE = "with or without the country code? Write it with +: left out"
CUT = "the extension was cut off"
PLUS_LOST = "read with the + that it seems to have lost"

_WORDS = (
    *(
        "ext",
        "extn",
        "exten",
        "extension",
        "extensión",
        "xtn",
        "int",
        "intern",
        "internal",
        "interno",
    ),
    *("app", "appar", "apparat", "hausapparat", "durchwahl", "dw", "nebenstelle", "nst", "nbst"),
    *("anschluss", "klappe", "kl", "poste", "anexo", "ramal", "toestel", "tst", "klapka", "linka"),
    *("wew", "wewn", "dahili", "anknytning", "ankn", "alanumero", "local", "lokal", "mellék"),
    *("доб", "добав", "добавочный", "вн", "внутр", "внутренний"),
)
"""What stands before an extension, in the languages that dealers write in."""
_EXTENSION = re.compile(
    rf"""[\s,;:./(\[-]{{0,4}}
    (?: (?<![^\W\d_]) (?: {"|".join(_WORDS)} ) (?![^\W\d_])
      | 转 | 轉 | 内转 | 接 | 分机 | 分機 | 内线 | 內線 | 内線 | 내선
      | (?<!x) [x×] \s* (?=\d+\W*$)
      | [#~]
      | [,;]{{1,4}} \s* (?=\d{{1,5}}\W*$)
      | (?<=\d) \s* \( (?=\s*\d{{1,5}}\s*\)$)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""The first sign of an extension, and all that separates it from the number."""
_REMARK = re.compile(r"^\([^()\d+]*\)|\([^()\d+]*\)$")
_LABEL = re.compile(r"[^\d+(]*")
_SEVERAL = re.compile(r"[,;|&\\、]|\d\D*\+")
_NUMBER = re.compile(r"\(?\s*\+*[\d\s().\-/]+")
_LAST_GROUP = re.compile(r"\s*-\s*\d{1,6}$")
_CHINESE_EXTENSION = re.compile(r"(?<!\d)\d{7,8}-\d{1,6}$")
"""A Chinese subscriber has seven or eight digits; elsewhere a hyphen may stand within."""


def e164(written: str, region: str) -> Telephone:
    """The number in E.164, read as one of `region` (ISO 3166)."""
    return _remembered(written, region) if len(written) <= MOST_DIGITS else _e164(written, region)


@lru_cache(maxsize=20_000)
def _remembered(written: str, region: str) -> Telephone:
    """Of short texts: most customers come again, and this is nearly half of what an event takes to
    be examined."""
    return _e164(written, region)


def _e164(written: str, region: str) -> Telephone:
    if written.isascii() and written.isdecimal() and len(written) <= MOST_DIGITS:
        return _read(written, region)  # all that is looked for below is none of the digits
    plain = _plain(written)
    if len(plain) > MOST_CHARACTERS or sum(char.isdigit() for char in plain) > MOST_DIGITS:
        return Telephone(None, NONE_AT_ALL)
    whole = _REMARK.sub("", plain).strip()
    cut = _before_extension(whole)
    text = _LABEL.sub("", cut, count=1)
    doubt = _doubt(cut, text, region)
    if doubt is not None:
        return Telephone(None, doubt)
    if region == "CN" and _CHINESE_EXTENSION.search(text):
        text = _LAST_GROUP.sub("", text)
        cut = text
    read = _read(text, region)
    if read == Telephone(None, NONE_AT_ALL) and _LAST_GROUP.search(text):
        shorter = _read(_LAST_GROUP.sub("", text), region)
        return shorter if shorter.number is None else Telephone(shorter.number, CUT)
    return Telephone(read.number, CUT) if read.number and cut != whole else read


def _plain(written: str) -> str:
    """Any digit, hyphen or space as the ASCII one, single, without what nobody sees."""
    looked_at = normalize("NFKC", written)[: MOST_CHARACTERS + 1]
    if looked_at.isascii() and looked_at.isprintable():
        return re.sub(r" +", " ", looked_at).strip()
    plain = "".join(_plain_character(char) for char in looked_at)
    return re.sub(r"\s+", " ", plain).strip()


def _plain_character(char: str) -> str:
    match category(char):
        case "Nd":
            return str(decimal(char))
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Cc" | "Zl" | "Zp":
            return "|"  # what stands on two lines is two things
        case _:
            return {"\u2212": "-"}.get(char, char)


def _before_extension(text: str) -> str:
    first_digit = re.search(r"\d", text)
    sign = _EXTENSION.search(text, first_digit.end()) if first_digit else None
    return text[: sign.start()] if sign else text


def _doubt(labelled: str, text: str, region: str) -> str | None:
    """Why the number, with a label before it and without, cannot be told for certain."""
    label = labelled[: len(labelled) - len(text)]
    misread = label[-1:].isalpha() and category(label[-1:]) != "Lo"  # 'O30', but not '电话030'
    if misread or any(char.isalpha() for char in text):
        return LETTERS
    if _SEVERAL.search(text) or _are_two(text, region):
        return SEVERAL
    return None if _NUMBER.fullmatch(text) and "*" not in label else NONE_AT_ALL


def _are_two(text: str, region: str) -> bool:
    """Whether a slash or a space may stand between two numbers, not behind an area code."""
    left, slash, right = text.partition("/")
    if slash:
        is_another = re.match(r"\s*\(?(?:\+|00)", right) or "/" in right
        return bool(is_another) or _valid(left, region) is not None
    spaces, another = _where_another_begins(_trunk(region))
    return any(
        (another.match(text, space.end()) or _valid(text[space.end() :], region))
        and _valid(text[: space.start()], region)
        for space in spaces.finditer(text)
    )


@cache
def _trunk(region: str) -> str:
    """What national numbers begin with there."""
    return phonenumbers.ndd_prefix_for_region(region, True) or ""


@cache
def _where_another_begins(trunk: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The space before a number; and an area code once more, as '030 1234 0567' has none."""
    again = rf"\+|00|{trunk}" if trunk else r"\+|00"
    return (
        re.compile(rf"(?<=\d)\s+(?=\(?(?:{again})\d{{2}})"),
        re.compile(rf"\(?(?:{again})\d{{2,5}}\)?[\s-]+\d{{3}}"),
    )


def _read(text: str, region: str) -> Telephone:
    national = _valid(text, region)
    digits = re.sub(r"\D", "", text)
    code = str(phonenumbers.country_code_for_region(region))
    if "+" in text:
        return _found(national)
    if re.match(rf"\(?{code}\)?[\s.-]*\(0\)", text):
        return _found(_valid(f"+{text.lstrip('(')}", region))
    if digits.startswith("00") and national is None:
        return _found(_valid(f"+{digits[2:]}", region))
    if not digits.startswith(code):
        return _found(national)
    international = _valid(f"+{digits}", region)
    if international is None and national is not None and not _has_trunk(digits, region):
        return Telephone(None, WITH_OR_WITHOUT_CODE)
    if international is None or national is None or international == national:
        return _found(national or international)
    if _is_mobile(international) and not _is_mobile(national):
        # a number without its trunk prefix, too, would have lost something
        return Telephone(_text(international), PLUS_LOST)
    return Telephone(None, WITH_OR_WITHOUT_CODE)


def _has_trunk(digits: str, region: str) -> bool:
    """Whether it begins as a national number does; where none has a prefix, each does."""
    return digits.startswith(_trunk(region))


def _found(number: PhoneNumber | None) -> Telephone:
    return Telephone(None, NONE_AT_ALL) if number is None else Telephone(_text(number))


def _valid(text: str, region: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _is_mobile(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def _text(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def with_e164(described: Described, region: str, warnings: Findings) -> Described:
    """The customers with their telephone numbers in E.164, but for those that are none."""
    customers = {
        where: _reachable(customer, region, f"/data{where}/phones", warnings)
        for where, customer in described.customers.items()
    }
    return described._replace(customers=customers)


def _reachable(customer: Customer, region: str, where: str, warnings: Findings) -> Customer:
    """`where`: the pointer of the customer's telephone numbers."""
    if not customer.phones:
        return customer
    phones: dict[str, Phone] = {}
    verified: dict[str, list[bool]] = {}
    for position, phone in enumerate(customer.phones):
        number, warning = e164(phone.number, region)
        pointer = f"{where}/{position}/number"
        if number is None:
            warnings.leave_out(pointer, warning or "left out", of=where)
            continue
        if warning is not None:
            warnings.add(pointer, warning)
        phones.setdefault(number, Phone(kind=phone.kind, number=number))
        # of an extension, or where digits were guessed at, it is not this number that was verified
        if "verified" in phone.model_fields_set and not (phone.verified and warning):
            verified.setdefault(number, []).append(phone.verified is True)
    found = (_with_verified(phone, verified.get(phone.number)) for phone in phones.values())
    return customer.model_copy(update={"phones": tuple(found)})


def _with_verified(phone: Phone, words: list[bool] | None) -> Phone:
    """`words`: what was said, each time that the number stands there: one 'no' is enough."""
    return phone if words is None else phone.model_copy(update={"verified": all(words)})
