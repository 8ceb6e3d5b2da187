"""Dead letters on a terminal and as JSON. What came from outside is never printed raw."""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from deploy.cli.dead_letters.work import DeadLetter
from deploy.cli.terminal import count, printable
from shared.contracts.values import instant_text
from shared.platform.dead_letters import not_ours

SHORTEST_ID = 8
MAX_VALUE_LINES = 200
MAX_LINE_CHARACTERS = 2_000
DUMPED_BYTES = 256
_BYTES_A_LINE = 16


def table(letters: Sequence[DeadLetter], *, with_state: bool) -> list[str]:
    """A line for each letter under a headline; the reason comes last, as it may be long."""
    digits = _id_digits(letters)
    head = ["id", "when", "service", "record", "dealer", "bytes", "reason"]
    rows = [
        [
            letter.id[:digits],
            f"{letter.at:%Y-%m-%d %H:%M:%SZ}",
            letter.headers["service"],
            letter.position,
            letter.dealer or "-",
            str(letter.size_bytes),
            letter.headers["reason"],
        ]
        for letter in letters
    ]
    if with_state:
        head.insert(1, "state")
        for row, letter in zip(rows, letters, strict=True):
            row.insert(1, letter.state)
    return _aligned([head, *([printable(cell) for cell in row] for row in rows)])


def summary(letters: Sequence[DeadLetter]) -> str:
    """How many there are, by reason."""
    reasons = Counter(printable(letter.headers["reason"]) for letter in letters).most_common()
    by_reason = "; ".join(f"{count} × {reason}" for reason, count in reasons)
    return f"{count(len(letters), 'dead letter')}: {by_reason}"


def full(letter: DeadLetter) -> Iterator[str]:
    """Everything about one letter, in lines."""
    ours = letter.headers
    facts = [
        ["dead letter", letter.id],
        ["state", _state(letter)],
        ["written", instant_text(letter.at)],
        ["by", f"{ours['service']}, which could not process the record"],
        ["record", f"{letter.position} (topic[partition]@offset)"],
        ["dealer", letter.dealer or "-"],
        ["key", _text_or_repr(letter.record.key)],
        ["reason", ours["reason"]],
    ]
    if letter.replay_of is not None:
        facts.append(["replay of", f"{letter.replay_of}, the dead letter it was before"])
    yield from _aligned([[printable(cell) for cell in fact] for fact in facts])
    yield ""
    yield "headers as they came:"
    headers = [[name, _text_or_repr(value)] for name, value in not_ours(letter.record.headers)]
    yield from (f"  {line}" for line in _aligned([list(map(printable, row)) for row in headers]))
    yield ""
    if letter.is_whole:
        yield from _value(letter.record.value)
    else:
        yield f"its {letter.size_bytes} bytes are too many for a dead letter: see the record itself"


def as_json(letter: DeadLetter) -> dict[str, object]:
    """One letter without its content, for programs."""
    done = letter.resolution
    return {
        "id": letter.id,
        "state": letter.state,
        "at": instant_text(letter.at),
        "service": letter.headers["service"],
        "topic": letter.headers["topic"],
        "partition": int(letter.headers["partition"]),
        "offset": int(letter.headers["offset"]),
        "dealer": letter.dealer or None,
        "reason": letter.headers["reason"],
        "size_bytes": letter.size_bytes,
        "replay_of": letter.replay_of,
        "resolved_at": instant_text(done.at) if done else None,
        "note": (done.note or None) if done else None,
    }


def full_as_json(letter: DeadLetter) -> dict[str, object]:
    """One letter with the whole record; bytes that are no text are in base64."""
    return {
        **as_json(letter),
        "key": _text_or_base64(letter.record.key),
        "headers": [
            {"name": name, "value": _text_or_base64(value)}
            for name, value in not_ours(letter.record.headers)
        ],
        "value": _text_or_base64(letter.record.value),
    }


def _id_digits(letters: Sequence[DeadLetter]) -> int:
    """How much of the ids tells these letters apart."""
    ids = {letter.id for letter in letters}
    digits = SHORTEST_ID
    while len({id_[:digits] for id_ in ids}) < len(ids):
        digits += 1
    return digits


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _state(letter: DeadLetter) -> str:
    done = letter.resolution
    if done is None:
        return "open"
    return f"{done.what} at {instant_text(done.at)}" + (f": {done.note}" if done.note else "")


def _text_or_repr(content: bytes | None) -> str:
    if content is None:
        return "null"
    try:
        return content.decode()
    except UnicodeDecodeError:
        return repr(content)


def _text_or_base64(content: bytes | None) -> object:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _value(value: bytes | None) -> Iterator[str]:
    if not value:
        yield "value: null" if value is None else "value: empty"
        return
    try:
        lines = json.dumps(json.loads(value), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        yield f"value, {len(value)} bytes, not JSON:"
        yield from _dump(value)
        return
    yield f"value, {len(value)} bytes:"
    for line in lines[:MAX_VALUE_LINES]:
        more = " …" if len(line) > MAX_LINE_CHARACTERS else ""
        yield printable(line[:MAX_LINE_CHARACTERS]) + more
    if len(lines) > MAX_VALUE_LINES:
        yield f"… {len(lines) - MAX_VALUE_LINES} more lines; --json has all of it"


def _dump(value: bytes) -> Iterator[str]:
    """The first bytes as numbers and as text."""
    for start in range(0, min(len(value), DUMPED_BYTES), _BYTES_A_LINE):
        part = value[start : start + _BYTES_A_LINE]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield f"  {start:04x}  {part.hex(' '):{3 * _BYTES_A_LINE}} {text}"
    if len(value) > DUMPED_BYTES:
        yield f"  … {len(value) - DUMPED_BYTES} more bytes; --json has all of it"
