"""A car of a customer's profile, kept as one word."""

from typing import NamedTuple, Self
from urllib.parse import quote, unquote


class KeptCar(NamedTuple):
    """What is counted of a car in a profile."""

    vin: str
    make: str = ""
    """Empty where the source does not say, like `model`."""
    model: str = ""

    @property
    def text(self) -> str:
        """As it is kept."""
        return "/".join(quote(part, safe=" ") for part in self)

    @classmethod
    def of(cls, text: str) -> Self:
        """The car that is kept so."""
        return cls(*map(unquote, text.split("/")))
