"""Editions: rules as an operator applied them at one moment, complete, never changed. Pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.values import Instant
from shared.decider.policy import Policy

P = TypeVar("P", bound=Policy)


class Edition(BaseModel):
    """What is the same in the editions of every service."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    APPLICATION: ClassVar[frozenset[str]] = frozenset({"applied_at"})
    """The fields that say when and how it was applied, and nothing of what is decided by it."""

    applied_at: Instant | None = None
    """None: what was in force before anything was applied."""

    @cached_property
    def version(self) -> str:
        """Of the rules and of how they were applied, all together."""
        return digest([self.model_dump_json()])

    def as_applied(self, at: datetime, **choices: str) -> Self:
        """The same, applied at this moment, and with these choices where it has any to make."""
        content = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**content | {"applied_at": at} | choices)

    def judges_as(self, other: Self) -> bool:
        """Whether both say the same, apart from when and how they were applied."""
        return all(
            getattr(self, name) == getattr(other, name)
            for name in type(self).model_fields
            if name not in self.APPLICATION
        )


class PolicyEdition(Edition, Generic[P]):
    """An edition that is a policy and nothing else."""

    policy: P


def digest(parts: Iterable[str]) -> str:
    """A short hash of texts in this order."""
    return blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()
