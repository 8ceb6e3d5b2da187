"""What is said of a plan in both languages: why now, in this way, and why not. Pure.

Sentences for staff. They name days, channels, titles of rules and grades, and nobody.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from string import Formatter
from zoneinfo import ZoneInfo

from services.followup.domain.follow_ups import FollowUp
from services.followup.domain.occasion import NOT_SAID
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.talks import Cause, Matter, Talk
from shared.contracts.feed_parts import Channel
from shared.contracts.made import made
from shared.contracts.scoring import Grade
from shared.contracts.values import Bilingual

THE_CAR_EN, THE_CAR_ZH = "the car", "该车"
"""Stands for the VIN in reasons, where none is known."""
_MOST_CHARACTERS = 2000
_MOST_TOGETHER = 3
_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_BY: Mapping[Channel, tuple[str, str]] = {
    "phone": ("by phone", "电话"),
    "sms": ("by text message", "短信"),
    "email": ("by e-mail", "电子邮件"),
    "post": ("by post", "信函"),
    "app": ("in the app", "App 消息"),
}
_GRADES: Mapping[Grade, tuple[str, str]] = {
    "quality": ("quality", "优质"),
    "potential": ("potential", "潜力"),
    "general": ("general", "一般"),
}
ENDINGS_ZH: Mapping[str, str] = {
    "visit": "车辆已到店",
    "contact": "已与客户联系",
    "contacted": "已与潜客联系",
    "reached": "已联系上客户",
    "corrected": "资料已更正",
    "purchase": "客户已购新车",
    "survey answered": "客户已作答",
    "performed": "项目已完成",
    "declined again": "客户再次谢绝该项目",
    "renewal": "已续期",
    "called back": "已回访",
    "case closed": "投诉已结案",
    "sale undone": "销售已撤销",
    "car sold on": "车辆已转售",
    "car traded in": "车辆已置换",
    "lead bought": "潜客已成交",
    "quasi-lost": "潜客已转为准战败",
    "reported lost": "潜客已报战败",
    "approved as lost": "战败已获批准",
    "lead taken up again": "潜客已重新跟进",
}
"""What settles a task before it is said, in Chinese: every reason of a `TaskClosing`."""


def say(en: str, zh: str) -> Bilingual:
    """A sentence of our own."""
    return made(Bilingual, en=en[:_MOST_CHARACTERS], zh=zh[:_MOST_CHARACTERS])


def why(follow_up: FollowUp, due_at: datetime) -> Bilingual:
    """What it follows from: the rule's words, with what stands for their placeholders."""
    rule = follow_up.rule
    return say(
        _filled(rule.why_en, follow_up, due_at, car=THE_CAR_EN),
        _filled(rule.why_zh, follow_up, due_at, car=THE_CAR_ZH),
    )


def hint(follow_up: FollowUp, due_at: datetime) -> Bilingual | None:
    """What to say, or ask, if the rule says so; likewise."""
    rule = follow_up.rule
    if not rule.hint_en:
        return None
    return say(
        _filled(rule.hint_en, follow_up, due_at, car=THE_CAR_EN),
        _filled(rule.hint_zh, follow_up, due_at, car=THE_CAR_ZH),
    )


def _filled(words: str, follow_up: FollowUp, due_at: datetime, *, car: str) -> str:
    if "{" not in words and "}" not in words:
        return words
    values = {
        "car": follow_up.vin or car,
        "document": follow_up.document_id.rsplit("/", 1)[-1],
        "day": _day(follow_up.known_at, follow_up.zone).isoformat(),
        "due": _day(due_at, follow_up.zone).isoformat(),
    }
    return filled(words, {**values, **follow_up.said})


def filled(words: str, said: Mapping[str, str]) -> str:
    """The words with what stands for their placeholders; without the parts in square brackets of
    which a placeholder stands for nothing."""

    def part(found: re.Match[str]) -> str:
        names = [name for _, name, _, _ in Formatter().parse(found[1]) if name]
        if not names:
            return found[0]
        return "" if any(said[name] == NOT_SAID for name in names) else found[1]

    return _IN_BRACKETS.sub(part, words).format_map(said)


def why_now(talk: Talk, policy: FollowUpPolicy) -> Iterator[Bilingual]:
    """What it follows from, what was waited for, what was put together, and why in this way."""
    first = talk.first
    yield why(first.follow_up, talk.due_at)
    yield from _when(talk, policy)
    yield from _together(talk, policy)
    yield from _in_this_way(talk)
    if talk.attempts is not None:
        yield from talk.attempts.reasons


def _when(talk: Talk, policy: FollowUpPolicy) -> Iterator[Bilingual]:
    zone = talk.first.follow_up.zone
    if talk.held is not None:
        day, cause = _day(talk.opened_at, zone), why_not(talk.first, talk.held, policy)
        yield say(f"Held back until {day}: {cause.en}", f"延至 {day}:{cause.zh}")
    elif talk.moved_from is not None:
        opens = talk.opened_at.astimezone(zone)
        yield say(
            f"Opened on {opens:%Y-%m-%d} at {opens:%H:%M}, when the dealer opens",
            f"于 {opens:%Y-%m-%d %H:%M} 经销商营业时开启",
        )


def _together(talk: Talk, policy: FollowUpPolicy) -> Iterator[Bilingual]:
    others = [topic.matter for topic in talk.topics[1:] if topic.ending is None]
    if not others:
        return
    rules = [other.follow_up.rule for other in others[:_MOST_TOGETHER]]
    en = ", ".join(f"“{rule.title_en}”" for rule in rules)
    zh = "、".join(f"“{rule.title_zh}”" for rule in rules)
    if len(others) > _MOST_TOGETHER:
        en, zh = f"{en} and more", f"{zh}等"
    days, due = policy.merge_within_days, talk.first.day_of_due()
    if all(abs(other.day_of_due() - due) <= days for other in others):
        yield say(
            f"Put together with {en}, as they are due within {days} days",
            f"与{zh}合并为一次联系:{days} 天内先后到期",
        )
    else:
        yield say(
            f"Put together with {en}: one customer, one conversation",
            f"与{zh}合并为一次联系:一位客户,一次沟通",
        )


def _in_this_way(talk: Talk) -> Iterator[Bilingual]:
    first = talk.first
    wanted, grade = first.channels[0], first.grade
    if talk.channel != wanted and not (talk.attempts and talk.attempts.reasons):
        now, then = _BY[talk.channel], _BY[wanted]
        yield say(
            f"{now[0].capitalize()}, as they refuse to be contacted {then[0]}",
            f"客户拒绝{then[1]}联系,改用{now[1]}",
        )
    rule = first.follow_up.rule
    if grade is not None and rule.priority_for(grade) < rule.priority:
        en, zh = _GRADES[grade]
        yield say(f"Sooner than others, as they are a {en} customer", f"{zh}客户,优先联系")


def why_not(matter: Matter, cause: Cause, policy: FollowUpPolicy) -> Bilingual:
    """What holds it back, or why it never was said."""
    zone, gap = matter.follow_up.zone, policy.contact_gap_days
    day = _day(cause.of, zone).isoformat() if cause.of is not None else ""
    match cause.because:
        case "do_not_contact":
            return say(
                f"The customer asked on {day} not to be contacted",
                f"客户于 {day} 要求不再联系",
            )
        case "opted_out":
            ways_en = ", ".join(_BY[channel][0] for channel in matter.channels)
            ways_zh = "、".join(_BY[channel][1] for channel in matter.channels)
            return say(f"The customer refuses to be contacted {ways_en}", f"客户拒绝{ways_zh}联系")
        case "complaint_open":
            return say(
                f"A complaint is open since {day}: nothing is sold until it is closed",
                f"自 {day} 起有投诉未结案:结案前不作推销",
            )
        case "recent_contact":
            return say(
                f"There was a contact on {day}, and there is one in {gap} days at most",
                f"{day} 已有联系,{gap} 天内最多联系一次",
            )
        case "other_conversation":
            return say(
                "Another conversation is open, and there is one at a time",
                "另有一次沟通尚未完成,同一时间只联系一次",
            )
        case "not_for_grade":
            return _not_for_grade(matter)
        case "superseded":
            by_zh = ENDINGS_ZH.get(cause.by, cause.by)
            return say(f"Settled before: {cause.by}", f"已了结:{by_zh}")
        case "window_passed":
            return _passed(matter, cause, policy, day)


def _not_for_grade(matter: Matter) -> Bilingual:
    if matter.grade is None:
        return say("It is for other grades, and theirs is not known", "仅针对特定等级,客户等级未知")
    en, zh = _GRADES[matter.grade]
    if matter.grade in (matter.follow_up.rule.grades or ()):
        return say(f"It was due before they were {en} customers", f"到期时尚非{zh}客户")
    return say(f"It is not for {en} customers", f"不针对{zh}客户")


_HELD: Mapping[str, tuple[str, str]] = {
    "do_not_contact": ("the customer did not want to be contacted", "客户要求不联系"),
    "opted_out": ("the customer refused every way to contact them", "客户拒绝了全部联系方式"),
    "complaint_open": ("a complaint was open", "投诉未结案"),
    "recent_contact": ("there had been a contact", "近期已有联系"),
    "other_conversation": ("another conversation was open", "另有一次沟通未完成"),
}


def _passed(matter: Matter, cause: Cause, policy: FollowUpPolicy, day: str) -> Bilingual:
    if cause.by in _HELD:
        en, zh = _HELD[cause.by]
        return say(f"It was due on {day}, and until then {en}", f"应于 {day} 前完成,但此前{zh}")
    return say(f"It was due on {day}, before it could be said", f"应于 {day} 前完成,得知时已过期")


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
