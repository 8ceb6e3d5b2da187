"""Who may what, at which dealer: what is granted reaches no further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.principal import Grant, Principal, WrongGrant, checked
from shared.auth.scopes import OF_A_SOURCE, OF_ALL, SCOPES, Scope

SCOPE: Scope = "events:write"
PARTS = st.sampled_from(["a", "b", "a-b", "ab", "a1"])
DEALER = st.builds("{}/{}".format, PARTS, PARTS)
DEALERS = st.one_of(DEALER, PARTS.map("{}/*".format), st.just("*"))
SOURCES = st.one_of(st.none(), st.sampled_from(["cdk", "crm"]))
SOME = st.frozensets(st.sampled_from(sorted(SCOPES)), min_size=1)


def grant(
    *dealers: str, scopes: frozenset[Scope] | None = None, source: str | None = None
) -> Grant:
    return Grant(
        scopes=frozenset({SCOPE}) if scopes is None else scopes,
        dealers=frozenset(dealers),
        source=source,
    )


def who(*grants: Grant) -> Principal:
    return Principal(id="key/of-a-test", grants=grants)


@pytest.mark.parametrize(
    ("granted", "asked", "reached"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/bc", False),
        ("a/b", "a", False),
        ("a/b", "a/", False),
        ("a/b", "", False),
        ("a/b", "a/b/", False),
        ("a/b", "A/B", False),
        ("a/b", " a/b", False),
        ("a/b", "a/*", False),
        ("a/b", "*", False),
        ("a/*", "a/b", True),
        ("a/*", "ab/b", False),
        ("a/*", "b/a", False),
        ("a/*", "*", False),
        ("*", "b/a", True),
    ],
)
def test_which_dealers_a_grant_reaches(granted: str, asked: str, reached: bool) -> None:
    assert grant(granted).reaches(asked) == reached
    assert who(grant(granted)).may(SCOPE, asked) == reached


@given(DEALER, DEALER, SOURCES)
def test_a_grant_of_a_dealer_never_reaches_another(
    own: str, other: str, source: str | None
) -> None:
    found = who(grant(own, source=source))
    assert found.may(SCOPE, own, source)
    assert found.may(SCOPE, other, source) == (own == other)
    assert not found.may_everywhere(SCOPE)


@given(SOME, st.sets(DEALERS, min_size=1), SOURCES, DEALER, SOURCES)
def test_what_is_not_granted_may_not_be_done(
    scopes: frozenset[Scope], dealers: set[str], source: str | None, asked: str, of: str | None
) -> None:
    found = who(grant(*dealers, scopes=scopes, source=source))
    for scope in SCOPES:
        allowed = found.may(scope, asked, of)
        assert not allowed or scope in scopes
        assert not allowed or {asked, asked.split("/", maxsplit=1)[0] + "/*", "*"} & dealers
        assert not allowed or source is None or of == source
        assert not found.may_everywhere(scope) or (scope in scopes and "*" in dealers)


@given(st.lists(st.builds(grant, DEALERS, scopes=SOME, source=SOURCES), max_size=4), DEALER)
def test_several_grants_allow_what_one_of_them_does_and_no_more(
    grants: list[Grant], asked: str
) -> None:
    """One grant's scope and another's dealer make nothing together."""
    for scope in SCOPES:
        assert who(*grants).may(scope, asked) == any(who(each).may(scope, asked) for each in grants)


def test_what_is_of_one_source_is_not_what_is_of_all_sources() -> None:
    found = who(grant("a/b", source="cdk"))
    assert not found.may(SCOPE, "a/b")
    assert not found.may(SCOPE, "a/b", "")
    assert not who(grant("*", source="cdk")).may_everywhere(SCOPE)
    assert who(grant("*")).may_everywhere(SCOPE)


def test_who_has_nothing_may_nothing() -> None:
    assert not any(who().has(scope) or who().may_everywhere(scope) for scope in SCOPES)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (grant(), "at least one scope and one dealer"),
        (grant("a/b", scopes=frozenset()), "at least one scope and one dealer"),
        (grant("a/b", scopes=frozenset({"events"})), "no scope events"),  # type: ignore[arg-type]
        (grant("a"), "a dealer is group/dealer"),
        (grant("a/b/c"), "a dealer is group/dealer"),
        (grant("A/b"), "a dealer is group/dealer"),
        (grant("a/b\n"), "a dealer is group/dealer"),
        (grant("*/b"), "a dealer is group/dealer"),
        (grant("a*/b"), "a dealer is group/dealer"),
        (grant("**"), "a dealer is group/dealer"),
        (grant("a/b", source="C D"), "a source is lower-case"),
        (grant("a/b", source=""), "a source is lower-case"),
        (grant("a/b", source="cdk", scopes=frozenset({"scores:read"})), "not of a source"),
        (grant("a/b", scopes=frozenset({"operations"})), "can be had for all"),
        (grant("a/*", scopes=frozenset({"metrics:read"})), "can be had for all"),
        (grant("*", source="cdk", scopes=frozenset({"operations"})), "not of a source"),
    ],
)
def test_what_cannot_be_granted_says_why(found: Grant, says: str) -> None:
    with pytest.raises(WrongGrant, match=says):
        checked(found)


def test_what_can_be_granted_is() -> None:
    for found in (
        grant("a/b", "c/*"),
        grant("*", scopes=frozenset(OF_ALL)),
        grant("a/b", source="cdk", scopes=frozenset(OF_A_SOURCE)),
    ):
        assert checked(found) is found
