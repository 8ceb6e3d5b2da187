"""Who works at the desk, and in which language."""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from shared.auth.principal import EVERYWHERE, WrongGrant
from shared.auth.roles import ROLES, Role, granted

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in, or has."""

    username: str
    """By what they sign in; of an issuer's users, `oidc:` and what it calls them."""
    name: str = field(repr=False)
    """As others see it."""
    staff_id: str
    """As dealers' systems and the roster know them: what `by` says of all that they do."""
    grants: tuple[str, ...]
    """`ROLE@DEALERS`, such as `agent@sunrise/berlin` or `manager@sunrise/*`."""
    language: Language = "en"

    def roles_at(self, dealer_id: str) -> frozenset[Role]:
        """Which roles they have at this dealer."""
        return frozenset(_role(text) for text in self.grants if granted(text).reaches(dealer_id))

    def has(self, role: Role) -> bool:
        """Whether they have this role at some dealer."""
        return any(_role(text) == role for text in self.grants)

    def is_for_all(self, role: Role) -> bool:
        """Whether they have this role at all dealers of all groups."""
        return f"{role}@{EVERYWHERE}" in self.grants


NOBODY = User(username="?", name="", staff_id="", grants=())
"""Who tries to sign in under a name that there is not."""


def checked_grant(text: str) -> str:
    """The grant itself. Raises `WrongGrant` where it is no role at a dealer, a group or all."""
    granted(text)
    if text.partition("@")[0] not in ROLES:
        raise WrongGrant(f"users have roles: {', '.join(ROLES)}")
    return text


def checked_username(text: str) -> str:
    """The username itself. Raises `ValueError`."""
    if _USERNAME.fullmatch(text) is None:
        raise ValueError("lower-case letters, digits, dots, hyphens and underscores, at most 40")
    return text


def _role(text: str) -> Role:
    return next(role for role in ROLES if role == text.partition("@")[0])
