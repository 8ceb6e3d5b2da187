"""What was said, field by field, and whose word counts: the newest. Pure.

A report says some fields of a thing that other reports speak of, too, such as a customer. What it
does not say it does not touch; null and an empty list are said, and delete. The join of what was
said is commutative, associative and idempotent, so that order, batches and repetition make no
difference.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.identifiers import document_version, succeeding_version
from shared.time.zones import milliseconds_of

RECEIPTS_KEPT = 100
"""So many reports without any time of their own are remembered of one thing."""
_RECEIVED_BITS, _SHORT_HASH_BITS = 44, 32
_LATER = 1 << (_RECEIVED_BITS + _SHORT_HASH_BITS)
"""Above every hash of a stamp that tells no receipt."""


class Said(BaseModel):
    """The newest word on one field; a value of None, or an empty list, deletes."""

    model_config = ConfigDict(frozen=True)

    stamp: str
    """When the source changed the document that says it, then a hash of all that it says."""
    value: JsonValue = None


Statements: TypeAlias = Mapping[str, Said]
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
    return {field: Said(stamp=stamp, value=value) for field, value in values.items()}


def stamp_for(
    known: Statements,
    receipts: Mapping[str, str],
    *,
    receipt: str,
    content_hash: str,
    stated_at: datetime | None,
    received_at: datetime,
    repeated: bool,
) -> str:
    """When the source changed what it says; of one that states no time, when it was received.

    Of several of one time the one received last is the newest, unless it is a repeat.
    `receipt`: `document/content/event`. Without a time the same event repeats its stamp, and so
    does a content that is what its document said last; any other is newer than all that is known.
    """
    if stated_at is not None:
        stamp = document_version(milliseconds_of(stated_at), content_hash)
        return stamp if repeated else _after_those_of_its_time(stamp, known, received_at)
    if receipt in receipts:
        return receipts[receipt]
    document, content, _ = receipt.split("/")
    last = max(
        ((stamp, of) for of, stamp in receipts.items() if of.startswith(f"{document}/")),
        default=None,
    )
    if last is not None and last[1].split("/")[1] == content:
        return last[0]
    stamps = [*receipts.values(), *(said.stamp for said in known.values())]
    newest_ms = max((time_ms(stamp) for stamp in stamps), default=-1)
    return document_version(max(milliseconds_of(received_at), newest_ms + 1), content_hash)


def _after_those_of_its_time(stamp: str, known: Statements, received_at: datetime) -> str:
    ms, _, content = stamp.partition(".")
    last = max((said.stamp for said in known.values() if said.stamp.startswith(ms)), default=None)
    if last is None or last == stamp or last.endswith(content[:8]):
        return last or stamp
    return succeeding_version(last, content, milliseconds_of(received_at))


def time_ms(stamp: str) -> int:
    """Milliseconds since 1970 of a stamp or version."""
    return int(stamp.partition(".")[0])


def weight(stamp: str) -> int:
    """A number that orders stamps as their texts do."""
    _, _, content = stamp.partition(".")
    time = time_ms(stamp) * 2 * _LATER
    if content.startswith("x"):
        received_ms, short_hash = int(content[1:14]), int(content[14:22], 16)
        return time + _LATER + (received_ms << _SHORT_HASH_BITS) + short_hash
    return time + int(content[:12], 16)


def version_of(statements: Statements, *, more: int = 0) -> str:
    """A version that grows with every newer word, whatever it is on.

    It follows from what was said alone, so that one version is one content; and it is newer than
    any version of the same time that tells a hash. `more`: the weight of words that gave way.
    """
    newest_ms = max(time_ms(said.stamp) for said in statements.values())
    total = more + sum(weight(said.stamp) for said in statements.values())
    return f"{newest_ms:013d}.s{total:033x}"


def newest_first(statements: Iterable[tuple[str, Said]]) -> list[tuple[str, Said]]:
    """By stamp, then by field, the newest first."""
    return sorted(statements, key=lambda entry: (entry[1].stamp, entry[0]), reverse=True)
