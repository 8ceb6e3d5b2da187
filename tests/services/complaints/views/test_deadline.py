"""Why a deadline is when it is: the arithmetic sums to the target, and reads well."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.domain.case import case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import CaseEvent, Filed
from services.complaints.domain.policy import POLICY_2123, ClockRule, ComplaintPolicy
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, rulebook_of
from services.complaints.views.amounts import exactly
from services.complaints.views.arithmetic import (
    MOST_PIECES,
    BusinessDay,
    OpenStretch,
    Rest,
    count,
    total,
)
from services.complaints.views.deadline import explain
from shared.contracts.http.complaints_deadline import Explanation
from shared.time.calendar import WEEKDAYS, BusinessCalendar
from shared.time.deadlines import Hold, Span, due, joined
from tests.services.complaints.given import (
    DEALER,
    RECEIVED,
    RULES,
    absorbed,
    at,
    filed,
    given,
    step,
)
from tests.services.complaints.rules import BUSINESS, CALENDAR

DAYS = BUSINESS.rules["regulator"]
CALENDARS = (
    CALENDAR,
    BusinessCalendar.model_validate(
        {
            "name": "night shift",
            "timezone": "Europe/Berlin",
            "week": {
                "mon": ["22:00-06:00"],
                "tue": ["00:00-24:00"],
                "wed": ["20:00-03:00", "08:00-12:00"],
                "sun": ["01:00-04:00"],
            },
            "special": {"2026-11-28": ["09:00-10:00"], "2026-12-01": []},
        }
    ),
    BusinessCalendar.model_validate(
        {
            "name": "always",
            "timezone": "America/Havana",
            "week": {weekday: ["00:00-24:00"] for weekday in WEEKDAYS},
            "covered_years": [2026],
        }
    ),
)
STARTS = st.one_of(
    st.integers(0, 60 * 24 * 400).map(lambda minutes: RECEIVED + timedelta(minutes=minutes)),
    st.integers(0, 400 * 86_400_000).map(lambda ms: RECEIVED + timedelta(milliseconds=ms)),
)
SPANS = st.one_of(
    st.integers(1, 40).map(lambda days: Span("business_days", days=days)),
    st.integers(1, 40).map(lambda days: Span("working_days", days=days)),
    st.integers(1, 90_000).map(lambda number: Span.of_seconds(number * 60, "business_time")),
    st.integers(1, 400_000).map(Span.of_seconds),
)


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A clock of any target, on any calendar, held any number of times."""
    calendar, start, span = draw(st.sampled_from(CALENDARS)), draw(STARTS), draw(SPANS)
    holds = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + timedelta(minutes=draw(st.integers(-3000, 30_000)))
        lasts = draw(st.none() | st.integers(0, 6000))
        ends = None if lasts is None else begins + timedelta(minutes=lasts)
        holds.append(Hold(begins, ends))
    held = joined(holds)
    return Clock(
        rule=DAYS,
        edition=CaseEdition(policy=BUSINESS, calendar=calendar),
        generation=1,
        origin="received",
        started_at=start,
        span=span,
        due_at=due(start, span, calendar, held),
        ladder=(),
        recorded_at=start,
        holds=held,
        working_days=calendar if span.unit == "working_days" else None,
    )


@for_all(clocks())
def test_the_arithmetic_sums_to_the_target(clock: Clock) -> None:
    counted = count(clock)
    target = clock.span.days or clock.span.length
    nothing = 0 if clock.span.days else timedelta(0)
    if clock.span.unit == "elapsed":
        assert counted.pieces == ()
        ended = [hold for hold in counted.holds if hold.end is not None]
        held = sum((hold.end - hold.start for hold in ended if hold.end), timedelta(0))
        if clock.due_at is not None:
            assert clock.started_at + (clock.span.length or timedelta(0)) + held == clock.due_at
    elif clock.due_at is not None:
        assert total(counted.pieces) == target
    else:
        used, left = total(counted.pieces), counted.left
        assert used + left == target  # type: ignore[operator] # both of the same kind
    assert (counted.left == nothing) or clock.due_at is None
    assert len(counted.pieces) <= MOST_PIECES + 1


@for_all(clocks())
def test_what_is_listed_was_open_and_not_held_and_comes_in_order(clock: Clock) -> None:
    calendar = clock.edition.calendar
    assert calendar is not None
    zone = ZoneInfo(calendar.timezone)
    stretches = [piece for piece in count(clock).pieces if isinstance(piece, OpenStretch)]
    ended = clock.started_at
    for stretch in stretches:
        assert ended <= stretch.start < stretch.end
        assert calendar.opened(stretch.start, stretch.end) == stretch.length
        last = stretch.end - timedelta(milliseconds=1)
        assert stretch.start.astimezone(zone).date() == last.astimezone(zone).date()
        for hold in clock.holds:
            assert stretch.end <= hold.start or (hold.end is not None and hold.end <= stretch.start)
        ended = stretch.end


@for_all(clocks())
def test_every_day_is_listed_once(clock: Clock) -> None:
    days = [piece.day for piece in count(clock).pieces if isinstance(piece, BusinessDay)]
    assume(days)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


@for_all(clocks())
def test_the_lines_add_up_as_they_are_shown(clock: Clock) -> None:
    shown = explain(clock, _filed())
    assert len(shown.lines) <= MOST_PIECES + 4
    amounts = [line.amount_seconds or 0 for line in shown.lines if line.kind in {"open", "rest"}]
    days = [line.days or 0 for line in shown.lines]
    if shown.unit == "business_days" and shown.due_at is not None:
        assert sum(days) == clock.span.days
    if shown.unit == "business_time" and shown.due_at is not None:
        assert clock.span.length is not None
        assert round(sum(amounts), 3) == clock.span.length.total_seconds()
    if shown.unit == "elapsed" and shown.due_at is not None:
        held = sum(line.amount_seconds or 0 for line in shown.lines if line.kind == "hold")
        end = clock.started_at + (clock.span.length or timedelta(0)) + timedelta(seconds=held)
        assert abs(end - shown.due_at) < timedelta(milliseconds=1)
    for line in shown.lines:
        assert line.text.en
        assert line.text.zh


def _filed() -> Filed:
    known = given(filed()).facts.complaint
    assert isinstance(known, Filed)
    return known


def explained(
    *events: CaseEvent, clock: str = "contact", when: str = "4h", rules: CaseRulebook = RULES
) -> Explanation:
    """Why the latest clock of that name is due when it is."""
    case = given(filed(), *events, rules=rules).when(when)
    complaint = case.facts.complaint
    assert isinstance(complaint, Filed)
    standing = case_at(case.facts, complaint, rules, case.now)
    return explain([each for each in standing.clocks if each.rule.name == clock][-1], complaint)


def read(shown: Explanation) -> list[str]:
    return [line.text.en for line in shown.lines]


def test_elapsed_time_is_start_and_target_and_holds() -> None:
    shown = explained(
        step("held", "1h", until="3h"), step("held", "30h"), clock="answer", when="1d"
    )
    assert read(shown) == [
        "Starts 2026-11-21 10:00 +08:00: receipt of the complaint.",
        "+ 1 d, the target",
        "+ 2 h on hold, 2026-11-21 11:00 +08:00 to 2026-11-21 13:00 +08:00",
        "= due 2026-11-22 12:00 +08:00: 1 d used up.",
    ]
    assert [line.text.zh for line in shown.lines][1:] == [
        "+ 1天(时限)",
        "+ 暂停2小时(2026-11-21 11:00 +08:00至2026-11-21 13:00 +08:00)",
        "= 截止2026-11-22 12:00 +08:00:1天用完。",
    ]
    assert (shown.policy, shown.applied_at, shown.rebased) == ("2123", None, False)
    assert (shown.calendar, shown.target, shown.left) == (None, "1d", None)
    assert [hold.seconds for hold in shown.holds] == [7200.0]


def test_a_hold_without_an_end_leaves_the_rest_open() -> None:
    shown = explained(step("held", "3h"), clock="answer", when="2d")
    assert shown.due_at is None
    assert shown.left is not None
    assert shown.left.en == "On hold without a known end; 21 h left from when it ends."
    assert [(hold.end, hold.seconds) for hold in shown.holds] == [(None, None)]
    assert read(shown)[-2] == "+ on hold since 2026-11-21 13:00 +08:00, no end known"


def test_business_time_is_told_by_its_open_stretches_in_local_time() -> None:
    rule = ClockRule.model_validate(
        {**dict(BUSINESS.rules["contact"]), "target": "9 business hours"}
    )
    rules = rulebook_of(ComplaintPolicy(name="nine hours", clocks=(rule,)), CALENDAR)
    shown = explained(rules=rules)
    assert read(shown) == [
        "Starts 2026-11-21 10:00 +08:00: receipt of the complaint.",
        "2026-11-21 Sat 10:00-12:00: 2 h",
        "2026-11-23 Mon 08:30-12:00: 3 h 30 min",
        "2026-11-23 Mon 13:00-16:30: 3 h 30 min",
        "= due 2026-11-23 16:30 +08:00: 9 h of business time used up.",
    ]
    line = shown.lines[2].model_dump(mode="json", by_alias=True)
    assert (line["date"], line["from"], line["to"], line["amount_seconds"]) == (
        "2026-11-23",
        "2026-11-23T08:30:00.000+08:00",
        "2026-11-23T12:00:00.000+08:00",
        12600.0,
    )
    assert shown.calendar is not None
    assert (shown.calendar.name, shown.calendar.timezone) == ("pudong", "Asia/Shanghai")
    assert shown.calendar.version == CALENDAR.version


def test_business_days_are_told_with_why_a_day_does_not_count() -> None:
    shown = explained(clock="regulator", rules=rulebook_of(BUSINESS, CALENDAR))
    assert [(line.day, line.days, line.not_counted) for line in shown.lines[1:-1]] == [
        (date(2026, 11, 21), 0, "day_of_start"),
        (date(2026, 11, 22), 0, "closed"),
        (date(2026, 11, 23), 1, None),
        (date(2026, 11, 24), 1, None),
        (date(2026, 11, 25), 0, "holiday"),
        (date(2026, 11, 26), 1, None),
        (date(2026, 11, 27), 1, None),
        (date(2026, 11, 28), 1, None),
    ]


def test_a_day_that_closes_during_a_hold_does_not_count() -> None:
    shown = explained(
        step("held", "2d", until="3d"),
        clock="regulator",
        when="3d",
        rules=rulebook_of(BUSINESS, CALENDAR),
    )
    assert shown.lines[3].not_counted == "held"
    assert shown.lines[3].text.zh == "2026-11-23 周一:不计,营业结束时处于暂停"
    assert shown.due_at == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        ("2d 7h 30m", "3d 7h 30m", []),
        ("2d 7h 29m", "3d 7h 30m", [date(2026, 11, 23)]),
        ("2d 7h 30m", "3d 7h 31m", [date(2026, 11, 24)]),
    ],
)
def test_a_day_that_closes_just_as_a_hold_begins_or_ends_counts(
    begins: str, ends: str, held: list[date]
) -> None:
    shown = explained(
        step("held", begins, until=ends),
        clock="regulator",
        when="5d",
        rules=rulebook_of(BUSINESS, CALENDAR),
    )
    assert [each.day for each in shown.lines if each.not_counted == "held"] == held
    assert sum(each.days or 0 for each in shown.lines) == 5


def test_a_long_count_is_cut_and_summed_up() -> None:
    rule = ClockRule.model_validate({**dict(DAYS), "target": "100 business days"})
    rules = rulebook_of(ComplaintPolicy(name="slow", clocks=(rule,)), CALENDAR)
    shown = explained(clock="regulator", rules=rules)
    assert len(shown.lines) == MOST_PIECES + 3
    rest = shown.lines[-2]
    assert rest.kind == "rest"
    assert rest.text.en.startswith("… and 77 business days more until 2027-")
    assert sum(line.days or 0 for line in shown.lines) == 100


def test_an_overnight_day_is_named_for_the_day_on_which_it_opens() -> None:
    calendar = CALENDARS[1]
    start = datetime.combine(date(2026, 11, 22), time(12), UTC)  # Sunday
    span = Span("business_days", days=3)
    clock = Clock(
        rule=DAYS,
        edition=CaseEdition(policy=BUSINESS, calendar=calendar),
        generation=1,
        origin="received",
        started_at=start,
        span=span,
        due_at=due(start, span, calendar, ()),
        ladder=(),
        recorded_at=start,
    )
    days = [piece for piece in count(clock).pieces if isinstance(piece, BusinessDay)]
    assert [(day.day.day, day.not_counted) for day in days] == [
        (22, "day_of_start"),
        (23, None),
        (24, None),
        (25, None),
    ]


def test_a_re_based_clock_names_the_edition_and_that_it_was_taken_over() -> None:
    editions = (
        CaseEdition(applied_at=at("-1d"), policy=POLICY_2123),
        CaseEdition(applied_at=at("1h"), open_cases="rebase", policy=BUSINESS, calendar=CALENDAR),
    )
    rules = CaseRulebook(editions={DEALER: editions})
    shown = explained(rules=rules)
    assert (shown.policy, shown.applied_at, shown.rebased) == (BUSINESS.name, at("1h"), True)
    assert shown.policy_version == BUSINESS.version
    kept = explained(step("contacted", "30m"), rules=rules)
    assert (kept.policy, kept.applied_at, kept.rebased) == ("2123", at("-1d"), False)
    later = explained(step("resolved", "2h"), step("reopened", "3h"), clock="contact", rules=rules)
    assert (later.applied_at, later.rebased) == (at("1h"), False)


@pytest.mark.parametrize(
    ("events", "clock", "origin", "started"),
    [
        ([step("resolved", "1h"), step("reopened", "2h")], "answer", "reopened", "2h"),
        ([step("resolved", "1h")], "call_back", "resolved", "1h"),
        ([step("regraded", "3d", severity="major")], "executive_answer", "raised", "3d"),
        ([absorbed({"answer": "-2h"}, "1h")], "answer", "merged", "-2h"),
    ],
)
def test_what_started_the_clock_is_named(
    events: list[CaseEvent], clock: str, origin: str, started: str
) -> None:
    shown = explained(*events, clock=clock, when="4d")
    assert (shown.origin, shown.started_at) == (origin, at(started))


def test_years_whose_holidays_are_unknown_are_named() -> None:
    calendar = CALENDAR.model_copy(update={"covered_years": (2026,)})
    rule = ClockRule.model_validate({**dict(DAYS), "target": "60 business days"})
    rules = rulebook_of(ComplaintPolicy(name="slow", clocks=(rule,)), calendar)
    shown = explained(clock="regulator", rules=rules)
    assert shown.calendar is not None
    assert shown.calendar.years_unknown == (2027,)


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(0), "0 s", "0秒"),
        (timedelta(days=1, minutes=30), "1 d 30 min", "1天30分钟"),
        (timedelta(seconds=3723), "1 h 2 min 3 s", "1小时2分钟3秒"),
        (timedelta(milliseconds=1500), "1.5 s", "1.5秒"),
    ],
)
def test_a_length_is_told_with_nothing_left_out(
    length: timedelta, english: str, chinese: str
) -> None:
    assert exactly(length) == (english, chinese)


def test_nothing_is_left_of_a_rest_that_is_not_there() -> None:
    """The sum is of what is listed: the pieces of one count are all of one kind."""
    assert total((Rest(RECEIVED, length=timedelta(hours=1)),)) == timedelta(hours=1)
    assert total(()) == timedelta(0)
