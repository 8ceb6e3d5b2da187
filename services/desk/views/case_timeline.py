"""All that happened to a case and was said of it, as sentences."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from services.desk.views import case_words as words
from services.desk.views.places import place_of_case
from services.desk.views.speech import N_, Speech
from services.desk.views.terms import term
from shared.contracts.http.complaints import CaseView
from shared.contracts.http.complaints_timeline import (
    AddresseeView,
    Closed,
    ComplaintReceived,
    MergedIn,
    MergedOut,
    NoticeMade,
    OnHold,
    Regraded,
    Reopened,
    Step,
    TimelineEntry,
    VerdictMade,
)

_NOTICES: Mapping[str, str] = {
    "warning": N_("Warning: %(clock)s"),
    "breach": N_("Deadline passed: %(clock)s"),
    "step": N_("Passed on higher: %(clock)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One line of the timeline."""

    at: datetime
    kind: str
    text: str
    tone: str = ""
    """`good`, `warn` or `bad`, and a word beside it in `chip`; empty: neither."""
    chip: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    """What else is known of it: who was told, the reason that was given."""
    until: datetime | None = None
    recorded_at: datetime | None = None
    """When it was reported, where that was much later."""
    place: str = ""
    """The address of the other case that it names, behind `/d/`."""
    other: str = ""
    """The number of that case."""


@dataclass(frozen=True)
class TimelineStory:
    """Tells the timeline of one case. `names`: staff id -> name."""

    case: CaseView
    names: Mapping[str, str]
    say: Speech

    def told(self) -> list[TimelineLine]:
        """The newest first."""
        found = (self._told(entry) for entry in reversed(self.case.timeline))
        return [told for told in found if told is not None]

    def steps_told(self, step_ids: Collection[str]) -> list[TimelineLine]:
        """These steps of it, the newest first."""
        entries = (each for each in reversed(self.case.timeline) if isinstance(each, Step))
        return [self._step(entry) for entry in entries if entry.step_id in step_ids]

    def who(self, staff_id: str | None) -> str:
        """Somebody as colleagues know them."""
        return self.names.get(staff_id or "", staff_id or "")

    def addressees(self, notice: NoticeMade) -> Iterator[str]:
        """Who was told, and why they."""
        for each in notice.addressees:
            role = self.say(words.ROLES[each.role])
            whom = f"{self.who(each.person)} ({role})" if each.person else role
            yield f"{whom}: {self._because(each)}"

    def clock(self, name: str, generation: int) -> str:
        """The title of a clock."""
        clocks = (each for each in self.case.clocks if each.clock == name)
        found = {each.generation: self.say.of(each, "title") for each in clocks}
        return found.get(generation) or next(iter(found.values()), name.replace("_", " "))

    def _told(self, entry: TimelineEntry) -> TimelineLine | None:
        match entry:
            case ComplaintReceived():
                return self._received(entry)
            case Step():
                return self._step(entry)
            case OnHold():
                text = self.say(N_("On hold") if entry.running else N_("Was on hold"))
                return TimelineLine(at=entry.at, kind="hold", text=text, until=entry.until)
            case Reopened():
                text = self.say(N_("Reopened: round %(number)s"), number=entry.generation)
                return TimelineLine(at=entry.at, kind="reopened", text=text, tone="warn")
            case Regraded():
                return self._regraded(entry)
            case NoticeMade():
                return self._notice(entry)
            case VerdictMade():
                return self._verdict(entry)
            case Closed():
                text, why = self.say(words.OUTCOMES[entry.outcome]), self.say.of(entry.why)
                return TimelineLine(at=entry.at, kind="closed", text=text, why=why, tone="good")
            case MergedOut():
                return self._merged_out(entry)
            case MergedIn():
                return self._merge(
                    entry.at, N_("Case %(number)s was merged into it"), entry.case_id
                )
            case never:
                assert_never(never)

    def _received(self, entry: ComplaintReceived) -> TimelineLine:
        channel = self.say(term(entry.channel, words.CAME_BY))
        text = self.say(N_("Received: %(channel)s"), channel=channel)
        notes = [self.say(term(entry.category, words.CATEGORIES))]
        if entry.department:
            notes.append(self.say(term(entry.department, words.DEPARTMENTS)))
        return TimelineLine(
            at=entry.at,
            kind="received",
            text=text,
            notes=tuple(notes),
            recorded_at=_much_later(entry.at, entry.recorded_at),
        )

    def _step(self, entry: Step) -> TimelineLine:
        message = words.DONE[entry.step]
        if entry.step == "called_back" and entry.satisfied is not None:
            message = words.CALLED_BACK[entry.satisfied]
        severity = self.say(words.SEVERITIES[entry.severity]) if entry.severity else ""
        text = self.say(
            message, by=self.who(entry.by), to=self.who(entry.assigned_to), severity=severity
        )
        notes = (self.say(term(entry.reason, words.REASONS)),) if entry.reason else ()
        counts = entry.counting == "counts"
        return TimelineLine(
            at=entry.at,
            kind="step",
            text=text,
            tone="" if counts else "bad" if entry.counting == "refused" else "warn",
            chip="" if counts else self.say(words.NOT_COUNTING[entry.counting]),
            why=self.say.of(entry.why) if entry.why else "",
            notes=notes,
            until=entry.until,
            recorded_at=_much_later(entry.at, entry.recorded_at),
        )

    def _regraded(self, entry: Regraded) -> TimelineLine:
        before, after = (self.say(words.SEVERITIES[each]) for each in (entry.before, entry.after))
        text = self.say(N_("Severity: %(before)s → %(after)s"), before=before, after=after)
        return TimelineLine(
            at=entry.at, kind="regraded", text=text, tone="warn" if entry.raised else ""
        )

    def _notice(self, entry: NoticeMade) -> TimelineLine:
        clock = self.clock(entry.clock, entry.generation)
        text = self.say(_NOTICES.get(entry.notice, _NOTICES["step"]), clock=clock)
        notes = list(self.addressees(entry))
        if not entry.notified:
            notes = [self.say(N_("for the record only: nobody was notified"))]
        elif entry.repeat:
            notes.insert(0, self.say(N_("told again, %(count)s times"), count=entry.repeat))
        return TimelineLine(
            at=entry.at,
            kind="notice",
            text=text,
            tone="warn" if entry.notice == "warning" else "bad",
            why=self.say.of(entry.why),
            notes=tuple(notes),
        )

    def _verdict(self, entry: VerdictMade) -> TimelineLine:
        kept = entry.verdict == "kept"
        return TimelineLine(
            at=entry.at,
            kind="verdict",
            text=self.clock(entry.clock, entry.generation),
            tone="good" if kept else "bad",
            chip=self.say(words.CLOCK_STATES[entry.verdict]),
            why=self.say.of(entry.why),
        )

    def _merged_out(self, entry: MergedOut) -> TimelineLine:
        taken_back = entry.taken_back_at is not None
        told = self._merge(entry.at, N_("It was merged into case %(number)s"), entry.into)
        chip = self.say(words.NOT_COUNTING["taken_back"]) if taken_back else ""
        tone = "warn" if taken_back else ""
        return replace(told, chip=chip, tone=tone, until=entry.taken_back_at)

    def _merge(self, at: datetime, message: str, case_id: str) -> TimelineLine:
        place, number = place_of_case(case_id)
        text = self.say(message, number=number)
        return TimelineLine(at=at, kind="merge", text=text, place=place, other=number)

    def _because(self, each: AddresseeView) -> str:
        other = each.instead_of or ""
        if each.because == "fallback":
            other = self.say(next((w for r, w in words.ROLES.items() if r == other), other))
        return self.say(words.BECAUSE[each.because], other=self.who(other))


_LATE_SECONDS = 3600


def _much_later(at: datetime, recorded_at: datetime) -> datetime | None:
    late = (recorded_at - at).total_seconds() > _LATE_SECONDS
    return recorded_at if late else None
