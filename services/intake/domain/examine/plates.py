"""Plates as people write them, brought to one notation, where they tell a car at all."""

import re
from unicodedata import category, normalize

_DISTRICT_APART = frozenset({"AT", "DE"})
"""Where what stands between two letters counts: B-MW 123 is not BM-W 123."""
_CHINESE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]"
    r"[A-Z0-9][0-9A-Z]{4,6}[挂学警港澳领]?"
)
"""Not those of a few weeks, for a car that has none yet."""
_FEWEST, _MOST = 4, 10


def normalised_plate(written: str, region: str) -> str | None:
    """The one notation of a plate, as written in `region` (ISO 3166); None where it is none.

    Width, case, spaces, dots and hyphens make no difference. What fills a field is no plate: words
    such as `NONE`, one digit over and over.
    """
    wide = normalize("NFKC", written).upper()
    seen = "".join(char for char in wide if category(char)[0] != "C")
    plate = "".join(char for char in seen if char.isalnum())
    if not (_is_chinese(plate) if region == "CN" else _is_some(plate)):
        return None
    return _with_district(seen) if region in _DISTRICT_APART else plate


def _is_chinese(plate: str) -> bool:
    """Eights and nines alone are issued, and dear; zeros alone are not."""
    number = plate[2:]
    return bool(_CHINESE.fullmatch(plate)) and _has_digit(number) and set(number) != {"0"}


def _is_some(plate: str) -> bool:
    return _FEWEST <= len(plate) <= _MOST and _has_digit(plate) and len(set(plate)) > 1


def _has_digit(text: str) -> bool:
    return any(char.isdecimal() for char in text)


def _with_district(seen: str) -> str:
    """Two groups of letters stay apart; all other gaps are left out."""
    apart = re.sub(r"[\W_]+", "-", seen).strip("-")
    return re.sub(r"-(?=\d)|(?<=\d)-", "", apart)
