"""`aftercare mapping try`: what a file would become, and what is wrong with it; nothing is sent."""

import gzip
import json
from pathlib import Path

import pytest

from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.mapping.trial import field_of
from tests.deploy.cli.mapping.given import (
    FILES,
    GOOD,
    HEADINGS,
    PUDONG,
    csv_file,
    mapping_command,
    try_visits,
)

SHIPPED = [
    ("chinese-workshop-gb18030.csv", "chinese-workshop", 5),
    ("chinese-workshop-bom.csv", "chinese-workshop", 5),
    ("chinese-sales-gb18030.csv", "chinese-sales", 4),
    ("generic-visits.csv", "generic-csv-visits", 3),
    ("generic-visits.ndjson", "generic-ndjson-visits", 2),
    ("reynolds-ro.xml", "reynolds-ro", 1),
    ("jtt-1132.json", "jtt-1132", 1),
    ("adf-leads.xml", "adf-leads", 1),
]


def lines_of(path: Path, *more: str) -> list[dict[str, object]]:
    found = try_visits(path, "--json", *more)
    return [json.loads(line) for line in found.stdout.splitlines()]


@pytest.mark.parametrize(("file", "mapping", "at_least"), SHIPPED)
def test_the_files_of_each_format_are_read(file: str, mapping: str, at_least: int) -> None:
    found = mapping_command("try", str(FILES / file), "--mapping", mapping, "--json", *PUDONG)
    totals = json.loads(found.stdout.splitlines()[-1])["totals"]
    assert totals["events"] >= at_least
    assert totals["broken"] is None and totals["file"] == []


def test_a_record_is_shown_in_full_with_the_columns_that_it_came_from(tmp_path: Path) -> None:
    found = try_visits(csv_file(tmp_path, GOOD))
    assert found.exit_code == 0
    assert "2026-01-05 09:05" in found.stdout, "by the dealer's clocks"
    assert "(customer_name)" in found.stdout
    assert "(opened_at)" in found.stdout
    assert "1 record make 1 event; 0 refused" in found.stdout


def test_programs_get_a_line_for_every_record_and_one_for_all(tmp_path: Path) -> None:
    first, second, last = lines_of(csv_file(tmp_path, GOOD, GOOD.replace("R1", "R2")))
    assert (first["becomes"], second["becomes"]) == ("event", "event")
    assert isinstance(first["event"], dict) and first["event"]["data"]["ro_no"] == "R1"
    assert isinstance(last["totals"], dict) and last["totals"]["events"] == 2


def test_the_same_record_again_is_a_repeat(tmp_path: Path) -> None:
    path = tmp_path / "visits.ndjson"
    visit = '{"ro_no": "R1", "status": "open", "opened_at": "2026-01-05T09:05:00Z"}\n'
    path.write_text(visit * 2)
    found = mapping_command("try", str(path), "--mapping", "generic-ndjson-visits", *PUDONG)
    assert "1 event; 1 repeated" in found.stdout


def test_what_the_mapping_refuses_is_told_by_line_field_and_column(tmp_path: Path) -> None:
    found = try_visits(csv_file(tmp_path, GOOD, GOOD.replace("R1,closed", "R2,asleep")))
    assert found.exit_code == 1
    assert "line 3: refused: status (column 'status')" in found.stdout
    assert not any("asleep" in line for line in found.stdout.splitlines() if "refused: " in line)


def test_what_intake_would_refuse_is_told_so_too(tmp_path: Path) -> None:
    wrong = GOOD.replace(",,沪A12345", ",1HGCM82643A004352,沪A12345")
    found = try_visits(csv_file(tmp_path, wrong))
    assert found.exit_code == 1
    assert "line 2: refused: vehicle.vin (column 'vin'): the check digit" in found.stdout


def test_what_intake_would_warn_of_is_told_so_too(tmp_path: Path) -> None:
    found = try_visits(csv_file(tmp_path, GOOD.replace("13800138017", "12")))
    assert found.exit_code == 0
    assert "line 2: warning: customer.phones[1].number (column 'phone')" in found.stdout
    assert "1 with warnings" in found.stdout


def test_a_missing_column_is_told_first_with_the_nearest_and_nothing_is_tried(
    tmp_path: Path,
) -> None:
    found = try_visits(csv_file(tmp_path, GOOD, headings=HEADINGS.replace("ro_no", "ro_num")))
    assert found.exit_code == 1
    assert "no such column; did you mean 'ro_num'?" in found.stdout
    assert "make" not in found.stdout


def test_a_doubled_column_is_told(tmp_path: Path) -> None:
    found = try_visits(csv_file(tmp_path, GOOD, headings=HEADINGS.replace("plate", "VIN")))
    assert found.exit_code == 1
    assert "stands there twice" in found.stdout


def test_columns_that_nobody_looks_at_are_named(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{GOOD},blue", headings=f"{HEADINGS},colour")
    assert "not looked at: colour" in try_visits(path).stdout


def test_of_many_records_the_first_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    rows = [GOOD.replace("R1", f"R{number}") for number in range(50)]
    found = try_visits(csv_file(tmp_path, *rows, "R99,asleep,2026-01-05"), "--limit", "3")
    assert found.stdout.count("event  ") == 3
    assert "line 52: refused" in found.stdout, "errors of the rest are told"
    assert "51 records make 50 events; 1 refused" in found.stdout


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert "1 event" in try_visits(path).stdout


def test_a_file_that_ends_in_the_middle_says_so_after_what_could_be_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *[GOOD.replace("R1", f"R{number}") for number in range(9_000)])
    path.write_bytes(gzip.compress(path.read_bytes())[:-2_000])
    found = try_visits(path)
    assert found.exit_code == 1
    assert "the file: cannot be read further" in found.stdout


def test_a_file_of_another_format_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(b"%PDF-1.7\n...")
    found = try_visits(path)
    assert found.exit_code == 1
    assert "the file: cannot be read so: this is a PDF" in found.stdout


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(CannotRun, match="No such file"):
        try_visits(Path("nowhere.csv"))


def test_a_mapping_that_is_not_there_has_its_nearest(tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD)
    found = mapping_command("try", str(path), "--mapping", "chinese-workshops")
    assert found.exit_code == 2
    assert "did you mean 'chinese-workshop'" in " ".join(found.stderr.replace("│", " ").split())


def test_a_mapping_that_cannot_be_used_is_told_by_its_lines(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("extends: generic-csv-visits\nfields:\n  ro_nr: No\n")
    with pytest.raises(WrongConfiguration, match=r"own\.yaml:3: fields\.ro_nr: .*'ro_no'"):
        mapping_command("try", str(csv_file(tmp_path, GOOD)), "--mapping", str(own))


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [("--dealer", "sunrise/nowhere", "there are sunrise/"), ("--source", "My DMS", "a-z, 0-9")],
)
def test_dealers_and_sources_are_checked(
    option: str, value: str, told: str, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, GOOD)
    found = mapping_command("try", str(path), "--mapping", "generic-csv-visits", option, value)
    assert found.exit_code == 2
    assert told in " ".join(found.stderr.replace("│", " ").split())


def test_a_terminal_is_not_obeyed(tmp_path: Path) -> None:
    row = GOOD.replace("Kim", "\x1b[31mKim[red]")
    path = csv_file(tmp_path, f"{row},x", headings=f"{HEADINGS},\x1b[2Jcolour")
    assert "\x1b" not in try_visits(path).stdout


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/data/ro_no", "ro_no"),
        ("/data/lines/0/pay_type", "lines[1].pay_type"),
        ("/data/traded_in/1", "traded_in[2]"),
        ("/time", "time"),
        ("", ""),
    ],
)
def test_pointers_are_told_as_mappings_name_fields(pointer: str, field: str) -> None:
    assert field_of(pointer) == field
