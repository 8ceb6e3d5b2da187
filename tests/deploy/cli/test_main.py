"""The commands: each where a newcomer looks for it, and the sandbox through one door alone."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import COMMANDS, app
from deploy.cli.sandbox_here import is_here
from deploy.cli.terminal import WRONG_USE
from tests import PROJECT
from tests.running import COMMAND, without_aftercare

CLI = PROJECT / "deploy" / "cli"
AT_THE_DOOR = {"deploy/cli/up.py", "deploy/cli/demo.py"}
"""The two commands that import the sandbox, within a function and after `require_sandbox`."""


def callbacks(command: Any) -> list[Any]:
    """What runs: of a command, or of those in a group, but for groups within."""
    found = getattr(command, "commands", {"": command}).values()
    return [each.callback for each in found if each.callback is not None]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_the_module_of_its_name_or_the_commands_of_a_group_in_its_package(
    name: str,
) -> None:
    found = {(run.__module__, run.__name__) for run in callbacks(COMMANDS[name].load(name))}
    modules = {module for module, _ in found}
    assert modules == {COMMANDS[name].module}
    if hasattr(import_module(COMMANDS[name].module), "app"):
        assert modules.pop().startswith(f"deploy.cli.{name.replace('-', '_')}")
    else:
        assert found == {(f"deploy.cli.{name}", "command")}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_itself(name: str) -> None:
    itself = inspect.cleandoc(COMMANDS[name].load(name).help)
    assert COMMANDS[name].help == itself.partition("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize(
    "typed", [["--version"], ["--help"], ["polisy"], ["acls", "--help"], ["tasks", "--help"]]
)
def test_what_is_told_of_commands_imports_no_service(typed: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:], *typed],
        capture_output=True,
        text=True,
        check=False,
        env=without_aftercare(),
    )
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "deploy.cli.main" in imported or "deploy.cli.on_use" in imported
    assert not {name for name in imported if name.startswith("services.")}


def test_a_command_that_is_mistyped_is_told_the_near_one() -> None:
    answer = CliRunner().invoke(app, ["polisy"])
    assert answer.exit_code == WRONG_USE
    assert "'policy'" in answer.output


def imports_of_the_sandbox(source: str) -> list[tuple[bool, str]]:
    """Whether it is within a function, and what is imported of the sandbox."""
    tree = ast.parse(source)
    late = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [
            (id(node) in late, name)
            for name in names
            if name.startswith(("deploy.sandbox", "deploy.examples"))
        ]
    return found


def test_two_commands_alone_import_the_sandbox_and_late() -> None:
    found = {
        str(file.relative_to(PROJECT)): imports
        for file in CLI.rglob("*.py")
        if (imports := imports_of_the_sandbox(file.read_text("utf-8")))
    }
    assert found.keys() == AT_THE_DOOR
    assert all(late for imports in found.values() for late, _ in imports)


@pytest.mark.parametrize(
    ("package", "here"),
    [("deploy.sandbox", True), ("deploy.sand", False), ("deploy.prometheus", False)],
)
def test_a_directory_that_is_no_package_is_no_sandbox(package: str, here: bool) -> None:
    assert is_here(package) is here


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import deploy.sandbox.up", [(False, "deploy.sandbox.up")]),
        ("from deploy import sandbox", [(False, "deploy.sandbox")]),
        ("def f():\n    from deploy.sandbox import up", [(True, "deploy.sandbox.up")]),
        ("if True:\n    import deploy.sandbox", [(False, "deploy.sandbox")]),
        ("from deploy.cli import up", []),
    ],
)
def test_an_import_of_the_sandbox_is_noticed(source: str, found: list[tuple[bool, str]]) -> None:
    assert imports_of_the_sandbox(source) == found
