"""JSON Schemas of the drafts of policies, for editors to check them while they are written.

A draft names only what differs, so nothing but `dealer` is required; rules that are matched by a
key may stand in a list or by their key, and null takes an entry away. What no schema can say, such
as a ladder in order, is left to `aftercare policy check`.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from pydantic import BaseModel, TypeAdapter

from services.complaints.adapters.policy_file import PolicyFile
from services.complaints.domain.policy import ClockRule
from services.followup.domain.policy import FollowUpPolicy
from services.identity.domain.policy import IdentityPolicy
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.values import DealerId
from shared.decider.policy import key_of

Schema: TypeAlias = dict[str, Any]

_NULL: Schema = {"type": "null"}
_WRITTEN: dict[str, Schema] = {
    "duration": {"type": "string", "description": "Elapsed time, such as `2h` or `1d 12h`."},
    "time": {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"},
}
"""How what pydantic writes as ISO 8601 is written by people."""


def schemas() -> dict[str, Schema]:
    """Service -> the schema of its drafts."""
    return {
        "complaints": _of_complaints(),
        "followup": _of_changes("followup", FollowUpPolicy),
        "identity": _of_changes("identity", IdentityPolicy),
        "scoring": _of_changes("scoring", ScoringPolicy),
    }


def _of_changes(service: str, policy: type[BaseModel]) -> Schema:
    draft = _Draft(policy)
    found = draft.partial(draft.root)
    dealer = TypeAdapter(DealerId).json_schema()
    return _titled(service, found | {"properties": {"dealer": dealer} | found["properties"]}, draft)


def _of_complaints() -> Schema:
    draft, clock = _Draft(PolicyFile), _Draft(ClockRule)
    found = draft.partial(draft.root)
    properties = found["properties"]
    properties["clocks"] = _entries(clock.rule(clock.root, "name", named=False))
    name = properties["extends"]["items"]
    properties["extends"] = properties["extends"] | {
        "items": {"anyOf": [name, {"type": "integer"}]}
    }
    return _titled("complaints", found, draft, clock)


def _titled(service: str, found: Schema, *drafts: "_Draft") -> Schema:
    complete = {name: each for draft in drafts for name, each in draft.complete().items()}
    return found | {
        "title": f"A draft of {service}",
        "description": f"What a dealer has otherwise than others, in {service}/policies/*.yaml.",
        "required": ["dealer"],
        "$defs": complete,
    }


class _Draft:
    """What may be written of a model in a file that changes it."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.root: Schema = model.model_json_schema()
        self._defs: dict[str, Schema] = self.root.pop("$defs", {})
        self._keys = {each.__name__: key for each in _models(model) if (key := key_of(each))}

    def complete(self) -> dict[str, Schema]:
        """What must be given as a whole, such as what stands in lists without keys."""
        return {name: _as_written(each) for name, each in self._defs.items()}

    def partial(self, schema: Schema) -> Schema:
        """Any of its fields, however deep."""
        if "$ref" in schema:
            return self.partial(self._defs[_name(schema)])
        if "anyOf" in schema:
            return _plain(schema) | {"anyOf": [self.partial(each) for each in schema["anyOf"]]}
        if "properties" in schema:
            properties = {name: self.partial(each) for name, each in schema["properties"].items()}
            return _plain(schema) | {"properties": properties}
        if isinstance(entries := schema.get("additionalProperties"), dict):
            return _plain(schema) | _entries(self.partial(entries))
        key = self._keys.get(_name(schema["items"])) if "items" in schema else None
        if key is None:
            written: Schema = _as_written(schema)
            return written
        rule = self._defs[_name(schema["items"])]
        listed = {"type": "array", "minItems": 1, "items": self.rule(rule, key, named=True)}
        return {"anyOf": [listed, _entries(self.rule(rule, key, named=False))]}

    def rule(self, schema: Schema, key: str, *, named: bool) -> Schema:
        """A rule that changes one that ships, or is given in full; `named`: it says its key."""
        found = self.partial(schema)
        if named:
            return found | {"required": [key]}
        properties = {name: each for name, each in found["properties"].items() if name != key}
        return found | {"properties": properties}


def _models(model: type[BaseModel]) -> Iterable[type[BaseModel]]:
    """The model and all that its fields are made of."""
    yield model
    for field in model.model_fields.values():
        for each in _inside(field.annotation):
            yield from _models(each)


def _inside(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in getattr(annotation, "__args__", ()):
        yield from _inside(each)


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).removeprefix("#/$defs/")


def _entries(value: Schema) -> Schema:
    """A mapping of them; null takes one away."""
    return {"type": "object", "additionalProperties": {"anyOf": [value, _NULL]}}


def _plain(schema: Schema) -> Schema:
    """Without what does not hold of changes: that fields are required, and what they are else."""
    left = {"required", "default", "title"}
    return {name: each for name, each in schema.items() if name not in left}


def _as_written(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_written(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") in _WRITTEN:
        return dict(_WRITTEN[schema["format"]])
    left = {"default", "title"}
    return {
        name: {field: _as_written(each) for field, each in value.items()}
        if name == "properties"
        else _as_written(value)
        for name, value in schema.items()
        if name not in left
    }
