"""Who works at a dealer, of those whom the desk knows: for names beside staff ids."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.desk.adapters.users import StoredUser, Users
from services.desk.domain.allowed import Act, allowed
from shared.time.clock import TimeSource

KEPT_FOR = timedelta(seconds=30)


class Staff:
    """Reads all users at most once in `KEPT_FOR`."""

    def __init__(self, users: Users, clock: TimeSource) -> None:
        """`clock`: the computer's."""
        self._users = users
        self._clock = clock
        self._read: tuple[datetime, list[StoredUser]] | None = None

    async def at(self, dealer_id: str, act: Act | None = None) -> Mapping[str, str]:
        """Staff id -> name, of those who may sign in and have a role there, by name. `act`: of
        those alone who may do this there.

        Raises `TransientFailure`.
        """
        theirs = [
            each.user
            for each in await self._all()
            if each.disabled_at is None
            and each.user.roles_at(dealer_id)
            and (act is None or allowed(each.user, act, dealer_id))
        ]
        return {each.staff_id: each.name for each in sorted(theirs, key=lambda user: user.name)}

    async def who_may_not(self, dealer_id: str, act: Act) -> frozenset[str]:
        """The staff ids of those whom the desk knows and who may not do this there, or not sign in
        any more. Whom it does not know, such as a colleague of the roster's alone, is none of them.

        Raises `TransientFailure`.
        """
        may = await self.at(dealer_id, act)
        return frozenset(each.user.staff_id for each in await self._all()) - may.keys()

    async def known_at(self, dealer_id: str) -> Mapping[str, str]:
        """Staff id -> name, of those who have a role there, and of those who may not sign in any
        more, too: for what they have done.

        Raises `TransientFailure`.
        """
        theirs = (each.user for each in await self._all() if each.user.roles_at(dealer_id))
        return {each.staff_id: each.name for each in theirs}

    async def _all(self) -> list[StoredUser]:
        now = self._clock.now()
        if self._read is None or not timedelta() <= now - self._read[0] < KEPT_FOR:
            self._read = (now, await self._users.all())
        return self._read[1]
