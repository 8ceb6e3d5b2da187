"""What the service follows: the editions that were applied, and the rosters; no draft."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from services.complaints.domain.rulebook import Edition, Rulebook
from shared.dealers.roster import Roster
from shared.dealers.roster_file import RosterFile, read_roster
from shared.policies import paths as places
from shared.policies.applied import Applied, read_edition
from shared.policies.collected import repeated, unless_wrong
from shared.yaml_file import WrongFile

R = TypeVar("R")

Stamp = tuple[int, int, int]
"""What tells one content of a file from another: modified at, size, inode."""
Stamps = Mapping[Path, Stamp]


def read_rulebook(folder: Path) -> Rulebook:
    """What the service follows: the editions in `applied/` and the rosters. Raises WrongFile."""
    return RulesFolder(folder).rulebook()


class RulesFolder:
    """Reads what the service follows, and keeps what it has read of files that did not change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._editions: dict[Path, tuple[Stamp, Applied]] = {}
        self._rosters: dict[Path, tuple[Stamp, RosterFile]] = {}

    def stamps(self) -> Stamps:
        """Of all files that the service follows. Raises WrongFile."""
        places.require(self._folder)
        paths = [*places.edition_files(self._folder), *places.roster_files(self._folder)]
        return {path: _stamp(path) for path in paths}

    def rulebook(self, stamps: Stamps | None = None) -> Rulebook:
        """As the files are that have these stamps. Raises WrongFile with all that is wrong."""
        known = self.stamps() if stamps is None else stamps
        of_rosters = {path for path in known if path.parent.name == places.ROSTERS}
        wrong: list[str] = []
        self._editions = _read_all(
            {path: known[path] for path in known if path not in of_rosters},
            self._editions,
            read_edition,
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
        return Rulebook(editions=self._by_dealer(), rosters=self._roster_of())

    def _by_dealer(self) -> Mapping[str, tuple[Edition, ...]]:
        found: dict[str, list[Applied]] = {}
        for _, applied in self._editions.values():
            found.setdefault(applied.dealer, []).append(applied)
        return {
            dealer_id: tuple(
                each.edition for each in sorted(editions, key=lambda each: each.applied_at)
            )
            for dealer_id, editions in found.items()
        }

    def _roster_of(self) -> Mapping[str, Roster]:
        return {found.dealer: found.roster for _, found in self._rosters.values()}


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
