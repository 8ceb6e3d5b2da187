"""A stored file, to be read by a thread as any file is: a few pieces of it are in memory."""

import asyncio
import io
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as TooLate
from typing import Any

from services.intake.adapters.imports.store import PIECE_BYTES, ImportStore
from services.intake.domain.mappings.records import UnreadableFile
from shared.platform.errors import TransientFailure

PIECES_AT_HAND = 3
"""The pieces in memory: a workbook is read at two or three places by turns."""
PATIENCE_SECONDS = 60.0
BUFFER_BYTES = 65_536

ReadPiece = Callable[[int], bytes]


class StoredFile(io.RawIOBase):
    """A file of `size` bytes in pieces of one size. Raises what `read_piece` raises."""

    def __init__(self, size: int, read_piece: ReadPiece, *, piece_bytes: int = PIECE_BYTES) -> None:
        super().__init__()
        self._size = size
        self._read_piece = read_piece
        self._piece_bytes = piece_bytes
        self._place = 0
        self._at_hand: OrderedDict[int, bytes] = OrderedDict()
        self.furthest = 0
        """How far it has been read."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, begin + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        if self._place >= self._size:
            return 0
        number, within = divmod(self._place, self._piece_bytes)
        found = self._piece(number)[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        self.furthest = max(self.furthest, self._place)
        return len(found)

    def _piece(self, number: int) -> bytes:
        if number not in self._at_hand:
            self._at_hand[number] = self._read_piece(number)
            if len(self._at_hand) > PIECES_AT_HAND:
                self._at_hand.popitem(last=False)
        self._at_hand.move_to_end(number)
        return self._at_hand[number]


def from_store(store: ImportStore, import_id: str, size: int) -> StoredFile:
    """The file of an import, for a thread beside the event loop that runs now.

    Raises `TransientFailure` where the database is away, `UnreadableFile` where a piece is gone.
    """
    loop = asyncio.get_running_loop()

    def read_piece(number: int) -> bytes:
        found = _waited_for(store.piece(import_id, number), loop)
        if found is None:
            raise UnreadableFile("the stored file is not whole any more: send it again")
        return found

    return StoredFile(size, read_piece)


def _waited_for(
    asked: Coroutine[Any, Any, bytes | None], loop: asyncio.AbstractEventLoop
) -> bytes | None:
    future = asyncio.run_coroutine_threadsafe(asked, loop)
    try:
        return future.result(PATIENCE_SECONDS)
    except TooLate:
        future.cancel()
        raise TransientFailure("database: a piece of a file does not come") from None
