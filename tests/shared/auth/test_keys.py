"""Keys as their holders show them, and what is kept of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.keys import ApiKey, ShownKey, digest_of, is_a_key, read_key
from shared.auth.principal import Grant

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SECRET = "s" * 43
SHOWN = ShownKey("abcde01234", SECRET)
IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=10, max_size=10)
SECRETS = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=43, max_size=43
)


def key(**more: datetime | None) -> ApiKey:
    return ApiKey(
        id=SHOWN.id,
        name="dms",
        digest=digest_of(SECRET),
        grant=Grant(scopes=frozenset({"scores:read"}), dealers=frozenset({"a/b"})),
        created_at=NOW - timedelta(days=1),
        **more,
    )


@given(IDS, SECRETS)
def test_what_is_written_is_read(key_id: str, secret: str) -> None:
    shown = ShownKey(key_id, secret)
    assert read_key(shown.text()) == shown
    assert is_a_key(shown.text())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ac_",
        SHOWN.text()[:-1],
        SHOWN.text() + "s",
        SHOWN.text() + "\n",
        " " + SHOWN.text(),
        SHOWN.text().upper(),
        SHOWN.text().replace("ac_", "AC_"),
        SHOWN.text().replace("_", "-"),
        SHOWN.text().replace("s", "ſ"),
        SHOWN.text().replace("0", "٠"),
        SHOWN.text()[:-1] + "=",
        SHOWN.text()[:-1] + "\0",
    ],
)
def test_what_is_written_otherwise_is_no_key(text: str) -> None:
    assert read_key(text) is None


@given(st.text())
def test_whatever_is_shown_is_read_or_not(text: str) -> None:
    found = read_key(text)
    assert found is None or found.text() == text


@given(SECRETS)
def test_the_holder_has_the_secret_and_nobody_else(other: str) -> None:
    assert key().is_held_by(SECRET)
    assert key().is_held_by(other) == (other == SECRET)
    assert not key().is_held_by(key().digest)
    assert not key().is_held_by("")


@pytest.mark.parametrize(
    ("revoked", "expires", "state"),
    [
        (None, None, "valid"),
        (None, NOW + MOMENT, "valid"),
        (None, NOW, "expired"),
        (NOW, None, "revoked"),
        (NOW + MOMENT, None, "valid"),
        (NOW, NOW, "revoked"),
        (NOW + MOMENT, NOW, "expired"),
    ],
)
def test_how_a_key_stands(revoked: datetime | None, expires: datetime | None, state: str) -> None:
    assert key(revoked_at=revoked, expires_at=expires).state(NOW) == state


def test_neither_secret_nor_digest_is_ever_printed() -> None:
    for text in (repr(key()), str(key()), f"{key()}", key().shown, repr(SHOWN), str([SHOWN])):
        assert SHOWN.id in text
        assert SECRET not in text
        assert key().digest not in text
    assert SECRET not in key().digest


def test_the_holder_is_told_from_all_others_by_the_key() -> None:
    found = key().principal()
    assert (found.id, found.grants) == (f"key/{SHOWN.id}", (key().grant,))
