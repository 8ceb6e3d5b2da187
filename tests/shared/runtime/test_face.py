"""The engine has one door: its map names every module, and nobody outside goes past it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.runtime
from tests import PROJECT

ENGINE = Path("shared/runtime")
BEHIND_THE_FACE = (
    "shared/runtime/",
    "shared/testing/",
    "tests/access/",
    "tests/bench/",
    "tests/chaos/",
    "tests/e2e/",
    "tests/invariants/",
    "tests/openapi/",
    "tests/services/",
    "tests/shared/runtime/",
    "tests/simulation/",
    "tests/working.py",
)
"""What may look behind it: its own tests, what measures it, and what puts it together on fakes."""


def past_the_face(source: str) -> Iterator[str]:
    """What a file imports of the engine that is not in its public face."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("shared.runtime."))
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            if node.module.startswith("shared.runtime."):
                yield node.module
            elif node.module == "shared.runtime":
                yield from {each.name for each in node.names} - set(shared.runtime.__all__)
            elif node.module == "shared":
                yield from (each.name for each in node.names if each.name == "runtime")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from shared.runtime import Reader, serve", []),
        ("from shared.runtime.plan import Work", ["shared.runtime.plan"]),
        ("import shared.runtime.plan as p", ["shared.runtime.plan"]),
        ("from shared.runtime import plan", ["plan"]),
        ("from shared import runtime", ["runtime"]),
        ("def f():\n    from shared.runtime.plan import Work", ["shared.runtime.plan"]),
    ],
)
def test_what_goes_past_the_face_is_seen(source: str, found: list[str]) -> None:
    assert list(past_the_face(source)) == found


def test_nobody_outside_goes_past_the_face() -> None:
    wrong = {}
    for top in ("services", "shared", "deploy", "docs", "tests"):
        for path in (PROJECT / top).rglob("*.py"):
            name = path.relative_to(PROJECT).as_posix()
            found = (
                [] if name.startswith(BEHIND_THE_FACE) else list(past_the_face(path.read_text()))
            )
            if found:
                wrong[name] = found
    assert not wrong


def test_the_map_names_every_module() -> None:
    modules = {path.stem for path in (PROJECT / ENGINE).glob("*.py")} - {"__init__"}
    assert modules == modules & set(re.findall(r"\w+", shared.runtime.__doc__ or ""))
