"""Keyed hashes: the same for the same content, and no way to find out by guessing what it was."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from shared.contracts.values import instant_text


def key_of(secret: str) -> bytes:
    """A secret of any length as a key."""
    return blake2b(secret.encode()).digest()


def keyed_hash(text: str, key: bytes) -> str:
    """32 hexadecimal digits."""
    return blake2b(text.encode(), key=key, digest_size=16).hexdigest()


def keyed_digest(parts: Iterable[bytes], key: bytes) -> str:
    """32 hexadecimal digits of several byte strings, each apart from the next."""
    digest = blake2b(key=key, digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def content_hash(content: Mapping[str, Any], key: bytes) -> str:
    """Of a content in its one notation."""
    return keyed_hash(json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain), key)


def _plain(value: object) -> str:
    """One notation per value: 129.9 and 129.90 are the same amount."""
    match value:
        case Decimal():
            return format(value.normalize() + 0, "f")  # + 0: there is a negative zero
        case datetime():
            return instant_text(value.astimezone(UTC))
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")
