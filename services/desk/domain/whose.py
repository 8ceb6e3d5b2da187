"""Whose tasks and cases a list shows: which of the roles that rules name are a user's."""

from collections.abc import Collection, Mapping

from shared.auth.roles import Role
from shared.contracts import complaints

_OWNERS: Mapping[Role, tuple[str, ...]] = {
    "agent": ("customer_relations", "insurance_consultant"),
    "advisor": ("service_advisor", "sales_consultant", "insurance_consultant"),
    "head": ("service_manager", "sales_manager", "customer_relations_manager"),
    "manager": ("customer_relations_manager", "sales_manager", "service_manager"),
    "group": ("customer_relations_manager", "sales_manager", "service_manager"),
}
"""Role at the desk -> the owners of tasks that it stands for."""


_NOTIFIED: Mapping[Role, complaints.Role] = {
    "head": "department_head",
    "manager": "general_manager",
    "group": "group",
}
"""Role at the desk of who leads -> to whom ladders say that they lead up."""


def notified_as(roles: Collection[Role]) -> frozenset[complaints.Role]:
    """As whom somebody with these roles is told of the deadlines of others; empty: they do not
    lead."""
    return frozenset(told for role, told in _NOTIFIED.items() if role in roles)


def owners_of(roles: Collection[Role]) -> tuple[str, ...]:
    """The owners of tasks that somebody with these roles stands for, each once."""
    found = (owner for role, owners in _OWNERS.items() if role in roles for owner in owners)
    return tuple(dict.fromkeys(found))
