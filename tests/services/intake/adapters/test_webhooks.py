"""The files of webhooks: what is wrong in them is told by line and field, and secrets never."""

from pathlib import Path

import pytest

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.webhooks import Webhooks, read_webhooks
from services.intake.domain.examine.feed import Feed
from shared.yaml_file import WrongFile
from tests.services.intake.given import DEALERS, PUDONG
from tests.services.intake.signing import SECRET, SECRET_TEXT

FINE = f"""
dealer_id: {PUDONG}
source: crm
takes: generic-ndjson-visits
secrets:
  - variable: CRM_SECRET
"""


def read(folder: Path, **files: str) -> Webhooks:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return read_webhooks(
        folder, dealers=DEALERS, mappings=Mappings(None), environment={"CRM_SECRET": SECRET_TEXT}
    )


def wrong_lines(folder: Path, text: str) -> list[str]:
    with pytest.raises(WrongFile) as wrong:
        read(folder, crm=text)
    assert SECRET_TEXT not in str(wrong.value)
    assert SECRET_TEXT.removeprefix("whsec_") not in str(wrong.value)
    return [line.removeprefix(str(folder / "crm.yaml")) for line in wrong.value.lines]


def test_a_webhook_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET_TEXT}\n")
    two = FINE.replace("generic-ndjson-visits", "cloudevents") + "  - file: secret\n"
    found = read(tmp_path, crm=FINE, two=two)
    crm, other = found.find("crm"), found.find("two")
    assert crm is not None
    assert other is not None
    assert (crm.mapping, other.mapping) == ("generic-ndjson-visits", None)
    assert crm.feed == Feed(dealer_id=PUDONG, source="crm")
    assert (crm.secrets, other.secrets) == ((SECRET,), (SECRET, SECRET))
    assert found.find("none") is None
    assert "secret" not in repr(crm)


def test_a_sender_that_cannot_sign_has_no_secrets(tmp_path: Path) -> None:
    found = read(tmp_path, crm=FINE.partition("secrets")[0] + "signed: false\n", other=FINE)
    crm, other = found.find("crm"), found.find("other")
    assert crm is not None
    assert other is not None
    assert (crm.is_signed, crm.secrets) == (False, ())
    assert other.is_signed


@pytest.mark.parametrize("text", [FINE.partition("secrets")[0], FINE + "signed: false\n"])
def test_that_nothing_is_signed_has_to_be_said_and_meant(tmp_path: Path, text: str) -> None:
    (line,) = wrong_lines(tmp_path, text)
    assert "signed" in line


def test_without_a_folder_none_is_expected(tmp_path: Path) -> None:
    none = read_webhooks(None, dealers=DEALERS, mappings=Mappings(None))
    assert none.by_name == read(tmp_path).by_name == {}
    with pytest.raises(WrongFile, match="cannot be read"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (PUDONG, "sunrise/pudonk", ":2: dealer_id: there is no such dealer; did you mean"),
        ("dealer_id:", "dealer:", ":2: dealer: there is no such field; did you mean 'dealer_id'?"),
        ("crm", "followup", ":3: source: this name is kept"),
        ("ndjson-visits", "ndjson-visit", ":4: takes: there is no such mapping; did you mean"),
        ("ndjson-visits", "csv-visits", ":4: takes: a webhook sends JSON, and this mapping reads"),
        ("CRM_SECRET", "CRM_SECRETS", ":6: secrets.0: the variable that is named here is not set"),
        ("variable: CRM_SECRET", "file: nowhere", ":6: secrets.0: the file cannot be read"),
        ("variable: CRM_SECRET", "file: crm.yaml", ":6: secrets.0: a secret begins with whsec_"),
        ("variable: CRM_SECRET", SECRET_TEXT, ":6: secrets.0: a secret does not stand here"),
        ("variable: CRM_SECRET", "{}", ":6: secrets.0: name a file or a variable, one of them"),
        ("  - variable: CRM_SECRET", "  []", ":5: secrets: name one, or two"),
        (
            "  - variable: CRM_SECRET",
            "  - variable: CRM_SECRET\n" * 3,
            ":5: secrets: name one, or two",
        ),
    ],
)
def test_what_is_wrong_is_told_where(tmp_path: Path, before: str, after: str, line: str) -> None:
    assert before in FINE
    found = wrong_lines(tmp_path, FINE.replace(before, after))
    assert [each for each in found if each.startswith(line)]
    assert len(found) == 1 + (before == "dealer_id:")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    lines = wrong_lines(tmp_path, FINE.replace(PUDONG, "no/where").replace("CRM_SECRET", "NONE"))
    assert len(lines) == 2


@pytest.mark.parametrize("name", ["Crm.yaml", "crm.yml", "c r m.yaml", "-crm.yaml"])
def test_a_file_that_nobody_would_find_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FINE)
    with pytest.raises(WrongFile, match="the name of a webhook"):
        read(tmp_path)
