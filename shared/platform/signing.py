"""Keys of our own that tokens are signed with, and the tokens."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"


class WrongSigningKey(ValueError):
    """A file that tokens cannot be signed with. Its text says why, and nothing of what is in it."""


def read_signing_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a file. Raises `WrongSigningKey`."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise WrongSigningKey(error.strerror or "it cannot be read") from None
    except (ValueError, TypeError):  # it is encrypted
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise WrongSigningKey("this is no key that `aftercare tokens key` made")
    return key


def public_part(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """What whoever checks its signatures has to know. Its name is its thumbprint (RFC 7638)."""
    found = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    named = {name: found[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(named, separators=(",", ":"), sort_keys=True)
    thumbprint = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return {**named, "kid": thumbprint, "use": "sig", "alg": ALGORITHM}


def signed(key: ec.EllipticCurvePrivateKey, claims: Mapping[str, Any]) -> str:
    """A token with these claims."""
    header = {"kid": public_part(key)["kid"], "typ": "at+jwt"}
    return jwt.encode(dict(claims), key, ALGORITHM, header)
