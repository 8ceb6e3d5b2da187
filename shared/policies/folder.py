"""What a service follows: the editions that were applied, and the rosters; no draft, but the
shadows, which decide nothing."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from shared.dealers.roster import Roster
from shared.dealers.roster_file import RosterFile, read_roster
from shared.policies.applied import Applied, read_edition
from shared.policies.collected import repeated, unless_wrong
from shared.policies.drafts import Draft
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
_NO_STAMP = (0, 0, 0)


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
    shadow: Callable[[Path], Draft[E]] | None = None
    """Reads a shadow; raises WrongFile. None: the service tries nothing beside its rules."""


class RulesFolder(Generic[E, B]):
    """Reads what a service follows, and keeps what it has read of files that did not change."""

    def __init__(self, root: Path, reading: FolderReading[E, B]) -> None:
        self._paths = RulesPaths(root, reading.service)
        self._reading = reading
        self._editions: dict[Path, tuple[Stamp, Applied[E]]] = {}
        self._rosters: dict[Path, tuple[Stamp, RosterFile]] = {}
        self._shadows: dict[Path, tuple[Stamp, Draft[E]]] = {}
        self._unlisted: list[str] = []
        self.wrong_shadows: Sequence[str] = ()
        """What is wrong with shadows, as they were read last. It hinders nothing: whoever tries
        something must not keep a dealer from what is in force."""

    @property
    def shadows(self) -> Mapping[str, Draft[E]]:
        """Those that can be used, by dealer, as they were read last."""
        of_dealer = Counter(draft.dealer_id for draft in self.all_shadows)
        return {
            draft.dealer_id: draft for draft in self.all_shadows if of_dealer[draft.dealer_id] == 1
        }

    @property
    def all_shadows(self) -> Sequence[Draft[E]]:
        """Also where a dealer has several, so that none can be used."""
        return [draft for _, draft in self._shadows.values()]

    def stamps(self) -> Stamps:
        """Of all files that the service follows. Raises WrongFile."""
        self._paths.require()
        paths = self._paths.edition_files()
        if self._reading.with_rosters:
            paths += self._paths.roster_files()
        return {**{path: _stamp(path) for path in paths}, **self._shadow_stamps()}

    def rulebook(self, stamps: Stamps | None = None) -> B:
        """As the files are that have these stamps. Raises WrongFile with all that is wrong."""
        known = self.stamps() if stamps is None else stamps
        of_rosters = {path for path in known if path.parent == self._paths.rosters}
        of_shadows = {path for path in known if path.parent == self._paths.shadows}
        wrong: list[str] = []
        self._editions = _read_all(
            {path: known[path] for path in known if path not in of_rosters | of_shadows},
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
        self._read_shadows({path: known[path] for path in known if path in of_shadows})
        found = self._reading.rulebook(self._by_dealer(), rosters)
        shadows = {dealer_id: draft.edition for dealer_id, draft in self.shadows.items()}
        return found.with_shadows(shadows) if shadows else found

    def _shadow_stamps(self) -> Stamps:
        self._unlisted = []
        if self._reading.shadow is None:
            return {}
        paths = unless_wrong(self._paths.shadow_files, self._unlisted) or []
        return {path: unless_wrong(partial(_stamp, path), []) or _NO_STAMP for path in paths}

    def _read_shadows(self, stamps: Stamps) -> None:
        if self._reading.shadow is None:
            return
        wrong = [*self._unlisted]
        self._shadows = _read_all(stamps, self._shadows, self._reading.shadow, wrong)
        dealers = ((draft.dealer_id, path) for path, (_, draft) in self._shadows.items())
        self.wrong_shadows = (*wrong, *repeated(dealers))

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
