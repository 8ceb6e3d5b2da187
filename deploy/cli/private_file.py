"""Files that only their owner can read, from the first byte on."""

import os
from pathlib import Path

from deploy.cli.failures import CannotRun


def write_private(file: Path, text: str) -> None:
    """Have the file hold this text. Whoever reads it meanwhile reads what it held before.

    Raises `CannotRun` where it cannot be written.
    """
    draft = file.with_name(f".{file.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.write(text)
        draft.replace(file)
    except OSError as error:
        raise CannotRun(f"{file}: cannot be written: {error.strerror}") from None
