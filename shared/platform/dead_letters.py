"""Records that cannot be processed, as they came, with the reason beside them.

Key, value and headers stay byte for byte; what is ours is in `aftercare_*` headers. The
reason never holds anything from the record's content.

The topic is a log and the only state there is: a dead letter is open until a *resolution*
follows it, a record without a value under the same key that names its id and what was done.
"""

import uuid
from collections.abc import Iterable
from typing import Literal, TypeAlias

from shared.contracts.identifiers import NAMESPACE
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.kafka import RawRecord
from shared.platform.publisher import Record

PREFIX = "aftercare_dead_letter_"
OWN_HEADERS = ("id", "service", "topic", "partition", "offset", "reason")
"""The headers of every dead letter, after `PREFIX`: which record it is, and why it is one."""
REPLAYED = "aftercare_replayed"
"""The header of a record that was taken up again: the id of the dead letter it was."""
LONGEST_KEPT_KEY = 1_000
"""A longer key is left out with the rest of a record that is too large for a dead letter."""

Headers: TypeAlias = tuple[tuple[str, bytes | None], ...]
Resolved = Literal["replayed", "discarded"]


def own_headers(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The headers that are ours, without `PREFIX`: those of `OWN_HEADERS` for a dead letter."""
    return {
        name.removeprefix(PREFIX): (value or b"").decode("utf-8", errors="replace")
        for name, value in headers
        if name.startswith(PREFIX)
    }


def not_ours(headers: Iterable[tuple[str, bytes | None]]) -> Headers:
    """The headers that the record came with."""
    return tuple((name, value) for name, value in headers if not name.startswith(PREFIX))


def is_resolution(headers: Iterable[tuple[str, bytes | None]]) -> bool:
    """Whether a record on the topic says what became of a dead letter, and is none itself."""
    ours = own_headers(headers)
    return "resolution" in ours and "reason" not in ours


def dead_letter(service: str, record: RawRecord, reason: str) -> Record:
    """The dead letter of a record. Sent again, it has the same id."""
    origin = f"{service}/{record.topic}/{record.partition}/{record.offset}/{record.timestamp}"
    values = (
        str(uuid.uuid5(NAMESPACE, origin)),
        service,
        record.topic,
        str(record.partition),
        str(record.offset),
        reason,
    )
    ours = dict(zip(OWN_HEADERS, values, strict=True))
    return Record(
        topic=DEAD_LETTERS.name,
        key=record.key,
        value=record.value,
        headers=(*((name, value) for name, value in record.headers), *_written(ours)),
    )


def without_record(letter: Record) -> Record:
    """The dead letter of a record that is too large for one: it says which record it is."""
    ours = own_headers(letter.headers)
    ours = {name: ours[name] for name in OWN_HEADERS} | {"omitted": str(len(letter.value or b""))}
    key = letter.key if letter.key is not None and len(letter.key) <= LONGEST_KEPT_KEY else None
    return Record(DEAD_LETTERS.name, key, None, _written(ours))


def resolution(letter: RawRecord, what: Resolved, note: str = "") -> Record:
    """Says that a dead letter is dealt with."""
    ours = {"id": own_headers(letter.headers)["id"], "resolution": what}
    if note:
        ours["note"] = note
    return Record(DEAD_LETTERS.name, letter.key, None, _written(ours))


def replayed(letter: RawRecord) -> Record:
    """The record that became this dead letter, byte for byte, marked as a replay.

    It goes where its key belongs; without a key, back to its partition.
    """
    ours = own_headers(letter.headers)
    theirs = (header for header in not_ours(letter.headers) if header[0] != REPLAYED)
    return Record(
        topic=ours["topic"],
        key=letter.key,
        value=letter.value,
        headers=(*theirs, (REPLAYED, ours["id"].encode())),
        partition=int(ours["partition"]) if letter.key is None else None,
    )


def _written(ours: dict[str, str]) -> Headers:
    return tuple((f"{PREFIX}{name}", text.encode()) for name, text in ours.items())
