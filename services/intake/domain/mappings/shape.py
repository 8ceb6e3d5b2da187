"""The canonical fields of a report, out of its contract: what a mapping can fill, and with what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from services.intake.domain.mappings.feed_mapping import ReadAs, ReportKind
from shared.contracts.feed_parts import MOST_LINES, Phone, Vin
from shared.contracts.feeds import REPORTS
from shared.contracts.values import CustomerNumber, Money, Number, Odometer, SignedMoney

GIVEN = frozenset({"source", "dealer_id"})
"""Fields that no record fills: who sends says them."""
NUMBERS: Mapping[ReportKind, str] = {
    "sale": "deal_no",
    "visit": "ro_no",
    "complaint": "case_no",
    "complaint-step": "step_id",
    "consent": "consent_no",
    "survey": "survey_no",
    "lead": "lead_no",
}
"""The field that tells the documents of a source apart."""

_WHOLE: Mapping[type[BaseModel], ReadAs] = {
    Money: "money",
    SignedMoney: "money",
    Odometer: "odometer",
}


@dataclass(frozen=True, eq=False)
class Leaf:
    """A value."""

    required: bool
    read_as: ReadAs
    words: tuple[str, ...]
    """The only values that it takes; empty: any."""
    takes: TypeAdapter[object]
    """What its contract says of it."""


@dataclass(frozen=True, eq=False)
class Group:
    """Fields that belong together."""

    required: bool
    fields: "Mapping[str, Shape]"
    takes: TypeAdapter[object]
    whole: ReadAs | None = None
    """How one column fills it, if one can."""


@dataclass(frozen=True, eq=False)
class ListShape:
    """Any number of them."""

    required: bool
    of: "Leaf | Group"
    most: int


@dataclass(frozen=True, eq=False)
class NamedValues:
    """Values under names of the source's own, such as the answers to questions."""

    required: bool
    of: Leaf


Shape: TypeAlias = Leaf | Group | ListShape | NamedValues


@cache
def shape_of(report: ReportKind) -> Group:
    """The document's own fields; those that who sends says are left out."""
    found = _group(REPORTS[type_of(report)], required=True)
    fields = {name: shape for name, shape in found.fields.items() if name not in GIVEN}
    return Group(required=True, fields=fields, takes=found.takes)


def type_of(report: ReportKind) -> str:
    """The CloudEvents type."""
    return f"dev.aftercare.{report}.reported.v1"


def sole_need(group: Group) -> str | None:
    """The one field that an entry of this kind cannot do without, if it is one alone."""
    needed = [name for name, shape in group.fields.items() if shape.required]
    return needed[0] if len(needed) == 1 else None


def names_of(group: Group, prefix: str = "") -> Iterator[str]:
    """Every name that a rule may have, as written in mappings; of lists the list alone."""
    for name, shape in group.fields.items():
        if not isinstance(shape, Group):
            yield f"{prefix}{name}"
            continue
        if shape.whole is not None:
            yield f"{prefix}{name}"
        yield from names_of(shape, f"{prefix}{name}.")


def _group(contract: type[BaseModel], *, required: bool) -> Group:
    hints = get_type_hints(contract, include_extras=True)
    return Group(
        required=required,
        fields={
            name: _shape(hints[name], contract, name, required=field.is_required())
            for name, field in contract.model_fields.items()
        },
        takes=TypeAdapter(contract),
        whole=_WHOLE.get(contract),
    )


def _shape(hint: Any, contract: type[BaseModel], name: str, *, required: bool) -> Shape:
    exact = _without_none(hint)
    core = _bare(exact)
    if isinstance(core, type) and issubclass(core, BaseModel):
        return _group(core, required=required)
    if get_origin(core) is tuple:
        inner = _shape(get_args(core)[0], contract, name, required=True)
        assert isinstance(inner, Leaf | Group)
        return ListShape(required=required, of=inner, most=_most(exact))
    if get_origin(core) is dict:
        value = _leaf(get_args(core)[1], number=False, required=True)
        return NamedValues(required=required, of=value)
    number = exact in (Number, CustomerNumber, Vin) or (contract is Phone and name == "number")
    return _leaf(exact, number=number, required=required)


def _leaf(hint: Any, *, number: bool, required: bool) -> Leaf:
    core = _bare(hint)
    is_choice = get_origin(core) is Literal or (
        get_origin(core) in (Union, UnionType)
        and all(get_origin(_bare(each)) is Literal for each in get_args(core))
    )
    words = tuple(_choices(core)) if is_choice else ()
    kinds: Mapping[Any, ReadAs] = {
        AwareDatetime: "instant",
        datetime: "instant",
        date: "day",
        Decimal: "money",
        bool: "boolean",
        int: "whole",
    }
    read_as = kinds.get(core, "number" if number else "text") if not words else "text"
    return Leaf(required=required, read_as=read_as, words=words, takes=TypeAdapter(hint))


def _choices(core: Any) -> Iterator[str]:
    if get_origin(core) is Literal:
        yield from get_args(core)
    else:
        for each in get_args(core):
            yield from _choices(_bare(each))


def _without_none(hint: Any) -> Any:
    if get_origin(hint) is Annotated:
        inner = get_args(hint)[0]
        rest = _without_none(inner)
        return hint if rest is inner else rest
    if get_origin(hint) in (Union, UnionType):
        kept = [each for each in get_args(hint) if each is not type(None)]
        return kept[0] if len(kept) == 1 else Union[tuple(kept)]  # noqa: UP007
    return hint


def _bare(hint: Any) -> Any:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint


def _most(hint: Any) -> int:
    """The most entries that a list may have; pydantic keeps it among what is annotated."""
    for extra in getattr(hint, "__metadata__", ()):
        for each in (extra, *getattr(extra, "metadata", ())):
            found = getattr(each, "max_length", None)
            if isinstance(found, int):
                return found
    return MOST_LINES
