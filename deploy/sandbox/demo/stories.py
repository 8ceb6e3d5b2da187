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

from deploy.cli import record_summary as gist
from deploy.sandbox.demo.summary import Received
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
class Entry:
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
    entries: tuple[Entry, ...]
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
                    "at": entry.at.isoformat(),
                    "type": entry.type,
                    "text": entry.text,
                    "why": entry.why.model_dump(),
                }
                for entry in self.entries
            ],
        }


def timelines(records: Iterable[Received], *, dealers: Sequence[Dealer]) -> list[Timeline]:
    """The timeline of each featured case. `records`: as read, none about a subject out of order."""
    said: dict[str, list[Received]] = {featured.case_no: [] for featured in FEATURED}
    for record in records:
        case_no = str(record["data"].get("case_no"))
        if record["topic"] == ESCALATIONS.name and case_no in said:
            said[case_no].append(record)
    by_id = {dealer.id: dealer for dealer in dealers}
    return [_timeline(featured, said[featured.case_no], by_id) for featured in FEATURED]


def _timeline(
    featured: Featured, records: Sequence[Received], dealers: Mapping[str, Dealer]
) -> Timeline:
    endings = {record["subject"]: _ending(record) for record in records}.values()
    dealer_id = str(records[0]["data"]["dealer_id"]) if records else ""
    return Timeline(
        featured=featured,
        dealer=dealers.get(dealer_id),
        entries=tuple(_entry(record) for record in records),
        missing=tuple(each for each in featured.ends if each not in endings),
    )


def _ending(record: Received) -> str:
    """What stands of a subject after this message, in the words of `Featured.ends`."""
    data = _data(record)
    if (kind := _KINDS.get(record["type"])) is not None:
        step = f"{kind} {gist.words(data['step'])}" if kind == "step" else kind
        return f"{step} of {gist.words(data['clock'])}"
    match record["type"]:
        case ClockStopped.TYPE:
            return f"{gist.words(data['clock'])} {data['verdict']}"
        case CaseClosed.TYPE:
            return f"closed {data['outcome']}; {gist.kept_and_broken(data)}"
        case EscalationWithdrawn.TYPE:
            return f"{gist.taken_back(data['about'])}, taken back"
    return record["type"]


def _entry(record: Received) -> Entry:
    data = _data(record)
    notice = record["type"] in _KINDS
    return Entry(
        at=datetime.fromisoformat(data["at"] if notice else record["said_at"]),
        type=record["type"],
        text=_text(record["type"], data),
        why=Bilingual.model_validate(data["why"]),
    )


def _text(kind: str, data: Mapping[str, Any]) -> str:
    match kind:
        case DeadlineWarned.TYPE | DeadlineBreached.TYPE | EscalationRaised.TYPE:
            told = f"-> {gist.addressees(data)}" if data["notified"] else gist.FOR_THE_RECORD
            return f"{gist.words(data['clock'])} {_distance(data)} {told}"
        case ClockStopped.TYPE:
            return f"{gist.words(data['clock'])} {data['verdict']}, {gist.margin(data)}"
        case CaseClosed.TYPE:
            return f"{data['outcome']}; {gist.kept_and_broken(data)}"
        case EscalationWithdrawn.TYPE:
            return gist.taken_back(data["about"])
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


def _data(record: Received) -> Mapping[str, Any]:
    return record["data"]


def render_timeline(told: Timeline) -> Group:
    """For a terminal, in the dealer's local time; the reasons in Chinese where that is spoken."""
    case_no, title = told.featured.case_no, told.featured.story.title
    if told.dealer is None:
        return Group(Text(f"{case_no}: {title}. Nothing was announced of it."), Text())
    heading = Text(f"{case_no}: {title}", style="bold")
    heading.append(f"  {told.dealer.name}, {told.dealer.timezone}", style="dim")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for entry in told.entries:
        text = Text(entry.text)
        if told.dealer.language == "zh":
            text.append(f"\n{entry.why.zh}", style="dim")
        local = entry.at.astimezone(told.dealer.zone)
        table.add_row(f"  {local:%a %H:%M}", LABELS[entry.type], text)
    return Group(heading, table, *(Text(f"  MISSING: {each}") for each in told.missing), Text())
