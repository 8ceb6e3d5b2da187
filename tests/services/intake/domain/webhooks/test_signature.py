"""Signatures of webhooks."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.webhooks.signature import secret_of, verdict_of
from tests.services.intake.signing import SECRET, signed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OTHER = secret_of("whsec_" + b64encode(b"another secret of thirty bytes").decode())
BODY = b'{"a":1}'


def verdict(headers: dict[str, str], body: bytes = BODY, *secrets: bytes) -> str:
    return verdict_of(headers, body, secrets=secrets or (SECRET,), now=NOW)


def test_the_vector_of_the_specifications_own_libraries() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    then = datetime.fromtimestamp(1614265330, tz=UTC)
    body = b'{"test": 2432232314}'
    assert verdict_of(headers, body, secrets=(secret,), now=then) == "genuine"
    assert verdict_of(headers, body + b" ", secrets=(secret,), now=then) == "forged"


def test_what_is_signed_is_genuine() -> None:
    assert verdict(signed(BODY, at=NOW)) == "genuine"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-301, "untimely"), (-300, "genuine"), (300, "genuine"), (301, "untimely")],
)
def test_five_minutes_each_way(seconds: int, expected: str) -> None:
    assert verdict(signed(BODY, at=NOW + timedelta(seconds=seconds))) == expected


def test_either_of_two_secrets_will_do_while_one_takes_the_place_of_the_other() -> None:
    assert verdict(signed(BODY, at=NOW), BODY, OTHER, SECRET) == "genuine"
    assert verdict(signed(BODY, at=NOW, secret=OTHER), BODY, OTHER, SECRET) == "genuine"
    assert verdict(signed(BODY, at=NOW), BODY, OTHER) == "forged"
    assert verdict_of(signed(BODY, at=NOW), BODY, secrets=(), now=NOW) == "forged"


@pytest.mark.parametrize("before", ["v1,AAAA ", "v1a,c2lnbmVk ", "v2 ", "  ", "v1,=== ", "x,y,z "])
def test_any_of_several_signatures_will_do(before: str) -> None:
    headers = signed(BODY, at=NOW)
    headers["webhook-signature"] = before + headers["webhook-signature"]
    assert verdict(headers) == "genuine"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", "né", "a.b", "1e9", "-5", "NaN", "x" * 300])
def test_a_header_that_is_missing_or_cannot_be_one(name: str, value: str | None) -> None:
    headers = signed(BODY, at=NOW)
    del headers[name]
    if value is not None:
        headers[name] = value
    assert verdict(headers) in {"unsigned", "forged"}
    assert name != "webhook-id" or value in ("1e9", "-5", "NaN") or verdict(headers) == "unsigned"


def test_what_stands_for_a_missing_secret_signs_nothing() -> None:
    for decoy in (b"", b"stands for a secret where there is none"):
        headers = signed(BODY, at=NOW, secret=decoy)
        assert verdict(headers) == "forged"
        assert verdict_of(headers, BODY, secrets=(), now=NOW) == "forged"


def test_a_full_stop_moves_nothing_from_the_id_into_the_time() -> None:
    stamp = str(int(NOW.timestamp()))
    text = f"msg.5.{stamp}.".encode() + BODY
    signature = "v1," + b64encode(digest(SECRET, text, sha256)).decode()
    headers = {
        "webhook-id": "msg.5",
        "webhook-timestamp": stamp,
        "webhook-signature": signature,
    }
    assert verdict(headers) == "unsigned"


@given(
    body=st.binary(max_size=30),
    changed=st.binary(max_size=30),
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()
    ),
)
def test_nothing_else_is_genuine_and_nothing_raises(
    body: bytes, changed: bytes, headers: dict[str, str]
) -> None:
    fine = signed(body, at=NOW)
    assert verdict(fine, body) == "genuine"
    assert (verdict(fine, changed) == "genuine") is (changed == body)
    assert (verdict(fine | headers, body) == "genuine") is (fine | headers == fine)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_short",
        "whsec_not base64 at all, not at all",
        "whsec_" + b64encode(b"x" * 23).decode(),
        "whsec_" + b64encode(b"x" * 65).decode(),
    ],
)
def test_what_is_no_secret_is_told_without_it(text: str) -> None:
    with pytest.raises(ValueError) as wrong:  # that it tells nothing is what counts
        secret_of(text)
    assert len(text) < 10 or text.removeprefix("whsec_") not in str(wrong.value)


def test_secrets_may_come_with_a_line_end_and_without_padding() -> None:
    encoded = b64encode(b"a secret of twenty-five b").decode()
    assert secret_of(f"whsec_{encoded}\n") == b64decode(encoded)
    assert secret_of(f"whsec_{encoded.rstrip('=')}") == b64decode(encoded)
