"""Keys for one purpose each, of the secret of the desk."""

import hmac


def key_for(secret: str, purpose: str) -> bytes:
    """32 bytes, always the same ones; who has the key of one purpose knows nothing of another's."""
    return hmac.digest(secret.encode(), f"aftercare desk: {purpose}".encode(), "sha256")
