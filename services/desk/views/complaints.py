"""The list of a dealer's complaints: what is due first comes first, and nothing is passed over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal, TypeAlias, get_args
from uuid import UUID, uuid5

from services.desk.domain.case_steps import mark_of_line, offered_in_list
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import CustomerCard, car_of, name_of
from services.desk.views import case_words as words
from services.desk.views.case import is_soon
from services.desk.views.manager_words import CLOCKS
from services.desk.views.places import place_of_case
from services.desk.views.speech import N_, Speech
from services.desk.views.terms import term
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseLine, CaseView, RunningClock
from shared.contracts.identifiers import NAMESPACE, name_within, source_of

Show: TypeAlias = Literal["open", "mine", "nobody", "today", "warned", "broken", "held", "all"]
SHOWN: Mapping[Show, str] = {
    "open": N_("Open"),
    "mine": N_("Mine"),
    "nobody": N_("Nobody's"),
    "today": N_("Due today"),
    "warned": N_("About to break"),
    "broken": N_("Overdue"),
    "held": N_("On hold"),
    "all": N_("All, closed too"),
}
"""The filters, in their order."""
ClockCounted: TypeAlias = Literal["running", "kept", "broken", "ended"]
PAGE = 50
"""How many cases a page shows."""

assert SHOWN.keys() == set(get_args(Show))


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAsked:
    """Which of the cases somebody wants to see, and when that is."""

    show: Show
    department: str
    severity: str
    """Of these two nothing: any."""
    staff_id: str
    now: datetime
    zone: tzinfo

    def shows(self, line: CaseLine) -> bool:
        """Whether they want to see this one."""
        return (
            self.is_among(line, self.show)
            and self.department in ("", line.department or "-")
            and self.severity in ("", line.severity)
        )

    def is_among(self, line: CaseLine, show: Show) -> bool:
        """Whether a case is one of those of a filter."""
        match show:
            case "mine":
                return line.assigned_to == self.staff_id
            case "nobody":
                return line.assigned_to is None
            case "today":
                due = line.deadline
                return due is not None and self._day(due) <= self._day(self.now)
            case "warned":
                return is_warned(line)
            case "broken":
                return is_broken(line)
            case "held":
                return any(clock.state == "paused" for clock in line.running)
            case _:
                return True

    def _day(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).date().isoformat()


def is_broken(line: CaseLine) -> bool:
    """Whether a promise is broken that is to be kept still."""
    return any(clock.state == "broken" for clock in line.running)


def is_warned(line: CaseLine) -> bool:
    """Whether none is broken, and one so nearly that somebody was warned."""
    return line.rung is not None and not is_broken(line)


def pressing_clock(line: CaseLine) -> RunningClock | None:
    """The clock that is broken; else that of which somebody was warned; else what is due first."""
    warned = line.rung.clock if line.rung else None
    return min(
        line.running,
        key=lambda clock: (clock.state != "broken", clock.clock != warned),
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAsked:
    """The complaints that a figure counts: of some days, and of a clock in a state."""

    clock: str = ""
    state: ClockCounted | None = None
    first: date | None = None
    last: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """As addresses, and the service, have it."""
        said = {
            "clock": self.clock,
            "clock_state": self.state,
            "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(),
        }
        return {name: value for name, value in said.items() if value}

    def told(self, say: Speech) -> str:
        """In words."""
        days = "" if self.first is None else f"{self.first} – {self.last or '…'}"
        clock = say(CLOCKS.get(self.clock, self.clock))
        state = words.CLOCK_STATES[self.state] if self.state else ""
        return " · ".join(each for each in (clock, say(state), days) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChip:
    """A clock of a case, in a word."""

    clock: RunningClock
    tone: str
    sign: str
    """Says the same as the tone, without a colour."""
    state: str
    """In a word; empty: what is left, or over, is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in the list."""

    line: CaseLine
    place: str
    """Its address, behind `/d/`."""
    name: str
    car: str
    about: str
    """What it is about, how it came, and the department."""
    owner: str
    status: str
    chips: tuple[ClockChip, ...]
    is_broken: bool
    rung: str
    """To whom the highest rung that was reached goes; empty: none was."""
    seen: str
    """What had been reported of it by then."""
    acts: Mapping[StepName, UUID]
    """What can be done from the list -> the id of that act of this reader's: of a list that is
    drawn again the same, as long as nothing was reported."""


def counts_of(lines: Collection[CaseLine], asked: CasesAsked) -> dict[Show, int]:
    """How many open cases each filter shows; of `all` there is no number."""
    return {
        show: sum(1 for line in lines if asked.is_among(line, show))
        for show in SHOWN
        if show != "all"
    }


def departments_in(lines: Collection[CaseLine]) -> list[tuple[str, str]]:
    """The departments that are complained about, each with its message, in their order."""
    found = {line.department for line in lines if line.department}
    return sorted((each, term(each, words.DEPARTMENTS)) for each in found)


def rows_of(
    lines: Sequence[CaseLine],
    people: Mapping[str, CustomerCard],
    names: Mapping[str, str],
    now: datetime,
    say: Speech,
    *,
    reader: str,
) -> list[CaseRow]:
    """As the list shows them. `names`: staff id -> name; `reader`: whose list it is."""
    return [
        _row(line, people.get(line.customer_key), names, now, say, reader=reader) for line in lines
    ]


def _row(
    line: CaseLine,
    who: CustomerCard | None,
    names: Mapping[str, str],
    now: datetime,
    say: Speech,
    *,
    reader: str,
) -> CaseRow:
    roles, seen = line.rung.to if line.rung else (), mark_of_line(line)
    return CaseRow(
        line=line,
        place=place_of_case(name_within(line.id))[0],
        name=name_of(line.customer_key, who),
        car=car_of(who),
        owner=names.get(line.assigned_to or "", line.assigned_to or ""),
        about=say.all(
            term(line.category, words.CATEGORIES),
            term(line.channel, words.CAME_BY),
            term(line.department, words.DEPARTMENTS),
        ),
        status=say(words.STATUS[line.status]),
        chips=tuple(_chip(clock, line, now, say) for clock in (*line.running, *line.stopped)),
        is_broken=is_broken(line),
        rung=say(", ").join(say(words.ROLES[role]) for role in roles),
        seen=seen,
        acts={
            step: uuid5(NAMESPACE, f"{step}|{reader}|{line.id}|{seen}")
            for step in offered_in_list(line)
        },
    )


def vin_of(case: CaseView, documents: Iterable[KeptDocument]) -> str | None:
    """Of the car that was repaired or sold with the order or sale that a complaint names; None: it
    names none, or it cannot be told which. `documents`: the customer's."""
    named = {("visit", case.related_ro_no), ("sale", case.related_deal_no)}
    found = [each for each in documents if (each.kind, each.number) in named]
    own = [each for each in found if source_of(each.document_id) == source_of(case.case_id)]
    vins: set[str] = {each.said["vin"] for each in own or found if "vin" in each.said}
    return next(iter(vins)) if len(vins) == 1 else None


def _chip(clock: RunningClock, line: CaseLine, now: datetime, say: Speech) -> ClockChip:
    stopped, state = clock in line.stopped, say(words.CLOCK_STATES[clock.state])
    match clock.state:
        case "broken" if stopped:
            return ClockChip(clock=clock, tone="bad", sign="✕", state=state)
        case "broken":
            return ClockChip(clock=clock, tone="bad", sign="!", state="")
        case "kept":
            return ClockChip(clock=clock, tone="good", sign="✓", state=state)
        case "running" if clock.due_at is not None:
            warned = line.rung is not None and line.rung.clock == clock.clock
            tone = "warn" if warned or is_soon(clock.due_at, now) else ""
            return ClockChip(clock=clock, tone=tone, sign="▲" if tone else "◷", state="")
        case _:
            return ClockChip(
                clock=clock, tone="plain", sign="‖", state=say(words.CLOCK_STATES["paused"])
            )
