"""Makes keys, exchanges and revokes them, where the services look for them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from secrets import choice, token_urlsafe
from string import ascii_lowercase, digits

from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from shared.auth.keys import ID_LETTERS, PREFIX, ApiKey, ShownKey, digest_of, read_key
from shared.auth.principal import Grant
from shared.platform.errors import TransientFailure
from shared.platform.keys import DATABASE, MongoKeys
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings

SECRET_BYTES = 32


@asynccontextmanager
async def kept_keys(settings: MongoSettings) -> AsyncIterator[MongoKeys]:
    """Where they are kept. Raises `CannotRun` while the database does not answer."""
    mongo = Mongo(settings, DATABASE)
    try:
        yield MongoKeys(lambda: mongo.database)
    except TransientFailure as failure:
        raise CannotRun(
            f"{failure}. AFTERCARE_MONGO__URI says where it is; {hint('up')} runs one"
        ) from None
    finally:
        await mongo.close()


async def make_key(
    keys: MongoKeys, name: str, grant: Grant, *, now: datetime, expires_at: datetime | None = None
) -> ShownKey:
    """A new key. Nobody can be told its secret again."""
    letters = ascii_lowercase + digits
    shown = ShownKey(
        "".join(choice(letters) for _ in range(ID_LETTERS)), token_urlsafe(SECRET_BYTES)
    )
    await keys.add(
        ApiKey(
            id=shown.id,
            name=name,
            digest=digest_of(shown.secret),
            grant=grant,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return shown


async def rotate_key(
    keys: MongoKeys, given: str, *, now: datetime, grace: timedelta
) -> tuple[ApiKey, ShownKey]:
    """Another key that may do the same for as long as this one was made for; this one ends after
    `grace`. What was, and what is. Raises `CannotRun` where there is none that can be exchanged."""
    old = await found_key(keys, given)
    if old.state(now) != "valid":
        raise CannotRun(f"{old.shown} is {old.state(now)}: make another with {hint('keys create')}")
    lives = None if old.expires_at is None else old.expires_at - old.created_at
    expires_at = None if lives is None else now + lives
    new = await make_key(keys, old.name, old.grant, now=now, expires_at=expires_at)
    await keys.end(old.id, revoked_at=now + grace)
    return await found_key(keys, old.id), new


async def found_key(keys: MongoKeys, given: str) -> ApiKey:
    """The key of this id, such as `ac_k3v9…`. Raises `CannotRun` where there is none."""
    key = await keys.find(given.strip().removeprefix(PREFIX))
    if key is None:
        raise CannotRun(f"there is no such key: {hint('keys list')} tells which there are")
    return key


async def is_still_good(keys: MongoKeys, text: str, grant: Grant, now: datetime) -> bool:
    """Whether a key that somebody has is valid, and may do just this."""
    shown = read_key(text.strip())
    key = None if shown is None else await keys.find(shown.id)
    if shown is None or key is None or not key.is_held_by(shown.secret):
        return False
    return key.state(now) == "valid" and key.grant == grant


async def revoke_all_named(keys: MongoKeys, name: str, *, now: datetime) -> Sequence[ApiKey]:
    """Revoke every valid key of this name; those that were."""
    ended = [key for key in await keys.all() if key.name == name and key.state(now) == "valid"]
    for key in ended:
        await keys.end(key.id, revoked_at=now)
    return ended
