"""Reporting an act, whichever form has asked for it."""

from uuid import UUID

from fastapi.exceptions import RequestValidationError

from services.desk.adapters.upstream import ServiceAway, WrittenVersion
from services.desk.api.desk import Desk
from services.desk.api.opening import note_reported
from services.desk.api.visitor import AtDealer
from services.desk.domain.commands import Command
from shared.platform.errors import TransientFailure


async def reported(
    desk: Desk,
    at: AtDealer,
    command: Command,
    *,
    tasks_of: str | None = None,
    customer: str = "",
) -> WrittenVersion:
    """What intake has taken, now or before. That it is to be told is written down in the trail
    before, so that no act is without an entry, and then what it has taken. `tasks_of`: the customer
    whose tasks it bears upon: lists of tasks know of it a moment later. `customer`: whose it is, of
    an act that does not say so.

    Raises `RefusedByService`, and `ServiceAway`: then the form is sent again as it is.
    """
    try:
        await note_reported(desk, at, command, customer=customer)
        written = await desk.reporting.report(command, at.user)
        if tasks_of is not None:
            await desk.lately.note(at.dealer.id, tasks_of, written, desk.real_clock.now())
        await note_reported(desk, at, command, written.document_id, customer=customer)
    except TransientFailure:
        raise ServiceAway("desk") from None
    return written


def command_in(said: object) -> UUID:
    """Which act a form asks for. Raises `RequestValidationError` where it does not say."""
    try:
        return UUID(str(said))
    except ValueError:
        raise RequestValidationError([]) from None
