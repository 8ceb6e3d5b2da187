"""Files and mappings for tests of `aftercare mapping`, and the command in this process."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.main import app
from tests import PROJECT

FILES = PROJECT / "tests/services/intake/domain/mappings/files"
PUDONG = ("--dealer", "sunrise/pudong")
HEADINGS = "ro_no,status,opened_at,closed_at,customer_id,customer_name,phone,vin,plate,total"
GOOD = "R1,closed,2026-01-05 09:05,2026-01-06 10:00,C1,Kim Example,13800138017,,沪A12345,120.5"


def mapping_command(*arguments: str) -> Result:
    """Run `aftercare mapping …`; failures that people can mend are raised as they are."""
    result = CliRunner().invoke(app, ["mapping", *arguments])
    if isinstance(result.exception, CannotRun | WrongConfiguration):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    """A file with a record that is fine."""
    return csv_file(tmp_path, GOOD)


def csv_file(folder: Path, *lines: str, headings: str = HEADINGS) -> Path:
    path = folder / "visits.csv"
    path.write_text("\n".join([headings, *lines]) + "\n", "utf-8")
    return path


def try_visits(path: Path, *more: str) -> Result:
    """By the mapping of canonical headings, for Pudong."""
    return mapping_command("try", str(path), "--mapping", "generic-csv-visits", *PUDONG, *more)
