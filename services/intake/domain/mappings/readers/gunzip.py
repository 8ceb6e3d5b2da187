"""Gzip from strangers: unpacked as it is read, up to limits, and said where it is damaged."""

import zlib
from collections.abc import Iterator
from typing import Protocol

from services.intake.domain.mappings.records import UnreadableFile

MAGIC = b"\x1f\x8b"
MOST_UNPACKED_BYTES = 2_147_483_648
"""What a file may have, unpacked: 2 GiB."""
MOST_TIMES = 250
"""How many times its packed size a file may have; tables of real feeds have 5 to 40 times."""
_NOT_MEASURED = 8_388_608
"""Up to so many bytes a file may be packed as well as it likes."""
_PIECE = 65_536
_GZIP = 16 + zlib.MAX_WBITS


class Readable(Protocol):
    """Bytes that are read from their beginning, and again when `seek(0)` was called."""

    def read(self, size: int, /) -> bytes: ...

    def seek(self, place: int, /) -> object: ...


class Gunzip:
    """Unpacks gzip that comes in pieces of any size, several members after each other too."""

    def __init__(self, *, most_bytes: int = MOST_UNPACKED_BYTES) -> None:
        self._most = most_bytes
        self._taken = 0
        self._given = 0
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False
        self._one_ended = False
        self._padding = False

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """What this much more of the file holds, in pieces of at most 64 KiB.

        Raises `UnreadableFile` where it is damaged, or more than the limits.
        """
        self._taken += len(packed)
        while packed:
            if not self._begun:
                packed = self._at_beginning(packed)
                continue
            piece = self._unpacked(packed)
            packed = self._member.unconsumed_tail or self._member.unused_data
            if piece:
                self._measure(len(piece))
                yield piece
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
                self._begun, self._one_ended = False, True

    def end(self) -> None:
        """To be called after the last piece. Raises `UnreadableFile` where more should follow."""
        if self._begun:
            raise UnreadableFile("the gzip file ends in the middle: send it again")

    def _at_beginning(self, packed: bytes) -> bytes:
        """What is left to unpack, between members: NUL bytes may follow the last one."""
        if self._one_ended:
            rest = packed.lstrip(b"\0")
            self._padding = self._padding or len(rest) < len(packed)
            if rest and (self._padding or not rest.startswith(MAGIC[: len(rest)])):
                raise UnreadableFile("the gzip file goes on after its end: pack it again")
            packed = rest
        self._begun = bool(packed)
        return packed

    def _unpacked(self, packed: bytes) -> bytes:
        try:
            return self._member.decompress(packed, _PIECE)
        except zlib.error:
            raise UnreadableFile("the gzip file is damaged: pack and send it again") from None

    def _measure(self, more: int) -> None:
        self._given += more
        if self._given > self._most:
            raise UnreadableFile(f"unpacked, the file has more than {self._most} bytes: split it")
        if self._given > max(_NOT_MEASURED, MOST_TIMES * self._taken):
            raise UnreadableFile(
                f"unpacked, the file has more than {MOST_TIMES} times its size: send it unpacked"
            )


class Unpacked:
    """A gzip file, to be read as what it holds."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._pieces = self._read()
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end. Raises `UnreadableFile` as `Gunzip` does."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def seek(self, place: int, /) -> None:
        """Back to `place`, not far from the beginning."""
        self._pieces, self._rest = self._read(), b""
        while place > 0 and (skipped := self.read(place)):
            place -= len(skipped)

    def _read(self) -> Iterator[bytes]:
        self._file.seek(0)
        gunzip = Gunzip()
        while packed := self._file.read(_PIECE):
            yield from gunzip.pieces(packed)
        gunzip.end()
