"""One record of a topic in one readable line, without anything personal."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from deploy.cli.terminal import printable
from shared.contracts import complaints, followup, identity, intake, scoring
from shared.contracts.envelope import from_headers
from shared.contracts.subjects import CaseSubject
from shared.contracts.topics import DEAD_LETTERS
from shared.contracts.values import instant_text
from shared.platform.dead_letters import is_resolution, own_headers

Data = Mapping[str, Any]

FOR_THE_RECORD = "(for the record only, told to nobody)"
"""What was noticed when a later step was due already, or long after it was due."""
_MILLISECONDS = len("2026-11-21T10:05:00.000Z") - len(".000Z")


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """What a record says, for people."""

    at: str
    type: str
    dealer: str
    text: str

    def line(self) -> str:
        line = f"{self.at[:_MILLISECONDS]}Z  {self.dealer:18} {self.type:28} {self.text}"
        return printable(line)


def summary_of(
    topic: str,
    headers: tuple[tuple[str, bytes | None], ...],
    value: bytes | None,
    *,
    written_at: datetime,
    zone: tzinfo = UTC,
) -> RecordSummary:
    """What a record says, instants by the clocks of `zone`; one that cannot be read says so."""
    attributes = from_headers(headers)
    at = attributes.get("time") or instant_text(written_at)
    dealer = attributes.get("dealerid", "-")
    kind = attributes.get("type", "")
    short = kind.removeprefix("dev.aftercare.").removesuffix(".v1") or "(no type)"
    if topic == DEAD_LETTERS.name:
        text = _resolution(headers) if is_resolution(headers) else _dead_letter(headers)
        return RecordSummary(instant_text(written_at), "dead letter", dealer, text)
    if value is None:
        return RecordSummary(at, short, dealer, "erased")
    try:
        data = _local(json.loads(value), zone)
        text = _SUMMARIES.get(kind, _document)(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        text = "(cannot be read)"
    return RecordSummary(at, short, dealer, text)


def _local(data: Data, zone: tzinfo) -> Data:
    """The same, its instants in `zone`."""
    if zone is UTC:
        return data
    return {
        name: datetime.fromisoformat(value).astimezone(zone).isoformat()
        if value and (name == "at" or name.endswith("_at"))
        else value
        for name, value in data.items()
    }


def _dead_letter(headers: tuple[tuple[str, bytes | None], ...]) -> str:
    ours = own_headers(headers)
    where = f"record {ours.get('offset')} of {ours.get('topic')}, partition {ours.get('partition')}"
    return f"{ours.get('service')} could not process {where}: {ours.get('reason')}"


def _resolution(headers: tuple[tuple[str, bytes | None], ...]) -> str:
    ours = own_headers(headers)
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


def _link(data: Data) -> str:
    said = {"same": "same as", "different": "another than", "nothing": "nothing said any more of"}
    return f"{data['customer_key']}: {said.get(data['says'], '')} {data['other_customer_key']}"


def _score(data: Data) -> str:
    return (
        f"{data['customer_key']}: {data['score']} points "
        f"(value {data['value']}, loyalty {data['loyalty']}), {data['grade']}"
    )


def _grade(data: Data) -> str:
    return f"{data['customer_key']}: {data['before']} -> {data['after']} ({data['score']} points)"


def _risk(data: Data) -> str:
    return f"{data['customer_key']}: {words(data['before'])} -> {words(data['after'])}"


def _task(data: Data) -> str:
    because = f" because {data['closed_because']}" if data.get("closed_because") else ""
    return f"{data['title_en']}: {data['status']}{because}, due {_minute(data['due_at'])}"


def _report(data: Data) -> str:
    filed = data["data"]
    return f"case {filed['case_no']} {filed.get('status', 'open')}  {data['customer_key']}"


def _deadline(data: Data) -> str:
    due_at = f" due {_minute(data['due_at'])}" if data.get("due_at") else ""
    return (
        f"case {data['case_no']}: {words(data['clock'])}{due_at}{_repeated(data)}{_notified(data)}"
    )


def _rung(data: Data) -> str:
    return (
        f"case {data['case_no']}: {words(data['clock'])}, step {words(data['step'])} "
        f"{_minute(data['at'])}{_repeated(data)}{_notified(data)}"
    )


def _repeated(data: Data) -> str:
    return f", told again ({data['repeat']})" if data.get("repeat") else ""


def _notified(data: Data) -> str:
    to = addressees(data)
    return f" -> {to}" if data["notified"] and to else f" {FOR_THE_RECORD}"


def addressees(data: Data) -> str:
    """Whom a notice was for: `role:staff id` where the roster names somebody, else the role."""
    known: Sequence[Data] = data.get("addressees") or [
        {"role": role} for role in data["recipients"]
    ]
    return ", ".join(_addressee(each) for each in known)


def _addressee(data: Data) -> str:
    person = f":{data['person']}" if data.get("person") else ""
    missing = " (nobody)" if data.get("because") == "nobody" else ""
    return f"{words(data['role'])}{person}{missing}"


def _verdict(data: Data) -> str:
    return f"case {data['case_no']}: {words(data['clock'])} {data['verdict']}, {margin(data)}"


def margin(data: Data) -> str:
    """How much time was left at the stop of a clock, or over."""
    seconds = abs(int(data["margin_seconds"]))
    left = "to spare" if data["margin_seconds"] >= 0 else "over"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min {left}"


def _closed(data: Data) -> str:
    return f"case {data['case_no']}: closed {data['outcome']}; {kept_and_broken(data)}"


def kept_and_broken(data: Data) -> str:
    """How many clocks of a closed case were kept, and which were not."""
    broken = ", ".join(words(clock) for clock in data["broken"])
    return f"{len(data['kept'])} kept, " + (f"broken: {broken}" if broken else "none broken")


def _refused(data: Data) -> str:
    return (
        f"case {data['case_no']}: step {words(data['step'])} of {_minute(data['at'])} "
        f"does not count: {words(data['refusal'])}"
    )


def _merged(data: Data) -> str:
    handed = sorted({clock for each in data["handed_over"] for clock in each["starts"]})
    running = ", ".join(words(clock) for clock in handed) or "nothing"
    return f"{data['merged_case_id']} into {data['case_id']}: {running} runs on there"


def _merge_withdrawn(data: Data) -> str:
    return f"{data['merged_case_id']} into {data['case_id']}: no longer holds"


def _case_state(data: Data) -> str:
    grave = "major, " if data["severity"] == "major" else ""
    why = f" {data['outcome']}" if data.get("outcome") else ""
    happy = ", satisfied" if data["satisfied"] and data.get("outcome") != "satisfied" else ""
    return f"case {data['case_no']}: {grave}{data['status']}{why}{happy}"


def _case_gone(data: Data) -> str:
    return f"{data['case_id']} of {data['customer_key']}: stands no longer"


def _taken_back(data: Data) -> str:
    if not data.get("case_no"):
        return _withdrawn(data)
    return f"case {data['case_no']}: the {taken_back(data['about'])} no longer holds"


def taken_back(about: str) -> str:
    """What was taken back, by its name within the case, such as `breach/contact/1/3d7f0c2ab1`."""
    try:
        subject = CaseSubject.parse(about)
    except ValueError:
        return about
    match subject.kind:
        case "warning" | "breach" | "verdict":
            return f"{subject.kind} of {words(subject.clock or '')}"
        case "step":
            return f"step {words(subject.rung or '')} of {words(subject.clock or '')}"
        case "closed":
            return "closing"
        case "refused":
            return f"refusal of step {subject.step_id}"
        case "merged":
            return "merge"
        case "standing":
            return "standing"


def _withdrawn(data: Data) -> str:
    return f"{data['customer_key']}: {data['about']} no longer holds"


def _claim(data: Data) -> str:
    return f"{data['claimant_key']} claims {data['customer_key']}"


def _answer(data: Data) -> str:
    return f"{data['customer_key']}: shared with {len(data['shared'])} at {data['from_key']}"


def _acquaintance(data: Data) -> str:
    return f"{data['customer_key']} is told by {data['from_key']} of {len(data['links'])} links"


def _linked(data: Data) -> str:
    number, kind = len(data["documents"]), data["kind"]
    return f"{data['customer_key']} is told {number} of the kind {kind} by {data['from_key']}"


def _ownership(data: Data) -> str:
    because = words(data["because"])
    return f"{data['customer_key']}: car {data['vin']} {because} {_minute(data['ended_at'])}"


def _referred_purchase(data: Data) -> str:
    return f"{data['customer_key']} referred {data['referred_key']}, who bought"


def _person(data: Data) -> str:
    others = ", ".join(member["customer_key"] for member in data["members"])
    return f"{data['customer_key']} is {others}, too"


def words(name: str) -> str:
    """A name of a rule or a role as people write it."""
    return name.replace("_", " ")


def _minute(instant: str) -> str:
    return f"{instant[:10]} {instant[11:16]}{'Z' if instant.endswith('Z') else ''}"


_SUMMARIES: dict[str, Callable[[Data], str]] = {
    intake.ComplaintStepTaken.TYPE: _step,
    intake.SurveyAnswered.TYPE: _survey,
    intake.CustomerLinkMade.TYPE: _link,
    intake.ProfileRecorded.TYPE: _profile,
    scoring.LinkedFactsTold.TYPE: _linked,
    scoring.LinkedFactsWithdrawn.TYPE: _withdrawn,
    scoring.ScoreChanged.TYPE: _score,
    scoring.ScoreWithdrawn.TYPE: _withdrawn,
    scoring.GradeChanged.TYPE: _grade,
    scoring.GradeChangeWithdrawn.TYPE: _withdrawn,
    scoring.RiskChanged.TYPE: _risk,
    scoring.RiskChangeWithdrawn.TYPE: _withdrawn,
    followup.TaskChanged.TYPE: _task,
    followup.TaskWithdrawn.TYPE: _withdrawn,
    followup.ReportMade.TYPE: _report,
    followup.ReportWithdrawn.TYPE: _report,
    complaints.DeadlineWarned.TYPE: _deadline,
    complaints.DeadlineBreached.TYPE: _deadline,
    complaints.EscalationRaised.TYPE: _rung,
    complaints.ClockStopped.TYPE: _verdict,
    complaints.CaseClosed.TYPE: _closed,
    complaints.StepRefused.TYPE: _refused,
    complaints.CaseMerged.TYPE: _merged,
    complaints.CaseMergeWithdrawn.TYPE: _merge_withdrawn,
    complaints.EscalationWithdrawn.TYPE: _taken_back,
    complaints.CaseStandingChanged.TYPE: _case_state,
    complaints.CaseStandingWithdrawn.TYPE: _case_gone,
    identity.IdentifierClaimed.TYPE: _claim,
    identity.ClaimWithdrawn.TYPE: _withdrawn,
    identity.ClaimAnswered.TYPE: _answer,
    identity.ClaimAnswerWithdrawn.TYPE: _withdrawn,
    identity.AcquaintanceTold.TYPE: _acquaintance,
    identity.AcquaintanceWithdrawn.TYPE: _withdrawn,
    identity.OwnershipEnded.TYPE: _ownership,
    identity.OwnershipEndWithdrawn.TYPE: _withdrawn,
    identity.ReferredPurchaseMade.TYPE: _referred_purchase,
    identity.ReferredPurchaseWithdrawn.TYPE: _withdrawn,
    identity.PersonChanged.TYPE: _person,
    identity.PersonWithdrawn.TYPE: _withdrawn,
}
