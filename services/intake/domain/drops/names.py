"""Which files of a watched folder are meant, and what they are called where they are put away.

A name is text as Python has it of a file system: what is no UTF-8 is in it, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp")
"""What programs put behind the name of a file that they are still writing."""
ACCOUNTS = (".account.json", ".account.csv")
"""What is put beside a file that is done."""
MOST_BYTES_OF_A_NAME = 200
"""Longer ones are cut where they are put away: an account's name is longer, and has to fit."""


@dataclass(frozen=True, slots=True)
class FilesOfAMapping:
    """Files that one mapping reads."""

    match: Sequence[str]
    """Patterns such as `visits*.csv`, in whatever case."""
    mapping: str
    source: str


def in_bytes(name: str) -> bytes:
    """The name as the file system has it."""
    return name.encode(errors="surrogateescape")


def mapping_for(name: str, files: Iterable[FilesOfAMapping]) -> FilesOfAMapping | None:
    """The first that the name fits; None: it is none of them."""
    folded = name.casefold()
    return next(
        (
            each
            for each in files
            if any(fnmatchcase(folded, pattern.casefold()) for pattern in each.match)
        ),
        None,
    )


def is_passed_over(name: str, marker: str | None) -> bool:
    """Whether it is no file to be taken: hidden, still being written, a marker, an account."""
    folded = name.casefold()
    ends = (*UNFINISHED, *ACCOUNTS, *([marker.casefold()] if marker else []))
    return name.startswith((".", "~")) or folded.endswith(("~", *ends))


def marked_by(name: str, marker: str) -> tuple[str, str]:
    """The files of which each says that this one is complete, folded: `a.csv.done` and `a.done`
    of `a.csv`, whatever the case."""
    return f"{name}{marker}".casefold(), f"{_parted(name)[0]}{marker}".casefold()


def kept_name(name: str, number: int) -> str:
    """What it is called where it is put away; `number`: the how many-eth of this name, from 1.

    It keeps its ending. A name that is too long is cut, and told from others by a digest.
    """
    stem, ending = _parted(name)
    ordinal = f".{number}" if number > 1 else ""
    whole = in_bytes(name)
    if len(whole) <= MOST_BYTES_OF_A_NAME:
        return f"{stem}{ordinal}{ending}"
    told = f"-{sha256(whole).hexdigest()[:8]}{ordinal}"
    ending = ending if len(in_bytes(ending)) <= MOST_BYTES_OF_A_NAME // 4 else ""
    room = MOST_BYTES_OF_A_NAME - len(in_bytes(told + ending))
    return f"{_cut(stem, room)}{told}{ending}"


def shown_name(name: str) -> str:
    """For people: without what cannot be printed."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]


def _parted(name: str) -> tuple[str, str]:
    """What stands before the last full stop, and the rest with it; empty without one."""
    stem, stop, ending = name.rpartition(".")
    return (stem, stop + ending) if stem else (name, "")


def _cut(stem: str, most_bytes: int) -> str:
    """The beginning of it, of `most_bytes` at most, and no half of a letter."""
    while len(in_bytes(stem)) > most_bytes:
        stem = stem[:-1]
    return stem
