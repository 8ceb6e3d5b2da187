"""Scripts and styles: served by the desk itself, each under a name that changes with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

FOREVER = "public, max-age=31536000, immutable"
_TYPES: Mapping[str, str] = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes
    media_type: str
    mark: str
    """Changes with the content."""


class Assets:
    """All of them, read once."""

    def __init__(self) -> None:
        static = files("services.desk") / "static"
        self._by_name = {
            "desk.css": _asset("css", _joined(static / "css")),
            "desk.js": _asset("js", _joined(static / "js")),
            **{
                name: _asset(name.rpartition(".")[2], (static / name).read_bytes())
                for name in ("htmx.min.js", "icon.svg")
            },
        }

    def find(self, name: str) -> Asset | None:
        return self._by_name.get(name)

    def url(self, name: str) -> str:
        """Where a page finds it. Raises `KeyError`."""
        return f"/static/{self._by_name[name].mark}/{name}"


def _joined(folder: Traversable) -> bytes:
    found = sorted(folder.iterdir(), key=lambda each: each.name)
    return b"\n".join(each.read_bytes() for each in found)


def _asset(kind: str, content: bytes) -> Asset:
    return Asset(content, _TYPES[kind], hashlib.sha256(content).hexdigest()[:12])
