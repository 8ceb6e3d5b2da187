"""Commands whose modules are imported when they are run: to tell of them takes no service."""

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
    """What its own help begins with."""

    def load(self, name: str) -> Any:
        """The command of that name, ready to be run."""
        module = import_module(self.module)
        around = typer.Typer(add_completion=False)
        around.callback()(_nothing)
        if hasattr(module, "app"):
            around.add_typer(module.app, name=name)
        else:
            around.command(name)(module.command)
        group = typer.main.get_command(around)
        assert isinstance(group, typer.core.TyperGroup)
        return group.commands[name]


def announcing(commands: Mapping[str, OnUse]) -> typer.Typer:
    """A program that lists these commands, and loads the one that is run."""

    class Loading(typer.core.TyperGroup):
        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, _, rest = super().resolve_command(ctx, args)
            return name, commands[name].load(name) if name else None, rest

    program = typer.Typer(
        cls=Loading, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for name, command in commands.items():
        program.command(name, help=command.help)(_nothing)
    return program


def _nothing() -> None:
    """Stands for what is loaded later."""
