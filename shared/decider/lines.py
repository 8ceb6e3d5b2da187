"""A text of lines, one for each thing, in the order of their first words: the keys.

A line is looked up by halving the text, and changing some copies the text once: ten thousand
lines cost little more than a hundred. A blank ends a word, and `|` a line, as JSON writes
both as they are; so neither may be in a word: `short` escapes them.
"""

from collections.abc import Mapping
from urllib.parse import quote, unquote

_END = "|"
_SAFE = "/!$&'()*+,;:-._~"
"""What is written as it is."""
_SOURCE = "@"
"""Stands for what the customer's key and the ids of the same source begin with."""


def find(lines: str, key: str) -> tuple[int, int]:
    """Where the line of `key` begins and ends; twice where it would begin, if it is not there."""
    low, high = 0, len(lines)
    while low < high:
        begin = lines.rfind(_END, low, (low + high) // 2) + 1 or low
        end = lines.index(_END, begin) + 1
        found = lines[begin:end].split(" ", 1)[0]
        if found == key:
            return begin, end
        if found < key:
            low = end
        else:
            high = begin
    return low, low


def each(lines: str) -> list[str]:
    """The lines, without their ends."""
    return lines.split(_END)[:-1]


def line_of(lines: str, key: str) -> str:
    """The line of `key` without its end; empty if it is not there."""
    begin, end = find(lines, key)
    return lines[begin : end - 1] if begin < end else ""


def changed(lines: str, changes: Mapping[str, str | None]) -> str:
    """`lines` with these in place of, or besides, those of the same keys; None: without."""
    pieces: list[str] = []
    done = 0
    for key, line in sorted(changes.items()):
        begin, end = find(lines, key)
        pieces.append(lines[done:begin])
        if line is not None:
            pieces.append(line + _END)
        done = end
    pieces.append(lines[done:])
    return "".join(pieces)


def source_of(customer_key: str) -> str:
    """`group/dealer/source/`: what the ids of a customer's own documents begin with."""
    return "/".join(customer_key.split("/")[:3]) + "/"


def short(text: str, source: str) -> str:
    """One word for `text`; the shorter where it begins with the source."""
    if text.startswith(source):
        return _SOURCE + quote(text[len(source) :], safe=_SAFE)
    return quote(text, safe=_SAFE)


def long(word: str, source: str) -> str:
    """What `short` made this word of."""
    if word.startswith(_SOURCE):
        return source + unquote(word[1:])
    return unquote(word)
