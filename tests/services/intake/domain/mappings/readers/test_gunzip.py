"""Gzip: the same file, or a clear refusal in bounded memory."""

import gzip
import io
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mappings.readers.gunzip import Gunzip, Unpacked
from services.intake.domain.mappings.records import UnreadableFile
from tests.services.intake.domain.mappings.readers.reading import fields, read

TABLE = b"a,b\n1,2\n3,4\n"


def unpacked(packed: bytes, *, size: int = 65_536, most_bytes: int = 10**9) -> bytes:
    gunzip = Gunzip(most_bytes=most_bytes)
    found = b"".join(
        piece
        for at in range(0, len(packed), size)
        for piece in gunzip.pieces(packed[at : at + size])
    )
    gunzip.end()
    return found


@given(
    st.lists(st.binary(max_size=300) | st.integers(0, 300_000).map(bytes), min_size=1, max_size=3),
    st.integers(1, 70_000),
    st.integers(0, 40),
)
def test_members_of_any_size_in_pieces_of_any_size(
    contents: list[bytes], size: int, padding: int
) -> None:
    packed = b"".join(map(gzip.compress, contents)) + bytes(padding)
    assert unpacked(packed, size=max(size, len(packed) // 500)) == b"".join(contents)


PACKED = gzip.compress(TABLE, mtime=0)


def test_a_packed_table_is_read() -> None:
    assert fields(read(gzip.compress(TABLE), format="csv")) == [
        {"a": "1", "b": "2"},
        {"a": "3", "b": "4"},
    ]


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (PACKED[:-5], "ends in the middle"),
        (PACKED[:5], "ends in the middle"),
        (PACKED + PACKED[:1], "ends in the middle"),
        (PACKED + b"rubbish", "goes on"),
        (PACKED + b"\0\0" + PACKED, "goes on"),
        (PACKED[:-8] + b"12345678", "damaged"),
        (b"\x1f\x8b\x08rubbish that is long enough", "damaged"),
    ],
    ids=["cut short", "of its head only", "of two", "rubbish", "a gap", "a sum", "no stream"],
)
def test_damage_is_told(packed: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        unpacked(packed)
    with pytest.raises(UnreadableFile, match=says):
        read(packed, format="csv")


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    tracemalloc.start()
    with pytest.raises(UnreadableFile, match="250 times"):
        for _ in Gunzip().pieces(bomb):
            pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def test_more_than_the_limit_is_refused() -> None:
    packed = gzip.compress(random.Random(1).randbytes(100_000))
    assert len(unpacked(packed, most_bytes=100_000)) == 100_000
    with pytest.raises(UnreadableFile, match="99999 bytes"):
        unpacked(packed, most_bytes=99_999)


def test_it_is_read_again_from_the_beginning() -> None:
    file = Unpacked(io.BytesIO(gzip.compress(bytes(range(256)) * 1000)))
    assert file.read(1000)[:2] == b"\0\x01"
    file.seek(3)
    assert file.read(2) == b"\x03\x04"
