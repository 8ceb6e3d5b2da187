"""The file of watched folders: what is wrong in it is told by line and field."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.adapters.drops.drops_file import DropFolder, read_drops
from services.intake.adapters.mappings import Mappings
from shared.yaml_file import WrongFile
from tests.services.intake.given import DEALERS, PUDONG

FINE = f"""\
folders:
  - name: pudong-dms
    path: /srv/sftp/pudong
    dealer_id: {PUDONG}
    source: dms
    files:
      - match: "visits*.csv"
        mapping: generic-csv-visits
      - match: ["sales*.csv", "*.gz"]
        mapping: generic-csv-sales
        source: sales-dms
"""


def read(folder: Path, text: str) -> list[DropFolder]:
    path = folder / "drops.yaml"
    path.write_text(text)
    return list(read_drops(path, dealers=DEALERS, mappings=Mappings(None)))


def test_a_folder_has_all_that_is_said_of_it(tmp_path: Path) -> None:
    (found,) = read(tmp_path, FINE)
    assert (found.name, found.path, found.dealer.id) == (
        "pudong-dms",
        Path("/srv/sftp/pudong"),
        PUDONG,
    )
    assert [(files.match, files.mapping, files.source) for files in found.files] == [
        (("visits*.csv",), "generic-csv-visits", "dms"),
        (("sales*.csv", "*.gz"), "generic-csv-sales", "sales-dms"),
    ]
    assert (found.still, found.marker, found.keep) == (
        timedelta(seconds=30),
        None,
        timedelta(days=90),
    )
    (kept,) = read(
        tmp_path, FINE.replace("    source: dms", "    source: dms\n    keep_days: null")
    )
    assert kept.keep is None


def test_without_a_file_none_is_watched(tmp_path: Path) -> None:
    assert not read_drops(None, dealers=DEALERS, mappings=Mappings(None))
    assert not read(tmp_path, "")
    with pytest.raises(WrongFile, match="cannot be read"):
        read_drops(tmp_path / "none.yaml", dealers=DEALERS, mappings=Mappings(None))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("sunrise/pudong", "sunrise/pudonk", ":4: folders.0.dealer_id: there is no such dealer"),
        ("generic-csv-visits", "generic-csv-visit", ":8: folders.0.files.0.mapping: there is no"),
        ("    source: dms", "    sauce: dms", ":5: folders.0.sauce: there is no such field"),
        ("    source: dms\n", "", ":7: folders.0.files.0.mapping: say the `source` here"),
        ("source: dms", "source: followup", ":7: folders.0.files.0: the source's"),
        ("/srv/sftp/pudong", "sftp/pudong", ":3: folders.0.path: write the whole path"),
        ("pudong-dms", "Pudong DMS", ":2: folders.0.name: String should match"),
        ("source: dms\n", "source: dms\n    still_seconds: soon\n", ":6: folders.0.still_seconds"),
        ("source: dms\n", "source: dms\n    marker: done\n", ":6: folders.0.marker: String should"),
        ("source: dms\n", "source: dms\n    keep_days: -1\n", ":6: folders.0.keep_days: Input"),
        ('"visits*.csv"', "[]", ":7: folders.0.files.0.match: Value should have"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(
    tmp_path: Path, before: str, after: str, line: str
) -> None:
    assert before in FINE
    with pytest.raises(WrongFile) as wrong:
        read(tmp_path, FINE.replace(before, after, 1))
    assert any(line in each for each in wrong.value.lines), wrong.value.lines


def test_a_folder_and_a_name_stand_there_once(tmp_path: Path) -> None:
    again = FINE.partition("\n")[2].replace("path: /srv/sftp/pudong", "path: /srv/sftp/pudong/")
    with pytest.raises(WrongFile) as wrong:
        read(tmp_path, FINE + again)
    assert [line.rpartition("drops.yaml")[2] for line in wrong.value.lines] == [
        ":12: folders.1.name: another folder has this name",
        ":13: folders.1.path: another entry has this folder: put what it takes under its `files`",
    ]
