"""Whether a name of the sender's own choosing may be repeated: it may hold a person's data."""

import re

_LIKE_A_FIELD = re.compile(r"[A-Za-z](?:[_-]?[A-Za-z0-9]){0,39}", flags=re.ASCII)
MOST_DIGITS = 4


def is_repeatable(name: str) -> bool:
    """Whether it looks like the name of a field: short, of ASCII letters and few digits."""
    return _LIKE_A_FIELD.fullmatch(name) is not None and (
        sum(char.isdigit() for char in name) <= MOST_DIGITS
    )
