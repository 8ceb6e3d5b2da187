"""Names beside staff ids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.desk.adapters.staff import KEPT_FOR, Staff
from services.desk.adapters.users import StoredUser
from services.desk.domain.users import User
from shared.testing.clock import ManualClock
from tests.services.desk.memory import MemoryUsers

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def stored(name: str, grant: str) -> StoredUser:
    return StoredUser(
        user=User(username=name, name=name.title(), staff_id=f"s-{name}", grants=(grant,))
    )


async def test_they_are_told_by_name_where_they_work() -> None:
    users, clock = MemoryUsers(), ManualClock(NOW)
    for each in (
        stored("lin", "agent@sunrise/pudong"),
        stored("anna", "manager@sunrise/*"),
        stored("berta", "agent@sunrise/berlin"),
        replace(stored("carl", "agent@sunrise/pudong"), disabled_at=NOW),
    ):
        await users.save(each)
    staff = Staff(users, clock)
    found = await staff.at("sunrise/pudong")
    assert list(found.items()) == [("s-anna", "Anna"), ("s-lin", "Lin")]
    known = await staff.known_at("sunrise/pudong")
    assert known == {"s-anna": "Anna", "s-lin": "Lin", "s-carl": "Carl"}


async def test_who_came_since_is_told_after_a_while() -> None:
    users, clock = MemoryUsers(), ManualClock(NOW)
    staff = Staff(users, clock)
    assert await staff.at("sunrise/pudong") == {}
    await users.save(stored("lin", "agent@sunrise/pudong"))
    assert await staff.at("sunrise/pudong") == {}
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    assert await staff.at("sunrise/pudong") == {"s-lin": "Lin"}
