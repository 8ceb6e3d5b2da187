"""Writes down who sees and does what. Each function raises `TransientFailure`: what cannot be
written down is not shown."""

from fastapi import Request

from services.desk.api.desk import Desk
from services.desk.api.visitor import AtDealer, desk_of, is_by_itself
from services.desk.domain.commands import Command, customer_in, fields_of
from services.desk.domain.openings import LISTED_FOR
from services.desk.domain.trail import TrailAct


async def note_opened(request: Request, at: AtDealer, what: TrailAct, about: str) -> None:
    """Before it is shown. Not where a page asks by itself for what its session opened lately."""
    desk, digest = desk_of(request), at.visitor.session.digest
    now = desk.real_clock.now()
    if is_by_itself(request) and desk.openings.holds(digest, what, about, now):
        return
    await desk.trail.note(at.user, at.dealer.id, what, about)
    desk.openings.add(digest, what, about, now)


async def note_list(desk: Desk, at: AtDealer, name: str) -> None:
    """Before a list of many customers is shown; once an hour of each session."""
    digest, now, about = at.visitor.session.digest, desk.real_clock.now(), f"{at.dealer.id} {name}"
    if desk.openings.holds(digest, "saw_list", about, now, LISTED_FOR):
        return
    await desk.trail.note(at.user, at.dealer.id, "saw_list", name)
    desk.openings.add(digest, "saw_list", about, now)


async def note_hits(desk: Desk, at: AtDealer, shown: int) -> None:
    """Before hits are shown to somebody who still types; once a minute of each session."""
    digest, now = at.visitor.session.digest, desk.real_clock.now()
    if not (many := desk.hits.to_tell(digest, at.dealer.id, shown, now)):
        return
    await desk.trail.note(at.user, at.dealer.id, "saw_hits", "customers", how=f"hits: {many}")
    desk.hits.told(digest, at.dealer.id, now)


async def note_reported(
    desk: Desk, at: AtDealer, command: Command, document_id: str = "", *, customer: str = ""
) -> None:
    """An act that intake is about to be told of, or has taken as this document. `customer`: whose
    it is, of an act that does not say so."""
    await desk.trail.note(
        at.user,
        at.dealer.id,
        "reported" if document_id else "reporting",
        document_id or str(command.id),
        customer=customer or customer_in(command),
        how=fields_of(command),
    )
