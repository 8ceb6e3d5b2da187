"""Why a clock is due when it is: by which rules, and line by line how that was counted. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from services.complaints.domain.clocks import Clock, Origin
from services.complaints.domain.facts import Filed
from services.complaints.domain.wording import deadline_text, is_named_by_the_case, span_in_words
from services.complaints.views.amounts import amount_in_words, day_in_words, exactly
from services.complaints.views.arithmetic import (
    MOST_PIECES,
    BusinessDay,
    Count,
    OpenStretch,
    Rest,
    count,
    in_seconds,
)
from shared.contracts.http.complaints_deadline import (
    CalendarUsed,
    CountLine,
    Explanation,
    HoldCounted,
    NotCounted,
)
from shared.contracts.values import Bilingual
from shared.time.deadlines import Hold, years_needed

_ORIGIN: dict[Origin, tuple[str, str]] = {
    "received": ("receipt of the complaint", "投诉受理"),
    "reopened": ("the case was reopened", "案件重新打开"),
    "resolved": ("the case was resolved", "案件解决"),
    "raised": ("the severity was raised", "严重程度升级"),
    "merged": ("the start of a case that was merged into this one", "被并入案件的起算"),
    "demanded": ("exchange or return was demanded", "客户提出换货或退货要求"),
    "contacted": ("the customer was contacted", "已联系客户"),
    "answered": ("the customer was answered", "已答复客户"),
    "executive_answered": ("senior management answered", "高层已答复"),
    "promised": ("a promise was made", "作出承诺"),
    "repair_started": ("the repair began", "开始修理"),
    "loaner_given": ("a loaner car or travel money was given", "已提供代步车或交通补偿"),
    "repair_ended": ("the repair ended", "修理完成"),
}
_NOT_COUNTED: dict[NotCounted, tuple[str, str]] = {
    "day_of_start": ("the clock started on it", "起算当日"),
    "closed": ("closed on this day of the week", "当日不营业"),
    "holiday": ("closed on this date: a holiday or closure", "节假日或临时停业"),
    "held": ("on hold when it closed", "营业结束时处于暂停"),
    "part_of_another_day": ("part of the business day before", "属于前一营业日"),
}
_NO_WORKING_DAY: dict[NotCounted, tuple[str, str]] = {
    **_NOT_COUNTED,
    "closed": ("weekend", "周末"),
    "holiday": ("a public holiday", "法定节假日"),
}


def explain(clock: Clock, filed: Filed) -> Explanation:
    """Why this clock of this case is due when it is."""
    counted, edition = count(clock), clock.edition
    applied_at = edition.applied_at
    return Explanation(
        policy=edition.policy.name,
        policy_version=edition.policy.version,
        applied_at=applied_at,
        rebased=applied_at is not None
        and applied_at > filed.received_at
        and clock.started_at < applied_at,
        calendar=_calendar(clock),
        unit=clock.span.unit,
        target=str(clock.rule.target if is_named_by_the_case(clock) else clock.span),
        origin=clock.origin,
        started_at=clock.started_at,
        holds=tuple(_hold(hold) for hold in counted.holds),
        due_at=clock.due_at,
        left=_left(clock, counted) if clock.due_at is None else None,
        lines=tuple(_Writer(clock, counted, _zone(clock, filed)).lines()),
    )


def _zone(clock: Clock, filed: Filed) -> ZoneInfo:
    calendar = clock.calendar
    if clock.span.unit != "elapsed" and calendar is not None:
        return ZoneInfo(calendar.timezone)
    return ZoneInfo(filed.timezone)


def _calendar(clock: Clock) -> CalendarUsed | None:
    calendar, rule = clock.calendar, clock.rule
    if calendar is None or not (rule.needs_calendar or clock.span.unit == "working_days"):
        return None
    return CalendarUsed(
        name=calendar.name,
        timezone=calendar.timezone,
        version=calendar.version,
        years_unknown=years_needed(clock.started_at, clock.due_at or clock.started_at, calendar),
    )


def _hold(hold: Hold) -> HoldCounted:
    seconds = None if hold.end is None else in_seconds(hold.end - hold.start)
    return HoldCounted(start=hold.start, end=hold.end, seconds=seconds)


def _left(clock: Clock, counted: Count) -> Bilingual:
    english, chinese = amount_in_words(counted.left, clock.span.unit)
    return Bilingual(
        en=f"On hold without a known end; {english} left from when it ends.",
        zh=f"暂停中,结束时间未定;恢复后剩余{chinese}。",
    )


class _Writer:
    """The lines about one clock, in one zone."""

    def __init__(self, clock: Clock, counted: Count, zone: ZoneInfo) -> None:
        self._clock = clock
        self._counted = counted
        self._zone = zone

    def lines(self) -> Iterator[CountLine]:
        """From the start to the deadline."""
        yield self._start()
        if is_named_by_the_case(self._clock):
            yield self._named()
            return
        if self._clock.span.unit == "elapsed":
            yield self._target()
            yield from self._holds()
        for piece in self._counted.pieces:
            match piece:
                case OpenStretch():
                    yield self._open(piece)
                case BusinessDay():
                    yield self._day(piece)
                case Rest():
                    yield self._rest(piece)
        yield self._due()

    def _start(self) -> CountLine:
        at, (english, chinese) = self._clock.started_at, _ORIGIN[self._clock.origin]
        return CountLine(
            kind="start",
            day=self._date(at),
            start=self._local(at),
            text=Bilingual(
                en=f"Starts {self._shown(at)}: {english}.",
                zh=f"起算:{self._shown(at)},{chinese}。",
            ),
        )

    def _named(self) -> CountLine:
        due_at = self._clock.due_at
        assert due_at is not None
        shown = self._shown(due_at)
        return CountLine(
            kind="due",
            day=self._date(due_at),
            end=self._local(due_at),
            text=Bilingual(
                en=f"= due {shown}: the limit that the regulator's order prints.",
                zh=f"= 截止{shown}:监管部门工单载明的时限,不另行计算。",
            ),
        )

    def _target(self) -> CountLine:
        length = self._clock.span.length or timedelta(0)
        english, chinese = exactly(length)
        return CountLine(
            kind="target",
            amount_seconds=in_seconds(length),
            text=Bilingual(en=f"+ {english}, the target", zh=f"+ {chinese}(时限)"),
        )

    def _holds(self) -> Iterator[CountLine]:
        holds = self._counted.holds
        for hold in islice(holds, MOST_PIECES):
            yield self._held(hold)
        more = holds[MOST_PIECES:]
        ended = [hold.end - hold.start for hold in more if hold.end is not None]
        if more:
            english, chinese = exactly(sum(ended, timedelta(0)))
            yield CountLine(
                kind="hold",
                start=self._local(more[0].start),
                end=None if more[-1].end is None else self._local(more[-1].end),
                amount_seconds=in_seconds(sum(ended, timedelta(0))),
                text=Bilingual(
                    en=f"+ {english} in {len(more)} more holds",
                    zh=f"+ 另有{len(more)}次暂停,共{chinese}",
                ),
            )

    def _held(self, hold: Hold) -> CountLine:
        start = self._shown(hold.start)
        if hold.end is None:
            text = Bilingual(en=f"+ on hold since {start}, no end known", zh=f"+ 自{start}起暂停")
        else:
            english, chinese = exactly(hold.end - hold.start)
            end = self._shown(hold.end)
            text = Bilingual(
                en=f"+ {english} on hold, {start} to {end}",
                zh=f"+ 暂停{chinese}({start}至{end})",
            )
        return CountLine(
            kind="hold",
            day=self._date(hold.start),
            start=self._local(hold.start),
            end=None if hold.end is None else self._local(hold.end),
            amount_seconds=None if hold.end is None else in_seconds(hold.end - hold.start),
            text=text,
        )

    def _open(self, stretch: OpenStretch) -> CountLine:
        day = self._date(stretch.start)
        english, chinese = exactly(stretch.length)
        on_en, on_zh = day_in_words(day)
        hours = f"{self._time(stretch.start)}-{self._time(stretch.end)}"
        return CountLine(
            kind="open",
            day=day,
            start=self._local(stretch.start),
            end=self._local(stretch.end),
            amount_seconds=in_seconds(stretch.length),
            text=Bilingual(en=f"{on_en} {hours}: {english}", zh=f"{on_zh} {hours}:{chinese}"),
        )

    def _day(self, day: BusinessDay) -> CountLine:
        on_en, on_zh = day_in_words(day.day)
        is_statutory = self._clock.span.unit == "working_days"
        if day.not_counted is None and is_statutory and day.day.weekday() >= 5:
            text = Bilingual(
                en=f"{on_en}: counts, a make-up working day", zh=f"{on_zh}:计入(调休上班)"
            )
        elif day.not_counted is None:
            text = Bilingual(en=f"{on_en}: counts", zh=f"{on_zh}:计入")
        else:
            reasons = _NO_WORKING_DAY if is_statutory else _NOT_COUNTED
            english, chinese = reasons[day.not_counted]
            text = Bilingual(en=f"{on_en}: does not count, {english}", zh=f"{on_zh}:不计,{chinese}")
        return CountLine(
            kind="day",
            day=day.day,
            end=None if day.closes_at is None else self._local(day.closes_at),
            days=1 if day.not_counted is None else 0,
            not_counted=day.not_counted,
            text=text,
        )

    def _rest(self, rest: Rest) -> CountLine:
        amount = rest.days if rest.length is None else rest.length
        english, chinese = amount_in_words(amount, self._clock.span.unit)
        until = self._shown(rest.until)
        return CountLine(
            kind="rest",
            end=self._local(rest.until),
            amount_seconds=None if rest.length is None else in_seconds(rest.length),
            days=rest.days,
            text=Bilingual(
                en=f"… and {english} more until {until}", zh=f"……至{until}另有{chinese}"
            ),
        )

    def _due(self) -> CountLine:
        due_at, (english, chinese) = self._clock.due_at, span_in_words(self._clock.span)
        if due_at is None:
            return CountLine(kind="due", text=_left(self._clock, self._counted))
        shown = self._shown(due_at)
        if self._clock.span.unit == "working_days":
            shown = deadline_text(self._clock, self._zone)
        return CountLine(
            kind="due",
            day=self._date(due_at),
            end=self._local(due_at),
            text=Bilingual(
                en=f"= due {shown}: {english} used up.",
                zh=f"= 截止{shown}:{chinese}用完。",
            ),
        )

    def _date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _local(self, at: datetime) -> str:
        return at.astimezone(self._zone).isoformat(timespec="milliseconds")

    def _time(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return local.strftime("%H:%M:%S" if local.second else "%H:%M")

    def _shown(self, at: datetime) -> str:
        offset = at.astimezone(self._zone).isoformat()[-6:]
        return f"{self._date(at)} {self._time(at)} {offset}"
