"""What the table of a bench is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    target: str = ""
    met: bool | None = None
