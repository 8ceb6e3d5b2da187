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

from shared.contracts.identifiers import document_version
from shared.time.zones import milliseconds_of

RECEIPTS_KEPT = 100
"""So many reports without any time of their own are remembered of one thing."""
_HASH_BITS = 48


class Said(BaseModel):
    """The newest word on one field; a value of None, or an empty list, deletes."""

    model_config = ConfigDict(frozen=True)

    stamp: str
    """When the source changed the document that says it, then a hash of what it says."""
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
    stated_at: datetime | None,
    received_at: datetime,
) -> str:
    """When the source changed what it says; of one that states no time, when it was received.

    `receipt`: `document/content/event`, hexadecimal words. Of two contents that one document
    states of one time, the one that is received later counts. Without a time the same event
    repeats its stamp, and so does a content that is what its document said last; any other is
    newer than all that is known.
    """
    document, content, _ = receipt.split("/")
    own = f"{document[:5]}{content[:6]}"
    stamps = {*receipts.values(), *(said.stamp for said in known.values())}
    if stated_at is not None:
        stated_ms = milliseconds_of(stated_at)
        others = {stamp for stamp in stamps if _is_of(stamp, stated_ms, document)}
        again = {stamp for stamp in others if stamp[_TURN + 1 :] == own}
        turn = max((int(stamp[_TURN], 16) + 1 for stamp in others), default=0)
        return max(again) if again else document_version(stated_ms, f"{min(turn, 15):x}{own}")
    if receipt in receipts:
        return receipts[receipt]
    last = max(
        ((stamp, of) for of, stamp in receipts.items() if of.startswith(f"{document}/")),
        default=None,
    )
    if last is not None and last[1].split("/")[1] == content:
        return last[0]
    newest_ms = max((time_ms(stamp) for stamp in stamps), default=-1)
    return document_version(max(milliseconds_of(received_at), newest_ms + 1), f"0{own}")


def with_receipt(
    known: Statements, receipts: Mapping[str, str], *, receipt: str, stamp: str, stated: bool
) -> dict[str, str]:
    """`receipts` with what a repeat must be told by; a stated time tells it, unless it was told
    of several contents. The last ones only."""
    document, _, _ = receipt.split("/")
    kept = dict(receipts)
    if not stated:
        kept[receipt] = stamp
    elif stamp[_TURN] != "0":
        told = {said.stamp for said in known.values()} | {stamp}
        others = {one for one in told if _is_of(one, time_ms(stamp), document)}
        kept |= {f"{document}/{one[_TURN + 6 :]}/stated": one for one in sorted(others)}
    return dict(list(kept.items())[-RECEIPTS_KEPT:])


_TURN = 14
"""Where a stamp tells which of several contents of one document and time it is, from 0; then five
digits of the document, and six of the content."""


def _is_of(stamp: str, stated_ms: int, document: str) -> bool:
    return time_ms(stamp) == stated_ms and stamp[_TURN + 1 : _TURN + 6] == document[:5]


def time_ms(stamp: str) -> int:
    """Milliseconds since 1970 of a stamp or version."""
    return int(stamp.partition(".")[0])


def weight(stamp: str) -> int:
    """A number that orders stamps as their texts do."""
    _, _, content = stamp.partition(".")
    return (time_ms(stamp) << _HASH_BITS) + int(content[:12], 16)


def version_of(statements: Statements, *, more: int = 0) -> str:
    """A version that grows with every newer word, whatever it is on.

    It follows from what was said alone, so that one version is one content; and it is newer than
    any version of the same time that tells a hash. `more`: the weight of words that gave way.
    """
    newest_ms = max(time_ms(said.stamp) for said in statements.values())
    total = more + sum(weight(said.stamp) for said in statements.values())
    return f"{newest_ms:013d}.s{total:026x}"


def newest_first(statements: Iterable[tuple[str, Said]]) -> list[tuple[str, Said]]:
    """By stamp, then by field, the newest first."""
    return sorted(statements, key=lambda entry: (entry[1].stamp, entry[0]), reverse=True)
