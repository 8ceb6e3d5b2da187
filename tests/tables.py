"""Finds what was forgotten of a kind that is a file: its line, its test, its row in the README."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests import PROJECT


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """The kinds of one package, and where the parts of each are."""

    package: ModuleType
    table: Mapping[str, object]
    files: frozenset[str]
    """The names of the package's modules."""
    tests: Mapping[str, str]
    """Name -> the text of its test module."""
    page: str
    """The README of the service."""


def kinds_of(service: str, package: ModuleType, table: Mapping[str, object]) -> Kinds:
    """As they are on the disk."""
    here = PROJECT / "services" / service
    tests = PROJECT / "tests" / "services" / service / "domain" / "rules"
    return Kinds(
        package=package,
        table=table,
        files=frozenset(_stems(here / "domain" / "rules")) - {"__init__"},
        tests={
            name.removeprefix("test_"): (tests / f"{name}.py").read_text(encoding="utf-8")
            for name in _stems(tests)
            if name.startswith("test_")
        },
        page=(here / "README.md").read_text(encoding="utf-8"),
    )


def _stems(folder: Path) -> list[str]:
    return [path.stem for path in folder.glob("*.py")]


def forgotten(kinds: Kinds) -> list[str]:
    """What is missing of each kind, one line each."""
    found = [f"{name}.py is not in the table" for name in sorted(kinds.files - kinds.table.keys())]
    for name, module in kinds.table.items():
        if module is not getattr(kinds.package, name, None) or name not in kinds.files:
            found.append(f"{name} in the table is not the file {name}.py")
        if "def test_" not in kinds.tests.get(name, ""):
            found.append(f"{name} has no test in test_{name}.py")
        if not any(line.startswith("|") and f"`{name}`" in line for line in _lines(kinds)):
            found.append(f"{name} has no row in the README")
    return found


def _lines(kinds: Kinds) -> list[str]:
    return kinds.page.splitlines()
