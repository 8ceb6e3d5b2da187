"""Which tasks are a user's role's."""

import pytest

from services.desk.domain.whose import notified_as, owners_of
from services.followup.domain.shipped import SHIPPED
from shared.auth.roles import ROLES, Role


@pytest.mark.parametrize(
    ("roles", "first"),
    [
        (["agent"], "customer_relations"),
        (["advisor"], "service_advisor"),
        (["head"], "service_manager"),
        (["manager", "agent"], "customer_relations"),
    ],
)
def test_a_role_stands_for_owners_of_tasks(roles: list[Role], first: str) -> None:
    assert owners_of(roles)[0] == first


def test_who_does_no_tasks_stands_for_none() -> None:
    assert owners_of(["privacy", "admin"]) == ()


def test_every_owner_of_the_shipped_rules_is_somebodys() -> None:
    assert {rule.owner_role for rule in SHIPPED} <= set(owners_of(list(ROLES)))


def test_who_leads_is_told_of_what_is_not_theirs() -> None:
    assert notified_as(["head", "agent"]) == {"department_head"}
    assert notified_as(["manager", "group"]) == {"general_manager", "group"}
    assert notified_as(["agent", "advisor", "privacy", "admin"]) == frozenset()
