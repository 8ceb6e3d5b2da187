"""What a new user meets first: examples that suit the present, hints that can be typed."""

import json
import re
import shlex
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.cli import example, terminal
from deploy.cli import main as cli
from deploy.cli.address_file import Addresses, addresses
from deploy.cli.failures import CannotRun
from deploy.cli.policy import command as policy_cli
from services.intake.domain.examine.event import Reported, examine
from shared.contracts.feeds import REPORTS
from shared.dealers.dealer import Dealer, Dealers
from shared.settings import ServiceSettings
from tests import PROJECT

DEALERS = ServiceSettings().dealers().all()
INSTANTS = st.integers(0, 3 * 366 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
each_name = pytest.mark.parametrize("name", example.NAMES)


def test_there_is_an_example_of_every_type() -> None:
    found = {
        example.event(name, DEALERS[0], now=datetime.now(UTC))["type"] for name in example.NAMES
    }
    assert found == set(REPORTS)


@each_name
@given(now=INSTANTS, dealer=st.sampled_from(DEALERS))
def test_every_example_is_taken_without_a_warning(name: str, now: datetime, dealer: Dealer) -> None:
    event = json.loads(json.dumps(example.event(name, dealer, now=now)))
    found = examine(event, dealers=Dealers([dealer]), now=now)
    assert isinstance(found, Reported), found
    assert found.warnings == ()


def test_an_example_made_later_is_another_event() -> None:
    ids = {
        example.event("visit", DEALERS[0], now=datetime(2026, 11, 21, 10, 0, second, tzinfo=UTC))[
            "id"
        ]
        for second in (0, 1)
    }
    assert len(ids) == 2


def printed(monkeypatch: pytest.MonkeyPatch, *arguments: str, program: str = "aftercare") -> int:
    """Run the command in this process; its exit status."""
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_examples_are_printed_one_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, "example", "visit", "complaint", "--dealer", "sunrise/pudong") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["type"].split(".")[2] for event in events] == ["visit", "complaint"]
    assert {event["data"]["dealer_id"] for event in events} == {"sunrise/pudong"}
    assert events[0]["data"]["closed_at"].endswith("+08:00")


@pytest.mark.parametrize(
    ("arguments", "known"),
    [(("nothing",), "complaint-step"), (("visit", "--dealer", "a/b"), "sunrise/chicago")],
)
def test_an_example_that_is_not_there_names_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    known: str,
) -> None:
    assert printed(monkeypatch, "example", *arguments) == 2
    assert known in capsys.readouterr().err


def test_the_version_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.split()[0] == "aftercare"


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), (4, 0, 0)])
def test_another_python_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    version: tuple[int, int, int],
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert printed(monkeypatch, "--version") == 2
    assert "Python 3.11, 3.12 or 3.13" in capsys.readouterr().err


PYTHONS = ["3.11", "3.12", "3.13"]


def test_every_place_names_the_same_pythons() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    tried = re.search(r"for name in \$\(PYTHON\) (.*); do", makefile)
    assert tried is not None
    assert sorted(set(tried[1].split()) - {"python3"}) == [f"python{each}" for each in PYTHONS]
    assert "(3, 11) <= sys.version_info < (3, 14)" in makefile
    for place in ("Makefile", "README.md", "README.zh-CN.md", "deploy/cli/main.py"):
        text = (PROJECT / place).read_text("utf-8")
        assert re.search(r"Python 3\.11(, |、)3\.12( or | 或 )3\.13", text), place


def test_nobody_waits_for_a_service_that_reads_other_rules_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Addresses(urls={"complaints": "http://127.0.0.1:1"}, rules=None)
    (tmp_path / "running.json").write_text(record.model_dump_json(), "utf-8")
    monkeypatch.setattr(sys, "argv", ["aftercare", "policy", "apply", "--data-dir", str(tmp_path)])
    with pytest.raises(CannotRun, match=r"without AFTERCARE_RULES_DIR.* up --data-dir"):
        policy_cli.require_rules(addresses(tmp_path).rules, tmp_path)
    with pytest.raises(CannotRun, match="complaints reads /etc/rules"):
        policy_cli.require_rules("/etc/rules", tmp_path)
    monkeypatch.chdir(tmp_path)
    policy_cli.require_rules(str(tmp_path), Path())
    policy_cli.require_rules(addresses(tmp_path / "nothing").rules, tmp_path)


# --- hints -----------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in .venv/bin of the working directory, where the shell does not look."""
    program = tmp_path / ".venv" / "bin" / "aftercare"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return program


def hinted(monkeypatch: pytest.MonkeyPatch, *argv: str) -> list[str]:
    """The words that are to be typed."""
    monkeypatch.setattr(sys, "argv", list(argv))
    text = terminal.hint("up")
    assert text[0] == text[-1] == "`"
    return shlex.split(text[1:-1])


@pytest.mark.parametrize("called", [".venv/bin/aftercare", "./.venv/bin/aftercare"])
def test_a_hint_names_the_program_as_it_was_called(
    monkeypatch: pytest.MonkeyPatch, installed: Path, called: str
) -> None:
    assert hinted(monkeypatch, called, "send", "x") == [".venv/bin/aftercare", "up"]
    assert hinted(monkeypatch, str(installed), "send", "x") == [".venv/bin/aftercare", "up"]


def test_a_hint_is_short_where_the_shell_finds_the_program(
    monkeypatch: pytest.MonkeyPatch, installed: Path
) -> None:
    monkeypatch.setenv("PATH", str(installed.parent))
    assert hinted(monkeypatch, str(installed), "send") == ["aftercare", "up"]


def test_a_hint_leads_there_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch, installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert hinted(monkeypatch, str(installed), "send") == [str(installed), "up"]


@pytest.mark.parametrize(
    "typed",
    [("--data-dir", "my data"), ("--data-dir=my data",), ("--data-dir=a", "--data-dir", "my data")],
)
def test_a_hint_keeps_the_data_directory_in_use(
    monkeypatch: pytest.MonkeyPatch, installed: Path, typed: tuple[str, ...]
) -> None:
    words = hinted(monkeypatch, str(installed), "send", *typed)
    assert words == [".venv/bin/aftercare", "up", "--data-dir", "my data"]


def test_a_hint_of_an_unfinished_command_is_a_hint(
    monkeypatch: pytest.MonkeyPatch, installed: Path
) -> None:
    assert hinted(monkeypatch, str(installed), "--data-dir") == [".venv/bin/aftercare", "up"]
