"""The folder of rules that tests of `aftercare policy` begin with."""

from pathlib import Path

import pytest

from tests.deploy.cli.rules_folder import DRAFT


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with one draft, and nothing applied."""
    folder = tmp_path / "rules"
    (folder / "complaints" / "policies").mkdir(parents=True)
    (folder / "complaints" / "policies" / "pudong.yaml").write_text(DRAFT, encoding="utf-8")
    return folder
