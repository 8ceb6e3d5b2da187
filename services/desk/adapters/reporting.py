"""Tells intake what staff do, and remembers what it took."""

from datetime import datetime
from uuid import UUID

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
from shared.platform.errors import TransientFailure
from shared.time.clock import TimeSource


class Reporting:
    """Reports acts to intake, each under one id and at one time, however often it is asked to."""

    def __init__(self, services: OtherServices, commands: Commands, clock: TimeSource) -> None:
        self._services = services
        self._commands = commands
        self._clock = clock

    async def report(self, command: Command, user: User) -> WrittenVersion:
        """What intake has taken, now or before, once the broker has it. Whoever sends the same
        command again loses nothing and does nothing twice.

        Raises `RefusedByService` where intake refuses it, and `ServiceAway` while it cannot be
        told: the form stays, and is sent again as it is.
        """
        fields, command_id = REPORTS[command.type].model_fields, str(command.id)
        try:
            at = await self._commands.first_sent(command_id, self._clock.now())
            event = event_of(
                command,
                user,
                at,
                by="by" in fields,
                timed="at" in fields and "at" not in command.data,
            )
            item = await self._services.report(user, command.dealer_id, event)
            if item.problem is not None:
                raise RefusedByService(item.problem)
            if item.document_id is None or item.version is None:
                raise ServiceAway("intake")
            await self._commands.taken(command_id)
        except TransientFailure:
            raise ServiceAway("desk") from None
        return WrittenVersion(item.document_id, item.version, item.warnings)

    async def sent_at(self, command_id: UUID) -> datetime | None:
        """When this act was first asked for, whatever came of it; None: never.

        Raises `TransientFailure`.
        """
        return await self._commands.sent_at(str(command_id))

    async def is_taken(self, command_id: UUID) -> bool:
        """Whether intake has answered that it has this act: to send it again changes nothing. Where
        its answer was lost that is not known.

        Raises `TransientFailure`.
        """
        return await self._commands.is_taken(str(command_id))
