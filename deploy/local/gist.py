"""One record of a topic in one readable line, without anything personal."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.local.terminal import printable
from shared.contracts import complaints, followup, intake, scoring
from shared.contracts.envelope import from_headers
from shared.contracts.topics import DEAD_LETTERS
from shared.contracts.values import instant_text
from shared.runtime.dead_letters import is_resolution, told_by

Data = Mapping[str, Any]

_MILLISECONDS = len("2026-11-21T10:05:00.000Z") - len(".000Z")


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says, for people."""

    at: str
    type: str
    dealer: str
    gist: str

    def line(self) -> str:
        line = f"{self.at[:_MILLISECONDS]}Z  {self.dealer:18} {self.type:28} {self.gist}"
        return printable(line)


def tell(
    topic: str,
    headers: tuple[tuple[str, bytes | None], ...],
    value: bytes | None,
    *,
    written_at: datetime,
) -> Told:
    """What a record says. One that cannot be read is told as such."""
    attributes = from_headers(headers)
    at = attributes.get("time") or instant_text(written_at)
    dealer = attributes.get("dealerid", "-")
    kind = attributes.get("type", "")
    short = kind.removeprefix("dev.aftercare.").removesuffix(".v1") or "(no type)"
    if topic == DEAD_LETTERS.name:
        told = _resolution(headers) if is_resolution(headers) else _dead_letter(headers)
        return Told(instant_text(written_at), "dead letter", dealer, told)
    if value is None:
        return Told(at, short, dealer, "erased")
    try:
        data = json.loads(value)
        gist = _GISTS.get(kind, _document)(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        gist = "(cannot be read)"
    return Told(at, short, dealer, gist)


def _dead_letter(headers: tuple[tuple[str, bytes | None], ...]) -> str:
    ours = told_by(headers)
    return (
        f"{ours.get('service')} could not process {ours.get('topic')} "
        f"[{ours.get('partition')}]@{ours.get('offset')}: {ours.get('reason')}"
    )


def _resolution(headers: tuple[tuple[str, bytes | None], ...]) -> str:
    ours = told_by(headers)
    note = f": {ours['note']}" if "note" in ours else ""
    return f"{ours.get('id', '')[:8]} was {ours['resolution']}{note}"


def _document(data: Data) -> str:
    name = data.get("document_id") or data.get("about") or data.get("customer_key") or ""
    status = data.get("status")
    return f"{name} {status}" if status else str(name)


def _step(data: Data) -> str:
    return f"case {data['case_no']}: {data['step']}"


def _survey(data: Data) -> str:
    return f"{data['survey'].upper()} {data['overall']}/10  {data['customer_key']}"


def _profile(data: Data) -> str:
    return f"{data['customer_key']} ({data['kind']})"


def _score(data: Data) -> str:
    return (
        f"{data['customer_key']}: {data['score']} points "
        f"(value {data['value']}, loyalty {data['loyalty']}), {data['grade']}"
    )


def _grade(data: Data) -> str:
    return f"{data['customer_key']}: {data['before']} -> {data['after']} ({data['score']} points)"


def _task(data: Data) -> str:
    because = f" because {data['closed_because']}" if data.get("closed_because") else ""
    return f"{data['title_en']}: {data['status']}{because}, due {_minute(data['due_at'])}"


def _deadline(data: Data) -> str:
    to = _words(", ".join(data["recipients"]))
    told = f" -> {to}" if data["notified"] and to else " (recorded, nobody notified)"
    return f"case {data['case_no']}: {_words(data['clock'])} due {_minute(data['due_at'])}{told}"


def _verdict(data: Data) -> str:
    margin = abs(int(data["margin_seconds"]))
    left = "to spare" if data["margin_seconds"] >= 0 else "over"
    return (
        f"case {data['case_no']}: {_words(data['clock'])} {data['verdict']}, "
        f"{margin // 3600} h {margin % 3600 // 60} min {left}"
    )


def _taken_back(data: Data) -> str:
    alarm = data.get("withdrawn")
    if not alarm:
        return _withdrawn(data)
    what = "breach" if data["about"].startswith("breach") else "warning"
    return f"case {alarm['case_no']}: the {what} of {_words(alarm['clock'])} no longer holds"


def _withdrawn(data: Data) -> str:
    return f"{data['customer_key']}: {data['about']} no longer holds"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _minute(instant: str) -> str:
    return f"{instant[:10]} {instant[11:16]}Z"


_GISTS: dict[str, Callable[[Data], str]] = {
    intake.ComplaintStepTaken.TYPE: _step,
    intake.SurveyAnswered.TYPE: _survey,
    intake.ProfileRecorded.TYPE: _profile,
    scoring.ScoreChanged.TYPE: _score,
    scoring.ScoreWithdrawn.TYPE: _withdrawn,
    scoring.GradeChanged.TYPE: _grade,
    scoring.GradeChangeWithdrawn.TYPE: _withdrawn,
    followup.TaskChanged.TYPE: _task,
    followup.TaskWithdrawn.TYPE: _withdrawn,
    complaints.DeadlineWarned.TYPE: _deadline,
    complaints.DeadlineBreached.TYPE: _deadline,
    complaints.ClockStopped.TYPE: _verdict,
    complaints.EscalationWithdrawn.TYPE: _taken_back,
}
