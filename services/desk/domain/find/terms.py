"""What a customer is found by: terms, each of a kind, which an index holds in no readable form."""

import re
from collections.abc import Iterator
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
    "phone_tail",
    "plate",
    "plate_tail",
    "vin",
    "vin_tail",
    "email",
    "number",
    "document",
]
PHONE_TAILS = (8, 6, 4)
VIN_TAILS = (8, 6)
LEAST_PLATE_TAIL = 3


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
        found.update(of_vin(vin))
        if car.plate:
            found.update(of_plate(car.plate))
    if profile.email:
        found.add(of_email(profile.email))
    return frozenset(found)


def of_name(name: str) -> Iterator[Term]:
    """Whole, in its parts, and as pinyin."""
    words = words_in(name)
    yield Term("name", whole_name(name))
    for word in words:
        yield Term("word", word)
        yield from (Term("beginning", each) for each in beginnings(word))
    for han in han_in(name):
        yield from (Term("bigram", each) for each in bigrams(han))
        yield from (Term("character", each) for each in han)
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


def of_phone(e164: str) -> Iterator[Term]:
    """Whole, and by its last digits."""
    digits = digits_of(e164)
    yield Term("phone", digits)
    yield from (Term("phone_tail", digits[-most:]) for most in PHONE_TAILS if len(digits) >= most)


def of_vin(vin: str) -> Iterator[Term]:
    """Whole, and by its last characters."""
    written = plain_vin(vin)
    yield Term("vin", written)
    yield from (Term("vin_tail", written[-most:]) for most in VIN_TAILS if len(written) > most)


def of_plate(plate: str) -> Iterator[Term]:
    """Whole, and by its last characters, without its region: 沪A12345 by A12345, 12345 … 345."""
    written = plain_plate(plate)
    yield Term("plate", written)
    local = without_region(written)
    for start in range(len(local) - LEAST_PLATE_TAIL + 1):
        yield Term("plate_tail", local[start:])


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


def without_region(plate: str) -> str:
    """A Chinese plate without the character of its province; any other as it is."""
    return re.sub(r"^[\u3400-\u9fff]", "", plate)


def plain_number(text: str) -> str:
    """Without spaces and case."""
    return "".join(normalize("NFKC", text).casefold().split())
