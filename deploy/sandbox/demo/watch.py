"""Watches the topics that the services write, and keeps what happened for the demo."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from deploy.cli.record_summary import RecordSummary, summary_of
from deploy.cli.topic_tail import Record, Tail
from deploy.sandbox.demo.summary import TopicRecord
from shared.contracts.complaints import (
    CaseClosed,
    CaseMerged,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
    StepRefused,
)
from shared.contracts.envelope import from_headers
from shared.contracts.followup import TaskChanged
from shared.contracts.scoring import GradeChanged, RiskChanged
from shared.contracts.topics import (
    CASES,
    DEAD_LETTERS,
    ESCALATIONS,
    GRADES,
    MERGES,
    PROFILES,
    SCORES,
    TASKS,
)
from shared.platform.dead_letters import is_resolution, own_headers

WATCHED = tuple(
    topic.name
    for topic in (SCORES, GRADES, TASKS, ESCALATIONS, MERGES, CASES, PROFILES, DEAD_LETTERS)
)
"""What the services say, and who the customers are."""
ALARMS = (DeadlineWarned.TYPE, DeadlineBreached.TYPE, EscalationRaised.TYPE)
DEAD_LETTER = "dead letter"
LABELS = {
    DeadlineWarned.TYPE: "warning",
    DeadlineBreached.TYPE: "BREACH",
    EscalationRaised.TYPE: "escalation",
    EscalationWithdrawn.TYPE: "taken back",
    ClockStopped.TYPE: "verdict",
    CaseClosed.TYPE: "closed",
    StepRefused.TYPE: "refused",
    CaseMerged.TYPE: "merged",
    GradeChanged.TYPE: "grade",
    RiskChanged.TYPE: "risk",
    TaskChanged.TYPE: "task",
    DEAD_LETTER: DEAD_LETTER,
}
"""What is worth a line, and what it is called there."""
QUIET_POLLS = 3
LINES_PER_KIND = 8
"""Further lines of a kind are not shown, that none drowns the others; all are counted."""


class Origin(NamedTuple):
    """The record that a dead letter was."""

    topic: str
    partition: int
    offset: int


@dataclass(slots=True)
class Watch:
    """Everything that was seen so far."""

    say: Callable[[str], None]
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    """Dealer -> the zone whose clocks its lines go by; UTC where none is known."""
    planted: Origin | None = None
    """The record that is unreadable on purpose."""
    counts: Counter[str] = field(default_factory=Counter)
    received: list[TopicRecord] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)
    """Subject -> its latest sequence: repeats and overtaken messages are dropped."""
    names: dict[str, str] = field(default_factory=dict)
    """Customer key -> name, of the customers who have one."""
    dead_letters: list[tuple[Origin, str]] = field(default_factory=list)
    """Where each came from, and why it is dead."""
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    quiet_polls: int = 0
    talkative: bool = False
    """Whether to show what happens, and not only to count it."""
    _shown: Counter[str] = field(default_factory=Counter)

    async def run(self, tail: Tail) -> None:
        """Watch until cancelled."""
        while True:
            records = await tail.next()
            self.quiet_polls = 0 if records else self.quiet_polls + 1
            for record in records:
                self.take(record)
            self.polled.set()

    async def until_quiet(self) -> None:
        """Return when nothing new came for `QUIET_POLLS` polls."""
        self.quiet_polls = 0
        while self.quiet_polls < QUIET_POLLS:
            self.polled.clear()
            await self.polled.wait()

    def take(self, record: Record) -> None:
        """Count one record, keep it, and show it when it is worth a line."""
        headers = tuple(record.headers)
        if record.topic == DEAD_LETTERS.name and is_resolution(headers):
            return
        if record.topic == PROFILES.name:
            self._meet(record)
            return
        written_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        zone = self.zones.get(from_headers(headers).get("dealerid", ""), UTC)
        summary = summary_of(record.topic, headers, record.value, written_at=written_at, zone=zone)
        if record.topic == DEAD_LETTERS.name:
            self.counts[DEAD_LETTER] += 1
            self.dead_letters.append((_origin(headers), summary.text))
            purpose = "on purpose: " if _origin(headers) == self.planted else ""
            self._show(DEAD_LETTER, replace(summary, text=purpose + summary.text), zone)
            return
        attributes = from_headers(headers)
        received = TopicRecord(
            topic=record.topic,
            type=attributes.get("type", ""),
            key=(record.key or b"").decode(),
            data=json.loads(record.value or b"{}"),
            sequence=int(attributes.get("sequence", "0")),
            subject=attributes.get("subject", ""),
            said_at=summary.at,
        )
        known = self.sequences.get(received["subject"], 0)
        if known >= received["sequence"]:
            return
        self.received.append(received)
        self.sequences[received["subject"]] = received["sequence"]
        self.counts[received["type"]] += 1
        if self.talkative and _notable(received, first=not known):
            self._show(received["type"], summary, zone)

    def _meet(self, record: Record) -> None:
        """Keep the name of a customer; an erased profile has no content."""
        key = (record.key or b"").decode()
        name = json.loads(record.value).get("name") if record.value else None
        if name:
            self.names[key] = str(name)
        else:
            self.names.pop(key, None)

    def alarms(self) -> int:
        """How many warnings, breaches and steps of a ladder were announced so far."""
        return sum(self.counts[kind] for kind in ALARMS)

    def _show(self, kind: str, summary: RecordSummary, zone: tzinfo) -> None:
        self._shown[kind] += 1
        label = LABELS[kind]
        if self._shown[kind] <= LINES_PER_KIND:
            # the broker's time of a dead letter is not scaled
            at = datetime.fromisoformat(summary.at).astimezone(zone)
            when = f"{at:%a %H:%M}" if kind != DEAD_LETTER else ""
            self.say(f"{when:9}  {summary.dealer:16}  {label:11}  {summary.text}")
        elif self._shown[kind] == LINES_PER_KIND + 1:
            self.say(f"{'':9}  {'':16}  {label:11}  … more of them; all are counted below")


def _notable(received: TopicRecord, *, first: bool) -> bool:
    match received["type"]:
        case GradeChanged.TYPE:
            return received["data"]["after"] == "quality"
        case RiskChanged.TYPE:
            return received["data"]["after"] in {"at_risk", "lost"}
        case TaskChanged.TYPE:
            return first and received["data"]["status"] == "open"
    return received["type"] in LABELS


def _origin(headers: tuple[tuple[str, bytes | None], ...]) -> Origin:
    ours = own_headers(headers)
    return Origin(ours["topic"], int(ours["partition"]), int(ours["offset"]))
