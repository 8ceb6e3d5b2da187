"""Whose task it is: what claims, assignments and giving back come to. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.followup.domain.documents import Assignment


class Holder(NamedTuple):
    """Who is to do a task; nobody in particular, where there is no person."""

    person: str | None = None
    contested_by: tuple[str, ...] = ()
    """Who claimed it as well, later than who has it, in the order of time."""


NOBODY = Holder()


def in_time(assignments: Iterable[Assignment]) -> Sequence[Assignment]:
    """Whatever the order of their reports; at the same moment what others say comes last."""
    return sorted(assignments, key=lambda said: (said.at, said.person != said.by, said.person))


def holder(assignments: Iterable[Assignment], until: datetime) -> Holder:
    """As of `until`. The first claim holds, against other claims, until it is given back; then the
    next of them does. What somebody else says of whose it is counts at once, and ends all claims.
    Who gives back a claim that did not hold takes nothing away.
    """
    held = NOBODY
    for said in in_time(assignments):
        if said.at > until:
            break
        held = _after(held, said)
    return held


def _after(held: Holder, said: Assignment) -> Holder:
    if not said.person:
        if said.by in held.contested_by:
            others = tuple(person for person in held.contested_by if person != said.by)
            return held._replace(contested_by=others)
        if said.by == held.person and held.contested_by:
            return Holder(held.contested_by[0], held.contested_by[1:])
        return NOBODY
    if said.person != said.by or held.person is None:
        return Holder(said.person)
    if said.person == held.person or said.person in held.contested_by:
        return held
    return held._replace(contested_by=(*held.contested_by, said.person))
