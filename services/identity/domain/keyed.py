"""Keyed digests of telephone numbers and names: they tell whether two are the same, and no more.

Without the key nobody can try all telephone numbers there are. A digest is of one group alone, so
that the numbers of two groups cannot be compared. Pure.
"""

import unicodedata
from hashlib import blake2b

_DIGEST_BYTES = 16
_SAYS_NOTHING = {
    *("unknown", "noname", "none", "null", "na", "nil", "test", "customer", "walkin"),
    *("walkincustomer", "cashcustomer", "anonymous"),
    *("客户", "顾客", "未知", "不详", "无名", "散客", "测试", "车主", "匿名", "新客户", "现金客户"),
}
"""What is written where a name is not known."""
_TITLES_BEFORE = {"mr", "mrs", "ms", "miss", "dr", "herr", "frau"}
_TITLES_BEHIND = ("先生", "女士", "小姐", "太太", "夫人", "师傅", "老师", "经理", "老板", "总")
_LONGEST_FAMILY_NAME = 2
"""In Chinese characters: of so few before a title nobody knows whether they are the whole name."""


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

    Empty where no two different letters are left, for words that stand for a name that is not
    known, and for a family name with a title, which a whole family shares.
    """
    wide = unicodedata.normalize("NFKC", name).casefold()
    seen = (char for char in wide if not char.isspace() and unicodedata.category(char)[0] != "C")
    text = unicodedata.normalize("NFKC", "".join(seen))
    letters = "".join(char for char in text if unicodedata.category(char)[0] == "L")
    says_nothing = len(set(letters)) < 2 or letters in _SAYS_NOTHING
    return "" if says_nothing or _is_family_name(wide, letters) else text


def _is_family_name(wide: str, letters: str) -> bool:
    """Whether it is one with a title, such as `王先生` or `Mr. Li`."""
    first, *others = [*wide.replace(".", " ").split(), ""]
    if first in _TITLES_BEFORE and len(others) <= 2:
        return True
    return any(
        letters.endswith(title) and len(letters) - len(title) <= _LONGEST_FAMILY_NAME
        for title in _TITLES_BEHIND
    )
