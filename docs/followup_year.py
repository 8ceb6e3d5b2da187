"""One customer's year as a page: every task they got and did not get, when and why. What it says is
worked out by followup's own plan, by the rules as they ship."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from docs.followup_story import THE_END, YEAR, at, local
from docs.scoring_reports import Happened
from services.followup.domain.conversation import Conversation, CustomerPlan, Silence
from services.followup.domain.decide import customer_plan
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.follow_ups import FollowUp
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.wording import say
from shared.contracts.values import Bilingual

Lang = Literal["en", "zh"]
PROSE = Path(__file__).parent / "followup_prose"
POLICY = FollowUpPolicy()
_HEADS: Mapping[Lang, str] = {"en": "| when | what | why |", "zh": "| 时间 | 事项 | 原因 |"}
_ENDED: Mapping[str, tuple[str, str]] = {
    "done": ("Done", "已完成"),
    "cancelled": ("Cancelled", "已取消"),
    "expired": ("Expired", "已过期"),
}
_CLOSED_ZH: Mapping[str, str] = {
    "done": "已完成",
    "visit": "车辆已到店",
    "survey answered": "客户已作答",
    "called back": "已回访",
    "car sold on": "车辆已转售",
}
_BY: Mapping[str, tuple[str, str]] = {
    "phone": ("by phone", "电话"),
    "sms": ("by text message", "短信"),
    "email": ("by e-mail", "电子邮件"),
    "app": ("in the app", "App"),
    "post": ("by post", "信函"),
}


class Entry(NamedTuple):
    """One thing that became of the customer's tasks."""

    at: datetime
    what: Bilingual
    why: Bilingual


def page(lang: Lang) -> str:
    """The year, in one language."""
    rows = [*_happened(lang), *((each.at, 1, _row(each, lang)) for each in course())]
    lines = [
        (PROSE / f"{lang}.txt").read_text(encoding="utf-8"),
        _HEADS[lang],
        "| --- | --- | --- |",
        *(row for _, _, row in sorted(rows, key=lambda row: row[:2])),
    ]
    return "\n".join(lines) + "\n"


def course() -> Iterator[Entry]:
    """All that became of their tasks, as it became known."""
    told: set[tuple[str, ...]] = set()
    for moment in _moments():
        for key, entry in _news(_plan_at(moment), moment, told):
            if key not in told:
                told.add(key)
                yield entry


def _happened(lang: Lang) -> Iterator[tuple[datetime, int, str]]:
    for each in YEAR:
        yield at(each.on), 0, f"| {each.on} | {_words(each, lang)} | |"


def _words(happened: Happened, lang: Lang) -> str:
    return f"*{happened.en if lang == 'en' else happened.zh}*"


def _row(entry: Entry, lang: Lang) -> str:
    return f"| {local(entry.at)} | {_in(entry.what, lang)} | {_in(entry.why, lang)} |"


def _in(words: Bilingual, lang: Lang) -> str:
    return words.en if lang == "en" else words.zh


def _moments() -> Iterator[datetime]:
    """Whenever something happens, or changes by itself."""
    instants = [at(each.on) for each in YEAR]
    moment, end = instants[0], at(THE_END)
    while moment <= end:
        yield moment
        changes_at = _plan_at(moment).changes_at
        following = [each for each in (changes_at, *instants) if each is not None and each > moment]
        if not following:
            return
        moment = min(following)


def _plan_at(moment: datetime) -> CustomerPlan:
    happened = [each.event for each in YEAR if at(each.on) <= moment]
    return customer_plan(join(FollowUpFacts(), happened), POLICY, moment)


def _news(
    plan: CustomerPlan, moment: datetime, told: set[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """What there is to tell, each under a name by which it is told once."""
    for talk in plan.conversations:
        if (talk.about, "opened") not in told:
            told.add((talk.about, talk.channel))
        yield from _of_a_talk(talk, moment)
    for silence in plan.silences:
        yield (silence.follow_up.about, silence.because), _silence(silence)


def _of_a_talk(talk: Conversation, moment: datetime) -> Iterator[tuple[tuple[str, ...], Entry]]:
    first, *others = talk.purposes
    opened = _opened(talk, first.follow_up)
    yield (talk.about, "opened"), Entry(talk.opens_at, opened, _why(talk))
    for other in others:
        joined = say(
            f"The same conversation: {other.follow_up.rule.title_en}",
            f"同一次联系：{other.follow_up.rule.title_zh}",
        )
        yield (other.follow_up.about, "joined"), Entry(other.joined_at, joined, _why(talk))
    if talk.status == "overdue":
        overdue = _of("Overdue", "已逾期", first.follow_up)
        yield (
            (talk.about, "overdue"),
            Entry(talk.due_at, overdue, say("Its day has passed", "已过截止时间")),
        )
    otherwise = _of("In another way", "改变方式", first.follow_up)
    yield (talk.about, talk.channel), Entry(moment, otherwise, talk.reasons[-1])
    if talk.closed_at is not None:
        because = talk.closed_because or ""
        words = say(because, _CLOSED_ZH.get(because, because))
        ended = _of(*_ENDED[talk.status], first.follow_up)
        yield (talk.about, talk.status), Entry(talk.closed_at, ended, words)


def _opened(talk: Conversation, first: FollowUp) -> Bilingual:
    by_en, by_zh = _BY[talk.channel]
    due = local(talk.due_at)
    return say(
        f"**{first.rule.title_en}**, {by_en}, due {due}",
        f"**{first.rule.title_zh}**，{by_zh}，截止 {due}",
    )


def _of(en: str, zh: str, follow_up: FollowUp) -> Bilingual:
    return say(f"{en}: {follow_up.rule.title_en}", f"{zh}：{follow_up.rule.title_zh}")


def _why(talk: Conversation) -> Bilingual:
    return say("; ".join(each.en for each in talk.reasons), "；".join(e.zh for e in talk.reasons))


def _silence(silence: Silence) -> Entry:
    what = _of("No task", "不建任务", silence.follow_up)
    if silence.until is not None:
        until = local(silence.until)
        words = say(f"{silence.words.en}, until {until}", f"{silence.words.zh}，至 {until}")
        return Entry(silence.since, what, words)
    return Entry(silence.since, what, silence.words)
