"""What somebody corrects of a customer's particulars: what they typed, against what is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.desk.domain.people import CustomerCard
from shared.contracts.feed_parts import MOST_PHONES

PHONE_KINDS = ("mobile", "home", "work", "other")
_TEXTS = ("name", "email", "language", "birth_year", "occupation", "area")
TYPED = (*_TEXTS, "phones")
"""The fields that a form has as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedParticulars:
    """As the form has them: what is known, or what somebody made of it."""

    name: str = field(default="", repr=False)
    phones: str = field(default="", repr=False)
    """One on each line."""
    new_phones: str = "mobile"
    """Which of `PHONE_KINDS` those of them are that were not known."""
    email: str = field(default="", repr=False)
    language: str = field(default="", repr=False)
    birth_year: str = field(default="", repr=False)
    occupation: str = field(default="", repr=False)
    area: str = field(default="", repr=False)


def typed_as_known(known: CustomerCard) -> TypedParticulars:
    """The form before anybody has changed it."""
    profile = known.profile
    return TypedParticulars(
        name=known.name or "",
        phones="\n".join(each.e164 for each in known.phones),
        email=known.email or "",
        language=known.language or "",
        birth_year=str((profile.birth_year if profile else None) or ""),
        occupation=(profile.occupation if profile else None) or "",
        area=(profile.area if profile else None) or "",
    )


def over_what_is_known(
    drawn: TypedParticulars, typed: TypedParticulars, known: CustomerCard
) -> TypedParticulars:
    """What was typed into a form that was `drawn` so; a field that nobody touched is as it is known
    now, whatever it was then."""
    now = typed_as_known(known)

    def said(name: str) -> str:
        was, is_typed = getattr(drawn, name), getattr(typed, name)
        found: str = getattr(now, name) if is_typed.split() == was.split() else is_typed
        return found

    return replace(typed, **{name: said(name) for name in TYPED})


def correction(known: CustomerCard, typed: TypedParticulars) -> Mapping[str, Any]:
    """The fields of a `CustomerReported` that say what was changed, and none other; what was
    deleted is null, or an empty list. Empty: nothing was changed."""
    before, found = typed_as_known(known), dict[str, Any]()
    for name in _TEXTS:
        said = " ".join(getattr(typed, name).split())
        if said != getattr(before, name):
            is_number = name == "birth_year" and said.isdecimal()
            found[name] = int(said) if is_number else said or None
    numbers = [line.strip() for line in typed.phones.splitlines() if line.strip()][:MOST_PHONES]
    if numbers != before.phones.splitlines():
        kinds = {each.e164: each.kind for each in known.phones}
        found["phones"] = [
            {"kind": kinds.get(number, typed.new_phones), "number": number} for number in numbers
        ]
    return found
