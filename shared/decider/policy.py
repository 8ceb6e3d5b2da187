"""A policy is rules as data. Its version is the hash of its content."""

from functools import cached_property
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict


def content_version(model: BaseModel) -> str:
    """The hash of a model's content, in 12 characters."""
    return blake2b(model.model_dump_json().encode(), digest_size=6).hexdigest()


class Policy(BaseModel):
    """The rules that `decide` follows; frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @cached_property
    def version(self) -> str:
        """Changes when, and only when, the content does."""
        return content_version(self)

    def version_for(self, dealer_id: str) -> str:
        """The version of what this dealer is decided by; here one policy is for all.

        Where dealers have rules of their own, it changes when, and only when, theirs do.
        `version` must change whenever that of any dealer does.
        """
        return self.version


def key_of(rule: type[BaseModel]) -> str | None:
    """The field that tells rules of this model apart in a list: its `KEY`, if it has one."""
    key: str | None = getattr(rule, "KEY", None)
    return key
