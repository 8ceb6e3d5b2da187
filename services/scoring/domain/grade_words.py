"""What brought a change of grade about, for staff. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import unquote

from services.scoring.domain.awards import Points
from services.scoring.domain.course import GradeChange, ScoreCourse
from services.scoring.domain.documents import Known, Sale, Visit
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rules import counted
from services.scoring.domain.wording import day_en, day_zh, points_en, points_zh
from shared.contracts.scoring import Grade
from shared.contracts.values import Bilingual

EN: Mapping[Grade, str] = {
    "quality": "quality",
    "potential": "potential",
    "general": "general",
}
ZH: Mapping[Grade, str] = {"quality": "优质", "potential": "潜力", "general": "一般"}

MOST_RULES = 4
MOST_NAMED = 2
"""How many rules are told of, the weightiest first, and how many documents of each."""
MOST_OF_A_NUMBER = 40


class _Cause(NamedTuple):
    rule: str
    points: int
    """By how much what the rule gives changed."""
    documents: list[str]
    """Whose points came or went."""


def words_of_change(
    change: GradeChange, way: ScoreCourse, documents: Mapping[str, Known], policy: ScoringPolicy
) -> Bilingual:
    """The rules whose points changed at that instant, each with its documents, and what came of
    it."""
    causes = sorted(_causes(change.at, way.points, policy), key=lambda each: -abs(each.points))
    told = causes[:MOST_RULES]
    en = "; ".join(_cause_en(cause, documents) for cause in told)
    zh = "；".join(_cause_zh(cause, documents) for cause in told)
    if len(causes) > len(told):
        en, zh = f"{en}; and others", f"{zh}等"
    return Bilingual(
        en=f"From {EN[change.before]} to {EN[change.after]}: {en}. "
        f"Value {change.value}, loyalty {change.loyalty}",
        zh=f"由{ZH[change.before]}转为{ZH[change.after]}：{zh}。"
        f"价值{change.value}分，忠诚{change.loyalty}分",
    )


def _causes(at: datetime, given: Sequence[Points], policy: ScoringPolicy) -> Iterator[_Cause]:
    touched = {rule for since, until, rule, *_ in given if at in (since, until)}
    of_them = [each for each in given if each.rule in touched and each.since <= at <= each.until]
    for name in policy.by_name:
        if name in touched:
            cause = _cause(name, at, [each for each in of_them if each.rule == name], policy)
            if cause.points:
                yield cause


def _cause(name: str, at: datetime, given: Sequence[Points], policy: ScoringPolicy) -> _Cause:
    rule = policy.by_name[name]
    before = rule.within_limits(sum(each.points for each in given if each.since < at))
    after = rule.within_limits(sum(each.points for each in given if at < each.until))
    came = [each for each in given if each.since == at]
    went = [each for each in given if each.until == at]
    rising = (after > before) == (rule.points >= 0)
    named = (came or went) if rising else (went or came)
    return _Cause(name, after - before, list(dict.fromkeys(each.document_id for each in named)))


def _cause_en(cause: _Cause, documents: Mapping[str, Known]) -> str:
    named = [_document(each, documents) for each in cause.documents[:MOST_NAMED]]
    which = ", ".join(f"{number} of {day_en(day)}" if day else number for number, day in named)
    more = len(cause.documents) - len(named)
    which += f" and {more} more" if more else ""
    things = counted(cause.rule, len(cause.documents)).en
    change = "more" if cause.points > 0 else "fewer"
    return f"{points_en(abs(cause.points))} {change} for {things} ({which})"


def _cause_zh(cause: _Cause, documents: Mapping[str, Known]) -> str:
    named = [_document(each, documents) for each in cause.documents[:MOST_NAMED]]
    which = "、".join(f"{number}，{day_zh(day)}" if day else number for number, day in named)
    which += "等" if len(cause.documents) > len(named) else ""
    things = counted(cause.rule, len(cause.documents)).zh
    verb = "增加" if cause.points > 0 else "减少"
    return f"{things}（{which}）{verb}{points_zh(abs(cause.points))}"


def _document(document_id: str, documents: Mapping[str, Known]) -> tuple[str, date | None]:
    """Its number, and the dealer's local date where one is known."""
    number = unquote(document_id.rsplit("/", 1)[-1])[:MOST_OF_A_NUMBER]
    known = documents.get(document_id)
    return number, known.day if isinstance(known, Sale | Visit) else None
