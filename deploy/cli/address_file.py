"""Where what a running `aftercare up` left for the other commands says that it can be reached."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.sandbox.stack import DEFAULT_PORT_BASE, fixed_ports

DEFAULT_DIRECTORY = Path(".aftercare")
FILE = "running.json"


class Addresses(BaseModel):
    """Addresses only; nothing secret."""

    model_config = ConfigDict(frozen=True)

    kafka: dict[str, str | int | bool] | None = None
    """Settings of the embedded broker; absent where the environment names another."""
    urls: dict[str, str]
    rules: str | None = ""
    """The folder of rules that services read, None if they have none; empty: that is not known."""


def addresses(directory: Path) -> Addresses:
    """What runs with its data in `directory`; the usual addresses when nothing does."""
    try:
        return Addresses.model_validate_json((directory / FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        usual = fixed_ports(DEFAULT_PORT_BASE).services
        return Addresses(urls={name: f"http://127.0.0.1:{port}" for name, port in usual.items()})
