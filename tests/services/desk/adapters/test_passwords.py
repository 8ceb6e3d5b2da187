"""Passwords: a hash of each, two at a time, and no endless queue."""

import asyncio
import threading

import pytest

from services.desk.adapters import passwords
from services.desk.adapters.passwords import AT_ONCE, MOST_WAITING, hashed, is_theirs
from services.desk.adapters.users import StoredUser
from services.desk.domain.users import User
from shared.platform.errors import TransientFailure
from tests.servers import PATIENCE_SECONDS

LIN = User(username="lin", name="Lin Wei", staff_id="s1", grants=())


async def test_a_hash_is_of_argon2id_and_of_one_password() -> None:
    kept = await hashed("pass word 密码 ①")
    assert kept.startswith("$argon2id$") and kept != await hashed("pass word 密码 ①")
    stored = StoredUser(user=LIN, password=kept)
    assert await is_theirs("pass word 密码 ①", stored)
    assert await is_theirs("ｐａｓｓ word 密码 1", stored)  # in full width
    assert not await is_theirs("pass word 密码 2", stored)
    assert not await is_theirs("", StoredUser(user=LIN, password="no hash at all"))


async def test_so_many_at_once_and_so_many_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    going, most, now = threading.Event(), 0, 0
    counting, begun = threading.Lock(), threading.Semaphore(0)

    def fits(_kept: str, _password: str) -> bool:
        nonlocal most, now
        with counting:
            now += 1
            most = max(most, now)
        begun.release()
        going.wait()
        with counting:
            now -= 1
        return True

    monkeypatch.setattr(passwords, "_fits", fits)
    monkeypatch.setattr(passwords, "_nobodys", lambda: "")
    tries = [asyncio.create_task(is_theirs("x", None)) for _ in range(AT_ONCE + MOST_WAITING)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(AT_ONCE):
            await asyncio.to_thread(begun.acquire)
    with pytest.raises(TransientFailure):
        await is_theirs("x", None)
    going.set()
    assert not any(await asyncio.gather(*tries)) and most == AT_ONCE
    assert not await is_theirs("x", None)  # there is room again
