"""Where things are in the folder of rules:

calendars/*.yaml, *.ics              opening hours and holidays, for all services
rosters/*.yaml                       who has which role, for all services
SERVICE/policies/*.yaml              drafts, one a dealer: what operators write
SERVICE/shadow/*.yaml                shadows, one a dealer: drafts that are tried beside what is in
                                     force, and decide nothing
SERVICE/applied/GROUP_DEALER/*.json  editions: what the service follows
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.yaml_file import WrongFile

VARIABLE = "AFTERCARE_RULES_DIR"
OLD_VARIABLE = "AFTERCARE_COMPLAINTS_RULES_DIR"
"""Named a folder that had `policies` and `applied` of complaints at its root."""
SERVICES = ("complaints", "scoring", "followup", "identity")
"""Those that have rules of a dealer's own."""
POLICIES, CALENDARS, ROSTERS, APPLIED = "policies", "calendars", "rosters", "applied"
SHADOW = "shadow"
YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class RulesPaths:
    """The folder of rules as one service has it."""

    root: Path
    service: str

    @property
    def policies(self) -> Path:
        """The drafts."""
        return self.root / self.service / POLICIES

    @property
    def shadows(self) -> Path:
        """Drafts that are tried beside what is in force."""
        return self.root / self.service / SHADOW

    @property
    def applied(self) -> Path:
        """The editions, in a folder for each dealer."""
        return self.root / self.service / APPLIED

    @property
    def calendars(self) -> Path:
        return self.root / CALENDARS

    @property
    def rosters(self) -> Path:
        return self.root / ROSTERS

    def applied_to(self, dealer_id: str) -> Path:
        """The folder of a dealer's editions. No dealer's id has an underscore in it."""
        return self.applied / dealer_id.replace("/", "_")

    def edition_files(self) -> list[Path]:
        """The editions of all dealers, by dealer and then in the order of application."""
        dealers = sorted(path for path in _entries(self.applied) if path.is_dir())
        return [path for dealer in dealers for path in files(dealer, (".json",))]

    def shadow_files(self) -> list[Path]:
        return files(self.shadows, YAML)

    def shadow_of(self, dealer_id: str) -> Path:
        """Where `aftercare policy shadow` writes that of a dealer."""
        return self.shadows / f"{dealer_id.replace('/', '_')}.yaml"

    def roster_files(self) -> list[Path]:
        return files(self.rosters, YAML)

    def require(self) -> None:
        """Raises WrongFile if there is no such folder, if it is laid out as it once was, or if
        something in it looks like the rules of a service, and is none's: editions that nothing
        reads must not be taken for none."""
        if not self.root.is_dir():
            raise WrongFile(
                [f"{self.root}: there is no such folder; {VARIABLE} names the dealers' rules"]
            )
        old = [name for name in (POLICIES, APPLIED) if (self.root / name).exists()]
        if old:
            moved = " ".join(str(self.root / name) for name in old)
            new = self.root / "complaints"
            raise WrongFile(
                [
                    f"{self.root}: {' and '.join(old)} of complaints have moved into a folder of "
                    f"its own: mkdir -p {new} && mv {moved} {new}/"
                ]
            )
        if strays := [name for name in unknown_folders(self.root) if _has_rules(self.root / name)]:
            known = ", ".join(SERVICES)
            raise WrongFile(
                [
                    f"{self.root / name}: nothing reads rules in a folder of this name; those of "
                    f"services are in {known}"
                    for name in strays
                ]
            )


def files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a kind in a folder, by name; hidden ones do not count. Raises WrongFile."""
    return sorted(path for path in _entries(folder) if path.suffix in suffixes)


def unknown_folders(root: Path) -> list[str]:
    """The names of folders that nothing reads: most likely a typing error. Raises WrongFile."""
    known = {*SERVICES, CALENDARS, ROSTERS}
    return sorted(path.name for path in _entries(root) if path.is_dir() and path.name not in known)


def _has_rules(folder: Path) -> bool:
    with contextlib.suppress(OSError):  # what cannot be looked into was not put there as rules
        return any((folder / name).is_dir() for name in (POLICIES, APPLIED, SHADOW, *SERVICES))
    return False


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return
    except OSError as error:
        raise WrongFile([f"{folder}: cannot be read: {error.strerror}"]) from None
