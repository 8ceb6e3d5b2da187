"""What staff may do at the desk: one table, act by act."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from services.desk.domain.users import User
from shared.auth.roles import Role
from shared.dealers.dealer import Dealer

Act: TypeAlias = Literal[
    "see_tasks",
    "do_tasks",
    "assign_tasks",
    "see_customers",
    "correct_customers",
    "record_consent",
    "file_complaints",
    "see_complaints",
    "work_on_complaints",
    "reassign_complaints",
    "see_narratives",
    "see_the_team",
    "export",
    "see_the_trail",
]

_STAFF: frozenset[Role] = frozenset({"agent", "advisor", "head", "manager", "group"})
_LEADING: frozenset[Role] = frozenset({"head", "manager", "group"})

ACTS: Mapping[Act, frozenset[Role]] = {
    "see_tasks": _STAFF,
    "do_tasks": _STAFF,
    "assign_tasks": _LEADING,
    "see_customers": _STAFF | {"privacy"},
    "correct_customers": _STAFF | {"privacy"},
    "record_consent": _STAFF | {"privacy"},
    "file_complaints": _STAFF,
    "see_complaints": _STAFF,
    "work_on_complaints": _STAFF,
    "reassign_complaints": _LEADING,
    "see_narratives": _LEADING | {"privacy"},
    "see_the_team": frozenset({"manager", "group"}),
    "export": frozenset({"manager", "group"}),
    "see_the_trail": frozenset({"admin"}),
}
"""Who may, at the dealers where they have the role."""

assert ACTS.keys() == set(get_args(Act))


def allowed(user: User, act: Act, dealer_id: str) -> bool:
    """Whether they may do this at this dealer."""
    return not ACTS[act].isdisjoint(user.roles_at(dealer_id))


def dealers_of(user: User, dealers: Iterable[Dealer]) -> tuple[Dealer, ...]:
    """Those at which they may do anything at all, in the order given."""
    return tuple(dealer for dealer in dealers if user.roles_at(dealer.id))
