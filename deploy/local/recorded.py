"""What a running `aftercare up` leaves for the other commands: where it can be reached."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.local.stack import DATABASE_VARIABLE, DEFAULT_PORT_BASE, Stack, fixed_ports

DEFAULT_DIRECTORY = Path(".aftercare")
_FILE = "running.json"


class Recorded(BaseModel):
    """Addresses only; nothing secret."""

    model_config = ConfigDict(frozen=True)

    kafka: dict[str, str | int | bool] | None = None
    """Settings of the embedded broker; absent where the environment names another."""
    mongo: dict[str, str] | None = None
    """Settings of the embedded database; absent where the environment names another."""
    urls: dict[str, str]
    rules: str | None = ""
    """The folder of rules that complaints reads, None if it has none; empty: that is not known."""


@contextmanager
def recording(stack: Stack, directory: Path) -> Iterator[None]:
    """Tell the other commands of `stack` as long as it runs."""
    embedded = stack.kafka.model_dump(
        include={"bootstrap_servers", "idempotent_producer", "partitions", "replication_factor"}
    )
    record = Recorded(
        kafka=embedded if stack.broker_is_embedded else None,
        mongo=None if os.environ.get(DATABASE_VARIABLE) else {"uri": f"mongodb://{stack.database}"},
        urls=dict(stack.urls),
        rules=stack.rules,
    )
    file = directory / _FILE
    draft = file.with_suffix(".draft")
    draft.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(file)  # whoever waits for the file finds all of it
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def recorded(directory: Path) -> Recorded:
    """What runs with its data in `directory`; the usual addresses when nothing does."""
    try:
        return Recorded.model_validate_json((directory / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        usual = fixed_ports(DEFAULT_PORT_BASE).services
        return Recorded(urls={name: f"http://127.0.0.1:{port}" for name, port in usual.items()})
