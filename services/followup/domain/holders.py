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


class _Claims(NamedTuple):
    """After some of what was said."""

    held: Holder
    unsaid: bool = False
    """Whose it is, follows from what the task is about alone: any claim takes it."""
    ended: frozenset[str] = frozenset()
    """Who has it no longer, and may say so once more, or too late."""


def in_time(assignments: Iterable[Assignment]) -> Sequence[Assignment]:
    """Whatever the order of their reports; at the same moment what others say comes last."""
    return sorted(
        assignments, key=lambda said: (said.at, said.person != said.by, said.person, said.by)
    )


def holder(
    assignments: Iterable[Assignment], until: datetime, *, owner: str | None = None
) -> Holder:
    """As of `until`. It is the `owner`'s until somebody says otherwise. The first claim holds,
    against other claims, until it is given back; then the next of them does. What somebody else
    says of whose it is counts at once, and ends all claims. Who gives back a claim that does not
    hold takes nothing away.
    """
    claims = _Claims(Holder(owner), unsaid=True)
    for said in in_time(assignments):
        if said.at > until:
            break
        claims = _after(claims, said)
    return claims.held


def _after(claims: _Claims, said: Assignment) -> _Claims:
    held, person = claims.held, said.person
    if not person:
        return _given_back(claims, said.by)
    if person != said.by:
        had_it = {held.person or "", *held.contested_by} | claims.ended
        return _Claims(Holder(person), ended=frozenset(had_it - {person, said.by}))
    if held.person is None or claims.unsaid:
        return _Claims(Holder(person))
    if person == held.person or person in held.contested_by:
        return claims
    contested = held._replace(contested_by=(*held.contested_by, person))
    return _Claims(contested, ended=claims.ended - {person})


def _given_back(claims: _Claims, by: str) -> _Claims:
    held = claims.held
    if by in held.contested_by:
        others = tuple(person for person in held.contested_by if person != by)
        return _Claims(held._replace(contested_by=others), ended=claims.ended | {by})
    if by == held.person and held.contested_by:
        first, *others_then = held.contested_by
        return _Claims(Holder(first, tuple(others_then)), ended=claims.ended | {by})
    if by != held.person and by in claims.ended:
        return claims
    return _Claims(NOBODY, ended=frozenset({by}))
