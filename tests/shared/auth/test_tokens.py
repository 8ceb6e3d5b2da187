"""Whom a token is of, from claims of which it is known that their issuer wrote them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.principal import Grant
from shared.auth.tokens import (
    LEEWAY,
    LONGEST,
    Claims,
    Expected,
    WrongToken,
    bearer,
    can_be_believed,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ISSUER = "https://login.example/realms/sunrise"
EXPECTED = Expected(issuer=ISSUER, audience="aftercare", claim="aftercare")


def seconds(moment: datetime) -> float:
    return moment.timestamp()


def claims(**more: object) -> dict[str, object]:
    """Those of a good token; what is None is left out."""
    usual: dict[str, object] = {
        "iss": ISSUER,
        "aud": "aftercare",
        "sub": "anna.schmidt",
        "exp": seconds(NOW + timedelta(minutes=15)),
        "aftercare": ["advisor@sunrise/berlin"],
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def grants(claim: object) -> tuple[Grant, ...]:
    return bearer(claims(aftercare=claim), EXPECTED, NOW).principal.grants


def test_a_token_says_whom_it_is_of_and_how_long() -> None:
    found = bearer(claims(), EXPECTED, NOW)
    assert found.expires_at == NOW + timedelta(minutes=15)
    assert found.principal.may("scores:read", "sunrise/berlin")
    assert not found.principal.may("scores:read", "sunrise/hamburg")
    assert found.principal.subject == "anna.schmidt"


def test_its_id_is_the_same_each_time_and_tells_nobody() -> None:
    first, again = bearer(claims(), EXPECTED, NOW), bearer(claims(jti="2"), EXPECTED, NOW)
    other = bearer(claims(sub="ben"), EXPECTED, NOW)
    elsewhere = Expected(issuer="https://other.example", audience="aftercare", claim="aftercare")
    same_name = bearer(claims(iss="https://other.example"), elsewhere, NOW)
    ids = [each.principal.id for each in (first, again, other, same_name)]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(each.startswith("token/") and "anna" not in each for each in ids)
    assert "anna" not in repr(first)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"iss": None}, "issuer"),
        ({"iss": ISSUER + "/"}, "issuer"),
        ({"iss": [ISSUER]}, "issuer"),
        ({"aud": None}, "audience"),
        ({"aud": ""}, "audience"),
        ({"aud": "aftercare-test"}, "audience"),
        ({"aud": ["other"]}, "audience"),
        ({"aud": {"aftercare": 1}}, "audience"),
        ({"aud": [["aftercare"]]}, "audience"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": " "}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "anna\nben"}, "sub"),
        ({"sub": "\ud800"}, "sub"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": "1893456000"}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"exp": float("inf")}, "exp"),
        ({"exp": -1}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"exp": [1893456000]}, "exp"),
        ({"exp": seconds(NOW - LEEWAY)}, "expired"),
        ({"exp": seconds(NOW + LONGEST + LEEWAY + timedelta(seconds=1))}, "too long"),
        ({"nbf": seconds(NOW + LEEWAY + timedelta(seconds=1))}, "nbf"),
        ({"nbf": "now"}, "nbf"),
        ({"iat": seconds(NOW + LEEWAY + timedelta(seconds=1))}, "iat"),
        ({"iat": {}}, "iat"),
    ],
)
def test_what_lets_nobody_in_says_why(wrong: Claims, why: str) -> None:
    with pytest.raises(WrongToken, match=why) as told:
        bearer(claims(**wrong), EXPECTED, NOW)
    assert "anna" not in str(told.value)


@pytest.mark.parametrize(
    "right",
    [
        {"aud": ["account", "aftercare"]},
        {"exp": seconds(NOW - LEEWAY + timedelta(seconds=1))},
        {"exp": seconds(NOW + LONGEST)},
        {"exp": int(seconds(NOW)) + 60},
        {"nbf": seconds(NOW + LEEWAY), "iat": seconds(NOW + LEEWAY)},
        {"nbf": 0, "iat": 0},
        {"sub": "安娜"},
        {"sub": "x" * 255},
    ],
)
def test_what_lets_somebody_in(right: Claims) -> None:
    assert bearer(claims(**right), EXPECTED, NOW).principal.grants


@pytest.mark.parametrize(
    "claim",
    [
        None,
        [],
        {},
        7,
        "",
        "everything",
        ["everything"],
        [["advisor@sunrise/berlin"]],
        [{"role": "advisor"}],
        ["\ud800@*"],
        {"advisor@sunrise/berlin": True},
    ],
)
def test_a_token_that_grants_nothing_is_one_all_the_same(claim: object) -> None:
    found = bearer(claims(aftercare=claim), EXPECTED, NOW).principal
    assert found.grants == ()
    assert not found.has("scores:read")


def test_what_is_not_understood_spoils_nothing() -> None:
    understood = grants(["advisor@sunrise/berlin"])
    for more in ("offline_access", "emperor@*", "operations@sunrise/*", 7, None, ["admin@*"]):
        assert grants([more, "advisor@sunrise/berlin", more]) == understood


def test_one_text_with_spaces_is_a_list() -> None:
    both = ["advisor@sunrise/berlin", "manager@lumiere/*"]
    assert grants(" ".join(both)) == grants(both)
    assert len(grants(both)) == 2


def test_the_claim_has_the_name_that_was_agreed() -> None:
    named = Expected(issuer=ISSUER, audience="aftercare", claim="https://sunrise.example/may")
    found = bearer(claims(**{"https://sunrise.example/may": ["admin@*"]}), named, NOW).principal
    assert found.may_everywhere("operations")
    assert not found.has("scores:read"), "the usual claim is not read"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(name=st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "aftercare"]), value=JSON)
def test_whatever_a_claim_is_it_lets_in_or_says_why(name: str, value: object) -> None:
    told = {**claims(), name: value}
    try:
        found = bearer(told, EXPECTED, NOW)
    except WrongToken:
        return
    assert NOW - LEEWAY < found.expires_at <= NOW + LONGEST + LEEWAY
    assert name in ("aftercare", "sub") or value == claims().get(name, value)
    assert found.principal.id.startswith("token/")


@given(passed=st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_nobody_is_let_in_after_the_end_or_long_before_it(passed: timedelta) -> None:
    at = NOW + passed
    end = NOW + timedelta(hours=12)
    try:
        bearer(claims(exp=seconds(end)), EXPECTED, at)
    except WrongToken:
        assert at >= end + LEEWAY or at < end - LONGEST - LEEWAY
    else:
        assert end - LONGEST - LEEWAY <= at < end + LEEWAY


@pytest.mark.parametrize(
    ("address", "is_believed"),
    [
        ("https://login.example", True),
        ("https://login.example:8443/realms/x?p=1", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]:8080/x", True),
        ("http://localhost/x", True),
        ("http://login.example", False),
        ("http://127.0.0.1.example/x", False),
        ("http://localhost@login.example/x", False),
        ("https://anna:sesame@login.example", False),
        ("https://@login.example", False),
        ("https://", False),
        ("https:///x", False),
        ("https://login.example:none", False),
        ("https://[::1", False),
        ("https://login.example/\nx", False),
        ("https://login.example/a b", False),
        ("file:///etc/keys", False),
        ("login.example", False),
        ("", False),
    ],
)
def test_keys_are_read_where_nobody_else_can_answer(address: str, is_believed: bool) -> None:
    assert can_be_believed(address) == is_believed
