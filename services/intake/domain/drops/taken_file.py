"""A file that was taken out of a watched folder, and what has become of it so far.

    claimed -> imported: its import, or why there is none -> placed: where it is put away
            -> told: its account is beside it, and its import may still end otherwise -> gone

Each step is noted before the next one begins, and each can be done again: whoever finds a claim,
after whatever crash, goes on with it.
"""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from services.intake.domain.drops.names import in_bytes, kept_name
from shared.contracts.values import Instant

Room = Literal["archive", "refused"]


class TakenFile(BaseModel):
    """As it is noted beside the file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    token: str
    name_hex: str
    """The file's name where it was put, its bytes in hex: it need not be UTF-8."""
    import_id: str | None = None
    is_same_as_before: bool = False
    """The same file was sent before: it is that import."""
    because: str = ""
    """Why nothing of it can be taken; empty: it can."""
    room: Room | None = None
    """Where it is put away; None: that is not known yet."""
    day: date | None = None
    number: int = 1
    """The how many-eth of its name there."""
    told_of: Instant | None = None
    """When the import had ended that the account beside the file tells of."""

    @classmethod
    def of(cls, token: str, name: str) -> Self:
        """One that was just made."""
        return cls(token=token, name_hex=in_bytes(name).hex())

    @classmethod
    def read(cls, text: bytes) -> Self | None:
        """None: it cannot be read."""
        try:
            found = cls.model_validate_json(text)
            bytes.fromhex(found.name_hex)
        except (ValidationError, ValueError):
            return None
        return found

    @property
    def name(self) -> str:
        """The file's, where it was put."""
        return bytes.fromhex(self.name_hex).decode(errors="surrogateescape")

    @property
    def kept_as(self) -> str:
        """The file's, where it is put away."""
        return kept_name(self.name, self.number)

    @property
    def is_settled(self) -> bool:
        """Whether it is known what it is: an import, or nothing that can be taken."""
        return self.import_id is not None or bool(self.because)

    def imported(self, import_id: str, *, is_same_as_before: bool) -> Self:
        return self.model_copy(
            update={"import_id": import_id, "is_same_as_before": is_same_as_before}
        )

    def refused(self, because: str) -> Self:
        """Nothing of it can be taken."""
        return self.model_copy(update={"because": because})

    def forgotten(self) -> Self:
        """Its import is not there any more: it is imported anew."""
        return self.model_copy(update={"import_id": None, "is_same_as_before": False})

    def placed(self, room: Room, day: date) -> Self:
        """Where it is put away, the first of its name there."""
        return self.model_copy(update={"room": room, "day": day, "number": 1})

    def next_to(self) -> Self:
        """Another is there that has its name."""
        return self.model_copy(update={"number": self.number + 1})

    def told(self, ended_at: datetime | None) -> Self:
        """The account beside it tells of an import that ended then."""
        return self.model_copy(update={"told_of": ended_at})
