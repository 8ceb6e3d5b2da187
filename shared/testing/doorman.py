"""A doorman who knows everybody."""

from shared.auth.principal import EVERYWHERE, Grant, Principal
from shared.auth.scopes import SCOPES, Scope
from shared.platform.doorman import Doorman
from shared.testing.keys import MemoryKeys
from shared.time.clock import SystemClock


class KnowsEverybody(Doorman):
    """Takes whoever asks, whatever they show, for one who may do this; as a rule everything."""

    def __init__(self, *grants: Grant) -> None:
        super().__init__(MemoryKeys(), SystemClock())
        everything = Grant(scopes=frozenset(SCOPES), dealers=frozenset({EVERYWHERE}))
        self._found = Principal(id="anybody", grants=grants or (everything,))

    async def principal(self, authorization: str | None, *, reads: bool) -> Principal:
        return self._found

    async def still_may(
        self, principal_id: str, scope: Scope, dealer_id: str, source: str | None = None
    ) -> bool:
        return self._found.may(scope, dealer_id, source)
