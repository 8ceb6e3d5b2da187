"""What no linter checks: lengths, docstrings, and that a name is given to one thing."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests import PROJECT

PRODUCTION = ("shared", "services", "deploy")
EVERYWHERE = (*PRODUCTION, "docs", "tests")

MOST_LINES_OF_A_FUNCTION = 70
MOST_LINES_OF_A_FILE = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*roots: str) -> list[Path]:
    """The Python files below these folders of the checkout."""
    found = [path for root in roots for path in (PROJECT / root).rglob("*.py")]
    assert found
    return sorted(found)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def where(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if isinstance(node, ast.expr | ast.stmt) else ""
    return f"{path.relative_to(PROJECT)}{line}"


def bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Every body that may hold a docstring: of the module, of classes, of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            yield node.body


def is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def docstrings(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every text that stands as a statement, those under constants and fields included."""
    for body in bodies(parsed(path)):
        for statement in body:
            if is_text(statement):
                yield statement, ast.literal_eval(statement.value)  # type: ignore[attr-defined] # an Expr


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{where(path, node)} {node.name}: {length} lines"
        for path in files(*EVERYWHERE)
        for node in ast.walk(parsed(path))
        if isinstance(node, Function)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_files_are_read_in_one_sitting() -> None:
    long = [
        f"{where(path)}: {lines} lines"
        for path in files(*EVERYWHERE)
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    ]
    assert not long, "\n".join(long)


def test_a_thing_has_one_docstring() -> None:
    """Two in a row are what a merge leaves: one of them describes something else."""
    stacked = [
        where(path, second)
        for path in files(*EVERYWHERE)
        for body in bodies(parsed(path))
        for first, second in pairwise(body)
        if is_text(first) and is_text(second)
    ]
    assert not stacked, "\n".join(stacked)


def test_a_public_class_is_declared_once() -> None:
    declared = defaultdict(list)
    for path in files(*PRODUCTION):
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                declared[node.name].append(where(path, node))
    twice = [f"{name}: {', '.join(places)}" for name, places in declared.items() if places[1:]]
    assert not twice, "\n".join(twice)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"^So (many|much|long|few)\b", "say what it is and in which unit"),
        (r"(?i)\b(he|him|his|himself|she|her|herself)\b", "customers and staff are they"),
    ],
)
def test_docstrings_say_what_they_promise(pattern: str, instead: str) -> None:
    wrong = [
        f"{where(path, node)}: {instead}"
        for path in files(*PRODUCTION)
        for node, text in docstrings(path)
        if re.search(pattern, text)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_reaches_into_another_package_by_its_path() -> None:
    """The linter sees imports; a path that climbs out of its own folder would get around it."""
    reaching = [
        where(path, node)
        for path in files(*PRODUCTION)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and (
            node.attr == "parents"
            or (
                node.attr == "parent"
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "parent"
            )
        )
        and "__file__" in ast.unparse(node)
    ]
    assert not reaching, "\n".join(reaching)
