"""Puts what intake keeps on the topics again: the same records, under the same ids.

For a Kafka that was lost, an embedded broker that forgets, and a service that is added later
than the topics' retention. The newest version of each document goes to each customer it
concerns; customers it was taken away from are told once more, for some may still hold it. What
explains others goes first, as when it was reported. Consumers keep the newest version, so that
neither a repeat nor what is reported meanwhile is harmed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from services.intake.adapters.publish import publish
from services.intake.adapters.register import Register, Shelf
from services.intake.domain.batch import Outgoing
from services.intake.domain.envelope import record_of
from services.intake.domain.facts import Row
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.published import departures_of, snapshots_of
from services.intake.domain.steps import newest_of_each
from services.intake.domain.submissions import STEP
from shared.contracts.intake import Recorded
from shared.contracts.values import Contract
from shared.platform import metrics
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.publisher import Publisher

MAX_ATTEMPTS = 8
"""So often a page of profiles is published again because they were reported meanwhile."""


class UnknownPlace(ValueError):
    """`after` is not what a page told to go on with."""


class PutBack(Contract):
    """What one page put on the topics again."""

    documents: int = Field(description="documents that are on the topics again")
    records: int = Field(description="records published: one for each customer concerned")
    not_kept: int = Field(
        description="documents registered before intake kept their content: report them again"
    )
    next: str | None = Field(description="`after` of the next page; null: this was the last")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is to be published of some rows, in its order."""

    outgoing: Sequence[Outgoing]
    documents: int
    not_kept: int


class Republishing:
    """Puts pages of the register on the topics. Any number of instances may, at any time."""

    def __init__(self, *, register: Register, publisher: Publisher) -> None:
        self._register = register
        self._publisher = publisher

    async def page(
        self, *, dealer_id: str | None, since: datetime | None, after: str, limit: int
    ) -> PutBack:
        """The next `limit` documents after `after` (''; then as told), in the order of their ids.

        `since`: only what was registered or changed then or later. Raises `UnknownPlace`, and
        `TransientFailure` when the page has to be asked for again.
        """
        shelf, last = _place(after)
        rows = await self._register.kept(shelf, dealer_id=dealer_id, after=last, limit=limit)
        wanted = [row for row in rows if since is None or row.updated_at >= since]
        if shelf == "documents":
            wanted = await self._without_shelved(wanted)
        page = await self._published(wanted)
        if shelf == "profiles":
            await self._let_newer_profiles_win(wanted)
        return PutBack(
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

    async def _published(self, rows: Sequence[Row]) -> _Page:
        left = {row.parent for row in rows if row.kind == STEP and row.left and row.parent}
        cases = await self._register.find(left) if left else {}
        page = _page(rows, cases)
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


def _page(rows: Sequence[Row], cases: Mapping[str, Row]) -> _Page:
    """What was published of these rows. `cases`: complaints that must leave before their steps."""
    outgoing: list[Outgoing] = []
    not_kept = 0
    for row in rows:
        try:
            outgoing += _of(row, snapshots_of(row))
        except ValueError:
            not_kept += 1
        outgoing += _of(row, departures_of(row))
    for case in cases.values():
        outgoing += _of(case, departures_of(case))
    order = newest_of_each([sent.message for sent in outgoing])
    return _Page(
        outgoing=[outgoing[at] for at in order],
        documents=len(rows) - not_kept,
        not_kept=not_kept,
    )


def _of(row: Row, messages: Iterable[Recorded]) -> list[Outgoing]:
    return [
        Outgoing(
            message=message,
            first_received_at=row.first_received_at,
            occurred_at=row.occurred_at,
        )
        for message in messages
    ]


def _onward(shelf: Shelf, rows: Sequence[Row], limit: int) -> str | None:
    if len(rows) == limit:
        return f"{shelf}:{rows[-1].document_id}"
    return "profiles:" if shelf == "documents" else None


def _place(after: str) -> tuple[Shelf, str]:
    shelf, _, last = after.partition(":")
    match shelf:
        case "":
            return "documents", ""
        case "documents" | "profiles":
            return shelf, last
        case _:
            raise UnknownPlace(after)
