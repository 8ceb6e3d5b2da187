"""YAML as people write it: on one line where it fits, quoted where it must be."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

_PLAIN = re.compile(r"[^\W\d_](?:[\w /().+-]*[\w/().+])?")
_SOMETHING_ELSE = re.compile(r"(?:true|false|null|yes|no|on|off|y|n)", re.IGNORECASE)
WIDEST = 98
_FEW = 6
"""A mapping with more names and plain values is written like a text."""


def scalar(value: object) -> str:
    """A text, a truth, a number or nothing."""
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and not _SOMETHING_ELSE.fullmatch(value)
        return value if is_plain else _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    """What nobody sees is written as an escape: YAML, and a terminal, would take it amiss."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


def flow(value: object) -> str:
    """All of it on one line."""
    match value:
        case Mapping():
            inner = ", ".join(f"{scalar(name)}: {flow(each)}" for name, each in value.items())
            return f"{{{inner}}}"
        case str():
            return scalar(value)
        case Sequence():
            return f"[{', '.join(map(flow, value))}]"
        case _:
            return scalar(value)


def lines(name: str, value: object, *, indent: int = 0) -> Iterator[str]:
    """`name: value`, over several lines where it is too long for one."""
    pad = " " * indent
    line = f"{pad}{scalar(name)}: {flow(value)}"
    if len(line) <= WIDEST or not isinstance(value, Mapping):
        yield line
        return
    if not any(isinstance(each, Mapping) for each in value.values()) and len(value) > _FEW:
        yield from _wrapped(f"{pad}{scalar(name)}: {{", value, pad + "  ")
        return
    yield f"{pad}{scalar(name)}:"
    for inner, each in value.items():
        yield from lines(str(inner), each, indent=indent + 2)


def _wrapped(line: str, value: Mapping[object, object], pad: str) -> Iterator[str]:
    last = len(value) - 1
    for position, (name, each) in enumerate(value.items()):
        part = f"{scalar(name)}: {flow(each)}" + ("}" if position == last else ", ")
        if len(line) + len(part) > WIDEST:
            yield line.rstrip()
            line = pad
        line += part
    yield line
