"""Commands whose modules are imported when they are run: to tell of them takes no services."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
import typer.core
import typer.main


@dataclass(frozen=True, slots=True)
class OnUse:
    """A command, or a group of them, as the list of all commands tells of it."""

    module: str
    """Where its function `command` is, or its group `app`."""
    help: str
    """The first line of its own help."""

    def load(self, name: str) -> Any:
        """What typer runs by this name."""
        module = import_module(self.module)
        if hasattr(module, "app"):
            group = typer.main.get_command(module.app)
            group.name = name
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(name)(module.command)
        return typer.main.get_command(alone)


def announced(app: typer.Typer, commands: Mapping[str, OnUse]) -> None:
    """Let `app`, whose class has to be of `GroupOnUse`, tell of the commands."""
    for name, command in commands.items():
        app.command(name, help=command.help)(_nothing)


def group_of(commands: Mapping[str, OnUse]) -> type[typer.core.TyperGroup]:
    """The class of a group that tells of all the commands and loads the one that is run."""

    class GroupOnUse(typer.core.TyperGroup):
        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
            name, told, rest = super().resolve_command(ctx, args)
            return name, commands[name].load(name) if name in commands else told, rest

    return GroupOnUse


def _nothing() -> None:
    """Stands where the command is loaded."""
