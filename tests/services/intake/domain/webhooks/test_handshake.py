"""Who may send webhooks, as the handshake of CloudEvents has it."""

from collections.abc import Sequence

import pytest

from services.intake.domain.webhooks.handshake import WrongHandshake, is_origin, permission

ORIGIN = "eventemitter.example.com"


def asked(
    origin: str | None = ORIGIN, rate: str | None = None, allowed: Sequence[str] = ("*",)
) -> dict[str, str]:
    return dict(permission(origin=origin, rate=rate, allowed=allowed))


@pytest.mark.parametrize("rate", [None, "1", "120", "0120"])
def test_who_may_send_is_told_so(rate: str | None) -> None:
    assert asked(rate=rate) == {
        "Allow": "OPTIONS, POST",
        "WebHook-Allowed-Origin": ORIGIN,
        "WebHook-Allowed-Rate": "*",
    }


@pytest.mark.parametrize(
    ("allowed", "may"),
    [
        ([], False),
        (["*"], True),
        ([ORIGIN], True),
        ([ORIGIN.upper()], True),
        ([f"{ORIGIN}."], True),
        (["example.com"], False),
        (["*.example.com"], True),
        (["*.eventemitter.example.com"], False),
        (["*.ple.com"], False),
        (["other.org", "*.example.com"], True),
    ],
)
def test_origins_are_names_or_all_below_one(allowed: list[str], may: bool) -> None:
    assert ("WebHook-Allowed-Origin" in asked(allowed=allowed)) is may
    assert ("WebHook-Allowed-Rate" in asked(rate="5", allowed=allowed)) is may


def test_who_does_not_ask_gets_no_permission() -> None:
    assert asked(None, rate="nonsense") == {"Allow": "OPTIONS, POST"}


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "https://example.com",
        "a b",
        "*",
        "example.com\r\nx: y",
        "é.example",
        "-a.com",
        "a" * 64,
        ".".join(["abc"] * 70),
    ],
)
def test_an_origin_is_a_dns_name(origin: str) -> None:
    with pytest.raises(WrongHandshake, match="WebHook-Request-Origin"):
        asked(origin)


@pytest.mark.parametrize("rate", ["0", "-1", "1.5", "", "many", "*", "٣", "1" * 30])
def test_a_rate_is_a_whole_number_over_0(rate: str) -> None:
    with pytest.raises(WrongHandshake, match="WebHook-Request-Rate"):
        asked(rate=rate)


@pytest.mark.parametrize(
    ("text", "so"),
    [("*", True), ("*.a.example", True), ("a.example", True), ("*a", False), ("http://a", False)],
)
def test_what_may_stand_for_senders(text: str, so: bool) -> None:
    assert is_origin(text) is so
