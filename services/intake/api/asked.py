"""What stands in the query and the headers of a request that brings events."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from services.intake.domain.decode.binary import PREFIX, Headers
from services.intake.views import problems
from shared.platform.problems import Refusal, invalid_query

IDEMPOTENCY_KEY = "idempotency-key"
MOST_CHARACTERS_OF_A_KEY = 255

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_FLAGS = ("strict", "validate")


@dataclass(frozen=True, slots=True)
class Asked:
    """How events are to be taken."""

    strict: bool = False
    """Fields that nobody knows are reasons to reject."""
    validate: bool = False
    """Only say what would become of them."""


def asked_in(query: Sequence[tuple[str, str]]) -> Asked:
    """`?strict=true&validate=true`; raises `Refusal` (422) for anything else."""
    names = Counter(name for name, _ in query)
    is_known = all(
        name in _FLAGS and names[name] == 1 and value in {"true", "false"} for name, value in query
    )
    if not is_known:
        detail = (
            "not valid: only query.strict and query.validate are taken, once each, as true or false"
        )
        raise Refusal(invalid_query(detail))
    found = dict(query)
    return Asked(strict=found.get("strict") == "true", validate=found.get("validate") == "true")


def is_trial(request: Request) -> bool:
    """Whether nothing is to be taken, whatever else the query says."""
    return "true" in request.query_params.getlist("validate")


def headers_of(request: Request) -> Headers:
    """All headers, repeated ones too."""
    return request.headers.items()


def idempotency_key_of(request: Request) -> str | None:
    """The `Idempotency-Key`, quoted or not; None without one. Raises `Refusal` (400)."""
    found = request.headers.getlist(IDEMPOTENCY_KEY)
    if not found:
        return None
    key = found[0].strip()
    if len(key) > 1 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if len(found) > 1 or _KEY.fullmatch(key) is None:
        detail = (
            f"send one, of 1 to {MOST_CHARACTERS_OF_A_KEY} printable ASCII characters, such as a "
            "UUID"
        )
        raise Refusal(problems.wrong_key(detail))
    return key


def told_in(request: Request, asked: Asked) -> list[bytes]:
    """What of a request beside its body tells it from others of the same key."""
    headers = [
        f"{name}:{value}".encode()
        for name, value in sorted(headers_of(request))
        if name.startswith(PREFIX) or name in ("content-type", "content-encoding")
    ]
    return [b"strict" if asked.strict else b"", *headers]
