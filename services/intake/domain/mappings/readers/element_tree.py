"""One element of XML as fields, read by itself."""

from collections.abc import Mapping
from typing import TypeAlias
from xml.parsers import expat

from services.intake.domain.decode.strict_json import MOST_VALUES
from services.intake.domain.mappings.readers.safe_xml import local_name
from services.intake.domain.mappings.records import Fields, Node

MOST_DEPTH = 100
_OF_SCHEMAS = {"xmlns", "xsi"}

_Found: TypeAlias = dict[str, Node]


class NotARecord(ValueError):
    """Why an element cannot be read, without a word of it."""


class _Open:
    """An element whose end was not met yet."""

    __slots__ = ("fields", "is_nil", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: _Found = {}
        self.text: list[str] = []
        self.is_nil = False

    def value(self) -> Node:
        text = "".join(self.text)
        if not self.fields:
            return None if self.is_nil and not text.strip() else text
        if text.strip():
            self.fields["#text"] = text
        return self.fields


class _Tree:
    def __init__(self) -> None:
        self._open: list[_Open] = [_Open("")]
        self._values = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._values += 1 + len(attributes)
        if len(self._open) > MOST_DEPTH:
            raise NotARecord(f"has elements more than {MOST_DEPTH} deep")
        if self._values > MOST_VALUES:
            raise NotARecord(f"has more than {MOST_VALUES} elements and attributes")
        element = _Open(local_name(name))
        for key, value in attributes.items():
            prefix, _, local = key.rpartition(":")
            if prefix == "xsi" and local == "nil":
                element.is_nil = value.strip() in {"1", "true"}
            elif prefix not in _OF_SCHEMAS and key != "xmlns":
                element.fields[f"@{local}"] = value
        self._open.append(element)

    def end(self, _: str) -> None:
        element = self._open.pop()
        value = element.value()
        siblings = self._open[-1].fields
        before = siblings.get(element.name)
        if element.name not in siblings:
            siblings[element.name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            siblings[element.name] = [before, value]

    def text(self, text: str) -> None:
        self._open[-1].text.append(text)

    def fields(self) -> Fields:
        (value,) = self._open[0].fields.values()
        if isinstance(value, dict):
            return value
        return {"#text": value} if isinstance(value, str) and value.strip() else {}


def tree_of(text: str, *, first_line: int) -> Fields:
    """The fields of the element that `text` is. Raises `NotARecord` where it is not well-formed,
    names an entity of its own, or is larger than is taken."""
    tree, parser = _Tree(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        line = first_line + error.lineno - 1
        raise NotARecord(
            f"is not well-formed in line {line}: {expat.ErrorString(error.code)}"
        ) from None
    except UnicodeEncodeError:
        raise NotARecord("has half of a character in it") from None
    return tree.fields()


def _refuse(*_: object) -> None:
    raise NotARecord("declares a document type")
