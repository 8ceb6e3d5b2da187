"""What the desk is configured by."""

import pytest

from services.desk.settings import origin_in


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://desk.example.org", "https://desk.example.org"),
        ("HTTPS://Desk.Example.org:443/", "https://desk.example.org"),
        ("https://desk.example.org:8443", "https://desk.example.org:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8106", "http://[::1]:8106"),
    ],
)
def test_an_origin_is_as_browsers_write_it(text: str, origin: str) -> None:
    assert origin_in(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "desk.example.org",
        "https://desk.example.org/desk",
        "https://user:secret@desk.example.org",
        "https://desk.example.org/?x",
        "ftp://desk.example.org",
        "https://",
        "https://desk.example.org:port",
    ],
)
def test_what_is_more_or_less_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        origin_in(text)
