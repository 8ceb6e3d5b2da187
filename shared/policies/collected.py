"""Many files read at once, and all that is wrong with them told together."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from shared.yaml_file import WrongFile

R = TypeVar("R")


def unless_wrong(read: Callable[[], R], wrong: list[str]) -> R | None:
    """What `read` returns; None if that raises WrongFile, whose lines are then in `wrong`."""
    try:
        return read()
    except WrongFile as error:
        wrong.extend(error.lines)
        return None


def repeated(found: Iterable[tuple[str, Path]]) -> list[str]:
    """A line for every file but the first that is of the same dealer."""
    first: dict[str, Path] = {}
    lines = []
    for dealer_id, path in found:
        if dealer_id in first:
            lines.append(f"{path}:1: dealer: {dealer_id} has {first[dealer_id].name} already")
        first.setdefault(dealer_id, path)
    return lines
