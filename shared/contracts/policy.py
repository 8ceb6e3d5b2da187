"""A policy is rules as data. Its version is the hash of its content."""

from functools import cached_property
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict


class Policy(BaseModel):
    """The rules that `decide` follows; frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @cached_property
    def version(self) -> str:
        """Changes when, and only when, the content does."""
        return blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()
