"""What a customer is found by: terms, each of a kind, which an index holds in no readable form."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias
from unicodedata import normalize

from services.desk.domain.find.names import beginnings, bigrams, han_in, plain, readings, words_in
from shared.contracts.intake import ProfileRecorded

TermKind: TypeAlias = Literal[
    "name",
    "bigram",
    "character",
    "initials",
    "word",
    "beginning",
    "phone",
    "plate",
    "vin",
    "email",
    "number",
    "document",
]
VIN_END = 6
PHONE_ENDS, PLATE_ENDS = (8, 4), (5, 4, 3)
"""How many characters the ends have by which these are found; who types more is compared with."""


class Term(NamedTuple):
    """Something that a customer is found by."""

    kind: TermKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.text}"


def terms_of(profile: ProfileRecorded, number: str) -> frozenset[Term]:
    """All by which the customer of this profile and number is found."""
    found = {Term("number", plain_number(number))}
    if profile.name:
        found.update(of_name(profile.name))
    for phone in profile.phones:
        found.update(of_phone(phone.e164))
    for vin, car in profile.vehicles.items():
        found.add(of_vin(vin))
        if car.plate:
            found.update(of_plate(car.plate))
    if profile.email:
        found.add(of_email(profile.email))
    return frozenset(found)


def characters_of(profile: ProfileRecorded) -> frozenset[Term]:
    """The Chinese ones of a name: too many customers have each to be found by it, but it says whom
    of several somebody means."""
    runs = han_in(profile.name or "")
    return frozenset(Term("character", each) for han in runs for each in han)


def of_name(name: str) -> Iterator[Term]:
    """Whole, in its parts, and as pinyin."""
    words = words_in(name)
    yield Term("name", whole_name(name))
    for word in words:
        yield Term("word", word)
        yield from (Term("beginning", each) for each in beginnings(word))
    for han in han_in(name):
        yield from (Term("bigram", each) for each in bigrams(han))
        for syllables in readings(han):
            yield from _of_pinyin(syllables)


def _of_pinyin(syllables: tuple[str, ...]) -> Iterator[Term]:
    """Surname and given name by themselves, and together."""
    surname, given = syllables[0], "".join(syllables[1:])
    for word in dict.fromkeys(each for each in (surname, given, surname + given) if each):
        yield Term("word", word)
        yield from (Term("beginning", each) for each in beginnings(word))
    if len(syllables) > 1:
        yield Term("initials", "".join(each[0] for each in syllables))


def whole_name(name: str) -> str:
    """The same for each order and spelling in which its words are written."""
    return " ".join(sorted([*han_in(name), *words_in(name)]))


def of_phone(number: str) -> Iterator[Term]:
    """By its last digits, the longest end first."""
    yield from _by_ends("phone", digits_of(number), PHONE_ENDS)


def of_vin(vin: str) -> Term:
    """By its last characters."""
    return Term("vin", plain_vin(vin)[-VIN_END:])


def of_plate(plate: str) -> Iterator[Term]:
    """By its last characters, the longest end first."""
    yield from _by_ends("plate", plain_plate(plate), PLATE_ENDS)


def _by_ends(kind: TermKind, written: str, ends: Sequence[int]) -> Iterator[Term]:
    yield from (Term(kind, written[-most:]) for most in ends if len(written) >= most)


def of_email(address: str) -> Term:
    """Whole alone."""
    return Term("email", plain(address.strip()))


def of_document(number: str) -> Term:
    """The number of an order, a deal or a complaint."""
    return Term("document", plain_number(number))


def digits_of(text: str) -> str:
    """The digits alone, as ASCII ones."""
    return "".join(char for char in normalize("NFKC", text) if char.isdecimal())


def plain_vin(text: str) -> str:
    return "".join(normalize("NFKC", text).upper().split())


def plain_plate(text: str) -> str:
    """Letters and digits alone: spaces, dots and hyphens make no difference here."""
    return "".join(char for char in normalize("NFKC", text).upper() if char.isalnum())


def plain_number(text: str) -> str:
    """Without spaces and case."""
    return "".join(normalize("NFKC", text).casefold().split())
