"""Writes down who sees what."""

from fastapi import Request

from services.desk.api.visitor import AtDealer, desk_of, is_by_itself
from services.desk.domain.trail import TrailAct


async def note_opened(request: Request, at: AtDealer, what: TrailAct, about: str) -> None:
    """Before it is shown. Not where a page asks by itself for what its session has opened lately.

    Raises `TransientFailure`: what cannot be written down is not shown.
    """
    desk, digest = desk_of(request), at.visitor.session.digest
    now = desk.real_clock.now()
    if is_by_itself(request) and desk.openings.holds(digest, what, about, now):
        return
    await desk.trail.note(at.user, at.dealer.id, what, about)
    desk.openings.add(digest, what, about, now)
