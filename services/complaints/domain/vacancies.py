"""Which roles of a policy's ladders a roster leaves without anybody. Pure."""

from collections.abc import Iterator

from services.complaints.domain.policy import ComplaintPolicy
from shared.contracts.complaints import Role
from shared.dealers.roster import ANY_DEPARTMENT, Roster


def vacancies(policy: ComplaintPolicy, roster: Roster | None) -> Iterator[str]:
    """A line for each role of the ladders that the roster leaves without anybody."""
    if roster is None:
        yield "no roster: notices name roles, and no people"
        return
    roles: dict[Role, None] = dict.fromkeys(
        role for rule in policy.clocks for rung in rule.ladder for role in rung.to
    )
    for role in roles:
        held = [department for department, ids in roster.roles.get(role, {}).items() if ids]
        if not held:
            yield f"nobody is {role} on the roster; {_instead(roster, role)} is told"
        elif ANY_DEPARTMENT not in held:
            yield f"nobody is {role} outside of {', '.join(held)}; {_instead(roster, role)} is told"


def _instead(roster: Roster, role: Role) -> str:
    holders = roster.roles.get(roster.fallback, {})
    return roster.fallback if role != roster.fallback and any(holders.values()) else "nobody"
