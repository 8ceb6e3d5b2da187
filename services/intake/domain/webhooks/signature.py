"""Whether a webhook is signed by who has the secret, and just now: Standard Webhooks 1.0.

The library `standardwebhooks` reads the clock by itself and ends in errors of other kinds over
headers that are not formed as it expects them; see docs/dependencies.md.
"""

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
"""In bytes."""
MOST_SIGNATURES = 10
MOST_SECRETS = 2
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

Verdict = Literal["genuine", "unsigned", "untimely", "forged"]
"""`unsigned`: a header is missing or cannot be one. `untimely`: over five minutes from now.
`forged`: no signature fits. Of a sender that shows a key instead: `unsigned`, it shows none;
`forged`, it is none that may report here."""

_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,255}")
"""Without a full stop, which parts what is signed."""
_SECONDS = re.compile(r"[0-9]{1,11}", flags=re.ASCII)
_DECOY = b"stands for a secret where there is none"


def is_id(text: str) -> bool:
    """Whether it can be a `webhook-id`."""
    return _ID.fullmatch(text) is not None


def secret_of(text: str) -> bytes:
    """The bytes of a secret as it is handed over, `whsec_` and base64. Raises `ValueError`, which
    never says what stood there."""
    text = text.strip()
    if not text.startswith(SECRET_PREFIX):
        raise ValueError(f"a secret begins with {SECRET_PREFIX}")
    encoded = text.removeprefix(SECRET_PREFIX).rstrip("=")
    try:
        secret = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"after {SECRET_PREFIX} a secret is base64") from None
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        raise ValueError(f"a secret has {SHORTEST_SECRET} to {LONGEST_SECRET} bytes, in base64")
    return secret


def verdict_of(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[bytes], now: datetime
) -> Verdict:
    """Whether a body is what somebody signed who has one of the secrets (`MOST_SECRETS` at most).

    It takes as long whether there are two secrets or none, and whichever signature fits. A body
    that is changed by a byte is another one.
    """
    id_, sent_at = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    given = [_signature(each) for each in headers.get(SIGNATURE, "").split(" ")[:MOST_SIGNATURES]]
    signed = b".".join([id_.encode(errors="replace"), sent_at.encode(errors="replace"), body])
    fits = False
    for position in range(MOST_SECRETS):
        is_secret = position < len(secrets)
        digest = hmac.digest(secrets[position] if is_secret else _DECOY, signed, sha256)
        for signature in given:
            fits |= hmac.compare_digest(digest, signature) and is_secret
    if not is_id(id_) or _SECONDS.fullmatch(sent_at) is None or not any(given):
        return "unsigned"
    if not fits:
        return "forged"
    age = now - datetime.fromtimestamp(int(sent_at), tz=UTC)
    return "genuine" if abs(age) <= TOLERANCE else "untimely"


def _signature(versioned: str) -> bytes:
    """The bytes of a `v1,…`; none of another version, or of what is no signature."""
    version, _, encoded = versioned.partition(",")
    if version != "v1":
        return b""
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
