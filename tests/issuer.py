"""Who issues tokens in tests: keys of every kind, and an OpenID Connect provider over HTTP."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fastapi import FastAPI, Response
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.platform.issuer import DOCUMENT
from shared.settings import HttpSettings
from tests.served import served

Key: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def private_key(kind: str, name: str = "") -> Key:
    """One of this kind (`RSA`, a curve of NIST, `Ed25519`), the same for the same name."""
    match kind:
        case "RSA":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "RSA-1024":
            return rsa.generate_private_key(public_exponent=65537, key_size=1024)
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "secp256k1":
            return ec.generate_private_key(ec.SECP256K1())
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            raise LookupError(kind)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of an issuer's, which signs in one way."""

    id: str | None = "first"
    algorithm: str = "ES256"
    kind: str = "P-256"

    @property
    def key(self) -> Key:
        return private_key(self.kind, self.id or "")

    def jwk(self, **more: object) -> dict[str, Any]:
        """The public part, as an issuer publishes it; what is None is left out."""
        public = self.key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            found = RSAAlgorithm.to_jwk(public, as_dict=True)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            found = ECAlgorithm.to_jwk(public, as_dict=True)
        else:
            found = OKPAlgorithm.to_jwk(public, as_dict=True)
        found.pop("key_ops", None)
        told: dict[str, Any] = {**found, "kid": self.id, **more}
        return {name: value for name, value in told.items() if value is not None}

    def token(self, claims: Mapping[str, object], **header: object) -> str:
        """Signed with the key; what is None is left out of the header."""
        named = {"kid": self.id, **header}
        told = {name: value for name, value in named.items() if value is not None}
        return jwt.encode(dict(claims), self.key, self.algorithm, told)


def jwks(*keys: Mapping[str, object]) -> bytes:
    """A set of keys, as it is published."""
    return json.dumps({"keys": keys}).encode()


def claims_of(issuer: str, now: datetime, **more: object) -> dict[str, object]:
    """Those of a token of an advisor of one dealer, for a quarter of an hour; what is None is left
    out."""
    usual: dict[str, object] = {
        "iss": issuer,
        "aud": "aftercare",
        "sub": "anna.schmidt",
        "exp": int((now + timedelta(minutes=15)).timestamp()),
        "aftercare": ["advisor@sunrise/berlin"],
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def encoded(part: object) -> str:
    """A part of a token, as it is written: JSON, unless it is bytes."""
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Provider:
    """What an issuer answers, and what it was asked. `issuer` is known once it is served."""

    keys: list[dict[str, Any]]
    issuer: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    """What its document says otherwise than usually."""
    instead: Response | None = None
    """What it answers whatever it is asked for."""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set: it lets wait who asks."""
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers.set()

    def app(self) -> FastAPI:
        made = FastAPI()

        @made.get("/{path:path}")
        async def answer(path: str) -> Response:
            self.asked.append(f"/{path}")
            await self.answers.wait()
            if self.instead is not None:
                return self.instead
            if path == "keys":
                return Response(jwks(*self.keys), media_type="application/json")
            usual = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            assert f"/{path}" == DOCUMENT
            return Response(json.dumps(usual | self.document), media_type="application/json")

        return made


@asynccontextmanager
async def provided(provider: Provider, http: HttpSettings | None = None) -> AsyncIterator[str]:
    """The provider behind a real server; its address, which is the issuer."""
    limits = http or HttpSettings()
    async with served(provider.app(), limits) as there:
        scheme = "https" if limits.encrypted else "http"
        provider.issuer = f"{scheme}://127.0.0.1:{there.port}"
        yield provider.issuer


def no_tls() -> ssl.SSLContext:
    """For a provider of this machine, who is asked without."""
    return ssl.create_default_context()
