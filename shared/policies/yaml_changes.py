"""A file that changes rules which ship: it changes what it names, and all else stays.

A mapping changes the fields and entries that it names, however deep, and adds entries. Rules in
a list that have a key, such as `kind`, are matched by it: a rule that ships is changed in the
fields that are named, any other is added and so is complete; they may be written as a mapping
by that key, too. `null` takes away an entry, or a rule by its key. Any other list is replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.decider.policy import key_of
from shared.yaml_file import Location, WrongFile, YamlFile, meant, message_of, parse_yaml

M = TypeVar("M", bound=BaseModel)
KeyPath = tuple[str | int, ...]


def read_changes(path: Path, shipped: M) -> M:
    """What ships, with what the file changes. Raises WrongFile."""
    file = parse_yaml(path)
    return changed(shipped, file, file.content)


def changed(shipped: M, file: YamlFile, given: object) -> M:
    """What ships, with what is given: the content of the file, or some of its fields.

    Raises WrongFile.
    """
    changes = Changes(file)
    content = changes.merged(shipped, given, ())
    lines = changes.wrong
    try:
        found = type(shipped).model_validate(content)
    except ValidationError as error:
        lines += [
            file.line(
                changes.located(each["loc"]),
                message_of(each, type(shipped)),
                missing=each["type"] == "missing",
            )
            for each in error.errors(include_url=False)
        ]
    else:
        if not lines:
            return found
    raise WrongFile(list(dict.fromkeys(lines)))


@dataclass(slots=True)
class Changes:
    """Merges what one file says, and collects what cannot be merged."""

    file: YamlFile
    wrong: list[str] = field(default_factory=list)
    _key_paths: dict[KeyPath, KeyPath] = field(default_factory=dict)
    """Where a rule of a merged list stands in the file."""

    def merged(self, shipped: object, given: object, at: KeyPath) -> object:
        """What ships with what is given for it. What stays is as it was, an object."""
        match shipped, given:
            case BaseModel(), Mapping():
                return self._fields(shipped, given, at)
            case Mapping(), Mapping():
                return self.entries(shipped, given, at)
            case tuple(), list() | Mapping() if (kind := _kind_of(shipped)) is not None:
                return self._rules(shipped, given, kind, at)
        return given

    def entries(
        self,
        shipped: Mapping[str, Any],
        given: Mapping[Any, Any],
        at: KeyPath,
        kind: type[BaseModel] | None = None,
    ) -> dict[str, Any]:
        """The entries of a mapping; `kind`: what each of them is, where that is a rule."""
        found = dict(shipped)
        for name, value in given.items():
            here = (*at, name)
            if value is None:
                if found.pop(name, None) is None:
                    self._refuse(here, f"{_not_shipped(name, shipped)}, so it cannot be taken away")
            elif kind is not None:
                rule = self._rule(name, shipped, value, kind, here)
                found |= {name: rule} if rule is not None else {}
            else:
                found[name] = self.merged(shipped.get(name), value, here)
        return found

    def located(self, location: Location) -> Location:
        """Where in the file something of the merged content stands, or would."""
        for length in range(len(location), 0, -1):
            found = self._key_paths.get(tuple(location[:length]))
            if found is not None:
                return (*found, *location[length:])
        return location

    def _fields(self, shipped: BaseModel, given: Mapping[Any, Any], at: KeyPath) -> dict[Any, Any]:
        found = {name: getattr(shipped, name) for name in type(shipped).model_fields}
        changed = {
            name: self.merged(found.get(name), value, (*at, name)) for name, value in given.items()
        }
        return found | changed

    def _rules(
        self,
        shipped: tuple[BaseModel, ...],
        given: Sequence[object] | Mapping[Any, Any],
        kind: type[BaseModel],
        at: KeyPath,
    ) -> list[object]:
        key = key_of(kind)
        assert key is not None
        known: dict[str, Any] = {getattr(rule, key): rule for rule in shipped}
        named, where = self._by_key(given, key, at)
        self._key_paths.update({(*at, name): located for name, located in where.items()})
        found = self.entries(known, named, at, kind)
        for position, name in enumerate(found):
            self._key_paths[*at, position] = where.get(name, at)
        return list(found.values())

    def _by_key(
        self, given: Sequence[object] | Mapping[Any, Any], key: str, at: KeyPath
    ) -> tuple[dict[str, Any], dict[str, KeyPath]]:
        """What is given of each rule, and where: of a list of rules, or a mapping."""
        if isinstance(given, Mapping):
            return dict(given), {name: (*at, name) for name in given}
        named, where = dict[str, Any](), dict[str, KeyPath]()
        if not given:
            self._refuse(at, "an empty list changes nothing; null takes a rule away by its key")
        for position, rule in enumerate(given):
            here = (*at, position)
            name = rule.get(key) if isinstance(rule, Mapping) else None
            if not isinstance(rule, Mapping) or not isinstance(name, str):
                self._refuse(here, f"a rule names its '{key}', by which it is matched")
            elif name in named:
                self._refuse((*here, key), "is here twice")
            else:
                named[name] = {part: value for part, value in rule.items() if part != key}
                where[name] = here
        return named, where

    def _rule(
        self,
        name: Any,
        shipped: Mapping[str, Any],
        given: object,
        kind: type[BaseModel],
        at: KeyPath,
    ) -> object:
        """A rule that ships with what differs, or one that is given in full; None: neither."""
        key = key_of(kind)
        assert key is not None
        if not isinstance(given, Mapping):
            return given
        if key in given:
            noun = kind.__name__.removesuffix("Rule").lower()
            self._refuse((*at, key), f"a {noun} is named by its key alone")
            return None
        content: Any = self.merged(shipped.get(name), given, at)
        required = [part for part, each in kind.model_fields.items() if each.is_required()]
        if missing := [part for part in required if part not in content and part != key]:
            message = f"{_not_shipped(name, shipped)}, so it must be complete: without "
            self._refuse(at, message + ", ".join(missing))
            return None
        return {**content, key: name}

    def _refuse(self, at: KeyPath, message: str) -> None:
        self.wrong.append(self.file.line(self.located(at), message))


def _kind_of(rules: tuple[object, ...]) -> type[BaseModel] | None:
    """The model of rules that are matched by a key."""
    kinds = {type(rule) for rule in rules}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None or not issubclass(kind, BaseModel) or key_of(kind) is None:
        return None
    return kind


def _not_shipped(name: object, shipped: Mapping[str, object]) -> str:
    near = meant(name, list(shipped), "")
    known = ", ".join(map(str, shipped)) or "none"
    return f"does not ship (which are {known}{near})"
