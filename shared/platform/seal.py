"""Contents, sealed under keys that are not in the database: AES-256-GCM.

A sealed content belongs to its row: put beside another one, or another dealer's, it is not opened.
"""

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_FORM = b"\x01"
_MARK_BYTES = 4


class SealedOtherwise(Exception):
    """None of the keys that there are opens it."""


class Seal:
    """Seals with the first of its keys, and opens with each."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_mark(key): AESGCM(key) for key in reversed(keys)}
        self._first = _mark(keys[0])

    def seal(self, content: bytes, belongs_to: str) -> bytes:
        """What only opens with the key, and with the same `belongs_to`."""
        nonce = token_bytes(NONCE_BYTES)
        sealed = self._keys[self._first].encrypt(nonce, content, belongs_to.encode())
        return _FORM + self._first + nonce + sealed

    def open(self, sealed: bytes, belongs_to: str) -> bytes:
        """Raises `SealedOtherwise`."""
        mark_ends = 1 + _MARK_BYTES
        nonce_ends = mark_ends + NONCE_BYTES
        key = self._keys.get(sealed[1:mark_ends])
        if sealed[:1] != _FORM or key is None:
            raise SealedOtherwise
        try:
            return key.decrypt(
                sealed[mark_ends:nonce_ends], sealed[nonce_ends:], belongs_to.encode()
            )
        except (InvalidTag, ValueError):
            raise SealedOtherwise from None


def keys_of(text: str) -> tuple[bytes, ...]:
    """Keys as they stand in a setting: base64 of 32 bytes each, commas between them.

    Raises `ValueError`, which says what to do and not what stood there.
    """
    return tuple(_key(part.strip()) for part in text.split(",") if part.strip())


def new_key() -> str:
    """One, as a setting has it."""
    return base64.b64encode(token_bytes(KEY_BYTES)).decode()


def _key(text: str) -> bytes:
    try:
        found = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError(
            "write base64 of 32 random bytes, such as `openssl rand -base64 32` makes; of several "
            "keys, with commas between them, the first one seals"
        )
    return found


def _mark(key: bytes) -> bytes:
    """Tells which key it was, and nothing of it."""
    return sha256(b"aftercare/rejected/" + key).digest()[:_MARK_BYTES]
