"""Whether the sandbox is here: embedded servers and the demo are in a checkout alone."""

import importlib.util

import typer

from deploy.cli.terminal import WRONG_USE, err


def is_here(package: str) -> bool:
    """Whether a package can be imported; a directory that one left behind is none."""
    found = importlib.util.find_spec(package)
    return found is not None and found.origin is not None


def require_sandbox(command: str) -> None:
    """Return where it is. Elsewhere say what to do, and exit with 2."""
    if is_here("deploy.sandbox"):
        return
    err.print(
        f"`aftercare {command}` runs on embedded servers, which are not installed with the "
        f"command: run `make {command}` in a checkout of Aftercare",
        markup=False,
        highlight=False,
        soft_wrap=True,
        style="red",
    )
    raise typer.Exit(WRONG_USE)
