"""Fields of a report that no contract knows: each is found, for what it says is lost.

A report is looked at once more as it was sent, along its contract. The cost is bounded by the
values that one event may have, and only what is shown is compared with the names that are known.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args, get_origin

from services.intake.domain.examine.names import is_repeatable
from services.intake.domain.findings import Findings
from shared.contracts.values import Contract

ALIKE = 0.65
"""How alike two names are written of which one may be meant; an `adress` is no `area`."""


def find_unknown(raw: Mapping[str, object], contract: type[Contract], found: Findings) -> None:
    """Add each unknown field of the report `raw`, which is data of `contract`, to `found`."""
    _look_at(raw, contract, "/data", found)


def _look_at(value: object, contract: type[Contract], where: str, found: Findings) -> None:
    match value:
        case dict():
            parts = _parts(contract)
            for name, inner in value.items():
                if name not in parts:
                    _add(name, contract, where, found)
                elif (part := parts[name]) is not None:
                    _look_at(inner, part, f"{where}/{name}", found)
        case list():
            for position, inner in enumerate(value):
                _look_at(inner, contract, f"{where}/{position}", found)
        case _:
            return


def _add(name: str, contract: type[Contract], where: str, found: Findings) -> None:
    if len(found.shown) >= found.most:
        found.add(where, "")  # only counted
    elif not is_repeatable(name):
        found.add(where, "a field here is not known and was not read")
    else:
        near = _nearest(name, contract)
        hint = "" if near is None else f": do you mean {near}?"
        found.add(f"{where}/{name}", f"this field is not known and was not read{hint}")


def _nearest(name: str, contract: type[Contract]) -> str | None:
    """The known field that is written most alike: here, or in a part of this one."""
    known = {_folded(field): field for field in _inner_names(contract)}
    known |= {_folded(field): field for field in _parts(contract)}
    near = get_close_matches(_folded(name), known, n=1, cutoff=ALIKE)
    return known[near[0]] if near else None


def _inner_names(contract: type[Contract]) -> Iterator[str]:
    for field, part in _parts(contract).items():
        if part is not None:
            yield from (f"{field}/{inner}" for inner in _parts(part))


def _folded(name: str) -> str:
    """Without what writers differ in: case, and how words are joined."""
    return name.rpartition("/")[2].lower().replace("_", "").replace("-", "")


@cache
def _parts(contract: type[Contract]) -> dict[str, type[Contract] | None]:
    """Field -> the contract of what it holds, if that has one; a dict has names of its own."""
    return {name: _held(field.annotation) for name, field in contract.model_fields.items()}


def _held(annotation: Any) -> type[Contract] | None:
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        return annotation
    if get_origin(annotation) is dict:
        return None
    arguments: Sequence[Any] = get_args(annotation)
    return next((held for held in map(_held, arguments) if held is not None), None)
