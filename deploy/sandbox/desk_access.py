"""What the desk needs of its own on this machine: a secret, and a key to sign tokens with, whose
public part the other services have."""

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from deploy.cli.private_file import write_private
from deploy.cli.tokens.work import make_key, read_key, together
from services.desk.settings import SECRET_VARIABLE, TOKEN_KEY_VARIABLE
from shared.platform.signing import public_part

JWKS_VARIABLE = "AFTERCARE_AUTH__JWKS_FILE"


def desk_access(directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that name them, kept in this directory; of what the environment names already,
    none."""
    directory.mkdir(parents=True, exist_ok=True)
    found = {}
    if not environment.get(SECRET_VARIABLE):
        secret = directory / "desk.secret"
        if not secret.exists():
            write_private(secret, token_hex(32))
        found[SECRET_VARIABLE] = secret.read_text(encoding="ascii")
    if not environment.get(TOKEN_KEY_VARIABLE):
        file, public = directory / "desk-token-key.pem", directory / "desk-token-key.jwks.json"
        key = read_key(file) if file.exists() else make_key(file)
        others = environment.get(JWKS_VARIABLE)
        shown = together(public_part(key), Path(others) if others else None)
        public.write_text(json.dumps(shown), encoding="utf-8")
        found |= {TOKEN_KEY_VARIABLE: str(file.resolve()), JWKS_VARIABLE: str(public.resolve())}
    return found
