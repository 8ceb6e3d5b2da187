"""Who asks, and what they may."""

import re
from dataclasses import dataclass, field

from shared.auth.scopes import OF_A_SOURCE, OF_ALL, SCOPES, Scope

EVERYWHERE = "*"
"""All dealers of all groups."""
KEY_HOLDERS, TOKEN_HOLDERS = "key", "token"
"""What the ids of their principals begin with, before a slash."""

_DEALERS = re.compile(r"\*|[a-z0-9][a-z0-9-]{0,39}/(\*|[a-z0-9][a-z0-9-]{0,39})")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class WrongGrant(ValueError):
    """What cannot be granted; its text says why, in words for whoever wants to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """These scopes, for these dealers."""

    scopes: frozenset[Scope]
    dealers: frozenset[str]
    """Each is `group/dealer`, `group/*` or `*`."""
    source: str | None = None
    """The only source of theirs that it is for; None: all."""

    def reaches(self, dealer_id: str) -> bool:
        """Whether it is for this dealer, and maybe for others."""
        group = dealer_id.partition("/")[0]
        return not self.dealers.isdisjoint((dealer_id, f"{group}/*", EVERYWHERE))

    def is_for_all(self) -> bool:
        """Whether it is for every dealer and source."""
        return EVERYWHERE in self.dealers and self.source is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A machine with a key, or a person or a service with a token."""

    id: str
    """Tells it from all others; nothing secret or personal."""
    grants: tuple[Grant, ...]
    subject: str | None = field(default=None, repr=False)
    """What a token calls its holder, who may be a person: never to be logged."""

    def has(self, scope: Scope) -> bool:
        """Whether it may do this at all, at some dealer."""
        return any(scope in grant.scopes for grant in self.grants)

    def may(self, scope: Scope, dealer_id: str, source: str | None = None) -> bool:
        """Whether it may do this at a dealer; `source`: with what is of this source alone."""
        return any(
            scope in grant.scopes
            and grant.reaches(dealer_id)
            and (grant.source is None or grant.source == source)
            for grant in self.grants
        )

    def reaches(self, scope: Scope, dealer_id: str) -> bool:
        """Whether it may do this at a dealer, with what is of some source at least."""
        return any(scope in grant.scopes and grant.reaches(dealer_id) for grant in self.grants)

    def sources(self, scope: Scope, dealer_id: str) -> frozenset[str]:
        """Those of a dealer that it may do this with, where it may not with all of them."""
        return frozenset(
            grant.source
            for grant in self.grants
            if scope in grant.scopes and grant.reaches(dealer_id) and grant.source is not None
        )

    def may_everywhere(self, scope: Scope) -> bool:
        """Whether it may do this without regard to a dealer."""
        return any(scope in grant.scopes and grant.is_for_all() for grant in self.grants)


def checked(grant: Grant) -> Grant:
    """The grant itself. Raises `WrongGrant` where it cannot be, or would allow nothing."""
    if not grant.scopes or not grant.dealers:
        raise WrongGrant("name at least one scope and one dealer")
    for scope in sorted(grant.scopes - SCOPES.keys()):
        raise WrongGrant(f"there is no scope {scope}: one of {', '.join(SCOPES)}")
    for dealers in sorted(grant.dealers):
        if _DEALERS.fullmatch(dealers) is None:
            raise WrongGrant(f"{dealers}: a dealer is group/dealer; all of a group group/*; all *")
    if grant.source is not None:
        _check_of_a_source(grant, grant.source)
    elif EVERYWHERE not in grant.dealers and (wide := sorted(grant.scopes & OF_ALL)):
        raise WrongGrant(f"{wide[0]} is not of a dealer: it can be had for all (*) alone")
    return grant


def _check_of_a_source(grant: Grant, source: str) -> None:
    if _SOURCE.fullmatch(source) is None:
        raise WrongGrant("a source is lower-case letters, digits and hyphens")
    if wide := sorted(grant.scopes - OF_A_SOURCE):
        raise WrongGrant(f"{wide[0]} is not of a source: leave the source out, or the scope")
