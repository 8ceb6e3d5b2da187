"""What a running `aftercare up` leaves for the other commands: where it can be reached, and the
key that opens it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.cli import client_key
from deploy.cli.address_file import FILE, Addresses
from deploy.cli.private_file import write_private
from deploy.sandbox.stack import Stack


@contextmanager
def recording(stack: Stack, directory: Path) -> Iterator[None]:
    """Tell the other commands of `stack` as long as it runs."""
    embedded = stack.kafka.model_dump(
        include={"bootstrap_servers", "idempotent_producer", "partitions", "replication_factor"}
    )
    record = Addresses(
        kafka=embedded if stack.broker_is_embedded else None,
        mongo={"uri": f"mongodb://{stack.database}"} if stack.database_is_embedded else None,
        urls=dict(stack.urls),
        rules=stack.rules,
    )
    header = directory / client_key.FILE
    write_private(header, f"{client_key.HEADER}{stack.key}\n")
    file = directory / FILE
    draft = file.with_suffix(".draft")
    draft.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(file)  # whoever waits for the file finds all of it
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        header.unlink(missing_ok=True)
