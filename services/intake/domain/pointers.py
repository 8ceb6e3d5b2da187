"""JSON pointers into events, which never repeat a name of the sender's own choosing."""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import REPORTS


def _names() -> Iterator[str]:
    models = [(model, "validation") for model in (CloudEvent, *REPORTS.values())]
    _, schema = models_json_schema(models)  # type: ignore[arg-type] # classes of several kinds
    definitions: dict[str, dict[str, Any]] = schema["$defs"]
    for definition in definitions.values():
        yield from definition.get("properties", ())


_KNOWN = frozenset(_names())


def pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901; it ends before the first name that is in no contract."""
    parts = []
    for part in location:
        if isinstance(part, str) and part not in _KNOWN:
            break
        parts.append(f"/{part}")
    return "".join(parts)


def as_far_as_known(given: str) -> str:
    """A pointer, cut before the first name that is in no contract."""
    parts = given.split("/")[1:]
    return pointer(tuple(int(part) if part.isdecimal() else part for part in parts))
