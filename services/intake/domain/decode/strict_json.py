"""JSON from strangers: strict, and of bounded cost before anything is made of it.

RFC 8259 as I-JSON (RFC 7493) narrows it: UTF-8, no NaN, no lone surrogates, no name twice in one
object. Each call is for one event, so that no call takes long.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_VALUES = 50_000
"""The most numbers and members of objects that one event has, together."""
MOST_DIGITS = 1_000
CUT_OFF_NEAR = 16
"""An error within this many characters of the end of a window is the window's, not the text's."""

_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_FIRST_WINDOW = 16_384
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|"|[\[{]|[\]}]', re.DOTALL)


class NotJson(ValueError):
    """What is wrong, without a word of the text."""


class NotTaken(NotJson):
    """One value is none that is taken, and yet ends at `end`: what follows it can be read."""

    def __init__(self, detail: str, end: int) -> None:
        super().__init__(detail)
        self.end = end


class TooLarge(ValueError):
    """More than is taken as one event."""


class Doubled(dict[str, object]):
    """An object in which `name` stands more than once."""

    name = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One value and where it ends; whether a name stands twice in any object of it."""

    value: object
    end: int
    doubled: bool


@dataclass(frozen=True, slots=True)
class DoubledName:
    """An event in which a name stands twice in one object: nobody knows which one counts."""

    value: object
    text: str = field(default="", repr=False, compare=False)
    """As it was written, both of them."""


class StrictJson:
    """Decodes events of at most `most_bytes`. For one thread at a time."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._values = 0
        self._doubled = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._float,
            parse_constant=_no_constant,
        )

    def whole(self, text: str) -> Decoded:
        """The value that is the whole text. Raises `NotJson` or `TooLarge`."""
        if len(text.encode()) > self._most_bytes:
            raise TooLarge(f"an event has at most {self._most_bytes} bytes")
        decoded = self._decode(text, after_space(text, 0))
        if after_space(text, decoded.end) != len(text):
            raise NotJson("more than one value")
        return decoded

    def next(self, text: str, start: int) -> Decoded:
        """The value at `start`. Raises `NotJson` or `TooLarge`."""
        for size in (min(_FIRST_WINDOW, self._most_bytes), self._most_bytes + 1):
            window = text[start : start + size]
            is_rest = start + size >= len(text)
            try:
                decoded = self._decode(window, 0)
            except _CutOff as cut:
                if is_rest or (size > self._most_bytes and cut.detail):
                    raise NotJson(cut.detail or "cut off") from None
                continue
            except NotTaken as error:
                raise NotTaken(str(error), start + error.end) from None
            if decoded.end < len(window) or is_rest:
                self._check_size(window[: decoded.end])
                return Decoded(decoded.value, start + decoded.end, decoded.doubled)
        raise TooLarge(f"an event has at most {self._most_bytes} bytes")

    def _check_size(self, text: str) -> None:
        if len(text) > self._most_bytes or len(text.encode()) > self._most_bytes:
            raise TooLarge(f"an event has at most {self._most_bytes} bytes")

    def _decode(self, text: str, start: int) -> Decoded:
        self._values, self._doubled = 0, False
        try:
            value, end = self._decoder.raw_decode(text, start)
            if _SURROGATE.search(text, start, end):
                json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated") or error.pos >= len(text) - CUT_OFF_NEAR:
                raise _CutOff from None
            raise NotJson("not JSON") from None
        except NotJson as error:
            raise _not_taken(str(error), text, start) from None
        except RecursionError:
            raise _not_taken("nested too deeply", text, start) from None
        except UnicodeEncodeError:
            raise NotTaken("half of a surrogate pair", end) from None
        return Decoded(value, end, self._doubled)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self._count(len(pairs) + 1)
        found = dict(pairs)
        return found if len(found) == len(pairs) else self._twice(pairs)

    def _twice(self, pairs: list[tuple[str, object]]) -> Doubled:
        self._doubled = True
        found = Doubled()
        for name, value in pairs:
            if name in found:
                found.name = name
            found[name] = value
        return found

    def _integer(self, digits: str) -> int:
        self._count(1)
        if len(digits) > MOST_DIGITS:
            raise NotJson("a number of too many digits")
        return int(digits)

    def _float(self, digits: str) -> float:
        self._count(1)
        return float(digits)

    def _count(self, more: int) -> None:
        self._values += more
        if self._values > MOST_VALUES:
            raise TooLarge(f"an event has at most {MOST_VALUES} values")


class _CutOff(NotJson):
    """The text, or the window of it, ends within a value; `detail`: what else is wrong with it."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or "cut off")
        self.detail = detail


def _not_taken(detail: str, text: str, start: int) -> NotJson:
    """What to raise of a value that is not taken: where it is one, it tells where it ends."""
    if text[start : start + 1] not in {"{", "["}:
        return NotJson(detail)
    end = _end_of_nested(text, start)
    return _CutOff(detail) if end is None else NotTaken(detail, end)


def _end_of_nested(text: str, start: int) -> int | None:
    """Where the object or array at `start` ends, however deep it is; None: beyond the text."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
                if depth == 0:
                    return token.end()
            case '"':
                return None
    return None


def _no_constant(name: str) -> float:
    raise NotJson("NaN and Infinity are no JSON numbers")


def after_space(text: str, start: int) -> int:
    """The first place from `start` on that is no white space."""
    match = _SPACE.match(text, start)
    assert match is not None
    return match.end()


def path_to_doubled(value: object) -> tuple[int | str, ...]:
    """Where a name stands twice; the name itself is the last part."""
    waiting: list[tuple[object, tuple[int | str, ...]]] = [(value, ())]
    while waiting:
        found, path = waiting.pop()
        if isinstance(found, Doubled):
            return (*path, found.name)
        waiting.extend((inner, (*path, key)) for key, inner in _within(found))
    return ()


def _within(value: object) -> Iterator[tuple[int | str, object]]:
    match value:
        case dict():
            yield from value.items()
        case list():
            yield from enumerate(value)
        case _:
            return
