"""What a service follows: the editions that were applied, and the rosters; no draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from shared.dealers.roster import Roster
from shared.dealers.roster_file import RosterFile, read_roster
from shared.policies.applied import Applied, read_edition
from shared.policies.collected import repeated, unless_wrong
from shared.policies.edition import Edition
from shared.policies.paths import RulesPaths
from shared.policies.rulebook import Rulebook
from shared.yaml_file import WrongFile

E = TypeVar("E", bound=Edition)
B = TypeVar("B", bound="Rulebook[Any]")
R = TypeVar("R")

Stamp = tuple[int, int, int]
"""What tells one content of a file from another: modified at, size, inode."""
Stamps = Mapping[Path, Stamp]


@dataclass(frozen=True, slots=True)
class FolderReading(Generic[E, B]):
    """How a service reads what it follows."""

    service: str
    """The name of its folder."""
    edition: type[E]
    rulebook: Callable[[Mapping[str, tuple[E, ...]], Mapping[str, Roster]], B]
    """Makes the rulebook of the editions and the rosters, both by dealer."""
    with_rosters: bool = False
    """Whether anything is decided by rosters; else they are not read."""


class RulesFolder(Generic[E, B]):
    """Reads what a service follows, and keeps what it has read of files that did not change."""

    def __init__(self, root: Path, reading: FolderReading[E, B]) -> None:
        self._paths = RulesPaths(root, reading.service)
        self._reading = reading
        self._editions: dict[Path, tuple[Stamp, Applied[E]]] = {}
        self._rosters: dict[Path, tuple[Stamp, RosterFile]] = {}

    def stamps(self) -> Stamps:
        """Of all files that the service follows. Raises WrongFile."""
        self._paths.require()
        paths = self._paths.edition_files()
        if self._reading.with_rosters:
            paths += self._paths.roster_files()
        return {path: _stamp(path) for path in paths}

    def rulebook(self, stamps: Stamps | None = None) -> B:
        """As the files are that have these stamps. Raises WrongFile with all that is wrong."""
        known = self.stamps() if stamps is None else stamps
        of_rosters = {path for path in known if path.parent == self._paths.rosters}
        wrong: list[str] = []
        self._editions = _read_all(
            {path: known[path] for path in known if path not in of_rosters},
            self._editions,
            partial(read_edition, kind=self._reading.edition),
            wrong,
        )
        self._rosters = _read_all(
            {path: known[path] for path in known if path in of_rosters},
            self._rosters,
            read_roster,
            wrong,
        )
        wrong.extend(repeated((found.dealer, path) for path, (_, found) in self._rosters.items()))
        if wrong:
            raise WrongFile(wrong)
        rosters = {found.dealer: found.roster for _, found in self._rosters.values()}
        return self._reading.rulebook(self._by_dealer(), rosters)

    def _by_dealer(self) -> Mapping[str, tuple[E, ...]]:
        found: dict[str, list[Applied[E]]] = {}
        for _, applied in self._editions.values():
            found.setdefault(applied.dealer, []).append(applied)
        return {
            dealer_id: tuple(
                each.edition for each in sorted(editions, key=lambda each: each.applied_at)
            )
            for dealer_id, editions in found.items()
        }


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError as error:
        raise WrongFile([f"{path}: cannot be read: {error.strerror}"]) from None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read_all(
    stamps: Stamps,
    known: Mapping[Path, tuple[Stamp, R]],
    read: Callable[[Path], R],
    wrong: list[str],
) -> dict[Path, tuple[Stamp, R]]:
    found: dict[Path, tuple[Stamp, R]] = {}
    for path, stamp in stamps.items():
        if path in known and known[path][0] == stamp:
            found[path] = known[path]
            continue
        content = unless_wrong(partial(read, path), wrong)
        if content is not None:
            found[path] = (stamp, content)
    return found
