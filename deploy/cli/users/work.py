"""Makes users of the desk, changes and disables them, where the desk looks for them."""

import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from secrets import choice

from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint, warn
from services.desk.adapters.passwords import hashed
from services.desk.adapters.sessions import MongoSessions
from services.desk.adapters.trail import MongoTrail
from services.desk.adapters.trail_record import MongoTrailRecord
from services.desk.adapters.users import MongoUsers, StoredUser
from services.desk.domain.derived import key_for
from services.desk.domain.trail import TrailAct
from services.desk.domain.users import User, checked_grant
from services.desk.settings import SECRET_VARIABLE
from shared.auth.principal import WrongGrant
from shared.auth.roles import ROLES
from shared.platform.errors import TransientFailure
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from shared.time.clock import SystemClock

DATABASE = "desk"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another."""
GROUPS, LETTERS_A_GROUP = 4, 5
SECRET_FILE = "desk-secret"
"""Where `aftercare up` keeps the secret, in its directory."""


@dataclass(frozen=True, slots=True)
class KeptUsers:
    """The users of a desk, and what else there is of them."""

    users: MongoUsers
    sessions: MongoSessions
    trail: MongoTrail | None
    """None: the secret is not known here, so that nothing can be written down."""
    record: MongoTrailRecord | None

    async def add(self, user: User, password: str) -> None:
        """Raises `CannotRun` where there is somebody of this name."""
        if await self.users.find(user.username) is not None:
            raise CannotRun(
                f"there is a user {user.username}: {hint('users reset')} gives them a password, "
                f"{hint('users change')} other roles"
            )
        await self._note("created_user", user.username)
        await self.users.save(StoredUser(user=user, password=await hashed(password)))

    async def change(self, stored: StoredUser) -> None:
        """They are so from now on, and signed in nowhere."""
        await self._note("changed_user", stored.user.username)
        await self._keep(stored)

    async def reset(self, username: str, password: str) -> None:
        """They have this password from now on, and are signed in nowhere."""
        stored = await self.found(username)
        await self._note("reset_user", username)
        await self._keep(replace(stored, password=await hashed(password)))

    async def disable(self, username: str, at: datetime) -> None:
        """They are signed in nowhere, and cannot sign in."""
        stored = await self.found(username)
        await self._note("disabled_user", username)
        await self._keep(replace(stored, disabled_at=stored.disabled_at or at))

    async def enable(self, username: str) -> None:
        """They can sign in again."""
        stored = await self.found(username)
        await self._note("enabled_user", username)
        await self._keep(replace(stored, disabled_at=None))

    async def found(self, username: str) -> StoredUser:
        """The user of this name. Raises `CannotRun`, which names those alike."""
        stored = await self.users.find(username)
        if stored is not None:
            return stored
        names = [each.user.username for each in await self.users.all()]
        near = get_close_matches(username, names, n=1)
        raise CannotRun(
            f"there is no user {username}"
            + (f"; meant {near[0]}?" if near else f": {hint('users list')} tells who there is")
        )

    async def _keep(self, stored: StoredUser) -> None:
        await self.users.save(stored)
        await self.sessions.end_all_of(stored.user.username)

    async def _note(self, what: TrailAct, username: str) -> None:
        if self.trail is None:
            warn([f"the desk's trail does not tell of this: {SECRET_VARIABLE} is not set here"])
            return
        await self.trail.note(_whoever_types(), None, what, username)


@asynccontextmanager
async def kept_users(settings: MongoSettings, secret: str) -> AsyncIterator[KeptUsers]:
    """Where they are kept. `secret`: the desk's; empty where it is not known. Raises `CannotRun`
    while the database does not answer."""
    mongo = Mongo(settings, DATABASE)
    try:
        database, key = mongo.database, key_for(secret, "trail")
        yield KeptUsers(
            users=MongoUsers(database),
            sessions=MongoSessions(database),
            trail=MongoTrail(database, SystemClock(), key) if secret else None,
            record=MongoTrailRecord(database, key) if secret else None,
        )
    except TransientFailure as failure:
        raise CannotRun(
            f"{failure}. AFTERCARE_MONGO__URI says where it is; {hint('up')} runs one"
        ) from None
    finally:
        await mongo.close()


def secret_here(configured: str, data_dir: Path) -> str:
    """The desk's secret: as it is configured, else that of a stack on this machine, else empty."""
    file = data_dir / SECRET_FILE
    if configured or not file.is_file():
        return configured
    return file.read_text(encoding="utf-8").strip()


def made_password() -> str:
    """Twenty letters and digits that can be read aloud."""
    return "-".join("".join(choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))


def checked_grants(texts: Sequence[str]) -> tuple[str, ...]:
    """The grants themselves. Raises `WrongGrant`, which names the role that may be meant."""
    for text in texts:
        role, at, dealers = text.partition("@")
        near = get_close_matches(role, ROLES, n=1)
        if at and role not in ROLES and near:
            raise WrongGrant(f"there is no role {role}; meant {near[0]}@{dealers}?")
        checked_grant(text)
    return tuple(dict.fromkeys(texts))


def _whoever_types() -> User:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # in a container, nobody has a name
        name = "somebody"
    return User(username=f"aftercare users: {name}", name="", staff_id="", grants=())
