"""What is written down of who saw, exported and changed what, so that changing it is found.

Each entry has a number and a mark: a MAC over what it says and the mark of the one before. The head
says, under a MAC of its own, how many there are and how the last one is marked: entries that were
taken away at the end are missed by it.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias, get_args

TrailAct: TypeAlias = Literal[
    "signed_in",
    "sign_in_refused",
    "signed_out",
    "signed_out_elsewhere",
    "changed_password",
    "saw_customer",
    "saw_particulars",
    "saw_narrative",
    "saw_list",
    "saw_hits",
    "saw_trail",
    "searched",
    "exported",
    "printed",
    "reporting",
    "reported",
    "created_user",
    "changed_user",
    "reset_user",
    "disabled_user",
    "enabled_user",
]
"""`reported`: what intake was told; the document's id is what it is about. `saw_list`: a page of
many customers. `saw_hits`: those who were found while somebody typed."""
TRAIL_ACTS: tuple[TrailAct, ...] = get_args(TrailAct)

TrailFaultKind: TypeAlias = Literal["changed", "missing", "cut", "headless", "forged head", "other"]
BEFORE_THE_FIRST = b""
MOST_FAULTS = 20
_SHOWN_OF_A_MARK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailNote:
    """What somebody did."""

    at: datetime
    username: str = field(repr=False)
    dealer_id: str | None
    what: str
    about: str = field(repr=False)
    customer: str = field(default="", repr=False)
    """Whose that is, where `about` does not say so itself; empty: nobody's."""
    how: str = ""
    """Which act it was, the names of the fields that it speaks of, or how many rows: no values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """And its place in the trail."""

    sequence: int
    """1 for the first."""
    noted: TrailNote
    mark: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEnd:
    """The last entry that there is."""

    sequence: int
    """0: there is none yet."""
    mark: bytes = field(repr=False)

    def in_words(self) -> str:
        """To be written down elsewhere, and compared later: `1042:0f3a…`."""
        return f"{self.sequence}:{self.mark.hex()[:_SHOWN_OF_A_MARK]}"


NO_ENTRIES = TrailEnd(sequence=0, mark=BEFORE_THE_FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailHead:
    """What the head says, and the MAC that shows that the desk has said it."""

    end: TrailEnd
    seal: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailAsked:
    """Which entries are asked for; what is None is not asked about."""

    username: str | None = None
    about: str | None = None
    """What it is about, or whose that is."""
    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    dealer_ids: frozenset[str] | None = None
    """Of these dealers alone."""


class Chain:
    """Marks entries, each after another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def after(self, end: TrailEnd, noted: Sequence[TrailNote]) -> list[TrailEntry]:
        """The entries that follow `end`."""
        entries, before = [], end.mark
        for sequence, each in enumerate(noted, end.sequence + 1):
            before = self._mark(sequence, each, before)
            entries.append(TrailEntry(sequence=sequence, noted=each, mark=before))
        return entries

    def fits(self, entry: TrailEntry, before: bytes) -> bool:
        """Whether it is as it was written, after the one so marked."""
        return hmac.compare_digest(self._mark(entry.sequence, entry.noted, before), entry.mark)

    def head(self, end: TrailEnd) -> TrailHead:
        return TrailHead(end=end, seal=self._seal(end))

    def is_ours(self, head: TrailHead) -> bool:
        """Whether the desk has said so."""
        return hmac.compare_digest(self._seal(head.end), head.seal)

    def _mark(self, sequence: int, noted: TrailNote, before: bytes) -> bytes:
        said: list[object] = [
            sequence,
            noted.at.astimezone(UTC).isoformat(),
            noted.username,
            noted.dealer_id,
            noted.what,
        ]
        # entries of before these were written down have other marks: all stay as they are
        more = [noted.customer, noted.how] if noted.customer or noted.how else []
        return self._mac([*said, noted.about, before.hex(), *more])

    def _seal(self, end: TrailEnd) -> bytes:
        return self._mac(["head", end.sequence, end.mark.hex()])

    def _mac(self, said: list[object]) -> bytes:
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return hmac.digest(self._key, text.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class TrailFault:
    """Something that is not as it was written."""

    kind: TrailFaultKind
    """`changed`: this entry, or the one before it; `missing`: the one of this number; `cut`: those
    after it, at the end; `headless`: there is no head; `other`: not the end that is known."""
    sequence: int


class Verification:
    """Sees every entry in order, and then the head."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._last = NO_ENTRIES
        self.faults: list[TrailFault] = []
        self._marks: dict[int, bytes] = {}

    @property
    def end(self) -> TrailEnd:
        """The last entry that was seen."""
        return self._last

    def see(self, entry: TrailEntry, watched: frozenset[int] = frozenset()) -> None:
        """`watched`: numbers whose marks are asked for at the end."""
        if entry.sequence != self._last.sequence + 1:
            self._fault("missing", self._last.sequence + 1)
        elif not self._chain.fits(entry, self._last.mark):
            self._fault("changed", entry.sequence)
        if entry.sequence in watched:
            self._marks[entry.sequence] = entry.mark
        self._last = TrailEnd(sequence=entry.sequence, mark=entry.mark)

    def ends(self, head: TrailHead | None, known: str | None = None) -> list[TrailFault]:
        """All that is wrong, at most `MOST_FAULTS`. The entry of the head's number was watched, and
        that of `known`, an end that somebody has written down elsewhere."""
        if head is None:
            if self._last.sequence:
                self._fault("headless", self._last.sequence)
        elif not self._chain.is_ours(head):
            self._fault("forged head", head.end.sequence)
        elif head.end.sequence > self._last.sequence:
            self._fault("cut", self._last.sequence)
        elif head.end.sequence and self._marks.get(head.end.sequence) != head.end.mark:
            self._fault("changed", head.end.sequence)
        if known is not None:
            sequence = sequence_in(known)
            found = TrailEnd(sequence=sequence, mark=self._marks.get(sequence, b""))
            if found.in_words() != known:
                self._fault("other", sequence)
        return self.faults

    def _fault(self, kind: TrailFaultKind, sequence: int) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(TrailFault(kind, sequence))


def sequence_in(known: str) -> int:
    """The number in what `TrailEnd.in_words` has said. Raises `ValueError`."""
    number, colon, mark = known.partition(":")
    if not colon or not number.isdecimal() or len(mark) != _SHOWN_OF_A_MARK:
        raise ValueError("as `aftercare users trail` has told it: NUMBER:MARK")
    return int(number)
