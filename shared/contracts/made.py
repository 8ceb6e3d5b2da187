"""Values of our own, made without being checked again."""

from typing import TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)

_set = object.__setattr__


def made(model: type[M], /, **fields: object) -> M:
    """What `model(**fields)` is, for a third of what that costs: nothing is looked at.

    For what is made most often, of values that are valid already. Give all fields, in the order in
    which the model has them. Whatever is made so is held to it by `tests/invariants`.
    """
    new = model.__new__(model)
    _set(new, "__dict__", fields)
    _set(new, "__pydantic_fields_set__", set(fields))
    _set(new, "__pydantic_extra__", None)
    _set(new, "__pydantic_private__", None)
    return new


def remade(model: M, /, **changes: object) -> M:
    """What `model.model_copy(update=changes)` is, likewise."""
    return made(type(model), **{**model.__dict__, **changes})
