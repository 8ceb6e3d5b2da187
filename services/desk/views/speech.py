"""How views say things in the language of who looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.desk.domain.messages import N_ as N_  # noqa: PLC0414 # what views say is marked
from services.desk.domain.users import Language


@dataclass(frozen=True, slots=True)
class Speech:
    """Says messages of the desk's, and what the services say in both languages."""

    language: Language
    word: Callable[..., str]
    """A message, and by name what it inserts -> the words in this language."""

    def __call__(self, message: str, **inserted: object) -> str:
        return self.word(message, **inserted) if message else ""

    def all(self, *messages: str) -> str:
        """Those of them that say anything, in one line."""
        return " · ".join(self(message) for message in messages if message)

    def of(self, thing: Any, name: str = "") -> str:
        """What a service says: of a `Bilingual`, or in the fields `NAME_en` and `NAME_zh`."""
        return str(getattr(thing, f"{name}_{self.language}" if name else self.language))
