"""Puts what intake keeps on the topics again: the same records, under the same ids.

For a Kafka that was lost, an embedded broker that forgets, and a service that is added later
than the topics' retention. The newest version of each document goes to each customer it
concerns; customers it was taken away from are notified once more, for some may still hold it. What
explains others goes first, as when it was reported. Consumers keep the newest version, so that
neither a repeat nor what is reported meanwhile is harmed.
"""

from collections.abc import Sequence
from datetime import datetime

from services.intake.adapters.publish import publish, record_of
from services.intake.adapters.register import Register, Shelf
from services.intake.domain.documents.complaint_step import STEP
from services.intake.domain.facts import Row
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.republish import RepublishedRows, republished
from shared.contracts.http.intake import RepublishedPage
from shared.platform import metrics
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.publisher import Publisher

MAX_ATTEMPTS = 8
"""How often a page of profiles is published again because they were reported meanwhile."""


class UnknownCursor(ValueError):
    """`after` is not the `next` of any page."""


class Republishing:
    """Puts pages of the register on the topics. Any number of instances may, at any time."""

    def __init__(self, *, register: Register, publisher: Publisher) -> None:
        self._register = register
        self._publisher = publisher

    async def page(
        self, *, dealer_id: str | None, since: datetime | None, after: str, limit: int
    ) -> RepublishedPage:
        """The next `limit` documents by id; `after`: empty, then the `next` of the page before.

        `since`: only what was registered or changed then or later. Raises `UnknownCursor`, and
        `TransientFailure` when the page has to be asked for again.
        """
        shelf, last = _cursor(after)
        rows = await self._register.kept(shelf, dealer_id=dealer_id, after=last, limit=limit)
        wanted = [row for row in rows if since is None or row.updated_at >= since]
        if shelf == "documents":
            wanted = await self._without_shelved(wanted)
        page = await self._published(wanted)
        if shelf == "profiles":
            await self._let_newer_profiles_win(wanted)
        return RepublishedPage(
            documents=page.documents,
            records=len(page.outgoing),
            not_kept=page.not_kept,
            next=_onward(shelf, rows, limit),
        )

    async def _without_shelved(self, rows: Sequence[Row]) -> list[Row]:
        """Without profiles from before they had a shelf of their own, when they are there now."""
        profiles = [row.document_id for row in rows if row.kind == PROFILE]
        shelved = await self._register.find(profiles) if profiles else {}
        return [row for row in rows if row.document_id not in shelved]

    async def _published(self, rows: Sequence[Row]) -> RepublishedRows:
        left = {row.parent for row in rows if row.kind == STEP and row.left and row.parent}
        cases = await self._register.find(left) if left else {}
        page = republished(rows, cases)
        records = (record_of(sent, event=None, traceparent=None, key=b"") for sent in page.outgoing)
        if await publish(self._publisher, records):
            raise TransientFailure("broker: a message that it took before was refused")
        for sent in page.outgoing:
            metrics.messages_published.labels("intake", sent.message.TYPE).inc()
        return page

    async def _let_newer_profiles_win(self, rows: Sequence[Row]) -> None:
        """Only the last record of a profile stays on its topic, so it must be the newest one.

        Who published a newer one and did not register it yet finds the revision changed, and
        publishes it again, after ours; who did register it is found out here.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                await self._register.save(rows)
            except Conflict:
                found = await self._register.find([row.document_id for row in rows])
                rows = list(found.values())
                await self._published(rows)
            else:
                return
        raise TransientFailure("register: profiles change again and again")


def _onward(shelf: Shelf, rows: Sequence[Row], limit: int) -> str | None:
    if len(rows) == limit:
        return f"{shelf}:{rows[-1].document_id}"
    return "profiles:" if shelf == "documents" else None


def _cursor(after: str) -> tuple[Shelf, str]:
    shelf, _, last = after.partition(":")
    match shelf:
        case "":
            return "documents", ""
        case "documents" | "profiles":
            return shelf, last
        case _:
            raise UnknownCursor(after)
