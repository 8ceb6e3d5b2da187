"""Which keys signatures are checked with, and those of a file of our own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.token_keys import (
    ALGORITHMS,
    LOOK_EVERY,
    MOST_KEYS,
    FileKeys,
    KeySet,
    WrongKeys,
    key_set,
    read_key_file,
)
from shared.testing.clock import ManualClock
from shared.yaml_file import WrongFile
from tests.issuer import Signer, jwks

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
RSA, P256, P384 = Signer("rsa", "RS256", "RSA"), Signer("p256"), Signer("p384", "ES384", "P-384")
ED = Signer("ed", "EdDSA", "Ed25519")
OCT = {"kty": "oct", "kid": "shared", "k": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0"}


def found(keys: KeySet, key_id: str | None) -> set[str]:
    """The algorithms that a token may name together with a key."""
    tried = [*ALGORITHMS, "none", "HS256", "HS512", "ES256K", "rs256", ""]
    return {name for name in tried if keys.find(key_id, name) is not None}


@pytest.mark.parametrize(
    ("jwk", "algorithms"),
    [
        (RSA.jwk(), {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
        (RSA.jwk(alg="PS256"), {"PS256"}),
        (P256.jwk(), {"ES256"}),
        (P384.jwk(use="sig"), {"ES384"}),
        (Signer("p521", "ES512", "P-521").jwk(key_ops=["verify"]), {"ES512"}),
        (ED.jwk(alg="EdDSA"), {"EdDSA"}),
    ],
)
def test_a_key_is_good_for_what_it_is_made_for(jwk: dict[str, Any], algorithms: set[str]) -> None:
    for all_usable in (True, False):
        assert found(key_set(jwks(jwk), all_usable=all_usable), jwk["kid"]) == algorithms


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        (OCT, "private"),
        ({"kty": "oct", "kid": "shared"}, "none of"),
        (RSA.jwk(d="AQAB"), "private"),
        (RSA.jwk(use="enc"), "not for signatures"),
        (RSA.jwk(key_ops=["encrypt"]), "not for signatures"),
        (RSA.jwk(key_ops="verify"), "not for signatures"),
        (RSA.jwk(alg="HS256"), "none of"),
        (RSA.jwk(alg="none"), "none of"),
        (RSA.jwk(alg="ES256"), "none of"),
        (RSA.jwk(alg=["RS256"]), "none of"),
        (RSA.jwk(kid=7), "kid"),
        (RSA.jwk(kty=["RSA"]), "none of"),
        (RSA.jwk(n=7), "damaged"),
        (RSA.jwk(n="AQAB"), "damaged|too short"),
        (RSA.jwk(e=None), "damaged"),
        (P256.jwk(crv="P-384"), "damaged"),
        (P256.jwk(crv={}), "none of"),
        (P256.jwk(x="AQAB"), "damaged"),
        (P256.jwk(y=P256.jwk()["x"]), "damaged"),
        (ED.jwk(x="AQAB"), "damaged"),
        (ED.jwk(crv="X25519"), "none of"),
        (Signer("k1", "ES256K", "secp256k1").jwk(), "none of"),
        (Signer("short", "RS256", "RSA-1024").jwk(), "too short"),
        ("key", "no object"),
        (None, "no object"),
    ],
)
def test_a_key_that_cannot_be_used_is_a_fault_in_a_file_and_passed_over_elsewhere(
    jwk: Any, why: str
) -> None:
    with pytest.raises(WrongKeys, match=f"key 2: .*({why})"):
        key_set(jwks(P384.jwk(), jwk), all_usable=True)
    keys = key_set(jwks(P384.jwk(), jwk), all_usable=False)
    assert len(keys.keys) == 1
    with pytest.raises(WrongKeys, match=r"none|no signature"):
        key_set(jwks(jwk), all_usable=False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": {"a": 1}}',
        b'"keys"',
        b"[" * 100_000,
        jwks(*[P256.jwk()] * (MOST_KEYS + 1)),
        b"-----BEGIN PUBLIC KEY-----",
    ],
    ids=range(11),
)
def test_what_is_no_set_of_keys(content: bytes) -> None:
    with pytest.raises(WrongKeys):
        key_set(content, all_usable=False)


def test_a_token_that_names_no_key_is_of_an_issuer_with_one() -> None:
    assert found(key_set(jwks(P256.jwk()), all_usable=True), None) == {"ES256"}
    assert found(key_set(jwks(P256.jwk(kid=None)), all_usable=True), None) == {"ES256"}
    assert found(key_set(jwks(P256.jwk(kid=None)), all_usable=True), "p256") == set()
    several = key_set(jwks(P256.jwk(), Signer("other").jwk(), P384.jwk()), all_usable=True)
    assert found(several, None) == {"ES384"}, "of two for ES256 neither is meant"
    assert found(several, "p256") == {"ES256"}


@given(
    member=st.sampled_from(["kty", "n", "e", "alg", "use", "kid", "key_ops", "crv", "x"]),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.just([])
    | st.just({}),
)
def test_whatever_an_issuer_publishes_is_a_key_or_none(member: str, value: object) -> None:
    content = json.dumps({"keys": [{**RSA.jwk(), member: value}, P256.jwk()]}).encode()
    assert found(key_set(content, all_usable=False), "p256") == {"ES256"}


class Folder:
    """A file of keys, and the time."""

    def __init__(self, path: Path) -> None:
        self.file = path / "keys.json"
        self.file.write_bytes(jwks(P256.jwk()))
        self.clock = ManualClock(NOW)
        self.keys = FileKeys(self.file, self.clock)

    async def knows(self, signer: Signer) -> bool:
        return await self.keys.find(signer.id, signer.algorithm) is not None

    def replace(self, content: bytes) -> None:
        """As an operator does it, and a little later."""
        other = self.file.with_suffix(".new")
        other.write_bytes(content)
        other.replace(self.file)
        self.clock.advance(LOOK_EVERY)


async def test_a_file_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert await folder.knows(P256)
    assert not await folder.knows(P384)
    folder.replace(jwks(P256.jwk(), P384.jwk()))
    assert await folder.knows(P384)
    folder.replace(jwks(P384.jwk()))
    assert not await folder.knows(P256), "a key that was taken out opens nothing more"


@pytest.mark.parametrize("content", [b"", b"{", jwks(OCT), None])
async def test_a_file_that_cannot_be_used_leaves_the_keys_of_the_one_before(
    tmp_path: Path, content: bytes | None
) -> None:
    folder = Folder(tmp_path)
    if content is None:
        folder.file.unlink()
        folder.clock.advance(LOOK_EVERY)
    else:
        folder.replace(content)
    assert await folder.knows(P256)
    folder.replace(jwks(P384.jwk()))
    assert await folder.knows(P384), "and it is read again once it is whole"


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"{", "JSON"), (jwks(RSA.jwk(d="c2VjcmV0")), "key 1: it is private")],
)
def test_a_service_does_not_start_with_keys_that_cannot_be_used(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "keys.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WrongFile, match=f"AFTERCARE_AUTH__JWKS_FILE: .*keys.json: .*{why}") as told:
        read_key_file(file)
    assert "c2VjcmV0" not in str(told.value)
