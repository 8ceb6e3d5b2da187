"""What the command shows to services: its own key, and the sandbox's only to the sandbox."""

import stat
from pathlib import Path

import pytest

from deploy.cli.address_file import FILE as ADDRESSES
from deploy.cli.address_file import Addresses
from deploy.cli.client_key import FILE, HEADER, VARIABLE, Reached, key_for, reached, shown
from deploy.cli.private_file import write_private

URL = "http://127.0.0.1:8101"


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A directory in which `aftercare up` runs."""
    write_private(tmp_path / FILE, f"{HEADER}ac_own\n")
    record = Addresses(urls={"intake": URL})
    (tmp_path / ADDRESSES).write_text(record.model_dump_json(), "utf-8")
    return tmp_path


def test_the_sandbox_is_shown_its_own_key(sandbox: Path) -> None:
    assert reached("intake", "", sandbox) == Reached(URL, "ac_own")
    assert key_for(f"{URL}/", sandbox) == "ac_own"


def test_nobody_else_is_shown_that(sandbox: Path) -> None:
    assert key_for("https://intake.example:8101", sandbox) == ""
    assert shown("") == {}


def test_the_variable_goes_first(sandbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " ac_mine\n")
    for url in (URL, "https://intake.example"):
        assert shown(key_for(url, sandbox)) == {"Authorization": "Bearer ac_mine"}


def test_where_nothing_runs_there_is_none(tmp_path: Path) -> None:
    assert key_for(URL, tmp_path) == ""


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("before", "utf-8")
    file.chmod(0o644)
    write_private(file, "after")
    assert (file.read_text("utf-8"), stat.S_IMODE(file.stat().st_mode)) == ("after", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
