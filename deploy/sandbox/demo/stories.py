"""The featured complaints as they were announced: a timeline of each, and whether it ended so.

Pure. Made from nothing but the records of aftercare.escalations, as they were read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.cli.record_summary import (
    FOR_THE_RECORD,
    addressees,
    kept_and_broken,
    margin,
    taken_back,
    words,
)
from deploy.sandbox.demo.summary import TopicRecord
from deploy.sandbox.demo.watch import LABELS
from deploy.sandbox.feed.featured import FEATURED, Featured
from shared.contracts.complaints import (
    CaseClosed,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
)
from shared.contracts.topics import ESCALATIONS
from shared.contracts.values import Bilingual
from shared.dealers.dealer import Dealer

_KINDS = {
    DeadlineWarned.TYPE: "warning",
    DeadlineBreached.TYPE: "breach",
    EscalationRaised.TYPE: "step",
}


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message about a case."""

    at: datetime
    """When a step of the ladder was reached; of all else, when it was said."""
    type: str
    text: str
    why: Bilingual


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was announced of a featured case, in that order."""

    featured: Featured
    dealer: Dealer | None
    """None: nothing was announced."""
    messages: tuple[CaseMessage, ...]
    missing: tuple[str, ...]
    """Of what should stand at the end, or have been taken back."""

    def as_json(self) -> dict[str, object]:
        """For programs; times are UTC."""
        return {
            "case_no": self.featured.case_no,
            "dealer_id": self.dealer.id if self.dealer else None,
            "story": self.featured.story.title,
            "missing": list(self.missing),
            "timeline": [
                {
                    "at": message.at.isoformat(),
                    "type": message.type,
                    "text": message.text,
                    "why": message.why.model_dump(),
                }
                for message in self.messages
            ],
        }


def timelines(records: Iterable[TopicRecord], *, dealers: Sequence[Dealer]) -> list[Timeline]:
    """The timeline of each featured case. `records`: as read, none about a subject out of order."""
    announced: dict[str, list[TopicRecord]] = {featured.case_no: [] for featured in FEATURED}
    for record in records:
        case_no = str(record["data"].get("case_no"))
        if record["topic"] == ESCALATIONS.name and case_no in announced:
            announced[case_no].append(record)
    by_id = {dealer.id: dealer for dealer in dealers}
    return [_timeline(featured, announced[featured.case_no], by_id) for featured in FEATURED]


def _timeline(
    featured: Featured, records: Sequence[TopicRecord], dealers: Mapping[str, Dealer]
) -> Timeline:
    endings = {record["subject"]: _ending(record) for record in records}.values()
    dealer_id = str(records[0]["data"]["dealer_id"]) if records else ""
    return Timeline(
        featured=featured,
        dealer=dealers.get(dealer_id),
        messages=tuple(_message(record) for record in records),
        missing=tuple(each for each in featured.ends if each not in endings),
    )


def _ending(record: TopicRecord) -> str:
    """What stands of a subject after this message, in the words of `Featured.ends`."""
    data = _data(record)
    if (kind := _KINDS.get(record["type"])) is not None:
        step = f"{kind} {words(data['step'])}" if kind == "step" else kind
        return f"{step} of {words(data['clock'])}"
    match record["type"]:
        case ClockStopped.TYPE:
            return f"{words(data['clock'])} {data['verdict']}"
        case CaseClosed.TYPE:
            return f"closed {data['outcome']}; {kept_and_broken(data)}"
        case EscalationWithdrawn.TYPE:
            return f"{taken_back(data['about'])}, taken back"
    return record["type"]


def _message(record: TopicRecord) -> CaseMessage:
    data = _data(record)
    notice = record["type"] in _KINDS
    return CaseMessage(
        at=datetime.fromisoformat(data["at"] if notice else record["said_at"]),
        type=record["type"],
        text=_text(record["type"], data),
        why=Bilingual.model_validate(data["why"]),
    )


def _text(kind: str, data: Mapping[str, Any]) -> str:
    match kind:
        case DeadlineWarned.TYPE | DeadlineBreached.TYPE | EscalationRaised.TYPE:
            to_whom = f"-> {addressees(data)}" if data["notified"] else FOR_THE_RECORD
            return f"{words(data['clock'])} {_distance(data)} {to_whom}"
        case ClockStopped.TYPE:
            return f"{words(data['clock'])} {data['verdict']}, {margin(data)}"
        case CaseClosed.TYPE:
            return f"{data['outcome']}; {kept_and_broken(data)}"
        case EscalationWithdrawn.TYPE:
            return taken_back(data["about"])
    return str(data["why"]["en"])


def _distance(data: Mapping[str, Any]) -> str:
    """How far a step of the ladder is from the deadline."""
    if data.get("due_at") is None:
        return "on hold"
    left = datetime.fromisoformat(data["due_at"]) - datetime.fromisoformat(data["at"])
    hours = f"{abs(left) / timedelta(hours=1):.3g} h"
    if not left:
        return "is due now"
    return f"is due in {hours}" if left > timedelta(0) else f"is {hours} over"


def _data(record: TopicRecord) -> Mapping[str, Any]:
    return record["data"]


def render_timeline(timeline: Timeline) -> Group:
    """For a terminal, in the dealer's local time; the reasons in Chinese where that is spoken."""
    case_no, title = timeline.featured.case_no, timeline.featured.story.title
    if timeline.dealer is None:
        return Group(Text(f"{case_no}: {title}. Nothing was announced of it."), Text())
    heading = Text(f"{case_no}: {title}", style="bold")
    heading.append(f"  {timeline.dealer.name}, {timeline.dealer.timezone}", style="dim")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for message in timeline.messages:
        text = Text(message.text)
        if timeline.dealer.language == "zh":
            text.append(f"\n{message.why.zh}", style="dim")
        local = message.at.astimezone(timeline.dealer.zone)
        table.add_row(f"  {local:%a %H:%M}", LABELS[message.type], text)
    return Group(heading, table, *(Text(f"  MISSING: {each}") for each in timeline.missing), Text())
