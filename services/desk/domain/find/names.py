"""Names as people type them: whole, in part, by pinyin and initials, Latin ones by beginnings."""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import combining, normalize

from pypinyin import Style, pinyin

LEAST_BEGINNING, MOST_BEGINNING = 3, 6
"""How many letters a beginning has by which a word is found."""
MOST_READ = 12
"""How many characters of a Chinese name are read as pinyin: a company's has more."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SURNAME_READ = {"单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou"}
"""Surnames that are read in another way than the word is."""


def plain(text: str) -> str:
    """Without width, case and accents: what makes no difference when a name is looked for."""
    decomposed = normalize("NFKD", normalize("NFKC", text).casefold())
    return normalize("NFC", "".join(char for char in decomposed if not combining(char)))


def han_in(text: str) -> list[str]:
    """The runs of Chinese characters."""
    return _HAN.findall(normalize("NFKC", text))


def words_in(text: str) -> list[str]:
    """The words of other scripts, plain; one with an apostrophe is one, without it."""
    without = _HAN.sub(" ", plain(text))
    return [re.sub(r"['’]", "", each) for each in _WORD.findall(without)]


def bigrams(text: str) -> list[str]:
    """Each two characters that stand side by side."""
    return [text[at : at + 2] for at in range(len(text) - 1)]


def beginnings(word: str) -> Iterator[str]:
    """Those by which a word is found."""
    for length in range(LEAST_BEGINNING, min(len(word), MOST_BEGINNING) + 1):
        yield word[:length]


@lru_cache(maxsize=4096)
def readings(han: str) -> tuple[tuple[str, ...], ...]:
    """A Chinese name in pinyin, syllable by syllable, in each way that its surname may be read."""
    syllables = [each[0] for each in pinyin(han[:MOST_READ], style=Style.NORMAL)]
    first = dict.fromkeys([_SURNAME_READ.get(han[0], syllables[0]), syllables[0]])
    return tuple((surname, *syllables[1:]) for surname in first)
