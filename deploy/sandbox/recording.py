"""What a running `aftercare up` leaves for the other commands: where it can be reached."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.cli.address_file import FILE, Addresses
from deploy.sandbox.stack import Stack


@contextmanager
def recording(stack: Stack, directory: Path) -> Iterator[None]:
    """Tell the other commands of `stack` as long as it runs."""
    embedded = stack.kafka.model_dump(
        include={"bootstrap_servers", "idempotent_producer", "partitions", "replication_factor"}
    )
    record = Addresses(
        kafka=embedded if stack.broker_is_embedded else None,
        urls=dict(stack.urls),
        rules=stack.rules,
    )
    file = directory / FILE
    draft = file.with_suffix(".draft")
    draft.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(file)  # whoever waits for the file finds all of it
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
