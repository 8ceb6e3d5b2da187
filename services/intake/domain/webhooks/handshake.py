"""The handshake before a webhook: whether a sender may send here, and how often.

CloudEvents, HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section 4. It protects strangers from a
sender that was told to send to them; it lets nobody in. The callback that a sender may offer is
never called: the answer says all.
"""

import re
from collections.abc import Mapping, Sequence

ANY = "*"
METHODS = "OPTIONS, POST"

_DNS_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?",
    flags=re.ASCII | re.IGNORECASE,
)
_RATE = re.compile(r"0*[1-9][0-9]{0,17}", flags=re.ASCII)


class WrongHandshake(ValueError):
    """A request for permission that is none; says what to send."""


def permission(
    *, origin: str | None, rate: str | None, allowed: Sequence[str]
) -> Mapping[str, str]:
    """The headers of the answer to one who asks to send; without `WebHook-…` they may not.

    `allowed`: DNS names, such as `events.example.com`, `*.example.com` or `*`. Raises
    `WrongHandshake`.
    """
    if origin is None:
        return {"Allow": METHODS}
    if _DNS_NAME.fullmatch(origin) is None:
        raise WrongHandshake("WebHook-Request-Origin is a DNS name, such as events.example.com")
    if rate is not None and _RATE.fullmatch(rate) is None:
        raise WrongHandshake("WebHook-Request-Rate is a whole number of requests a minute, over 0")
    if not any(_covers(each, origin) for each in allowed):
        return {"Allow": METHODS}
    return {
        "Allow": METHODS,
        "WebHook-Allowed-Origin": origin,
        "WebHook-Allowed-Rate": ANY,
    }


def is_origin(text: str) -> bool:
    """Whether it can stand for senders in `allowed`."""
    return text == ANY or _DNS_NAME.fullmatch(text.removeprefix("*.")) is not None


def _covers(pattern: str, origin: str) -> bool:
    name, pattern = origin.lower().rstrip("."), pattern.lower().rstrip(".")
    if pattern == ANY:
        return True
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
