"""A customer's profile, made of what documents say of the customer: each field its newest word.

A list of telephone numbers is a whole: it replaces what was known. Where some of it could not be
read, the rest is added to what is known, for nobody knows which number was meant. Whether a number
is verified is a word of its own: most documents do not speak of it. Of cars each part is a field of
its own. The cars, and the verified numbers, that were spoken of last are remembered.
"""

from collections.abc import Collection, Iterator

from pydantic import JsonValue

from services.intake.domain.documents.naming import RecordFields
from services.intake.domain.statements import (
    Statement,
    Statements,
    joined,
    newest_first,
    stamped,
    version_of,
    weight,
)
from shared.contracts.feed_parts import MOST_PHONES, AnyVehicle, Customer
from shared.contracts.identifiers import profile_id
from shared.contracts.intake import MOST_VEHICLES, ProfileRecorded

PROFILE = "profile"
PHONES, CARS, VERIFIED = "phones", "vehicles", "verified"
MOST_VERIFIED = 2 * MOST_PHONES
"""Of so many numbers it is remembered whether they are verified: those spoken of last."""
BEFORE = "before"
"""Stands for what was registered before intake kept contents."""
_TEXTS = ("name", "email", "language", "occupation", "area")
_PLAIN = (*_TEXTS, "birth_year")
_OF_CARS = ("plate", "make", "model", "model_year")
_SPOKEN_OF_LAST = {CARS: (MOST_VEHICLES, len(_OF_CARS)), VERIFIED: (MOST_VERIFIED, 1)}
"""Field -> of how many things it is remembered, and how many words of each."""


def profile_of(customer_key: str) -> str:
    """The document id of a customer's profile."""
    return profile_id(customer_key)


def said_of(customer: Customer, *, where: str, left_out: Collection[str]) -> dict[str, JsonValue]:
    """What a document says of its customer: field -> value; None or [] where it deletes.

    Blank text says nothing, and neither does what was `left_out` (JSON pointers); `where` is the
    pointer of the customer.
    """
    fields = customer.model_fields_set
    said: dict[str, JsonValue] = {}
    if "kind" in fields:
        said["kind"] = "business" if customer.kind == "business" else "person"
    for name in _TEXTS:
        text: str | None = getattr(customer, name)
        if name in fields and f"{where}/{name}" not in left_out and (text is None or text.strip()):
            said[name] = text and text.strip()
    if "birth_year" in fields and f"{where}/birth_year" not in left_out:
        said["birth_year"] = customer.birth_year
    if "opt_outs" in fields:
        said["opt_outs"] = list(customer.opt_outs)
    if PHONES in fields:
        said |= _phones(customer, whole=f"{where}/{PHONES}" not in left_out)
        said |= {
            f"{VERIFIED}/{phone.number}": phone.verified
            for phone in customer.phones
            if "verified" in phone.model_fields_set
        }
    return said


def _phones(customer: Customer, *, whole: bool) -> dict[str, JsonValue]:
    if whole:
        numbers: list[JsonValue] = [
            {"kind": phone.kind, "e164": phone.number} for phone in customer.phones
        ]
        return {PHONES: numbers}
    return {
        f"{PHONES}/{phone.number}": {"kind": phone.kind, "place": position}
        for position, phone in enumerate(customer.phones)
    }


def said_of_car(
    vehicle: AnyVehicle, *, where: str, left_out: Collection[str]
) -> dict[str, JsonValue]:
    """What a document says of the car that it names; nothing where it does not name the VIN."""
    said: dict[str, JsonValue] = {}
    if vehicle.vin is None:
        return said
    for name in _OF_CARS:
        value = getattr(vehicle, name)
        blank = isinstance(value, str) and not value.strip()
        if name in vehicle.model_fields_set and f"{where}/{name}" not in left_out and not blank:
            said[f"{CARS}/{vehicle.vin}/{name}"] = (
                value.strip() if isinstance(value, str) else value
            )
    return said


def with_said(known: Statements, found: Statements) -> Statements:
    """What is known with what was found; `known` itself where nothing of it is news."""
    after = joined(known, found)
    if after is known:
        return known
    after = _numbers_kept(after)
    for field, (most, _) in _SPOKEN_OF_LAST.items():
        after = _last_kept(field, after, most=most)
    return known if after == known else after


def _numbers_kept(said: Statements) -> Statements:
    """Without numbers that a newer list as a whole replaces; the newest `MOST_PHONES` only."""
    whole = said.get(PHONES)
    added = _below(PHONES, said)
    newer = {of: word for of, word in added.items() if whole is None or word.stamp > whole.stamp}
    kept = dict(newest_first(newer.items())[:MOST_PHONES])
    return {of: word for of, word in said.items() if of not in added or of in kept}


def _last_kept(field: str, said: Statements, *, most: int) -> Statements:
    """The `most` things spoken of last: cars by VIN, or verified numbers.

    Nothing as old as the last word on one that gave way is kept. That last word stays as the floor
    of all others: so it makes no difference which of them gave way first.
    """
    floor = said.get(field)
    words = _below(field, said)
    spoken = {of: word for of, word in words.items() if floor is None or word.stamp > floor.stamp}
    last: dict[str, str] = {}
    for of, word in spoken.items():
        thing = of.split("/")[1]
        last[thing] = max(last.get(thing, ""), word.stamp)
    if len(last) > most:
        floor = Statement(stamp=sorted(last.values(), reverse=True)[most])
        spoken = {of: word for of, word in spoken.items() if word.stamp > floor.stamp}
    others = {of: word for of, word in said.items() if of not in words and of != field}
    return {**others, **spoken} if floor is None else {**others, field: floor, **spoken}


def profile_version(said: Statements) -> str:
    """The version of what was said. Words that gave way to a newer one count as that one."""
    more = 0
    words = {field: most * of_each for field, (most, of_each) in _SPOKEN_OF_LAST.items()}
    for field, most in {PHONES: MOST_PHONES, **words}.items():
        floor = said.get(field)
        if floor is not None:
            more += (most - len(_below(field, said))) * weight(floor.stamp)
    return version_of(said, more=more)


def profile_made_of(said: Statements, about: RecordFields) -> ProfileRecorded:
    """The profile `about` a customer, as it is published."""
    plain = {
        field: word.value for field, word in said.items() if field in {*_PLAIN, "kind", "opt_outs"}
    }
    return ProfileRecorded.model_validate(
        {"kind": "person", **plain, **about, PHONES: list(_numbers(said)), CARS: _cars(said)}
    )


def _numbers(said: Statements) -> Iterator[JsonValue]:
    """Those that were added, the newest first, then those of the last whole list."""
    added = [
        (word.stamp, -_position(word), of.partition("/")[2], word)
        for of, word in _below(PHONES, said).items()
    ]
    numbers: dict[str, JsonValue] = {}
    for _, _, number, word in sorted(added, key=lambda entry: entry[:3], reverse=True):
        assert isinstance(word.value, dict)
        numbers[number] = {"kind": word.value["kind"], "e164": number}
    whole = said[PHONES].value if PHONES in said else None
    for phone in whole if isinstance(whole, list) else ():
        assert isinstance(phone, dict)
        numbers.setdefault(str(phone["e164"]), phone)
    for number, phone in list(numbers.items())[:MOST_PHONES]:
        assert isinstance(phone, dict)
        verified = said.get(f"{VERIFIED}/{number}")
        yield phone if verified is None else {**phone, "verified": verified.value is True}


def _position(word: Statement) -> int:
    """Of a number in the list of the report that added it."""
    position = word.value.get("place") if isinstance(word.value, dict) else None
    return position if isinstance(position, int) else 0


def _cars(said: Statements) -> dict[str, dict[str, JsonValue]]:
    """Those of which something is known, by VIN."""
    cars: dict[str, dict[str, JsonValue]] = {}
    for of, word in sorted(_below(CARS, said).items()):
        _, vin, name = of.split("/")
        if word.value is not None:
            cars.setdefault(vin, {})[name] = word.value
    return cars


def said_before(published: ProfileRecorded, version: str) -> Statements:
    """What a profile says that was registered before fields had their own words."""
    values: dict[str, JsonValue] = {}
    if published.kind == "business":
        values["kind"] = published.kind
    values |= {name: text for name in _PLAIN if (text := getattr(published, name))}
    if published.opt_outs:
        values["opt_outs"] = list(published.opt_outs)
    if published.phones:
        values[PHONES] = [phone.model_dump() for phone in published.phones]
    return stamped(values, version)


def _below(field: str, said: Statements) -> Statements:
    return {of: word for of, word in said.items() if of.startswith(f"{field}/")}
