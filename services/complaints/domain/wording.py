"""Why something is said of a case, in words, in the dealer's local time, in both languages."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from services.complaints.domain.case import Closing
from services.complaints.domain.clocks import Clock, Origin
from services.complaints.domain.course import RefusedStep
from services.complaints.domain.facts import Filed
from services.complaints.domain.notices import Notice
from shared.contracts.complaints import Outcome, Refusal
from shared.contracts.values import Bilingual
from shared.time.deadlines import Span

Tense = Literal["is", "was"]

_ORIGIN: dict[Origin, tuple[str, str]] = {
    "received": ("receipt", "受理"),
    "reopened": ("the reopening", "重新打开"),
    "resolved": ("the resolution", "解决"),
    "raised": ("the raise in severity", "升级"),
    "merged": ("the start of the case that was merged into this one", "被并入案件的起算"),
    "demanded": ("the demand for exchange or return", "提出换货或退货要求"),
    "contacted": ("the contact with the customer", "联系客户"),
    "answered": ("the answer", "答复客户"),
    "executive_answered": ("senior management's answer", "高层答复"),
    "promised": ("the promise", "作出承诺"),
    "repair_started": ("the start of the repair", "开始修理"),
    "loaner_given": ("the loaner car or travel money", "提供代步车或交通补偿"),
    "repair_ended": ("the end of the repair", "修理完成"),
}
_OUTCOME: dict[Outcome, tuple[str, str]] = {
    "satisfied": ("the call-back found the customer satisfied", "回访确认客户满意"),
    "resolved": ("it was resolved, and no call-back is asked for", "已解决,无需回访"),
    "withdrawn": ("it was withdrawn", "已撤诉"),
    "merged": ("it was merged into another case", "已并入另一案件"),
}
_REFUSAL: dict[Refusal, tuple[str, str]] = {
    "before_receipt": (
        "it is dated before the complaint was received ({received})",
        "其时间早于投诉受理时间({received})",
    ),
    "hold_ends_before_it_starts": ("the hold ends before it starts", "暂停的结束早于开始"),
    "merge_into_itself": ("a case cannot be merged into itself", "案件不能并入自身"),
    "merge_cycle": (
        "the case it is merged into was itself merged into this one",
        "目标案件本身已并入本案件",
    ),
    "too_many_merges": (
        "more cases were merged into this one than can be handed on",
        "并入本案件的案件过多,无法继续移交",
    ),
    "too_many_steps": (
        "the case has more steps before it than are counted",
        "该案件此前的步骤已超过可计数量",
    ),
    "merge_target_unknown": (
        "the case it is merged into is not known here; it counts once that is reported",
        "目标案件尚未上报,上报后才生效",
    ),
}
_UNITS_EN = (" d", " h", " min", " s")
_UNITS_ZH = ("天", "小时", "分钟", "秒")


def why_notified(clock: Clock, notice: Notice, zone: ZoneInfo) -> Bilingual:
    """Why a notice is made: the deadline, and for a rung beyond it how far beyond."""
    kind = notice.reached.kind
    due = why_due(clock, zone, "is" if kind == "warning" else "was")
    if kind != "step" and notice.repeat == 0:
        return due
    at = local_time(notice.at, zone)
    over = abs(notice.at - clock.due_at) if clock.due_at is not None else timedelta(0)
    side_en, side_zh = ("before", "前") if kind == "warning" else ("after", "后")
    what_en, what_zh = ("Told again", "再次通知") if notice.repeat else ("Passed on", "逐级上报")
    return Bilingual(
        en=f"{due.en} {what_en} {at}, {in_english(over)} {side_en} that, as it was not done.",
        zh=f"{due.zh}于{at}(截止{side_zh}{in_chinese(over)})仍未完成,{what_zh}。",
    )


def why_due(clock: Clock, zone: ZoneInfo, tense: Tense) -> Bilingual:
    """When the clock is due, and what that was counted from, or that the case itself says so."""
    title, (english, chinese) = clock.rule.title, _ORIGIN[clock.origin]
    length_en, length_zh = span_in_words(clock.span)
    start = local_time(clock.started_at, zone)
    held_en, held_zh = _held(clock)
    if is_named_by_the_case(clock) and clock.due_at is not None:
        due = local_time(clock.due_at, zone)
        return Bilingual(
            en=f"{title.en} {tense} due by the limit of the regulator's order, {due}.",
            zh=f"{title.zh}:须在监管部门工单载明的时限内完成,截止{due}。",
        )
    begin_en = f"{title.en} {tense} due {length_en} after {english} ({start})"
    begin_zh = f"{title.zh}:须在{chinese}({start})后{length_zh}内完成"
    if clock.due_at is None:
        return Bilingual(
            en=f"{begin_en}{held_en}: not before the hold ends.",
            zh=f"{begin_zh}{held_zh},暂停期间不计时。",
        )
    due = deadline_text(clock, zone)
    return Bilingual(en=f"{begin_en}{held_en}: by {due}.", zh=f"{begin_zh}{held_zh},截止{due}。")


def why_stopped(clock: Clock, stopped_at: datetime, zone: ZoneInfo) -> Bilingual:
    """When the clock was due, when it was stopped, and the difference."""
    due = why_due(clock, zone, "was")
    margin = (clock.due_at or stopped_at) - stopped_at
    late = margin < timedelta(0)
    length, at = abs(margin), local_time(stopped_at, zone)
    return Bilingual(
        en=f"{due.en} Done {at}, {in_english(length)} {'late' if late else 'before that'}.",
        zh=f"{due.zh}于{at}完成,{'超时' if late else '提前'}{in_chinese(length)}。",
    )


def why_closed(closing: Closing, zone: ZoneInfo) -> Bilingual:
    """How the case came to its end, and how many of its clocks were kept."""
    english, chinese = _OUTCOME[closing.outcome]
    at = local_time(closing.at, zone)
    kept, broken = len(closing.kept), len(closing.broken)
    return Bilingual(
        en=f"Closed {at}: {english}. {kept} deadlines kept, {broken} broken.",
        zh=f"{at}结案:{chinese}。按时{kept}项,超时{broken}项。",
    )


def why_refused(refused: RefusedStep, filed: Filed, zone: ZoneInfo) -> Bilingual:
    """Why a step does not count."""
    english, chinese = _REFUSAL[refused.refusal]
    received = local_time(filed.received_at, zone)
    step = refused.step
    return Bilingual(
        en=f"Step {step.step} does not count: {english.format(received=received)}.",
        zh=f"步骤 {step.step} 不计入:{chinese.format(received=received)}。",
    )


def span_in_words(span: Span) -> tuple[str, str]:
    """A target in both languages, such as `8 h of business time` and `8小时营业时间`."""
    if span.unit == "working_days":
        days = span.days or 0
        return f"{days} statutory working day{'s' if days > 1 else ''}", f"{days}个法定工作日"
    if span.days is not None:
        return f"{span.days} business day{'s' if span.days > 1 else ''}", f"{span.days}个工作日"
    length = span.length or timedelta(0)
    if span.unit == "business_time":
        return f"{in_english(length)} of business time", f"{in_chinese(length)}营业时间"
    return in_english(length), in_chinese(length)


def is_named_by_the_case(clock: Clock) -> bool:
    """Whether the deadline is an instant that the case itself names, and not counted."""
    return clock.rule.span is None and clock.origin != "raised"


def deadline_text(clock: Clock, zone: ZoneInfo) -> str:
    """The local due time; the end of a working day is `24:00` of it."""
    assert clock.due_at is not None
    text = local_time(clock.due_at, zone)
    if clock.span.unit != "working_days" or text[11:16] != "00:00":
        return text
    return f"{local_time(clock.due_at - timedelta(hours=1), zone)[:10]} 24:00{text[16:]}"


def _held(clock: Clock) -> tuple[str, str]:
    """What was left out of the count, if anything was."""
    before = clock.due_at
    ended = [
        (hold.end if before is None else min(hold.end, before)) - hold.start
        for hold in clock.holds
        if hold.end is not None and (before is None or hold.start < before)
    ]
    length = sum(ended, timedelta(0))
    if not length:
        return "", ""
    return f", not counting {in_english(length)} on hold", f"(暂停的{in_chinese(length)}不计)"


@lru_cache(maxsize=4096)
def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """To the minute, with the offset from UTC, such as `2026-11-21 10:00 +08:00`."""
    text = moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return f"{text[:16]} {text[16:]}"


def in_english(length: timedelta) -> str:
    """The two largest parts of a length of time, such as `1 h 55 min`."""
    parts = _parts(length)
    return " ".join(f"{count}{_UNITS_EN[unit]}" for count, unit in parts) or "0 s"


def in_chinese(length: timedelta) -> str:
    """The same in Chinese, such as `1小时55分钟`."""
    parts = _parts(length)
    return "".join(f"{count}{_UNITS_ZH[unit]}" for count, unit in parts) or "0秒"


def _parts(length: timedelta) -> list[tuple[int, int]]:
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counts = (length.days, hours, minutes, seconds)
    return [(count, unit) for unit, count in enumerate(counts) if count][:2]
