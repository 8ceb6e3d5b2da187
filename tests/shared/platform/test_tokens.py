"""Which tokens let somebody in, and that no trick does."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.principal import Principal
from shared.auth.tokens import Expected
from shared.platform.doorman import Unauthenticated
from shared.platform.token_keys import KeySet, key_set
from shared.platform.tokens import KEPT_FOR, LONGEST, Issuer, SignedTokens, known_tokens
from shared.settings import AuthSettings
from shared.testing.clock import ManualClock
from shared.yaml_file import WrongFile
from tests.certificates import Authority
from tests.issuer import Signer, claims_of, encoded, jwks

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
OURS, THEIRS = "aftercare", "https://login.example"
RSA, EC = Signer("rsa", "RS256", "RSA"), Signer("ec")
STRANGER = Signer("stranger")


@dataclass
class MemoryKeySource:
    """Keys of an issuer, and how often it was asked for one."""

    keys: KeySet
    asked: int = 0

    async def find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        self.asked += 1
        return self.keys.find(key_id, algorithm)


class Entrance:
    """Accepts tokens of ours, signed with `ours`, and of an issuer elsewhere."""

    def __init__(self, *ours: Signer, theirs: Signer = STRANGER) -> None:
        self.clock = ManualClock(NOW)
        self.sources = {
            OURS: MemoryKeySource(keys_of(*ours or (RSA, EC))),
            THEIRS: MemoryKeySource(keys_of(theirs)),
        }
        issuers = {
            name: Issuer(Expected(issuer=name, audience="aftercare", claim="aftercare"), source)
            for name, source in self.sources.items()
        }
        self.tokens = SignedTokens(issuers, self.clock)

    async def lets_in(self, token: str) -> Principal:
        return await self.tokens.principal(token)

    async def keeps_out(self, token: str) -> str:
        """What it says to whom it keeps out."""
        with pytest.raises(Unauthenticated) as told:
            await self.tokens.principal(token)
        return str(told.value)


def keys_of(*signers: Signer) -> KeySet:
    return key_set(jwks(*(signer.jwk() for signer in signers)), all_usable=True)


def good(**more: object) -> dict[str, object]:
    return claims_of(OURS, NOW, **more)


def forged(header: object, claims: object, signature: bytes = b"") -> str:
    """A token as whoever has no key can write it."""
    return f"{encoded(header)}.{encoded(claims)}.{encoded(signature)}"


def with_public_key(secret: bytes) -> str:
    """Signed with what everybody can read, as if it were a secret that both have."""
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(good())}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def pem(signer: Signer) -> bytes:
    return signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        *[(name, "RSA") for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")],
        ("ES256", "P-256"),
        ("ES384", "P-384"),
        ("ES512", "P-521"),
        ("EdDSA", "Ed25519"),
    ],
)
async def test_a_token_that_is_signed_with_a_key_of_its_issuer_lets_in(
    algorithm: str, kind: str
) -> None:
    signer = Signer("any", algorithm, kind)
    who = await Entrance(signer).lets_in(signer.token(good()))
    assert who.may("scores:read", "sunrise/berlin")
    assert not who.may("scores:read", "sunrise/hamburg")


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt", "AT+JWT", None])
async def test_it_is_an_access_token(kind: str | None) -> None:
    header = {"alg": "ES256", "kid": "ec", "typ": kind}
    token = EC.token(good(), **header) if kind else EC.token(good(), typ="")
    assert (await Entrance().lets_in(token)).grants


TRICKS: dict[str, Callable[[], str]] = {
    "none": lambda: forged({"alg": "none"}, good()),
    "none, with a kid": lambda: forged({"alg": "none", "kid": "ec"}, good()),
    "nOnE": lambda: forged({"alg": "nOnE", "kid": "ec"}, good(), b"x"),
    "no algorithm": lambda: forged({"kid": "ec"}, good(), b"x"),
    "an algorithm that is no text": lambda: forged({"alg": ["ES256"], "kid": "ec"}, good(), b"x"),
    "the public key as a secret": lambda: with_public_key(pem(RSA)),
    "the public key as a secret, without its last line's end": lambda: with_public_key(
        pem(RSA).strip()
    ),
    "the published key as a secret": lambda: with_public_key(json.dumps(RSA.jwk()).encode()),
    "no secret": lambda: with_public_key(b""),
    "no signature": lambda: EC.token(good()).rpartition(".")[0] + ".AA",
    "a signature of noughts": lambda: forged({"alg": "ES256", "kid": "ec"}, good(), bytes(64)),
    "another's key under the same name": lambda: Signer("stranger").token(good(), kid="ec"),
    "another's key under its own name": lambda: STRANGER.token(good()),
    "another issuer's claims": lambda: EC.token(claims_of(THEIRS, NOW)),
    "another issuer's key": lambda: STRANGER.token(good(), kid="stranger"),
    "an issuer nobody knows": lambda: EC.token(good(iss="https://evil.example")),
    "no issuer": lambda: EC.token(good(iss=None)),
    "several issuers": lambda: forged({"alg": "ES256", "kid": "ec"}, good(iss=[OURS]), b"x"),
    "a key for another algorithm": lambda: Signer("rsa", "ES256").token(good()),
    "no kid, where there are two keys": lambda: Signer("other").token(good(), kid=None),
    "a kid that is a path": lambda: STRANGER.token(good(), kid="../../../../dev/null"),
    "a kid that asks a database": lambda: STRANGER.token(good(), kid="x' UNION SELECT 'k"),
    "a kid that is no text": lambda: forged({"alg": "ES256", "kid": 7}, good(), b"x"),
    "a kid that is nothing": lambda: forged({"alg": "ES256", "kid": None}, good(), b"x"),
    "a key of its own": lambda: STRANGER.token(good(), kid="ec", jwk=STRANGER.jwk()),
    "keys elsewhere": lambda: STRANGER.token(good(), kid="ec", jku="https://evil.example/keys"),
    "a certificate of its own": lambda: STRANGER.token(
        good(), kid="ec", x5u="https://evil.example"
    ),
    "something critical": lambda: EC.token(good(), crit=["exp"]),
    "something critical and unknown": lambda: EC.token(good(), crit=["x"], x=1),
    "a payload that is not encoded": lambda: forged(
        {"alg": "ES256", "kid": "ec", "b64": False, "crit": ["b64"]}, good(), bytes(64)
    ),
    "b64": lambda: EC.token(good(), b64=True, crit=["b64"]),
    "a token for logging out": lambda: EC.token(good(), typ="logout+jwt"),
    "a typ that is no text": lambda: forged({"alg": "ES256", "kid": "ec", "typ": 7}, good(), b"x"),
    "encrypted": lambda: f"{EC.token(good())}.AAAA.AAAA",
    "a list of claims": lambda: forged({"alg": "ES256", "kid": "ec"}, [good()], b"x"),
    "claims that are no JSON": lambda: forged({"alg": "ES256", "kid": "ec"}, b"{", b"x"),
    "claims as deep as possible": lambda: forged({"alg": "ES256", "kid": "ec"}, b"[" * 5000, b"x"),
    "a header that is no object": lambda: forged([], good(), b"x"),
    "a header that is no JSON": lambda: forged(b"\xff", good(), b"x"),
    "half surrogates": lambda: forged(b'{"alg":"ES256","kid":"\\ud800"}', b'{"iss":"\\ud800"}'),
    "too long": lambda: EC.token(good(more="x" * LONGEST)),
    "as long as a book": lambda: "a" * 10_000_000,
    "expired": lambda: EC.token(good(exp=int((NOW - timedelta(minutes=1)).timestamp()))),
    "for ever": lambda: EC.token(good(exp=None)),
    "for a year": lambda: EC.token(good(exp=int((NOW + timedelta(days=365)).timestamp()))),
    "not yet": lambda: EC.token(good(nbf=int((NOW + timedelta(minutes=1)).timestamp()))),
    "for others": lambda: EC.token(good(aud="billing")),
    "of nobody": lambda: EC.token(good(sub=None)),
    "nothing": lambda: "",
    "dots": lambda: "..",
    "spaces": lambda: f" {EC.token(good())}",
    "padded": lambda: f"{EC.token(good())}=",
    "a line's end": lambda: f"{EC.token(good())}\n",
    "letters that are none of base64url": lambda: EC.token(good()).replace(".", ".+/", 1),
    "other letters": lambda: "令牌.令牌.令牌",
}


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_trick_lets_in(trick: str) -> None:
    token = TRICKS[trick]()
    said = await Entrance().keeps_out(token)
    assert said
    assert "anna" not in said
    assert not any(part and part in said for part in token.split("."))


@given(place=st.integers(min_value=0), letter=st.sampled_from("AQgw_-09.="))
async def test_a_token_that_was_changed_anywhere_lets_nobody_else_in(
    place: int, letter: str
) -> None:
    token = EC.token(good())
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    entrance = Entrance()
    if changed == token:
        assert (await entrance.lets_in(changed)).grants
    else:
        await entrance.keeps_out(changed)


@given(st.text(max_size=60) | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}"))
async def test_whatever_is_shown_that_is_no_token_lets_nobody_in(text: str) -> None:
    assert await Entrance().keeps_out(text)


async def test_two_issuers_do_not_share_their_holders() -> None:
    entrance = Entrance()
    ours = await entrance.lets_in(EC.token(good()))
    theirs = await entrance.lets_in(STRANGER.token(claims_of(THEIRS, NOW)))
    assert ours.subject == theirs.subject
    assert ours.id != theirs.id


async def test_a_token_is_checked_once_in_a_while() -> None:
    entrance, token = Entrance(), EC.token(good())
    for _ in range(3):
        await entrance.lets_in(token)
    assert entrance.sources[OURS].asked == 1
    entrance.sources[OURS].keys = keys_of(RSA)
    entrance.clock.advance(KEPT_FOR)
    await entrance.keeps_out(token)


async def test_no_token_is_good_beyond_its_end() -> None:
    entrance = Entrance()
    token = EC.token(good(exp=int((NOW + timedelta(seconds=20)).timestamp())))
    await entrance.lets_in(token)
    entrance.clock.advance(timedelta(seconds=49))
    await entrance.lets_in(token)
    assert entrance.sources[OURS].asked == 2, "what was known of it ended with it"
    entrance.clock.advance(timedelta(seconds=1))
    assert "expired" in await entrance.keeps_out(token)


async def test_a_clock_that_was_set_back_is_believed() -> None:
    entrance, token = Entrance(), EC.token(good())
    await entrance.lets_in(token)
    entrance.clock.set(NOW - timedelta(days=2))
    assert "too long" in await entrance.keeps_out(token)


async def test_they_are_those_that_the_settings_name(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(jwks(EC.jwk()))
    clock = ManualClock(NOW)
    assert known_tokens(AuthSettings(), clock) is None
    settings = AuthSettings(jwks_file=file, jwks_issuer="desk", audience="care", claim="may")
    found = known_tokens(settings, clock)
    assert found is not None
    token = EC.token(claims_of("desk", NOW, aud="care", may=["admin@*"], aftercare=None))
    assert (await found.principal(token)).may_everywhere("operations")
    with pytest.raises(Unauthenticated, match="issuer"):
        await found.principal(EC.token(good()))


def test_files_that_cannot_be_used_are_told_by_their_setting(tmp_path: Path) -> None:
    key = Authority(tmp_path).certificate("other").key
    with pytest.raises(WrongFile, match=r"AFTERCARE_AUTH__CA_FILE: .*no certificate"):
        known_tokens(AuthSettings(issuer=THEIRS, ca_file=key), ManualClock(NOW))
    with pytest.raises(WrongFile, match=r"AFTERCARE_AUTH__JWKS_FILE: .*JSON"):
        known_tokens(AuthSettings(jwks_file=key), ManualClock(NOW))
