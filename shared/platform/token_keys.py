"""The public keys of who issues tokens: sets of them (JWKS, RFC 7517), and one from a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import jwt
import structlog

from shared.settings import PREFIX
from shared.time.clock import TimeSource
from shared.yaml_file import WrongFile

SETTING = f"{PREFIX}AUTH__JWKS_FILE"
LOOK_EVERY = timedelta(seconds=1)
"""How often, at most, it is looked whether a file has changed."""
MOST_KEYS = 100
LEAST_BITS_OF_RSA = 2048

_SIGNED_WITH: Mapping[tuple[object, object], tuple[str, ...]] = {
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
"""Kind and curve of a key -> what may be signed with it: nothing that who only verifies could."""
ALGORITHMS = frozenset(each for names in _SIGNED_WITH.values() for each in names)
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

log = structlog.get_logger()


class WrongKeys(ValueError):
    """What is no set of public keys. Its text says why, and nothing of what stands in it."""


class KeySource(Protocol):
    """The keys of one issuer."""

    async def find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The one that a token names, for this algorithm; None: its issuer has no such key.

        Raises `TransientFailure` while that cannot be said.
        """
        ...


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, for each algorithm that it may be used with."""

    id: str | None
    by_algorithm: Mapping[str, jwt.PyJWK]


@dataclass(frozen=True, slots=True)
class KeySet:
    """All that an issuer may sign with at present."""

    keys: tuple[PublicKey, ...]

    def find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The only one that it can be; a token that names none is of an issuer with one alone."""
        found = [
            key.by_algorithm[algorithm]
            for key in self.keys
            if algorithm in key.by_algorithm and key_id in (None, key.id)
        ]
        return found[0] if len(found) == 1 else None


def key_set(content: bytes, *, all_usable: bool) -> KeySet:
    """The keys of a JWKS that signatures can be checked with. Raises `WrongKeys`.

    `all_usable`: one that cannot be used is a fault, as in a file of our own; issuers have others.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise WrongKeys("it is not JSON") from None
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed:
        raise WrongKeys('it is no JWKS: {"keys": [...]}, with one at least')
    if len(listed) > MOST_KEYS:
        raise WrongKeys(f"it has more than {MOST_KEYS} keys")
    keys = []
    for number, each in enumerate(listed, 1):
        try:
            keys.append(_public_key(each))
        except WrongKeys as wrong:
            if all_usable:
                raise WrongKeys(f"key {number}: {wrong}") from None
    if not keys:
        raise WrongKeys("no signature can be checked with any of its keys")
    return KeySet(tuple(keys))


def _public_key(found: Any) -> PublicKey:
    if not isinstance(found, dict):
        raise WrongKeys("it is no object")
    if not _PRIVATE.isdisjoint(found):
        raise WrongKeys("it is private: whoever reads it can sign; leave only its public part")
    key_id, use, algorithm = found.get("kid"), found.get("use", "sig"), found.get("alg")
    if key_id is not None and not isinstance(key_id, str):
        raise WrongKeys("its kid is no text")
    operations = found.get("key_ops", ["verify"])
    if use != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise WrongKeys("it is not for signatures")
    kind, curve = found.get("kty"), found.get("crv")
    names = _SIGNED_WITH.get((str(kind), None if curve is None else str(curve)), ())
    if algorithm is not None:
        names = tuple(name for name in names if name == algorithm)
    if not names:
        raise WrongKeys(f"it is for none of {', '.join(sorted(ALGORITHMS))}")
    return PublicKey(key_id, {name: _usable(found, name) for name in names})


def _usable(found: Any, algorithm: str) -> jwt.PyJWK:
    try:
        key = jwt.PyJWK(found, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise WrongKeys("it is damaged") from None
    if found["kty"] == "RSA" and key.key.key_size < LEAST_BITS_OF_RSA:
        raise WrongKeys(f"it is too short: an RSA key has {LEAST_BITS_OF_RSA} bits or more")
    return key


def read_key_file(path: Path) -> KeySet:
    """The keys of a file of our own. Raises `WrongFile`."""
    try:
        return key_set(path.read_bytes(), all_usable=True)
    except OSError as error:
        why = error.strerror or "it cannot be read"
    except WrongKeys as wrong:
        why = str(wrong)
    raise WrongFile([f"{SETTING}: {path}: {why}"])


class FileKeys:
    """Those of a file, the newest that it holds."""

    def __init__(self, path: Path, clock: TimeSource) -> None:
        """Raises `WrongFile`."""
        self._path = path
        self._clock = clock
        self._looked_at = clock.now()
        self._seen = self._stamp()
        self._keys = read_key_file(path)

    async def find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        self._renew(self._clock.now())
        return self._keys.find(key_id, algorithm)

    def _renew(self, now: datetime) -> None:
        """A file that cannot be used leaves the keys of the one before."""
        if self._looked_at <= now < self._looked_at + LOOK_EVERY:
            return
        self._looked_at = now
        seen, self._seen = self._seen, self._stamp()
        if self._seen == seen:
            return
        try:
            self._keys = read_key_file(self._path)
        except WrongFile as wrong:
            log.error("the keys of tokens are not renewed", because=str(wrong))
        else:
            log.info("the keys of tokens are renewed")

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
