"""What may be allowed, word by word."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Scope: TypeAlias = Literal[
    "events:write",
    "documents:read",
    "narratives:read",
    "rejected:read",
    "rejected:write",
    "scores:read",
    "tasks:read",
    "complaints:read",
    "persons:read",
    "policies:read",
    "metrics:read",
    "operations",
]

SCOPES: Mapping[Scope, str] = {
    "events:write": "report events and files, and pause, resume or cancel imports",
    "documents:read": "see what became of documents and imports; nothing personal",
    "narratives:read": "read what was written of complaints in free words (personal)",
    "rejected:read": "see what was rejected, with its content (personal)",
    "rejected:write": "replay and discard what was rejected",
    "scores:read": "see scores, grades, lists of customers and analyses",
    "tasks:read": "see follow-up tasks, plans, leads and satisfaction",
    "complaints:read": "see cases, their deadlines and statistics",
    "persons:read": "see which customers are one person",
    "policies:read": "try other rules on what is stored, and see how far rules have come",
    "metrics:read": "scrape Prometheus metrics",
    "operations": "compare holdings and republish what is kept",
}
"""What each allows, in words for whoever grants it."""
OF_A_SOURCE: frozenset[Scope] = frozenset(
    {"events:write", "documents:read", "rejected:read", "rejected:write"}
)
"""Those that can be had for one source of a dealer."""
OF_ALL: frozenset[Scope] = frozenset({"metrics:read", "operations"})
"""Those that can be had for all dealers alone."""

assert SCOPES.keys() == set(get_args(Scope))
