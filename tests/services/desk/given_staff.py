"""Colleagues of a rig's first dealer."""

from services.desk.adapters.users import StoredUser
from services.desk.domain.users import User
from tests.access.dealers import MINE
from tests.services.desk.rig import Rig


def user_of(name: str, role: str) -> User:
    """With this role at the first dealer; `s-name` by staff id."""
    return User(username=name, name=name.title(), staff_id=f"s-{name}", grants=(f"{role}@{MINE}",))


async def let_work(rig: Rig, **roles: str) -> None:
    """These may sign in: name -> role."""
    for name, role in roles.items():
        await rig.users.save(StoredUser(user=user_of(name, role)))
