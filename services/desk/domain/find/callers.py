"""Whom somebody calls for: a number as telephone systems tell it."""

import phonenumbers

from services.desk.domain.find.asked import Asked, telephone_asked
from services.desk.domain.find.terms import digits_of

LEAST_OF_A_CALLER = 7
"""What is shorter is an extension of the house, and no customer's number."""


def caller_asked(told: str, region: str) -> Asked | None:
    """The customers who have this number, read as one of `region` (ISO 3166); None: it is none.

    A plus that an address made a space of is one again.
    """
    text = told.removeprefix("tel:")
    text = f"+{text.strip()}" if text.startswith(" ") else text.strip()
    try:
        parsed = phonenumbers.parse(text, region)
        if phonenumbers.is_valid_number(parsed):
            text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return None
    return telephone_asked(text) if len(digits_of(text)) >= LEAST_OF_A_CALLER else None
