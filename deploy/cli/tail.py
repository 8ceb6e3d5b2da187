"""`aftercare tail`: what is written to topics, one record a line, as it is written."""

import asyncio
import contextlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.record_summary import RecordSummary, summary_of
from deploy.cli.terminal import AsJson, DataDir
from deploy.cli.topic_tail import Record, following
from shared.contracts.topics import ALL


def command(
    topics: Annotated[list[str], typer.Argument(help="Such as aftercare.scores, or just scores.")],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Show what is there, too.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Show what is written to topics, as it is written. Ends with Ctrl-C."""
    names = [_topic_name(topic) for topic in topics]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_show(names, from_start=from_start, data_dir=data_dir, as_json=as_json))


async def _show(names: list[str], *, from_start: bool, data_dir: Path, as_json: bool) -> None:
    settings = configuration.kafka_settings(addresses(data_dir).kafka)
    async with following(settings, names, from_start=from_start) as tail:
        while True:
            for record in await tail.next():
                line = _as_json(record) if as_json else _summary(record).line()
                sys.stdout.write(line + "\n")
            sys.stdout.flush()


def _summary(record: Record) -> RecordSummary:
    written_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return summary_of(record.topic, tuple(record.headers), record.value, written_at=written_at)


def _as_json(record: Record) -> str:
    summary = _summary(record)
    line = json.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key.decode("utf-8", errors="replace") if record.key else None,
            "at": summary.at,
            "type": summary.type,
            "dealer": summary.dealer,
            "data": _json_or_none(record.value),
        },
        ensure_ascii=False,
    )
    return line.encode(errors="backslashreplace").decode()  # half a surrogate pair stays escaped


def _json_or_none(value: bytes | None) -> object:
    try:
        return json.loads(value) if value is not None else None
    except (ValueError, RecursionError):
        return None


def _topic_name(name: str) -> str:
    full = name if name.startswith("aftercare.") else f"aftercare.{name}"
    return full if full in {topic.name for topic in ALL} else name
