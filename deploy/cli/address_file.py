"""Where what runs on this machine is reached: as a running `aftercare up` left it, or as usual."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

BACKENDS = ("intake", "scoring", "followup", "complaints", "identity")
"""Those that the desk asks; they work without it."""
SERVICES = (*BACKENDS, "desk")
DEFAULT_PORT_BASE = 8100
DEFAULT_DIRECTORY = Path(".aftercare")
FILE = "running.json"


class Addresses(BaseModel):
    """Addresses only; nothing secret."""

    model_config = ConfigDict(frozen=True)

    kafka: dict[str, str | int | bool] | None = None
    """Settings of the embedded broker; absent where the environment names another."""
    mongo: dict[str, str] | None = None
    """Settings of the embedded database; absent where the environment names another."""
    urls: dict[str, str]
    rules: str | None = ""
    """The folder of rules that services read, None if they have none; empty: that is not known."""


def service_ports(base: int) -> dict[str, int]:
    """`base`+1 to +6, in the order of `SERVICES`."""
    return {name: base + number for number, name in enumerate(SERVICES, start=1)}


def addresses(directory: Path) -> Addresses:
    """What runs with its data in `directory`; the usual addresses when nothing does."""
    try:
        return Addresses.model_validate_json((directory / FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        usual = service_ports(DEFAULT_PORT_BASE)
        return Addresses(urls={name: f"http://127.0.0.1:{port}" for name, port in usual.items()})
