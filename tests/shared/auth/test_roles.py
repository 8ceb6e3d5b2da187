"""What a grant in words is, and what each role may."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.principal import Principal, WrongGrant
from shared.auth.roles import ROLES, Role, granted
from shared.auth.scopes import OF_ALL, SCOPES, Scope

BERLIN, HAMBURG, LYON = "sunrise/berlin", "sunrise/hamburg", "lumiere/lyon"
PERSONAL: frozenset[Scope] = frozenset({"narratives:read", "rejected:read"})


def holder(*texts: str) -> Principal:
    return Principal(id="token/x", grants=tuple(map(granted, texts)))


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("advisor@sunrise/berlin", {BERLIN}),
        ("advisor@sunrise/*", {BERLIN, HAMBURG}),
        ("advisor@*", {BERLIN, HAMBURG, LYON}),
        ("scores:read@sunrise/berlin", {BERLIN}),
        ("scores:read@lumiere/*", {LYON}),
    ],
)
def test_a_grant_is_for_the_dealers_that_it_names(text: str, reached: set[str]) -> None:
    who = holder(text)
    assert {each for each in (BERLIN, HAMBURG, LYON) if who.may("scores:read", each)} == reached


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "advisor",
        "advisor@",
        "@sunrise/berlin",
        "advisor@sunrise",
        "advisor@*/berlin",
        "advisor@*/*",
        "advisor@sunrise/*/x",
        "advisor@sunrise/ber*",
        "advisor@sunrise/berlin@lumiere/lyon",
        "advisor@sunrise/berlin,lumiere/lyon",
        "advisor@sunrise/berlin\n",
        " advisor@sunrise/berlin",
        "Advisor@sunrise/berlin",
        "advisor@SUNRISE/berlin",
        "boss@sunrise/berlin",
        "events:*@sunrise/berlin",
        "*@*",
        "operations@sunrise/*",
        "metrics:read@sunrise/berlin",
    ],
)
def test_what_is_not_a_grant_grants_nothing(text: str) -> None:
    with pytest.raises(WrongGrant):
        granted(text)


@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_at_a_dealer_reaches_nothing_that_is_of_all(role: Role) -> None:
    here, everywhere = holder(f"{role}@{BERLIN}"), holder(f"{role}@*")
    for scope in SCOPES:
        assert here.may(scope, BERLIN) == (scope in ROLES[role] - OF_ALL)
        assert not here.may(scope, HAMBURG)
        assert not here.may_everywhere(scope)
        assert everywhere.may_everywhere(scope) == (scope in ROLES[role])


def test_who_needs_no_free_words_has_none() -> None:
    assert {role for role, scopes in ROLES.items() if scopes & PERSONAL} == {
        "head",
        "manager",
        "group",
        "privacy",
        "admin",
    }
    assert "narratives:read" not in ROLES["admin"]
    assert not any("events:write" in scopes for scopes in ROLES.values()), "machines have keys"


@given(
    name=st.sampled_from([*ROLES, *SCOPES]),
    dealers=st.from_regex(r"[a-z0-9][a-z0-9-]{0,5}/(\*|[a-z0-9][a-z0-9-]{0,5})", fullmatch=True),
    other=st.from_regex(r"[a-z0-9][a-z0-9-]{0,5}/[a-z0-9][a-z0-9-]{0,5}", fullmatch=True),
)
def test_nobody_reaches_beyond_their_group(name: str, dealers: str, other: str) -> None:
    if name in OF_ALL:
        return
    who = holder(f"{name}@{dealers}")
    group = dealers.partition("/")[0]
    reached = any(who.may(scope, other) for scope in SCOPES)
    assert reached == (
        other == dealers or (dealers == f"{group}/*" and other.startswith(f"{group}/"))
    )
