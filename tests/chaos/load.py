"""Senders that report steadily, as FEEDS do: whatever got no 2xx is sent again, unchanged."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from deploy.cli.client_key import shown
from deploy.sandbox.demo.account import READ_BY, HeldDocument
from shared.contracts.http.intake import Item
from tests.chaos.feed import Acquainted, Case, Event, Feed
from tests.e2e.house import House

TOPICS = "the topics"
"""Stands beside the services as what has to hold every accepted document."""
AGAIN_AFTER_SECONDS = 0.25
LONGEST_REFUSAL_SECONDS = 120.0
REQUEST_SECONDS = 30.0


class IntakeStaysAway(Exception):
    """Intake took nothing for longer than any disturbance lasts."""


@dataclass(slots=True)
class Ledger:
    """Every event that was sent, beside what intake answered at last."""

    answers: list[tuple[Event, Item]] = field(default_factory=list)
    sent_again: list[str] = field(default_factory=list)
    """Why, for each batch that was."""
    cases: dict[str, Case] = field(default_factory=dict)
    acquainted: list[Acquainted] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(item.outcome == outcome for _, item in self.answers)

    def due(self) -> dict[HeldDocument, str]:
        """Where every accepted document has to be, at this version or a newer one."""
        due: dict[HeldDocument, str] = {}
        for event, item in self.answers:
            if item.outcome == "rejected" or not item.document_id or not item.version:
                continue
            for where in (TOPICS, *READ_BY[event["type"]]):
                for key in item.customer_keys:
                    place = HeldDocument(where, key, item.document_id)
                    due[place] = max(due.get(place, ""), item.version)
        return due


@dataclass(frozen=True, slots=True)
class Rate:
    """What each sender sends."""

    batch_events: int
    every_seconds: float


@contextmanager
def steady_load(house: House, feeds: Sequence[Feed], rate: Rate) -> Iterator[Ledger]:
    """Send from all feeds at once until the end, when all that was sent has been answered.

    Raises `IntakeStaysAway`, and what httpx raises for an answer that no retry can mend.
    """
    ledger = Ledger()
    enough = threading.Event()
    with ThreadPoolExecutor(len(feeds)) as senders:
        sending = [senders.submit(_send_on, house, feed, rate, ledger, enough) for feed in feeds]
        try:
            yield ledger
        finally:
            enough.set()
    for sender in sending:
        sender.result()
    for feed in feeds:
        ledger.cases |= feed.cases
        ledger.acquainted += feed.acquainted.values()


def _send_on(house: House, feed: Feed, rate: Rate, ledger: Ledger, enough: threading.Event) -> None:
    """At a steady rate; what an outage held up goes out right after it."""
    url, headers = house.stack.urls["intake"], shown(house.stack.key)
    with httpx.Client(base_url=url, headers=headers, timeout=REQUEST_SECONDS) as client:
        next_at = time.monotonic()
        while not enough.wait(max(0.0, next_at - time.monotonic())):
            next_at += rate.every_seconds
            batch = feed.batch(rate.batch_events, datetime.now(UTC))
            items = _taken(client, batch, ledger)
            ledger.answers.extend(zip(batch, items, strict=True))


def _taken(client: httpx.Client, batch: Sequence[Event], ledger: Ledger) -> list[Item]:
    give_up_at = time.monotonic() + LONGEST_REFUSAL_SECONDS
    while time.monotonic() < give_up_at:
        try:
            answer = client.post(
                "/v1/events",
                json=batch,
                headers={"content-type": "application/cloudevents-batch+json"},
            )
        except httpx.TransportError as error:
            ledger.sent_again.append(type(error).__name__)
        else:
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                answer.raise_for_status()
                return [Item.model_validate(item) for item in answer.json()["items"]]
            ledger.sent_again.append("503")
        time.sleep(AGAIN_AFTER_SECONDS)
    raise IntakeStaysAway(f"no 2xx for {LONGEST_REFUSAL_SECONDS:.0f} s")
