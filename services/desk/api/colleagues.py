"""Who works at a dealer: for names beside staff ids, and for who can be made responsible."""

from collections.abc import Mapping

from services.desk.api.desk import Desk


async def colleagues(desk: Desk, dealer_id: str) -> Mapping[str, str]:
    """Staff id -> name, of the users who have a role there, by name. Raises `TransientFailure`."""
    users = [stored.user for stored in await desk.users.all()]
    theirs = sorted((user for user in users if user.roles_at(dealer_id)), key=lambda u: u.name)
    return {user.staff_id: user.name for user in theirs}
