"""What the desk shows to the other services: a token of the user for whom it asks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from services.desk.domain.users import User
from shared.platform.signing import signed
from shared.settings import AuthSettings
from shared.time.clock import TimeSource

GOOD_FOR = timedelta(minutes=5)
_RENEWED_BEFORE = timedelta(minutes=1)
_MOST_KEPT = 10_000


class Passes:
    """Signs tokens that say what a user may, and no more."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, settings: AuthSettings, clock: TimeSource
    ) -> None:
        """`clock`: the computer's, however fast a demo's time runs."""
        self._key = key
        self._settings = settings
        self._clock = clock
        self._kept: dict[tuple[str, tuple[str, ...]], tuple[str, datetime]] = {}

    def to_read(self, user: User) -> str:
        """What may be read with the roles that they have."""
        return self._token(user, user.grants)

    def to_report(self, user: User, dealer_id: str) -> str:
        """Reports on this dealer alone. That they may was looked at before, act by act."""
        return self._token(user, (f"events:write@{dealer_id}",))

    def to_read_narratives(self, user: User, dealer_id: str) -> str:
        """Those of this dealer alone. That the one asked for is of a case of theirs was looked at
        before."""
        return self._token(user, (f"narratives:read@{dealer_id}",))

    def _token(self, user: User, grants: Sequence[str]) -> str:
        now, whose = self._clock.now(), (user.username, tuple(grants))
        kept = self._kept.get(whose)
        if kept is not None and now < kept[1] - _RENEWED_BEFORE:
            return kept[0]
        until = now + GOOD_FOR
        claims = {
            "iss": self._settings.jwks_issuer,
            "aud": self._settings.audience,
            "sub": user.username,
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            self._settings.claim: list(grants),
        }
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        token = signed(self._key, claims)
        self._kept[whose] = (token, until)
        return token
