"""What the documents tell people to type and to open exists."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from deploy.cli import configuration, example
from deploy.cli.address_file import DEFAULT_PORT_BASE
from deploy.cli.main import COMMANDS
from deploy.sandbox.stack import fixed_ports
from shared.dealers.dealer import Dealer
from shared.dealers.file import read_dealers
from shared.policies.paths import OLD_VARIABLE
from tests import PROJECT

READMES = [PROJECT / "README.md", PROJECT / "README.zh-CN.md"]
DOCUMENTS = [*READMES, PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))]
MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))

each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def blocks(document: Path, language: str) -> list[str]:
    """The code blocks of one language."""
    text = document.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@each_readme
def test_the_first_thing_to_type_is_the_two_commands(readme: Path) -> None:
    commands = [line.split("#")[0].strip() for line in blocks(readme, "sh")[0].splitlines()]
    assert commands == ["make demo", "make test"]


@each_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"(?:`|^)make ([a-z]+)", document.read_text("utf-8"), re.MULTILINE)
    assert set(named) <= TARGETS


@each_document
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    named = re.findall(r"(?:`|bin/|^\$ )aftercare ([a-z-]+)", text, re.MULTILINE)
    assert set(named) <= COMMANDS.keys()


@each_document
def test_every_variable_that_is_named_is_read(document: Path) -> None:
    named = re.findall(r"\bAFTERCARE_[A-Z_]+[A-Z]\b", document.read_text("utf-8"))
    read = [name for name in named if name != OLD_VARIABLE]  # what becomes of it is explained
    assert configuration.unread_variables(dict.fromkeys(read, "")) == []


@each_readme
def test_the_event_that_is_shown_is_the_one_to_try(readme: Path) -> None:
    shown = json.loads(blocks(readme, "json")[0])
    dealer = read_dealers(PROJECT / "shared/dealers/example.yaml").find("sunrise/berlin")
    assert dealer is not None
    made_at = datetime.strptime(shown["id"][-15:], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    assert shown == example.event("visit", dealer, now=made_at)


@each_readme
def test_the_dealer_to_add_is_valid(readme: Path) -> None:
    shown = yaml.safe_load(blocks(readme, "yaml")[0])
    found = TypeAdapter(list[Dealer]).validate_python(shown["dealers"])
    assert [dealer.id for dealer in found] == ["sunrise/hamburg"]


def test_both_languages_tell_the_same() -> None:
    english, chinese = READMES
    assert blocks(english, "sh")[1:] == blocks(chinese, "sh")[1:]
    assert blocks(english, "json") == blocks(chinese, "json")
    for pattern in (r"^##? ", r"^\| ", r"\]\((?!README)"):
        counts = [
            len(re.findall(pattern, path.read_text("utf-8"), re.MULTILINE)) for path in READMES
        ]
        assert counts[0] == counts[1], pattern


def folders_of_the_layout(readme: Path) -> list[str]:
    """What the first column of the table of folders names."""
    rows = re.findall(r"^\| (`\w[\w/*`、, ]*/`) \|", readme.read_text("utf-8"), re.MULTILINE)
    return [folder for row in rows for folder in re.findall(r"`([^`]+)`", row)]


@each_readme
def test_every_folder_of_the_layout_exists(readme: Path) -> None:
    folders = folders_of_the_layout(readme)
    assert {"services/NAME/", "deploy/cli/", "deploy/sandbox/"} <= set(folders)
    for folder in folders:
        assert any(each.is_dir() for each in PROJECT.glob(folder.replace("NAME", "*"))), folder


def test_both_languages_name_the_same_folders() -> None:
    english, chinese = map(folders_of_the_layout, READMES)
    assert english == chinese


def test_every_target_of_the_makefile_is_explained() -> None:
    defined = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert defined == TARGETS


def test_the_ports_of_the_operators_page_are_those_of_the_stack() -> None:
    text = (PROJECT / "docs/operations/running.md").read_text("utf-8")
    told = dict(re.findall(r"services\.([a-z]+)` \| (\d+) \|", text))
    assert told == {
        name: str(port) for name, port in fixed_ports(DEFAULT_PORT_BASE).services.items()
    }
