"""Keys that tokens of ours are signed with, and the tokens."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from deploy.cli.failures import CannotRun
from deploy.cli.private_file import write_private
from deploy.cli.terminal import hint
from shared.platform.token_keys import WrongKeys, key_set

ALGORITHM = "ES256"


def make_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """A new private key, kept in a file that only its owner can read."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(file, pem.decode())
    return key


def read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a file. Raises `CannotRun` where there is none that we made."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise CannotRun(f"{file}: {error.strerror}; {hint('tokens key')} FILE makes one") from None
    except (ValueError, TypeError):  # it is encrypted
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CannotRun(f"{file}: this is no key that {hint('tokens key')} made")
    return key


def public_part(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """What whoever checks its signatures has to know. Its name is its thumbprint (RFC 7638)."""
    found = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    named = {name: found[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(named, separators=(",", ":"), sort_keys=True)
    thumbprint = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return {**named, "kid": thumbprint, "use": "sig", "alg": ALGORITHM}


def together(key: Mapping[str, Any], others: Path | None) -> dict[str, Any]:
    """A set of the public key, and of those in a file. Raises `CannotRun`."""
    if others is None:
        return {"keys": [key]}
    try:
        content = others.read_bytes()
        key_set(content, all_usable=True)
    except OSError as error:
        raise CannotRun(f"{others}: {error.strerror}") from None
    except WrongKeys as wrong:
        raise CannotRun(f"{others}: {wrong}") from None
    kept = [each for each in json.loads(content)["keys"] if each.get("kid") != key["kid"]]
    return {"keys": [key, *kept]}


def signed(key: ec.EllipticCurvePrivateKey, claims: Mapping[str, Any]) -> str:
    """A token with these claims."""
    header = {"kid": public_part(key)["kid"], "typ": "at+jwt"}
    return jwt.encode(dict(claims), key, ALGORITHM, header)
