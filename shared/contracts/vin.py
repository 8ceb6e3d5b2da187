"""Vehicle identification numbers: their characters and their check digit (49 CFR 565.15)."""

import re

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        map(int, "012345678912345678123457923456789"),
        strict=True,
    )
)
CHECK_POSITION = 8
"""Where the check digit stands, from 0. What stands there itself counts nothing."""


def has_characters_of_a_vin(text: str) -> bool:
    """Whether it has 17 characters, upper-case letters and digits, without I, O and Q."""
    return _VIN.fullmatch(text) is not None


def check_digit(vin: str) -> str:
    """What the ninth of the 17 characters has to be where it is one: a digit or X."""
    total = sum(weight * _VALUES[char] for weight, char in zip(_WEIGHTS, vin, strict=True))
    return "0123456789X"[total % 11]
