"""Webhooks as a sender signs them, for tests."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from hmac import digest

from services.intake.domain.webhooks.signature import secret_of

SECRET_TEXT = "whsec_" + b64encode(b"a secret that only tests know").decode()
SECRET = secret_of(SECRET_TEXT)


def signed(
    body: bytes, *, at: datetime, id_: str = "msg_1", secret: bytes = SECRET
) -> dict[str, str]:
    """The headers of a webhook."""
    seconds = str(int(at.timestamp()))
    signature = digest(secret, f"{id_}.{seconds}.".encode() + body, sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + b64encode(signature).decode(),
    }
