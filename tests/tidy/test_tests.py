"""The tests' own order: what several of them need stands in a module that is no test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import PROJECT

ALL = sorted((PROJECT / "tests").rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The modules that a module imports or imports from, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.Call(args=[ast.Constant(value=str(module)), *_]) if _imports(node.func):
                yield module


def _imports(called: ast.expr) -> bool:
    """`importlib.import_module` and its like."""
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("import_module", "importorskip", "__import__")


def from_tests(source: str) -> set[str]:
    """What a module has of test modules and of fixtures' modules."""
    return {
        module
        for module in imported(source)
        if any(part.startswith("test_") or part == "conftest" for part in _path(module))
    }


def _path(module: str) -> list[str]:
    """The packages and the module of what is imported out of `tests`, near or far."""
    parts = module.split(".")
    return parts[1:] if parts[0] in ("", "tests") else []


def test_no_module_takes_anything_from_a_test_module_or_from_a_conftest() -> None:
    found = {str(path.relative_to(PROJECT)): taken for path in ALL if (taken := _taken(path))}
    assert found == {}


def _taken(path: Path) -> set[str]:
    return from_tests(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "from tests.shared.test_one import thing",
        "from tests.shared import test_one",
        "import tests.shared.test_one as one",
        "from . import test_one",
        "from .test_one import thing",
        "from ..runtime.test_one import thing",
        "from tests.shared.conftest import World",
        "def late() -> None:\n    from tests.shared.test_one import thing",
        'one = importlib.import_module("tests.shared.test_one")',
    ],
)
def test_each_way_of_doing_so_is_found(source: str) -> None:
    assert from_tests(source)


@pytest.mark.parametrize(
    "source",
    ["from tests.shared.given import given", "import test_support", "from tests import PROJECT"],
)
def test_anything_else_is_not(source: str) -> None:
    assert not from_tests(source)
