"""What is told of something that was rejected without opening it: no value that was sent, no number
of a document, no id of an event."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.intake.domain.hashes import keyed_digest
from services.intake.domain.pointers import as_far_as_known
from services.intake.domain.rejected.content import ContentKind
from shared.contracts.values import Instant

Door = Literal["events", "webhook", "import", "drop", "connector"]
NOBODY = ""
"""Stands for the dealer of what came from nobody in particular: it is the operator's."""
MOST_FAULTS = 20
MOST_LETTERS = 500


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WayIn(_Frozen):
    """How it came in."""

    door: Door
    name: str = ""
    """Of the webhook; the id of the import."""
    mapping: str = ""
    """What made events of records; empty: events came."""
    strict: bool = False


class RejectedFault(_Frozen):
    """What is wrong: places and words, never what stands there."""

    pointer: str
    column: str = ""
    detail: str

    @classmethod
    def of(cls, pointer: str, detail: str, column: str = "") -> "RejectedFault":
        """Cut before the first name of the sender's own choosing."""
        return cls(pointer=as_far_as_known(pointer), column=_cut(column), detail=_cut(detail))


class Rejection(_Frozen):
    """Why it is not taken."""

    reason: str
    """One of a few words, such as `invalid-event/customer`."""
    faults: tuple[RejectedFault, ...] = ()
    more_faults: int = 0

    @classmethod
    def of(cls, reason: str, faults: Iterable[RejectedFault]) -> "Rejection":
        """The first of the faults; the others are counted."""
        found = list(faults)
        return cls(
            reason=reason,
            faults=tuple(found[:MOST_FAULTS]),
            more_faults=max(0, len(found) - MOST_FAULTS),
        )


class Rejected(_Frozen):
    """Something that has just been rejected."""

    dealer_id: str
    """Of who sent it; `NOBODY`: it is not known."""
    source: str
    """Empty: it is not known."""
    way: WayIn
    type: str
    """Of the event; `unknown`."""
    kind: ContentKind
    content: bytes
    """Packed."""
    why: Rejection
    number: int = 0
    """Of the record in its file; 0: it came otherwise."""
    place: str = ""


class RejectedRow(_Frozen):
    """Something that was rejected, once or several times."""

    rejected_id: str
    dealer_id: str
    source: str
    way: WayIn
    type: str
    kind: ContentKind
    size: int
    """Bytes of the content."""
    why: Rejection
    number: int
    place: str
    times: int = 1
    first_at: Instant
    last_at: Instant
    expires_at: Instant
    tried_at: Instant | None = None
    """When it was last replayed in vain."""

    @property
    def order(self) -> str:
        """Rows are in this order, the newest last."""
        return order_of(self.last_at, self.rejected_id)


def order_of(last_at: datetime, rejected_id: str) -> str:
    """Sorts as the moment does."""
    return f"{round(last_at.timestamp() * 1000):014d}-{rejected_id}"


def id_of(rejected: Rejected, key: bytes) -> str:
    """The same for the same content of the same sender and mapping, wrong in whatever way."""
    parts = (rejected.dealer_id, rejected.source, rejected.way.mapping)
    where = () if rejected.kind != "nothing" else (rejected.way.name, str(rejected.number))
    return keyed_digest([*(part.encode() for part in (*parts, *where)), rejected.content], key)


def rows_of(
    found: Sequence[Rejected], *, key: bytes, now: datetime, keep: timedelta
) -> list[tuple[RejectedRow, Rejected]]:
    """A row for each content, with how often it is there."""
    rows: dict[str, tuple[RejectedRow, Rejected]] = {}
    for each in found:
        id_ = id_of(each, key)
        before = rows.get(id_)
        times = 1 if before is None else before[0].times + 1
        rows[id_] = (_row(each, id_, times=times, now=now, keep=keep), each)
    return list(rows.values())


def _row(
    rejected: Rejected, id_: str, *, times: int, now: datetime, keep: timedelta
) -> RejectedRow:
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return RejectedRow(
        rejected_id=id_,
        dealer_id=rejected.dealer_id,
        source=rejected.source,
        way=rejected.way,
        type=rejected.type,
        kind=rejected.kind,
        size=len(rejected.content),
        why=rejected.why,
        number=rejected.number,
        place=_cut(rejected.place),
        times=times,
        first_at=moment,
        last_at=moment,
        expires_at=moment + keep,
    )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
