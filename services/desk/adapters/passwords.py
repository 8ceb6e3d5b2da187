"""Passwords: kept as argon2id hashes alone."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.desk.adapters.users import StoredUser

_hasher = PasswordHasher()


async def hashed(password: str) -> str:
    """What is kept of a password. Takes a fifth of a second, in a thread."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_theirs(password: str, stored: StoredUser | None) -> bool:
    """Whether it is the password of a user who may sign in. Takes as long where there is no such
    user, so that nobody learns who there is."""
    known = stored is not None and stored.password is not None
    kept = stored.password if stored is not None and stored.password is not None else _nobodys()
    fits = await asyncio.to_thread(_fits, kept, password)
    return fits and known and stored is not None and stored.disabled_at is None


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("a password of nobody")
