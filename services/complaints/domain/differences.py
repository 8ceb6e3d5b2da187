"""What is different between two editions, field by field, as people read it. Pure."""

from collections.abc import Iterator

from services.complaints.domain.policy import AppliesWhen, ClockRule, Rung
from services.complaints.domain.rulebook import CaseEdition
from shared.policies.differences import FieldChange, compared
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Span

DAYS = tuple(
    f"{calendar}.{kind}."
    for calendar in ("calendar", "working_days")
    for kind in ("closed", "special")
)
"""How the fields begin that are single days."""


def differences(old: CaseEdition, new: CaseEdition) -> list[FieldChange]:
    """In the order of the new one, then what is only in the old one. Nothing: they are the same,
    apart from when and how they were applied."""
    return compared(dict(_fields(old, new)), dict(_fields(new, old)), days=DAYS)


def ladder_step(rung: Rung) -> str:
    """Such as `75% responsible_person` or `due group every 4h up to 3 times`."""
    notified = f"{rung.at} {'+'.join(rung.to)}"
    if rung.repeat_every is None:
        return notified
    return f"{notified} every {Span.of(rung.repeat_every)} up to {_times(rung.repeat_at_most)}"


def condition(when: AppliesWhen) -> str:
    """For which cases a clock runs."""
    parts = [f"{name} {_text(value)}" for name, value in when.model_dump(exclude_none=True).items()]
    return "; ".join(parts) or "all cases"


def _fields(edition: CaseEdition, other: CaseEdition) -> Iterator[tuple[str, str]]:
    policy = edition.policy
    yield "name", policy.name
    yield "alarm_horizon", str(Span.of(policy.alarm_horizon))
    yield "memory", str(Span.of(policy.memory))
    for rule in policy.clocks:
        if rule.name in other.policy.rules:
            yield from _of_clock(rule)
        else:
            yield f"clocks.{rule.name}", f"{rule.target} from {rule.start}"
    if edition.calendar is not None:
        yield from _of_calendar(edition.calendar, "calendar", whole=other.calendar is None)
    if edition.working_days is not None:
        whole = other.working_days is None
        yield from _of_calendar(edition.working_days, "working_days", whole=whole)


def _of_clock(rule: ClockRule) -> Iterator[tuple[str, str]]:
    for name in ClockRule.model_fields:
        field = f"clocks.{rule.name}.{name}"
        match name:
            case "name":
                continue
            case "ladder":
                for rung in rule.ladder:
                    yield f"{field}.{rung.name}", ladder_step(rung)
            case "applies_when":
                yield field, condition(rule.applies_when)
            case "raise_grace":
                yield field, str(Span.of(rule.raise_grace))
            case _:
                yield field, _text(getattr(rule, name))


def _of_calendar(
    calendar: BusinessCalendar, field: str, *, whole: bool
) -> Iterator[tuple[str, str]]:
    years = calendar.covered_years
    covered = "every year" if years is None else ", ".join(map(str, years))
    if whole:
        yield field, f"{calendar.name} ({calendar.timezone}; {covered})"
        return
    yield f"{field}.name", calendar.name
    yield f"{field}.timezone", calendar.timezone
    yield f"{field}.covered_years", covered
    for weekday, windows in calendar.week.items():
        yield f"{field}.week.{weekday}", _text(windows)
    for day in calendar.closed:
        yield f"{field}.closed.{day}", "closed"
    for day, windows in calendar.special.items():
        yield f"{field}.special.{day}", _text(windows) or "closed"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
