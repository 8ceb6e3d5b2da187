"""Where things are in the folder of rules."""

from collections.abc import Iterator
from pathlib import Path

from shared.yaml_file import WrongFile

VARIABLE = "AFTERCARE_COMPLAINTS_RULES_DIR"
POLICIES, CALENDARS, ROSTERS, APPLIED = "policies", "calendars", "rosters", "applied"
YAML = (".yaml", ".yml")


def require(folder: Path) -> None:
    """Raises WrongFile if there is no such folder."""
    if not folder.is_dir():
        raise WrongFile([f"{folder}: there is no such folder; {VARIABLE} names the dealers' rules"])


def files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a kind in a folder, by name; hidden ones do not count. Raises WrongFile."""
    return sorted(path for path in _entries(folder) if path.suffix in suffixes)


def edition_files(folder: Path) -> list[Path]:
    """The editions of all dealers, by dealer and then in the order of application."""
    dealers = sorted(path for path in _entries(folder / APPLIED) if path.is_dir())
    return [path for dealer in dealers for path in files(dealer, (".json",))]


def roster_files(folder: Path) -> list[Path]:
    return files(folder / ROSTERS, YAML)


def applied_to(folder: Path, dealer_id: str) -> Path:
    """The folder of a dealer's editions. No dealer's id has an underscore in it."""
    return folder / APPLIED / dealer_id.replace("/", "_")


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return
    except OSError as error:
        raise WrongFile([f"{folder}: cannot be read: {error.strerror}"]) from None
