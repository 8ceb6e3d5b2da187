"""What the directory's contents are sealed with, and what its tokens are made with."""

import hmac
from functools import lru_cache

from services.desk.domain.find.terms import Term
from shared.platform.seal import Seal

TOKEN_BYTES = 12
_DIGEST = "sha256"


class Secrets:
    """Follow from the desk's secret: with another one nothing is found or opened."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.seal = Seal([self._key("directory")])
        self._of_dealer = lru_cache(maxsize=1000)(self._key)

    def token(self, dealer_id: str, term: Term) -> bytes:
        """The same for the same term at this dealer, and another one at any other."""
        key = self._of_dealer(f"tokens {dealer_id}")
        return hmac.digest(key, str(term).encode(), _DIGEST)[:TOKEN_BYTES]

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._secret, purpose.encode(), _DIGEST)
