"""Every text, number and sequence that travels has a limit: nobody's data can grow a document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts import feeds, followup, intake, scoring
from shared.contracts.values import Contract

CONTRACTS: list[type[Contract]] = [
    *feeds.REPORTS.values(),
    *intake.ALL,
    *scoring.ALL,
    *followup.ALL,
]
SEALED = "/withdrawn"
"""The content of an output that was sealed: as bounded as that output is."""
_SHORT_FORMATS = {"date", "date-time", "uuid"}
_CHOICES = ("anyOf", "allOf", "oneOf")
_GROWS = re.compile(r"(?<!\\)[*+]|\{\d+,\}")

Schema = dict[str, Any]


def unbounded(schema: Schema, definitions: dict[str, Schema], where: str = "") -> Iterator[str]:
    """The places of a JSON schema at which a value may be as large as one likes."""
    if (name := schema.get("$ref")) is not None:
        yield from unbounded(definitions[name.rsplit("/", 1)[-1]], definitions, where)
        return
    for each in (each for way in _CHOICES for each in schema.get(way, ())):
        yield from unbounded(each, definitions, where)
    if schema.keys() & {"enum", "const", *_CHOICES}:
        return
    match schema.get("type"):
        case "string" if not _is_bounded_text(schema):
            yield f"{where}: text"
        case "integer" | "number" if not schema.keys() >= {"minimum", "maximum"}:
            yield f"{where}: number"
        case "array":
            if "maxItems" not in schema:
                yield f"{where}: sequence"
            yield from unbounded(schema["items"], definitions, f"{where}/*")
        case "object":
            yield from _unbounded_object(schema, definitions, where)
        case None:
            yield f"{where}: anything"


def _unbounded_object(schema: Schema, definitions: dict[str, Schema], where: str) -> Iterator[str]:
    for name, each in schema.get("properties", {}).items():
        yield from unbounded(each, definitions, f"{where}/{name}")
    if "properties" in schema:
        return
    if "maxProperties" not in schema:
        yield f"{where}: mapping"
    if where == SEALED:
        return
    keys = {"type": "string", **schema.get("propertyNames", {})}
    yield from unbounded(keys, definitions, f"{where}/(name)")
    yield from unbounded(schema["additionalProperties"], definitions, f"{where}/*")


def _is_bounded_text(schema: Schema) -> bool:
    pattern = schema.get("pattern", "+")
    whole = pattern.startswith("^") and pattern.endswith("$") and not _GROWS.search(pattern)
    return "maxLength" in schema or schema.get("format") in _SHORT_FORMATS or whole


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)
def test_all_of_it_has_a_limit(contract: type[Contract]) -> None:
    schema = contract.model_json_schema()
    assert list(unbounded(schema, schema.get("$defs", {}))) == []


class _Open(Contract):
    """What must be found."""

    text: str
    texts: tuple[str, ...]
    number: int
    by_name: dict[str, int]
    maybe: str | None = None
    anything: object = None


def test_what_has_no_limit_is_found() -> None:
    assert set(unbounded(_Open.model_json_schema(), {})) == {
        "/text: text",
        "/texts: sequence",
        "/texts/*: text",
        "/number: number",
        "/by_name: mapping",
        "/by_name/(name): text",
        "/by_name/*: number",
        "/maybe: text",
        "/anything: anything",
    }
