"""What a stack on one machine keeps beside its data."""

from pathlib import Path

from deploy.sandbox.stack import rejected_key
from shared.platform.seal import keys_of


def test_a_directory_has_one_key_of_what_was_rejected_for_ever(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    key = rejected_key(directory)
    assert len(keys_of(key)) == 1
    assert rejected_key(directory) == key
    assert rejected_key(tmp_path / "other") != key
    assert (directory / "rejected.key").stat().st_mode & 0o077 == 0
