"""The key that the command shows to services."""

import os
from pathlib import Path
from typing import NamedTuple

from deploy.cli.address_file import addresses
from shared.settings import PREFIX

VARIABLE = f"{PREFIX}CLIENT__KEY"
"""Names the variable that holds it; a token is good, too."""
FILE = "authorization"
"""Where a running `aftercare up` leaves its own, beside its data: a header for `curl -H @FILE`."""
HEADER = "Authorization: Bearer "


class Reached(NamedTuple):
    """A service, and what to show there."""

    url: str
    key: str

    def __str__(self) -> str:
        return self.url


def reached(service: str, url: str, directory: Path) -> Reached:
    """The service at `url`, else where `aftercare up` runs it with its data in `directory`."""
    address = url or addresses(directory).urls[service]
    return Reached(address, key_for(address, directory))


def key_for(url: str, directory: Path) -> str:
    """What to show to the service at `url`: as the environment says; else what is good for what
    runs with its data in `directory`, and for nothing elsewhere. Empty: nothing."""
    told = os.environ.get(VARIABLE, "").strip()
    if told or url.rstrip("/") not in addresses(directory).urls.values():
        return told
    try:
        return (directory / FILE).read_text(encoding="utf-8").strip().removeprefix(HEADER)
    except OSError:
        return ""


def shown(key: str) -> dict[str, str]:
    """The header of every request."""
    return {"Authorization": f"Bearer {key}"} if key else {}
