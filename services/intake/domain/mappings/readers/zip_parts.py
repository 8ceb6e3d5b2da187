"""The parts of a zip file from strangers, unpacked in pieces and up to limits."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from services.intake.domain.mappings.readers.gunzip import MOST_TIMES, MOST_UNPACKED_BYTES
from services.intake.domain.mappings.records import UnreadableFile

MOST_BYTES_OF_DIRECTORY = 1_048_576
"""Of the list of a zip file's parts: some ten thousand of them."""
_PIECE = 65_536
_NOT_MEASURED = 67_108_864
"""Up to so many bytes a part may be packed as well as it likes."""
_DAMAGED = "the file is damaged, or ends in the middle: save and send it again"
_END = struct.Struct("<4s4xHHLLH")
_LONGEST_COMMENT = 65_535


class Parts:
    """A zip file. Raises `UnreadableFile` where it is none, or has too many parts."""

    def __init__(self, file: BinaryIO) -> None:
        self._size = _checked_size(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
            raise UnreadableFile(_DAMAGED) from None
        self._named = {info.filename.lower().lstrip("/"): info for info in self._zip.infolist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._named

    def pieces(self, name: str, *, most_bytes: int = MOST_UNPACKED_BYTES) -> Iterator[bytes]:
        """A part, in pieces of at most 64 KiB. Raises `UnreadableFile` where it is damaged, is not
        there, or is larger than the limits."""
        info = self._named.get(name.lower())
        if info is None:
            raise UnreadableFile(_DAMAGED)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableFile("the file is packed in an unusual way: save it again")
        most, size = min(most_bytes, max(_NOT_MEASURED, MOST_TIMES * self._size)), 0
        try:
            with self._zip.open(info) as part:
                while piece := part.read(_PIECE):
                    size += len(piece)
                    if size > most:
                        raise UnreadableFile(
                            f"unpacked, a part of the file has more than {most} bytes: split it, "
                            f"or save it as CSV"
                        )
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            struct.error,
        ) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise UnreadableFile(_DAMAGED) from None


def _checked_size(file: BinaryIO) -> int:
    """The size of the file. Raises `UnreadableFile` where its directory is none, or a large one,
    before any of it is held."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END.size))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise UnreadableFile(_DAMAGED)
    _, _, parts, directory, _, _ = _END.unpack_from(tail, at)
    if directory > MOST_BYTES_OF_DIRECTORY:
        raise UnreadableFile(f"the file has too many parts ({parts}), and is no workbook")
    file.seek(0)
    return size
