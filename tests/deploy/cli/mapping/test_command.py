"""`aftercare mapping list|show|check|guess`."""

import json
from pathlib import Path

import pytest

from deploy.cli.failures import CannotRun, WrongConfiguration
from services.intake.adapters.mappings import SHIPPED, Mappings, read_mapping
from tests.deploy.cli.mapping.given import FILES, PUDONG, mapping_command


def test_all_that_ship_are_listed() -> None:
    found = mapping_command("list", "--json")
    assert [row["name"] for row in json.loads(found.stdout)] == list(Mappings(None).names())
    assert "chinese-workshop" in mapping_command("list").stdout


def test_those_of_the_site_are_listed_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours.yaml").write_text("extends: generic-csv-visits\ntitle_en: Ours\n")
    monkeypatch.setenv("AFTERCARE_MAPPINGS_DIR", str(tmp_path))
    assert "Ours" in mapping_command("list").stdout
    assert "Ours" in mapping_command("show", "ours").stdout
    assert "ours.yaml: can be used: Ours" in mapping_command("check").stdout


def test_a_mapping_is_shown_field_by_field_or_as_its_file() -> None:
    found = mapping_command("show", "generic-csv-visits")
    assert "customer_id | source_customer_id" in found.stdout
    text = mapping_command("show", "generic-csv-visits", "--yaml").stdout
    assert text == (SHIPPED / "generic-csv-visits.yaml").read_text("utf-8")


def test_all_files_are_checked_and_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("extends: generic-csv-visits\nfields: {ro_nr: No}\n")
    second.write_text("extends: nothing\n")
    with pytest.raises(WrongConfiguration) as told:
        mapping_command("check", str(first), str(second))
    assert "a.yaml:2" in told.value.lines[0]
    assert "b.yaml:1" in told.value.lines[1]


def test_nothing_to_check_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERCARE_MAPPINGS_DIR", raising=False)
    assert mapping_command("check").exit_code == 2


def test_a_draft_can_be_used_and_tried_as_it_is_written(tmp_path: Path) -> None:
    file, draft = str(FILES / "chinese-workshop-gb18030.csv"), tmp_path / "draft.yaml"
    assert "0 things" in mapping_command("guess", file, "--out", str(draft)).stdout
    assert read_mapping(draft).report == "visit"
    tried = mapping_command("try", file, "--mapping", str(draft), *PUDONG)
    assert "7 records make 5 events; 0 refused; 1 skipped" in tried.stdout


def test_a_mapping_that_reads_such_files_already_is_named() -> None:
    for file, name in (
        ("chinese-workshop-gb18030.csv", "chinese-workshop"),
        ("generic-sales.csv", "generic-csv-sales"),
        ("generic-visits.ndjson", "generic-ndjson-visits"),
        ("reynolds-ro.xml", "reynolds-ro"),
        ("adf-leads.xml", "adf-leads"),
    ):
        assert f"'{name}'" in mapping_command("guess", str(FILES / file)).stderr, file


def test_a_draft_never_goes_over_a_file_that_is_there(tmp_path: Path) -> None:
    there = tmp_path / "there.yaml"
    there.write_text("mine")
    with pytest.raises(CannotRun, match="cannot be written"):
        mapping_command("guess", str(FILES / "generic-sales.csv"), "--out", str(there))
    assert there.read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"ro_no,status\n", b"[1", b"<"])
def test_a_file_without_records_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CannotRun, match=str(path)):
        mapping_command("guess", str(path))
