"""The folder of rules: one layout for all services, and what is refused."""

from pathlib import Path

import pytest

from services.complaints.settings import ComplaintSettings
from services.followup.settings import FollowUpSettings
from services.identity.settings import IdentitySettings
from services.scoring.settings import ScoringSettings
from shared.policies.paths import OLD_VARIABLE, SERVICES, RulesPaths, unknown_folders
from shared.settings import RuledSettings
from shared.yaml_file import WrongFile


@pytest.mark.parametrize(
    ("made", "said", "typed"),
    [
        (["policies"], "policies of", "mv {root}/policies {new}/"),
        (["applied"], "applied of", "mv {root}/applied {new}/"),
        (
            ["policies", "applied", "rosters", "complaints/policies"],
            "policies and applied of",
            "mv {root}/policies {root}/applied {new}/",
        ),
    ],
)
def test_a_folder_as_it_once_was_is_refused_with_what_to_type(
    tmp_path: Path, made: list[str], said: str, typed: str
) -> None:
    for name in made:
        (tmp_path / name).mkdir(parents=True)
    for service in ("complaints", "scoring", "followup", "identity"):
        with pytest.raises(WrongFile) as refused:
            RulesPaths(tmp_path, service).require()
        (line,) = refused.value.lines
        new = tmp_path / "complaints"
        assert f"{tmp_path}: {said} complaints have moved" in line
        assert line.endswith(f"mkdir -p {new} && " + typed.format(root=tmp_path, new=new))


def test_what_is_typed_makes_it_right(tmp_path: Path) -> None:
    for name in ("policies", "applied", "rosters"):
        (tmp_path / name).mkdir()
    new = tmp_path / "complaints"
    new.mkdir()
    for name in ("policies", "applied"):
        (tmp_path / name).rename(new / name)
    RulesPaths(tmp_path, "complaints").require()


@pytest.mark.parametrize(
    "stray", ["complaint/applied", "folowup/policies", "rules/complaints", "old/applied/x"]
)
def test_rules_that_nothing_would_read_are_refused(tmp_path: Path, stray: str) -> None:
    (tmp_path / stray).mkdir(parents=True)
    (tmp_path / "complaints" / "applied").mkdir(parents=True)
    with pytest.raises(WrongFile) as refused:
        RulesPaths(tmp_path, "complaints").require()
    name = stray.split("/", maxsplit=1)[0]
    assert refused.value.lines == [
        f"{tmp_path}/{name}: nothing reads rules in a folder of this name; those of services are "
        "in complaints, scoring, followup, identity"
    ]


def test_other_things_may_be_beside_the_rules(tmp_path: Path) -> None:
    for name in (".git/applied", "lost+found", "docs", "complaints", "scoring/applied"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "README.md").touch()
    RulesPaths(tmp_path, "complaints").require()


@pytest.mark.parametrize(
    "settings", [ComplaintSettings, ScoringSettings, FollowUpSettings, IdentitySettings]
)
@pytest.mark.parametrize("value", ["/etc/rules", ""])
def test_the_old_variable_is_refused_with_what_to_type(
    settings: type[RuledSettings], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OLD_VARIABLE, value)
    monkeypatch.setenv("AFTERCARE_MONGO__URI", "mongodb://someone:secret@db")
    with pytest.raises(ValueError, match=r"set AFTERCARE_RULES_DIR .* mv policies applied") as told:
        settings()
    assert "secret" not in str(told.value)


def test_folders_that_nothing_reads_are_found(tmp_path: Path) -> None:
    for name in (*SERVICES, "calendars", "rosters", "complaint", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").touch()
    assert unknown_folders(tmp_path) == ["complaint"]
