"""Where JSON values begin and end in a text, without decoding any: what is in them is intake's to
judge, as it was written, and nesting costs no stack."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|,|\n', re.DOTALL)
_SPACE = b" \t\r\n"


class NotAnArray(ValueError):
    """Why it is none, without a word of it."""


def elements(content: bytes) -> list[bytes]:
    """The elements of the array that `content` is, each on one line. Raises `NotAnArray`."""
    found: list[bytes] = []
    text = content.strip(_SPACE)
    depth, start = 0, 1
    for token in _TOKEN.finditer(text):
        match token[0]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
                if depth == 0:
                    if token.end() != len(text):
                        raise NotAnArray("something follows its end")
                    last = text[start : token.start()].strip(_SPACE)
                    return [*found, _on_one_line(last)] if last or found else []
            case b"," if depth == 1:
                found.append(_on_one_line(text[start : token.start()]))
                start = token.end()
    raise NotAnArray("it is cut off")


def values(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Values that stand one after another, over several lines each: the number of the line on
    which each begins, and the value on one line. What is cut off is a value, too."""
    depth, start, line = 0, 0, 1
    began = 1
    for token in _TOKEN.finditer(content):
        match token[0]:
            case b"\n":
                line += 1
                if depth == 0 and content[start : token.start()].strip(_SPACE):
                    yield began, _on_one_line(content[start : token.start()])
                if depth == 0:
                    start, began = token.end(), line
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth = max(0, depth - 1)
            case text:
                line += text.count(b"\n")
    if content[start:].strip(_SPACE):
        yield began, _on_one_line(content[start:])


def is_cut_off(line: bytes) -> bool:
    """Whether more objects and arrays begin on it than end."""
    tokens = [token[0] for token in _TOKEN.finditer(line)]
    return sum(token in (b"[", b"{") for token in tokens) > sum(
        token in (b"]", b"}") for token in tokens
    )


def _on_one_line(text: bytes) -> bytes:
    """A tab is space between tokens as a line break is, and as wrong within a string."""
    return text.strip(_SPACE).replace(b"\r", b"\t").replace(b"\n", b"\t")
