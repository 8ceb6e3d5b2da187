"""What somebody typed to find a customer: as all that it may mean, and by what to ask for it.

An index answers equality alone. Whether a customer who has what it was asked for is meant, the rest
of what was typed says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from unicodedata import normalize

from services.desk.domain.find.names import (
    LEAST_BEGINNING,
    MOST_BEGINNING,
    bigrams,
    han_in,
    words_in,
)
from services.desk.domain.find.terms import (
    PHONE_ENDS,
    PLATE_ENDS,
    VIN_END,
    Term,
    TermKind,
    digits_of,
    of_document,
    of_email,
    of_phone,
    of_plate,
    of_vin,
    plain_number,
    plain_plate,
    plain_vin,
    whole_name,
)

LEAST_CHARACTERS, LEAST_DIGITS = 2, 3
"""Of digits alone more are needed; three are the end of a plate, of a telephone number four."""
MOST_CHARACTERS = 80
MOST_WORDS = 6
MOST_PAIRS = 8
"""By how many pairs of its characters a Chinese word is asked for; it is compared as a whole."""
MOST_INITIALS = 4
MOST_OF_A_PLATE = 10
_TELEPHONE = re.compile(r"[+\d\s().\-/]+")
_JOINED = re.compile(r"[\u3400-\u9fff]{2,}(?=[A-Za-z0-9])|[\u3400-\u9fff](?=\d)")
"""A name and what was typed behind it at once; not a plate."""
_ONE_BY_ONE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]+")

NOT_ASKED_FOR: frozenset[TermKind] = frozenset({"character"})
"""Too many customers have it: it only says whom of them somebody means."""

How: TypeAlias = Literal["equal", "ends", "begins", "within"]

_BY_CUSTOMERS: tuple[tuple[TermKind, ...], ...] = (
    ("email", "number", "document"),
    ("name", "vin"),
    ("phone", "plate"),
    ("bigram",),
    ("initials", "word"),
    ("beginning",),
    ("character",),
)
FEWEST_FIRST: Mapping[TermKind, int] = {
    kind: rank for rank, kinds in enumerate(_BY_CUSTOMERS) for kind in kinds
}
"""Of how many customers a term is, from few to many."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a text may mean."""

    term: Term = field(repr=False)
    """By what the index is asked."""
    how: How = "equal"
    """Of a customer who has the term the text is then the whole, an end, a beginning or a part."""
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Sought:
    """What somebody looks for."""

    whole: tuple[Meaning, ...]
    """What all of it may mean."""
    words: tuple[tuple[Meaning, ...], ...]
    """What each of its words may mean: a customer is meant to whom all of them apply. A Chinese one
    stands here once for each pair of its characters, as any of them may be the rarest."""


def asked_of(text: str) -> Sought | None:
    """What it may mean; None: it is too short to look for."""
    written = " ".join(normalize("NFKC", text[:MOST_CHARACTERS]).split())
    letters = [char for char in written if char.isalnum()]
    least = LEAST_DIGITS if all(char.isdecimal() for char in letters) else LEAST_CHARACTERS
    if len(letters) < least:
        return None
    words = _words(written)[:MOST_WORDS]
    parts = tuple(dict.fromkeys(found for word in words for found in _word(word)))
    return Sought(whole=(*_thing(written), *_whole(written)), words=parts)


def telephone_asked(text: str) -> Sought | None:
    """A telephone number alone, as a caller's is told; None: it is none."""
    found = tuple(_phone(text))
    return Sought(whole=found, words=()) if found else None


def _words(written: str) -> list[str]:
    """By spaces, between Chinese characters and others, and by hyphens within names."""
    written = _ONE_BY_ONE.sub("", written)
    apart = _HYPHEN.sub(" ", _JOINED.sub(r"\g<0> ", written))
    return apart.split()


def _whole(written: str) -> Iterator[Meaning]:
    yield Meaning(Term("name", whole_name(written)))
    yield Meaning(Term("number", plain_number(written)))
    yield Meaning(of_document(written))


def _thing(written: str) -> Iterator[Meaning]:
    """A telephone number, plate, VIN or e-mail address, or the end of one."""
    if "@" in written:
        yield Meaning(of_email(written))
        return
    yield from _phone(written)
    if not any(char.isdecimal() for char in written):
        return
    plate, vin = plain_plate(written), plain_vin(written)
    if PLATE_ENDS[-1] <= len(plate) <= MOST_OF_A_PLATE:
        yield Meaning(next(of_plate(plate)), "ends", plate)
    if len(vin) >= VIN_END and _VIN.fullmatch(vin):
        yield Meaning(of_vin(vin), "ends", vin)


def _phone(written: str) -> Iterator[Meaning]:
    digits = digits_of(written)
    if len(digits) < PHONE_ENDS[-1] or not _TELEPHONE.fullmatch(written.strip()):
        return
    national = digits.lstrip("0")  # zeros before it are no part of what is kept
    known = national if len(national) >= PHONE_ENDS[0] else digits[-PHONE_ENDS[-1] :]
    yield Meaning(next(of_phone(known)), "ends", digits)


def _word(word: str) -> Iterator[tuple[Meaning, ...]]:
    """What it may mean: once, or once for each pair of Chinese characters in it."""
    other = (*_thing(word), *_latin(word))
    pairs = [each for han in han_in(word) for each in _pairs(han)]
    for pair in pairs:
        yield (*other, pair)
    if other and not pairs:
        yield other


def _pairs(han: str) -> Iterator[Meaning]:
    if len(han) == 1:
        yield Meaning(Term("character", han), "within", han)
    for pair in bigrams(han)[:MOST_PAIRS]:
        yield Meaning(Term("bigram", pair), "within", han)


def _latin(word: str) -> Iterator[Meaning]:
    for part in words_in(word):
        yield Meaning(Term("word", part))
        if len(part) <= MOST_INITIALS and part.isalpha() and part.isascii():
            yield Meaning(Term("initials", part))
        if len(part) >= LEAST_BEGINNING:
            yield Meaning(Term("beginning", part[:MOST_BEGINNING]), "begins", part)
