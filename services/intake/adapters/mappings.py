"""The mappings that there are: those that ship, and a folder's own, a file each."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from services.intake.domain.mappings.check import faults_of
from services.intake.domain.mappings.feed_mapping import FeedMapping
from shared.yaml_file import WrongFile, YamlFile, meant, parse_yaml

SHIPPED = Path(str(files("services.intake.domain.mappings"))) / "shipped"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", flags=re.ASCII)
_Stamp = tuple[int, int, int]
"""What tells one content of a file from another: modified at, size, inode."""


def read_mapping(path: Path) -> FeedMapping:
    """A mapping that can be used. Raises `WrongFile` with a line for everything that is wrong:
    the file, the line, the field, and what was most likely meant.

    `extends: NAME` takes all of another mapping, of the same folder or shipped, but for what the
    file says itself; a field that it says is null is none.
    """
    file = _extended(parse_yaml(path), ())
    mapping = file.as_model(FeedMapping)
    wrong = [
        file.line(fault.location, fault.message, missing=fault.missing)
        for fault in faults_of(mapping)
    ]
    if wrong:
        raise WrongFile(list(dict.fromkeys(wrong)))
    return mapping


def _extended(file: YamlFile, seen: Sequence[Path]) -> YamlFile:
    content = file.content
    if not isinstance(content, Mapping) or "extends" not in content:
        return file
    own = {name: value for name, value in content.items() if name != "extends"}
    base = _base(file, content["extends"])
    if base in (*seen, file.path):
        raise WrongFile([file.line(["extends"], "the mappings extend each other")])
    under = _extended(parse_yaml(base), (*seen, file.path)).content
    return YamlFile(file.path, _laid_over(under, own), file.root)


def _base(file: YamlFile, name: object) -> Path:
    """A file that extends one of its own name extends the one that ships."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        for folder in (file.path.parent, SHIPPED):
            path = folder / f"{name}.yaml"
            if path.is_file() and path != file.path:
                return path
    known = sorted({path.stem for path in (*file.path.parent.glob("*.yaml"), *SHIPPED.iterdir())})
    raise WrongFile([file.line(["extends"], f"there is no such mapping{meant(name, known)}")])


def _laid_over(under: object, own: object) -> object:
    """A mapping over a mapping, name by name; of a rule in short, over what it is short for."""
    if not isinstance(own, Mapping):
        return own
    if isinstance(under, str | list) and not {"each", "entries"} & own.keys():
        under = {"column": under}
    if not isinstance(under, Mapping) or _are_read_otherwise(under, own):
        return own
    both = {**under, **{name: _laid_over(under.get(name), own[name]) for name in own}}
    fields = both.get("fields")
    if isinstance(fields, Mapping):
        both["fields"] = {name: rule for name, rule in fields.items() if rule is not None}
    return both


def _are_read_otherwise(under: Mapping[str, object], own: Mapping[str, object]) -> bool:
    return "format" in own and own["format"] != under.get("format")


@dataclass(frozen=True, slots=True)
class _Kept:
    stamps: Set[_Stamp | None]
    mapping: FeedMapping


class Mappings:
    """Mappings by name. A file of the folder that changes counts from then on."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: of files `NAME.yaml`, which go before those that ship."""
        self._folders = [SHIPPED] if folder is None else [folder, SHIPPED]
        self._kept: dict[Path, _Kept] = {}

    def find(self, name: str) -> FeedMapping | None:
        """None: there is none of this name. Raises `WrongFile` where it cannot be used."""
        if _NAME.fullmatch(name) is None:
            return None
        for folder in self._folders:
            path = folder / f"{name}.yaml"
            stamp = _stamp(path)
            if stamp is None:
                continue
            stamps = {stamp, *map(_stamp, folder.glob("*.yaml"))}  # it may extend another of them
            kept = self._kept.get(path)
            if kept is None or kept.stamps != stamps:
                kept = self._kept[path] = _Kept(stamps, read_mapping(path))
            return kept.mapping
        return None

    def names(self) -> Sequence[str]:
        """Sorted. Raises `WrongFile` for a folder that cannot be read, or a file in it whose name
        is none that a mapping can have."""
        found = set[str]()
        for folder in self._folders:
            try:
                paths = [path for path in folder.iterdir() if _is_meant(path)]
            except OSError as error:
                raise WrongFile([f"{folder}: cannot be read: {error.strerror}"]) from None
            wrong = [path for path in paths if not _is_named(path)]
            if wrong:
                message = "the name of a mapping is of a-z, 0-9 and hyphens, and ends in .yaml"
                raise WrongFile([f"{path}: {message}" for path in sorted(wrong)])
            found.update(path.stem for path in paths)
        return sorted(found)

    def nearest(self, name: str) -> str:
        """The name that is written most alike; empty where none is. Never raises: who asks has
        something else to tell."""
        known = [path.stem for folder in self._folders for path in folder.glob("*.yaml")]
        near = get_close_matches(name.lower().replace("_", "-"), known, n=1, cutoff=0.5)
        return near[0] if near else ""


def _is_meant(path: Path) -> bool:
    """Whether somebody took it for a mapping; what begins with a point is a program's own."""
    return path.suffix in (".yaml", ".yml") and not path.name.startswith(".")


def _is_named(path: Path) -> bool:
    return path.suffix == ".yaml" and _NAME.fullmatch(path.stem) is not None


def _stamp(path: Path) -> _Stamp | None:
    """None: there is no such file. Raises `WrongFile`."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WrongFile([f"{path}: cannot be read: {error.strerror}"]) from None
    return found.st_mtime_ns, found.st_size, found.st_ino
