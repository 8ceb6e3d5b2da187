"""Passwords: kept as argon2id hashes alone."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.desk.adapters.users import StoredUser
from shared.platform.errors import TransientFailure

AT_ONCE = 2
"""Each takes a core for a fifth of a second, and 64 MB."""
MOST_WAITING = 32
T = TypeVar("T")

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(AT_ONCE, "passwords")
_places = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)


async def hashed(password: str) -> str:
    """What is kept of a password. Takes a fifth of a second, in a thread. Raises
    `TransientFailure` while too many others are looked at."""
    return await _in_turn(lambda: _hasher.hash(_typed(password)))


async def is_theirs(password: str, stored: StoredUser | None) -> bool:
    """Whether it is the password of a user who may sign in. Takes as long where there is no such
    user, so that nobody learns who there is. Raises `TransientFailure` while too many others are
    looked at."""
    known = stored is not None and stored.password is not None
    kept = stored.password if stored is not None and stored.password is not None else None
    fits = await _in_turn(lambda: _fits(kept or _nobodys(), password))
    return fits and known and stored is not None and stored.disabled_at is None


async def _in_turn(work: Callable[[], T]) -> T:
    if not _places.acquire(blocking=False):
        raise TransientFailure("too many passwords are being looked at")
    working = _threads.submit(work)
    working.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(working)


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _typed(password))
    except (VerificationError, InvalidHashError):
        return False


def _typed(password: str) -> str:
    """The same whichever keyboard it is typed on."""
    return normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("a password of nobody")
