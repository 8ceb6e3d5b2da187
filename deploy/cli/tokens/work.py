"""Keys that tokens of ours are signed with, kept in files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.cli.failures import CannotRun
from deploy.cli.private_file import write_private
from deploy.cli.terminal import hint
from shared.platform.signing import WrongSigningKey, read_signing_key
from shared.platform.token_keys import WrongKeys, key_set


def make_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """A new private key, kept in a file that only its owner can read."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(file, pem.decode())
    return key


def read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a file. Raises `CannotRun` where there is none that we made."""
    try:
        return read_signing_key(file)
    except WrongSigningKey as wrong:
        raise CannotRun(f"{file}: {wrong}; {hint('tokens key')} FILE makes one") from None


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
