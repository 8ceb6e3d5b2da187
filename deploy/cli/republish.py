"""`aftercare republish`: has intake put what it keeps on the topics again."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import Reached, reached
from deploy.cli.intake_client import IntakeClient
from deploy.cli.terminal import AsJson, DataDir, out, progress, write_json


@dataclass(frozen=True, slots=True)
class PutBack:
    """What is on the topics again."""

    documents: int = 0
    records: int = 0
    not_kept: int = 0
    """Documents registered before intake kept their content."""

    def as_json(self) -> dict[str, int]:
        return asdict(self)

    def in_words(self) -> list[str]:
        """A line or two for people."""
        lines = [f"{self.documents:,} documents are on the topics again ({self.records:,} records)"]
        if self.not_kept:
            lines.append(
                f"{self.not_kept:,} are not: they were registered before intake kept their "
                "content; send them again"
            )
        return lines


def command(
    dealer: Annotated[str, typer.Option(help="Only this one's: group/dealer.")] = "",
    since: Annotated[
        str, typer.Option(help="Only what was registered or changed since this instant.")
    ] = "",
    url: Annotated[str, typer.Option(help="Intake's address.")] = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Put what intake keeps on the topics again: the same records, under the same ids.

    For a Kafka that was lost, and a service that is added later than the topics reach back.
    """
    where = reached("intake", url, data_dir)
    done = asyncio.run(_republish(where, dealer or None, _instant_or_none(since)))
    if as_json:
        write_json(done.as_json())
    else:
        for line in done.in_words():
            out.print(line, markup=False, highlight=False, soft_wrap=True)


async def republish(
    client: IntakeClient,
    *,
    dealer: str | None = None,
    since: datetime | None = None,
    progress: Callable[[PutBack], None] = lambda _: None,
) -> PutBack:
    """Republish all that intake keeps, of one dealer or since an instant, page by page.

    Repeating it is safe. Raises `CannotRun` when intake refuses or stays away.
    """
    asked = {"dealer_id": dealer, "since": None if since is None else since.isoformat()}
    total, after = PutBack(), ""
    while True:
        page = await client.republish(after=after, **asked)
        total = PutBack(
            documents=total.documents + page.documents,
            records=total.records + page.records,
            not_kept=total.not_kept + page.not_kept,
        )
        progress(total)
        if page.next is None:
            return total
        after = page.next


async def _republish(where: Reached, dealer: str | None, since: datetime | None) -> PutBack:
    with progress("republishing: {task.completed:,} documents") as shown:
        task = shown.add_task("republish", total=None)
        async with IntakeClient(where.url, key=where.key) as client:
            return await republish(
                client,
                dealer=dealer,
                since=since,
                progress=lambda done: shown.update(task, completed=done.documents),
            )


def _instant_or_none(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(
            f"'{text}' is no instant with a zone, such as 2026-11-20T08:00:00Z",
            param_hint="--since",
        )
    return instant
