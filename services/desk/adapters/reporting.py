"""Tells intake what staff do, and of what it took."""

from dataclasses import dataclass
from datetime import datetime

from services.desk.adapters.commands import Commands
from services.desk.adapters.upstream import (
    OtherServices,
    RefusedByService,
    ServiceAway,
    WrittenVersion,
)
from services.desk.domain.commands import Command, event_of
from services.desk.domain.users import User
from shared.contracts.feeds import REPORTS
from shared.contracts.http.intake import Item
from shared.platform.errors import TransientFailure
from shared.time.clock import TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ActTaken:
    """An act that intake has taken, now or before."""

    written: WrittenVersion
    item: Item


class Reporting:
    """Reports acts to intake, each under one id and at one time, however often it is asked to."""

    def __init__(self, services: OtherServices, commands: Commands, clock: TimeSource) -> None:
        self._services = services
        self._commands = commands
        self._clock = clock

    async def report(self, command: Command, user: User) -> ActTaken:
        """Returns when the broker has it. Whoever sends the same command again loses nothing and
        does nothing twice.

        Raises `RefusedByService` where intake refuses it, and `ServiceAway` while it cannot be
        told: the form stays, and is sent again as it is.
        """
        fields = REPORTS[command.type].model_fields
        try:
            at = await self._commands.first_sent(str(command.id), self._clock.now())
        except TransientFailure:
            raise ServiceAway("desk") from None
        event = event_of(
            command, user, at, by="by" in fields, timed="at" in fields and "at" not in command.data
        )
        item = await self._services.report(user, command.dealer_id, event)
        if item.problem is not None:
            raise RefusedByService(item.problem)
        if item.document_id is None or item.version is None:
            raise ServiceAway("intake")
        return ActTaken(written=WrittenVersion(item.document_id, item.version), item=item)

    async def sent_at(self, command_id: str) -> datetime | None:
        """When this act was first asked for, whatever came of it; None: never.

        Raises `TransientFailure`.
        """
        return await self._commands.sent_at(command_id)
