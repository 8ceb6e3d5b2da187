"""The pinned requirements satisfy pyproject.toml, are hashed, and name no registry."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import PROJECT

PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
WANTED = {
    "build": PYPROJECT["build-system"]["requires"],
    "runtime": PYPROJECT["project"]["dependencies"],
    "dev": [
        *PYPROJECT["project"]["dependencies"],
        *EXTRAS["sandbox"],
        *EXTRAS["fit"],
        *EXTRAS["dev"],
    ],
}

each_set = pytest.mark.parametrize("name", WANTED)


def text_of(name: str) -> str:
    return (PROJECT / f"requirements/{name}.txt").read_text("utf-8")


@each_set
def test_every_dependency_is_pinned_to_what_the_project_wants(name: str) -> None:
    pins = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text_of(name), re.MULTILINE))
    for line in WANTED[name]:
        wanted = Requirement(line)
        pin = pins[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(pin, prereleases=True), line


@each_set
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    requirements = re.findall(r"^(?![#\s]).+(?:\n    (?!#).+)*", text_of(name), re.MULTILINE)
    assert len(requirements) >= len(WANTED[name])
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


@each_set
def test_no_addresses_and_no_options_are_in_it(name: str) -> None:
    assert re.findall(r"^--.*|\w+://\S+", text_of(name), re.MULTILINE) == []
