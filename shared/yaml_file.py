"""YAML files read into models. What is wrong is told by file, line and field, never by value.

Scalars are read as YAML 1.2 has them: `on`, `yes`, `22:00` and `2026-12-31` are text, and what
is text where a model wants a date becomes one there.
"""

import difflib
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
Location = Sequence[str | int]
"""The way to a field, as pydantic tells it."""

PREFIXES = ("Value error, ", "Assertion failed, ")


class WrongFile(Exception):
    """A file that cannot be used. Each of `lines` names the file, the line and the field."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = list(lines)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The content of a file, and where everything stands in it."""

    path: Path
    content: object
    root: yaml.Node | None

    def as_model(self, model: type[M]) -> M:
        """Raises WrongFile with a line for everything that is wrong."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            lines = [
                self.line(each["loc"], message_of(each, model), missing=each["type"] == "missing")
                for each in error.errors(include_url=False)
            ]
        raise WrongFile(list(dict.fromkeys(lines)))

    def line(self, location: Location, message: str, *, missing: bool = False) -> str:
        """`path:line: field: message`; the line is that of the nearest part that exists."""
        node, number, field = self.root, 1, list[str]()
        for position, part in enumerate(location):
            found = _child(node, part)
            if found is not None:
                node, number = found
                field.append(str(part))
            elif missing and position == len(location) - 1:
                field.append(str(part))
        where = f"{self.path}:{number}: "
        return where + (f"{'.'.join(field)}: {message}" if field else message)


def message_of(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with a part of this model, and what was most likely meant; no value."""
    message = error["msg"]
    match error["type"]:
        case "union_tag_invalid":
            message = f"Input should be one of {error['ctx']['expected_tags']}"
        case "extra_forbidden":
            names = list(dict.fromkeys(_names(_at(model, error["loc"][:-1]))))
            return f"there is no such field{meant(str(error['loc'][-1]), names)}"
        case "literal_error":
            message += meant(error["input"], re.findall(r"'([^']*)'", error["ctx"]["expected"]), "")
    for prefix in PREFIXES:
        message = message.removeprefix(prefix)
    return message


def meant(written: object, known: Sequence[str], otherwise: str | None = None) -> str:
    """`; did you mean 'x'?` where something known is written nearly so, else what is known."""
    by_case = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(str(written).casefold(), by_case, n=1)
    if near:
        return f"; did you mean '{by_case[near[0]]}'?"
    if otherwise is not None or not known:
        return otherwise or ""
    return f"; there are {', '.join(known)}"


def read_yaml(path: Path, model: type[M]) -> M:
    """The file as a model. Raises WrongFile."""
    return parse_yaml(path).as_model(model)


def parse_yaml(path: Path) -> YamlFile:
    """The file as mappings, lists and scalars; an empty one as a mapping without fields.

    Raises WrongFile if it cannot be read, is no YAML, or has a field twice.
    """
    loader = None
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        content = {} if root is None else _content(loader, root, {})
    except OSError as error:
        raise WrongFile([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise WrongFile([f"{path}: is not UTF-8 text"]) from None
    except RecursionError:
        raise WrongFile([f"{path}: is nested too deeply"]) from None
    except yaml.MarkedYAMLError as error:
        number = error.problem_mark.line + 1 if error.problem_mark else 1
        is_ours = isinstance(error, _Refused)
        reason = ("" if is_ours else "is not YAML: ") + (error.problem or error.context or "")
        raise WrongFile([f"{path}:{number}: {reason}"]) from None
    except yaml.YAMLError:
        raise WrongFile([f"{path}: has characters that YAML does not allow"]) from None
    finally:
        if loader is not None:
            loader.dispose()
    return YamlFile(path, content, root)


class _Refused(yaml.MarkedYAMLError):
    """YAML, and yet nothing that is read here."""


class _Loader(yaml.SafeLoader):
    """Reads fewer scalars as something else than text than YAML 1.1 does."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 # as the parent declares it


def _resolve(kind: str, pattern: str, first: str) -> None:
    tag = f"tag:yaml.org,2002:{kind}"
    _Loader.add_implicit_resolver(tag, re.compile(pattern), list(first))


_resolve("null", r"^(?:~|null|Null|NULL|)$", "~nN\0")
_resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_resolve("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789")
_resolve("merge", r"^<<$", "<")
_Loader.yaml_implicit_resolvers[""] = _Loader.yaml_implicit_resolvers.pop("\0")

UNFINISHED = object()


def _content(loader: _Loader, node: yaml.Node, known: dict[int, object]) -> object:
    """What a node stands for. `known`: what has been read of this file, by the node's id."""
    if id(node) in known:
        if known[id(node)] is UNFINISHED:
            _refuse("an alias inside of what it stands for", node)
        return known[id(node)]
    known[id(node)] = UNFINISHED
    known[id(node)] = content = _read(loader, node, known)
    return content


def _read(loader: _Loader, node: yaml.Node, known: dict[int, object]) -> object:
    if isinstance(node, yaml.MappingNode) and node.tag.endswith(":map"):
        _refuse_repeated_keys(node)
        loader.flatten_mapping(node)
        return {
            _key(loader, key, known): _content(loader, value, known) for key, value in node.value
        }
    if isinstance(node, yaml.SequenceNode) and node.tag.endswith(":seq"):
        return [_content(loader, each, known) for each in node.value]
    if not isinstance(node, yaml.ScalarNode):
        _refuse("a tag that is not known", node)
    return loader.construct_object(node)


def _key(loader: _Loader, node: yaml.Node, known: dict[int, object]) -> Hashable:
    key = _content(loader, node, known)
    if not isinstance(key, Hashable):
        _refuse("a key must be text or a number", node)
    return key


def _refuse_repeated_keys(node: yaml.MappingNode) -> None:
    seen = set[tuple[str, str]]()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            _refuse("a key must be text or a number", key)
        if (key.tag, key.value) in seen:
            _refuse(f"the field {key.value} is here twice", key)
        seen.add((key.tag, key.value))


def _refuse(problem: str, node: yaml.Node) -> NoReturn:
    raise _Refused(problem=problem, problem_mark=node.start_mark)


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, int] | None:
    """The part of a node, and its line: that of the key in a mapping."""
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):  # what overrides a merged field comes last
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


def _at(kind: Any, location: Location) -> Iterator[Any]:
    """The types that a part of a value of this type may have."""
    if not location:
        yield kind
        return
    part, rest = location[0], location[1:]
    for inside in _inside(kind, part):
        yield from _at(inside, rest)


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if part in {name, field.alias}:
                yield field.annotation
    elif origin is Annotated:
        tagged = any(isinstance(extra, Tag) and extra.tag == part for extra in arguments[1:])
        yield from [arguments[0]] if tagged else _inside(arguments[0], part)
    elif origin in {Union, UnionType}:
        for each in arguments:
            yield from [each] if _is_told_by(each, part) else _inside(each, part)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield arguments[1]
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        yield arguments[0]


def _is_told_by(kind: Any, part: str | int) -> bool:
    """Whether a model of a union is the one of which one field always has this value."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return False
    return any(get_args(field.annotation) == (part,) for field in kind.model_fields.values())


def _names(kinds: Iterable[Any]) -> Iterator[str]:
    """The names of the fields of all models among these types."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        elif get_origin(kind) in {Annotated, Union, UnionType}:
            yield from _names(get_args(kind))
