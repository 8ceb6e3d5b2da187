"""What is different between two editions, field by field, as people read it. Pure."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from shared.decider.policy import key_of


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; None where one side does not have it."""

    field: str
    old: str | None
    new: str | None
    is_day: bool = dataclasses.field(default=False, compare=False)
    """Whether it is one day of a calendar: of those only the first are shown."""


def compared(
    before: Mapping[str, str], after: Mapping[str, str], *, days: tuple[str, ...] = ()
) -> list[FieldChange]:
    """The fields that differ, in the order of `after`, then what is only in `before`. `days`: how
    the names of fields begin that are single days."""
    return [
        FieldChange(name, before.get(name), after.get(name), name.startswith(days))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    ]


def model_changes(old: BaseModel, new: BaseModel) -> list[FieldChange]:
    """Between two models of one kind: every field, and rules in a list by their key."""
    return compared(dict(_fields(old, "")), dict(_fields(new, "")))


def _fields(value: object, at: str) -> Iterator[tuple[str, str]]:
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                if name != key_of(type(value)):  # it is in the way to the field already
                    yield from _fields(getattr(value, name), _below(at, name))
        case Mapping():
            for name, each in value.items():
                yield from _fields(each, _below(at, str(name)))
        case tuple() if value and (key := _key(value)) is not None:
            for rule in value:
                yield from _fields(rule, _below(at, str(getattr(rule, key))))
        case _:
            yield at, _text(value)


def _key(rules: Sequence[object]) -> str | None:
    first = rules[0]
    return key_of(type(first)) if isinstance(first, BaseModel) else None


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _text(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(_of_a_list(each) for each in value) or "none"
        case _:
            return str(value)


def _of_a_list(value: object) -> str:
    if not isinstance(value, BaseModel):
        return _text(value)
    content: JsonValue = value.model_dump(mode="json", exclude_none=True)
    return json.dumps(content, ensure_ascii=False).replace('"', "")
