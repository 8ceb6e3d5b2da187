"""Keyed digests of telephone numbers and names: they tell whether two are the same, and no more.

Without the key nobody can try all telephone numbers there are. A digest is of one group alone, so
that the numbers of two groups cannot be compared. Pure.
"""

import unicodedata
from hashlib import blake2b

_DIGEST_BYTES = 16
_SAYS_NOTHING = {
    *("unknown", "noname", "none", "null", "na", "nil", "test", "customer", "walkin"),
    *("客户", "顾客", "未知", "不详", "无名", "散客", "测试"),
}
"""What is written where a name is not known."""


class KeyedHash:
    """Digests of one secret. Another secret makes others of the same numbers and names."""

    def __init__(self, secret: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32).digest()

    def telephone(self, group: str, e164: str) -> str:
        """The digest of a number in E.164."""
        return self._of("telephone", group, e164)

    def name(self, group: str, kind: str, name: str | None) -> str:
        """The digest of a name, however it is spaced and cased; empty where it says no name. A
        person and a business never have the same."""
        compared = comparable(name or "")
        return self._of("name", group, f"{kind}/{compared}") if compared else ""

    def _of(self, what: str, group: str, text: str) -> str:
        whole = f"{what}\x1f{group}\x1f{text}".encode()
        return blake2b(whole, key=self._key, digest_size=_DIGEST_BYTES).hexdigest()


def comparable(name: str) -> str:
    """What of a name is compared: in one width and case, without spaces and what nobody sees.
    Empty where no letter is left, and for words that stand for a name that is not known."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    seen = (char for char in wide if not char.isspace() and unicodedata.category(char)[0] != "C")
    text = unicodedata.normalize("NFKC", "".join(seen))
    letters = "".join(char for char in text if unicodedata.category(char)[0] == "L")
    return "" if not letters or letters in _SAYS_NOTHING else text
