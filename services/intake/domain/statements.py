"""What was said, field by field, and whose word counts: the newest.

A report says some fields of a thing that other reports speak of, too, such as a customer. What it
does not say it does not touch; null and an empty list are said, and delete. The join of what was
said is commutative, associative and idempotent, so that order, batches and repetition make no
difference.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.identifiers import document_version
from shared.time.zones import milliseconds_of

RECEIPTS_KEPT = 100
"""How many reports without any time of their own are remembered of one thing."""


class Statement(BaseModel):
    """The newest word on one field; a value of None, or an empty list, deletes."""

    model_config = ConfigDict(frozen=True)

    stamp: str
    """When the source changed the document that says it, then hashes of which that is and of what
    it says; between these, where it says another thing of the same time, when it was received."""
    value: JsonValue = None


Statements: TypeAlias = Mapping[str, Statement]
"""Field -> the newest word on it."""


def joined(known: Statements, found: Statements) -> Statements:
    """Of each field the newest; `known` itself where nothing is newer."""
    newer = {
        field: said
        for field, said in found.items()
        if field not in known or known[field].stamp < said.stamp
    }
    return {**known, **newer} if newer else known


def stamped(values: Mapping[str, JsonValue], stamp: str) -> Statements:
    """What one report says."""
    return {field: Statement(stamp=stamp, value=value) for field, value in values.items()}


def stamp_for(
    known: Statements,
    receipts: Mapping[str, str],
    *,
    receipt: str,
    stated_at: datetime | None,
    received_at: datetime,
    repeated: bool,
) -> str:
    """When the source changed what it says; of one that states no time, when it was received.

    Of contents that one document states of one time the one received last is the newest, unless it
    is `repeated`. `receipt`: `document/content/event`, hexadecimal words. Without a time the same
    event repeats its stamp, and so does a content that is what its document said last; any other
    is newer than all that is known.
    """
    document, content, _ = receipt.split("/")
    own = f"{document[:6]}{content[:6]}"
    if stated_at is not None:
        stamp = document_version(milliseconds_of(stated_at), own)
        return stamp if repeated else _after_its_own(stamp, known, received_at)
    if receipt in receipts:
        return receipts[receipt]
    last = max(
        ((stamp, of) for of, stamp in receipts.items() if of.startswith(f"{document}/")),
        default=None,
    )
    if last is not None and last[1].split("/")[1] == content:
        return last[0]
    stamps = {*receipts.values(), *(said.stamp for said in known.values())}
    newest_ms = max((time_ms(stamp) for stamp in stamps), default=-1)
    return document_version(max(milliseconds_of(received_at), newest_ms + 1), own)


def _after_its_own(stamp: str, known: Statements, received_at: datetime) -> str:
    """Newer than what its document states of the same time, unless that is the same."""
    document, content = stamp[:_CONTENT], stamp[_CONTENT:]
    stamps = (said.stamp for said in known.values() if said.stamp.startswith(document))
    last = max(stamps, default=stamp)
    if last.endswith(content):
        return last
    received_ms = milliseconds_of(received_at)
    if last[_CONTENT] == _LATER:
        received_ms = max(received_ms, int(last[_CONTENT + 1 : -len(content)]) + 1)
    return f"{document}{_LATER}{received_ms:013d}{content}"


_CONTENT = 20
"""Where the content begins in a stamp: behind 13 digits of time, a dot, and 6 of the document."""
_LATER = "x"
"""Sorts behind every hash."""
_ORDER_BITS = 68


def time_ms(stamp: str) -> int:
    """Milliseconds since 1970 of a stamp or version."""
    return int(stamp.partition(".")[0])


def weight(stamp: str) -> int:
    """A number that orders stamps as their texts do."""
    document, content = int(stamp[14:_CONTENT], 16), stamp[_CONTENT:]
    order = int(content[-6:], 16)
    if content.startswith(_LATER):
        order += (1 << _ORDER_BITS) + (int(content[1:-6]) << 24)
    return (((time_ms(stamp) << 24) + document) << _ORDER_BITS + 1) + order


def version_of(statements: Statements, *, more: int = 0) -> str:
    """A version that grows with every newer word, whatever it is on.

    It follows from what was said alone, so that one version is one content; and it is newer than
    any version of the same time that tells a hash. `more`: the weight of words that gave way.
    """
    newest_ms = max(time_ms(said.stamp) for said in statements.values())
    total = more + sum(weight(said.stamp) for said in statements.values())
    return f"{newest_ms:013d}.s{total:036x}"


def newest_first(statements: Iterable[tuple[str, Statement]]) -> list[tuple[str, Statement]]:
    """By stamp, then by field, the newest first."""
    return sorted(statements, key=lambda entry: (entry[1].stamp, entry[0]), reverse=True)
