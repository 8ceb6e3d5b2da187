"""Every service has the same root and the same rooms, and tests mirror the source."""

from pathlib import Path

import pytest

from tests import PROJECT

SERVICES = PROJECT / "services"
NAMES = ("intake", "scoring", "followup", "complaints", "identity", "desk")
ROOT = {"README.md", "__init__.py", "__main__.py", "api.py", "app.py", "settings.py"}
ROOMS = {"domain", "views"}
OPTIONAL = {
    "intake": {"receive.py", "adapters"},
    "desk": {"adapters", "pages", "static", "words"},
}
DECIDES = tuple(name for name in NAMES if name != "desk")
"""The desk decides nothing: it shows what others do."""
MIRRORED = ("services", "shared", "deploy", "docs")
OF_DOMAINS = {"facts.py", "decide.py"}


def entries(folder: Path) -> set[str]:
    """The names in a folder; one of many endpoints is `api/`, and counts as `api.py`."""
    found = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    return {"api.py" if name == "api" else name for name in found}


def test_these_are_the_services() -> None:
    assert entries(SERVICES) == {"__init__.py", *NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_has_the_root_and_the_rooms_of_all(name: str) -> None:
    found = entries(SERVICES / name)
    allowed = ROOT | ROOMS | OPTIONAL.get(name, {"adapters"})
    assert found >= ROOT | ROOMS, "something of what every service has is not there"
    assert found <= allowed, "what is in no room has no place at the root"


@pytest.mark.parametrize("name", DECIDES)
def test_a_domain_has_facts_and_decides(name: str) -> None:
    assert entries(SERVICES / name / "domain") >= OF_DOMAINS


def test_tests_mirror_the_source() -> None:
    astray = [
        str(folder.relative_to(PROJECT))
        for root in MIRRORED
        for folder in (PROJECT / "tests" / root).rglob("*")
        if folder.is_dir()
        and any(folder.glob("test_*.py"))
        and not (PROJECT / folder.relative_to(PROJECT / "tests")).is_dir()
    ]
    assert not astray, "\n".join(astray)
