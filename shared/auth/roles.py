"""What people may: one table, role by role. Who has which role where, their token says."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from shared.auth.principal import EVERYWHERE, Grant, WrongGrant, checked
from shared.auth.scopes import OF_ALL, SCOPES, Scope

Role: TypeAlias = Literal["agent", "advisor", "head", "manager", "group", "privacy", "admin"]

_CARE: frozenset[Scope] = frozenset({"tasks:read", "scores:read", "complaints:read"})
_TEAM: frozenset[Scope] = _CARE | {"documents:read", "narratives:read"}
_HOUSE: frozenset[Scope] = _TEAM | {"persons:read", "policies:read"}

ROLES: Mapping[Role, frozenset[Scope]] = {
    "agent": _CARE,
    "advisor": _CARE,
    "head": _TEAM,
    "manager": _HOUSE,
    "group": _HOUSE,
    "privacy": frozenset({"documents:read", "narratives:read", "rejected:read", "persons:read"}),
    "admin": frozenset(
        {
            "documents:read",
            "rejected:read",
            "rejected:write",
            "policies:read",
            "metrics:read",
            "operations",
        }
    ),
}
MEANINGS: Mapping[Role, str] = {
    "agent": "calls customers, of a dealer or for a group",
    "advisor": "speaks with customers in the workshop or the showroom",
    "head": "answers for a department and its complaints",
    "manager": "answers for a dealer",
    "group": "answers for the dealers of a group",
    "privacy": "answers customers who ask what is kept of them",
    "admin": "keeps the feeds and the services going",
}
"""Whom each role is for."""

assert ROLES.keys() == MEANINGS.keys() == set(get_args(Role))
assert ROLES.keys().isdisjoint(SCOPES)

_SCOPES_BY_NAME: dict[str, frozenset[Scope]] = {
    **dict(ROLES.items()),
    **{scope: frozenset({scope}) for scope in SCOPES},
}


def granted(text: str) -> Grant:
    """What `ROLE@DEALERS` or `SCOPE@DEALERS` grants: `advisor@sunrise/berlin`, `operations@*`.

    Of a role at a dealer or a group, what is not of a dealer is left out. Raises `WrongGrant`,
    which says why.
    """
    name, at, dealers = text.partition("@")
    scopes = _SCOPES_BY_NAME.get(name)
    if scopes is None or not at:
        raise WrongGrant(
            "a grant is ROLE@DEALERS or SCOPE@DEALERS; roles are "
            f"{', '.join(ROLES)}; scopes are {', '.join(SCOPES)}"
        )
    if name in ROLES and dealers != EVERYWHERE:
        scopes -= OF_ALL
    return checked(Grant(scopes=scopes, dealers=frozenset({dealers})))
