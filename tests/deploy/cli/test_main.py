"""The commands: each where a newcomer looks for it, and the sandbox through one door alone."""

import ast

import pytest

from deploy.cli.main import app
from deploy.cli.sandbox_here import is_here
from tests import PROJECT

CLI = PROJECT / "deploy" / "cli"
AT_THE_DOOR = {"deploy/cli/up.py", "deploy/cli/demo.py"}
"""The two commands that import the sandbox, within a function and after `require_sandbox`."""

single = {command.name: command for command in app.registered_commands}
groups = {group.name: group.typer_instance for group in app.registered_groups}


@pytest.mark.parametrize("name", single)
def test_a_command_is_in_the_module_of_its_name(name: str) -> None:
    run = single[name].callback
    assert run is not None
    assert run.__module__ == f"deploy.cli.{name}"
    assert run.__name__ == "command"


@pytest.mark.parametrize("name", groups)
def test_the_commands_of_a_group_are_in_the_package_of_its_name(name: str) -> None:
    group = groups[name]
    assert group is not None
    modules = {
        command.callback.__module__ for command in group.registered_commands if command.callback
    }
    assert len(modules) == 1
    assert modules.pop().startswith(f"deploy.cli.{name.replace('-', '_')}")


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
