"""How a complaint stood from one instant until the next, kept as one word."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self, get_args

from shared.contracts.complaints import Stands

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STANDS: Mapping[str, Stands] = {name: name for name in get_args(Stands)}


class KeptTurn(NamedTuple):
    """From an instant on a complaint stood so, until its next turn: a `CaseTurn` as kept."""

    at: datetime
    stands: Stands = "open"
    major: bool = False
    late: datetime | None = None
    """When that was first received, where it was over seven days after it happened."""

    @property
    def weighs(self) -> bool:
        """Not one that the customer withdrew, nor one that is part of another."""
        return self.stands not in ("withdrawn", "merged")

    @property
    def text(self) -> str:
        """As it is kept: one word."""
        late = "" if self.late is None else _milliseconds(self.late)
        grave = "major" if self.major else "normal"
        return f"{_milliseconds(self.at)}/{self.stands}/{grave}/{late}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The turn that is kept so."""
        at, stands, grave, late = text.split("/")
        return cls(_moment(at), _STANDS[stands], grave == "major", _moment(late) if late else None)


def spans(
    marks: Iterable[tuple[datetime, bool]],
) -> list[tuple[datetime, datetime | None]]:
    """The intervals in UTC in which the last mark was True; None: without an end."""
    found: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for at, on in marks:
        if on and since is None:
            since = at.astimezone(UTC)
        elif not on and since is not None:
            found.append((since, at.astimezone(UTC)))
            since = None
    if since is not None:
        found.append((since, None))
    return found


def _milliseconds(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))


def _moment(milliseconds: str) -> datetime:
    return EPOCH + timedelta(milliseconds=int(milliseconds))
