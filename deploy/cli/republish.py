"""`aftercare republish`: has intake put what it keeps on the topics again."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from deploy.cli.intake_client import IntakeClient


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
        told = [f"{self.documents:,} documents are on the topics again ({self.records:,} records)"]
        if self.not_kept:
            told.append(
                f"{self.not_kept:,} are not: they were registered before intake kept their "
                "content; send them again"
            )
        return told


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
