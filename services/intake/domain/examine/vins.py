"""Whether a VIN is one, and where its check digit counts."""

import re
from typing import Literal

from shared.contracts.vin import CHECK_POSITION, check_digit, has_characters_of_a_vin

VinCheck = Literal["ok", "malformed", "failed", "not_applicable"]

_CHECKED = re.compile(r"[1-5L]|7[^A-E]")
"""North American and Chinese VINs: there the check digit is mandatory. 7A to 7E: New Zealand."""


def check_vin(vin: str) -> VinCheck:
    """Whether `vin` (trimmed, upper-case) is one, and what its check digit says."""
    if not has_characters_of_a_vin(vin) or len(set(vin)) == 1:
        return "malformed"  # one character throughout fills a field, even where the sum fits
    if _CHECKED.match(vin) is None:
        return "not_applicable"
    return "ok" if vin[CHECK_POSITION] == check_digit(vin) else "failed"
