"""An issuer with whom users sign in, whatever it is asked with."""

from typing import Protocol

from services.desk.domain.elsewhere import RoundTrip
from services.desk.domain.users import User


class SignInElsewhere(Protocol):
    """An issuer with whom users sign in."""

    async def address(self, trip: RoundTrip, back: str) -> str:
        """Where the browser is sent; it comes back to `back`. Raises `TransientFailure`."""
        ...

    async def user(self, trip: RoundTrip, code: str, back: str) -> User:
        """Who has come back with this code. Raises `NotLetInElsewhere` and `TransientFailure`."""
        ...
