"""Doormen: one who knows everybody, and one who knows a single key."""

from shared.auth.keys import ID_LETTERS, SECRET_LETTERS, ApiKey, ShownKey, digest_of
from shared.auth.principal import EVERYWHERE, Grant, Principal
from shared.auth.scopes import SCOPES, Scope
from shared.platform.doorman import Doorman
from shared.testing.keys import MemoryKeys
from shared.time.clock import SystemClock

EVERYTHING = Grant(scopes=frozenset(SCOPES), dealers=frozenset({EVERYWHERE}))
SHOWN = ShownKey("k" * ID_LETTERS, "s" * SECRET_LETTERS)
"""What somebody shows who may do everything."""


def knows_one() -> Doorman:
    """A doorman who lets in whoever shows `SHOWN`, and nobody else."""
    made = SystemClock().now()
    key = ApiKey(
        id=SHOWN.id, name="one", digest=digest_of(SHOWN.secret), grant=EVERYTHING, created_at=made
    )
    return Doorman(MemoryKeys(key), SystemClock())


class KnowsEverybody(Doorman):
    """Takes whoever asks, whatever they show, for one who may do this; as a rule everything."""

    def __init__(self, *grants: Grant) -> None:
        super().__init__(MemoryKeys(), SystemClock())
        self._found = Principal(id="anybody", grants=grants or (EVERYTHING,))

    async def principal(self, authorization: str | None, *, reads: bool) -> Principal:
        return self._found

    async def still_may(
        self, principal_id: str, scope: Scope, dealer_id: str, source: str | None = None
    ) -> bool:
        return self._found.may(scope, dealer_id, source)
