"""What the desk needs of its own on this machine: a secret, a key to sign tokens with, whose public
part the other services have, and users to sign in as."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex, token_urlsafe

from deploy.cli.private_file import write_private
from deploy.cli.tokens.work import make_key, read_key, together
from services.desk.adapters.passwords import hashed
from services.desk.adapters.users import MongoUsers, StoredUser
from services.desk.app import NAME
from services.desk.domain.users import User
from services.desk.settings import SECRET_VARIABLE, TOKEN_KEY_VARIABLE
from shared.platform.mongo import Mongo
from shared.platform.signing import public_part
from shared.settings import MongoSettings

JWKS_VARIABLE = "AFTERCARE_AUTH__JWKS_FILE"
PASSWORD_FILE = "desk-password"
USERS = (
    User(
        username="manager",
        name="Lin Mei 林梅",
        staff_id="pd-gm",
        grants=("manager@*", "admin@*"),
    ),
    User(username="agent", name="Zhang Min 张敏", staff_id="zhangmin", grants=("agent@*",)),
)
"""Whom one may sign in as on a machine of trials."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What opens the desk."""

    usernames: tuple[str, ...]
    password: str = field(repr=False)

    def __str__(self) -> str:
        return f"{' or '.join(self.usernames)}, password {self.password}"


def desk_access(directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that name its secret and key, kept in this directory; of what the environment
    names already, none."""
    directory.mkdir(parents=True, exist_ok=True)
    found = {}
    if not environment.get(SECRET_VARIABLE):
        found[SECRET_VARIABLE] = _kept(directory / "desk-secret", token_hex(32))
    if not environment.get(TOKEN_KEY_VARIABLE):
        file, public = directory / "desk-token-key.pem", directory / "desk-token-key.jwks.json"
        key = read_key(file) if file.exists() else make_key(file)
        others = environment.get(JWKS_VARIABLE)
        shown = together(public_part(key), Path(others) if others else None)
        public.write_text(json.dumps(shown), encoding="utf-8")
        found |= {TOKEN_KEY_VARIABLE: str(file.resolve()), JWKS_VARIABLE: str(public.resolve())}
    return found


async def desk_users(mongo: MongoSettings, directory: Path) -> SignIn:
    """Users who may sign in, with a password that is kept in this directory. Whoever has one of
    their names already is replaced."""
    password = _kept(directory / PASSWORD_FILE, token_urlsafe(9))
    client = Mongo(mongo, NAME)
    try:
        users, kept = MongoUsers(client.database), await hashed(password)
        for user in USERS:
            await users.save(StoredUser(user=user, password=kept))
    finally:
        await client.close()
    return SignIn(tuple(user.username for user in USERS), password)


def _kept(file: Path, made: str) -> str:
    """What the file holds; what was made where it is not there yet."""
    if not file.exists():
        write_private(file, made)
    return file.read_text(encoding="utf-8").strip()
