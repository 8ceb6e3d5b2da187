"""The worked examples of scoring, as pages: each story through the rules as they ship.

What a page says is worked out by the service's own fold and decision; tests/docs adds it up once
more, from the page alone, as a manager would.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from docs.scoring_reports import CUSTOMER, Happened, at
from docs.scoring_stories import STORIES, Story, Told
from services.scoring.domain.awards import Points
from services.scoring.domain.course import course
from services.scoring.domain.decide import decide
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.risk_words import EN as RISKS_EN
from services.scoring.domain.risk_words import ZH as RISKS_ZH
from services.scoring.domain.rule import Rule
from services.scoring.domain.rules import TABLE
from shared.contracts.scoring import Axis, Grade, Risk, ScoreChanged

Lang = Literal["en", "zh"]
ZONE = ZoneInfo("Asia/Shanghai")
POLICY = ScoringPolicy()
DAY_ENDS = timedelta(hours=5, minutes=59)
"""From six in the evening on."""

GRADES: Mapping[Grade, Told] = {
    "quality": Told("quality", "优质"),
    "potential": Told("potential", "潜力"),
    "general": Told("general", "一般"),
}
AXES: Mapping[Axis, Told] = {"value": Told("value", "价值"), "loyalty": Told("loyalty", "忠诚")}
PROSE = Path(__file__).parent / "scoring_prose"
LEDGER = Told("| from | rule | axis | points | limit |", "| 起始 | 规则 | 维度 | 分数 | 上限 |")
STANDING = Told(
    "| end of | what happened | value | loyalty | score | grade | risk | next visit |",
    "| 当天结束 | 发生了什么 | 价值 | 忠诚 | 总分 | 级别 | 流失风险 | 下次到店 |",
)
ALONE = Told("| number | value | loyalty | score | grade |", "| 编号 | 价值 | 忠诚 | 总分 | 级别 |")
TOGETHER = Told("one person", "同一人")
FADES = Told("points fade", "分数衰减")
STAYS_AWAY = Told("nobody comes", "未到店")
ENDS = Told("the story ends", "故事结束")
NOTHING_COUNTS = Told("No document counts: no score.", "没有计分的单据：无评分。")


def page(lang: Lang) -> str:
    """All stories, in one language."""
    begins = (PROSE / f"{lang}.txt").read_text(encoding="utf-8").format(**_figures_of_the_rules())
    stories = ("\n".join(_story(number, story, lang)) for number, story in enumerate(STORIES, 1))
    return "\n".join([begins, *stories])


def _figures_of_the_rules() -> Mapping[str, int]:
    """What the beginning of a page names."""
    visits, risk = POLICY.forecast, POLICY.risk
    return {
        "stories": len(STORIES),
        "value": POLICY.value_is_high_from,
        "loyalty": POLICY.loyalty_is_high_from,
        "margin": POLICY.margin,
        "first": visits.first_days,
        "usual": visits.usual_days,
        "usual_earliest": visits.usual_spread.earliest_percent,
        "usual_latest": visits.usual_spread.latest_percent,
        "own_earliest": visits.own_spread.earliest_percent,
        "own_latest": visits.own_spread.latest_percent,
        "at_risk": risk.at_risk.percent,
        "lost": risk.lost.percent,
    }


def _story(number: int, story: Story, lang: Lang) -> Iterator[str]:
    yield f"## {number}. {_in(story.title, lang)}\n"
    yield f"{_in(story.text, lang)}\n"
    yield from _table(_in(LEDGER, lang), (_ledger_row(entry, lang) for entry in _ledger(story)))
    yield ""
    yield from _table(_in(STANDING, lang), _standing(story, lang))
    yield ""
    if len(story.numbers) > 1:
        yield from _table(_in(ALONE, lang), _each_number(story, lang))
        yield ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one document gives by one rule."""

    rule: str
    steps: Sequence[Points]

    @property
    def since(self) -> datetime:
        return self.steps[0].since


def _ledger(story: Story) -> list[_Entry]:
    """In the order of time, then of the rules."""
    facts = _facts(story.happened)
    way = course(facts.documents, POLICY, _end_of(story.until))
    found: dict[tuple[str, str], list[Points]] = {}
    for each in sorted(way.points, key=lambda points: points.since):
        found.setdefault((each.rule, each.document_id), []).append(each)
    entries = [_Entry(rule, steps) for (rule, _), steps in found.items()]
    order = list(TABLE)
    return sorted(entries, key=lambda entry: (entry.since, order.index(entry.rule)))


def _ledger_row(entry: _Entry, lang: Lang) -> tuple[str, ...]:
    rule = POLICY.by_name[entry.rule]
    label = _in(TABLE[entry.rule].counted(1), lang).removeprefix("1 ")
    return (
        _day(entry.since),
        f"{label} `{entry.rule}`",
        _in(AXES[rule.axis], lang),
        "; ".join(_steps(entry.steps, lang)),
        _limit(rule),
    )


def _steps(steps: Sequence[Points], lang: Lang) -> Iterator[str]:
    """`30; 15 from 2029-01-10; 0 from 2032-01-10`."""
    until: datetime | None = None
    for step in steps:
        if until is not None and until < step.since:
            yield _from(0, until, lang)
        yield _number(step.points) if until is None else _from(step.points, step.since, lang)
        until = step.until
    assert until is not None
    yield _from(0, until, lang)


def _from(points: int, since: datetime, lang: Lang) -> str:
    return f"{_number(points)} {_in(Told('from', '自'), lang)} {_day(since)}"


def _limit(rule: Rule) -> str:
    """`24`, or `−45` where points are taken; both where both are."""
    bounds = (rule.at_least, rule.at_most)
    none = (Rule.model_fields["at_least"].default, Rule.model_fields["at_most"].default)
    return ", ".join(
        _number(bound) for bound, without in zip(bounds, none, strict=True) if bound != without
    )


def _standing(story: Story, lang: Lang) -> Iterator[tuple[str, ...]]:
    happened: dict[str, list[str]] = {}
    for each in story.happened:
        happened.setdefault(each.on, []).append(each.en if lang == "en" else each.zh)
    for day in _days(story):
        score = _score_on(day, story.happened)
        words = _and(happened[day], lang) if day in happened else _otherwise(day, story, lang)
        if score is None:
            yield (day, words, "", "", "", _in(NOTHING_COUNTS, lang), "", "")
        else:
            yield (day, words, *_figures(score, lang), _risk(score, lang), _next_visit(score))


def _days(story: Story) -> list[str]:
    """When something happened, or grade or risk changed by itself; and the end."""
    days = {each.on for each in story.happened} | {story.until}
    facts = _facts(story.happened)
    way = course(facts.documents, POLICY, _end_of(story.until), in_full=True)
    days |= {_day(change.at) for change in way.changes}
    days |= {_day(change.at) for change in way.risk.changes}
    return sorted(days)


def _otherwise(day: str, story: Story, lang: Lang) -> str:
    """Why anything changes on a day on which nothing happened."""
    if day == story.until:
        return _in(ENDS, lang)
    yesterday = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    before, after = (_score_on(each, story.happened) for each in (yesterday, day))
    faded = before is not None and after is not None and before.score != after.score
    return _in(FADES if faded else STAYS_AWAY, lang)


def _each_number(story: Story, lang: Lang) -> Iterator[tuple[str, ...]]:
    """What each number would be alone, and all of them together."""
    for number in story.numbers:
        alone = [each for each in story.happened if each.event.key == number]
        score = _score_on(story.until, alone)
        assert score is not None
        yield (number.rsplit("/", 1)[1], *_figures(score, lang))
    score = _score_on(story.until, story.happened)
    assert score is not None
    yield (f"**{_in(TOGETHER, lang)}**", *_figures(score, lang))


def _score_on(day: str, happened: Iterable[Happened]) -> ScoreChanged | None:
    """As it is decided when that day ends, of all that had happened by then."""
    facts = _facts(each for each in happened if each.on <= day)
    outputs = decide(facts, {}, POLICY, _end_of(day)).outputs
    contents = (output.content for output in outputs)
    return next((content for content in contents if isinstance(content, ScoreChanged)), None)


def _facts(happened: Iterable[Happened]) -> ScoringFacts:
    """Whatever number it was reported under, of one person."""
    events = [each.of(CUSTOMER).event for each in happened]
    return join(ScoringFacts(), events) if events else ScoringFacts()


def _figures(score: ScoreChanged, lang: Lang) -> tuple[str, str, str, str]:
    return (
        _number(score.value),
        _number(score.loyalty),
        _number(score.score),
        _in(GRADES[score.grade], lang),
    )


def _risk(score: ScoreChanged, lang: Lang) -> str:
    """`active; due from 2026-07-09`."""
    if score.risk is None:
        return ""
    words: Mapping[Risk, str] = RISKS_EN if lang == "en" else RISKS_ZH
    stands = words[score.risk.risk]
    if score.risk.next_risk is None or score.risk.next_at is None:
        return stands
    following = words[score.risk.next_risk]
    since = _day(score.risk.next_at)
    return (
        f"{stands}; {following} from {since}" if lang == "en" else f"{stands}；{since}起{following}"
    )


def _next_visit(score: ScoreChanged) -> str:
    """`2026-07-09 (2026-03-23 – 2027-02-28)`."""
    found = score.next_visit
    if found is None:
        return ""
    return f"{found.expected_on} ({found.earliest_on} – {found.latest_on})"


def _end_of(day: str) -> datetime:
    return at(day) + DAY_ENDS


def _day(moment: datetime) -> str:
    return moment.astimezone(ZONE).date().isoformat()


def _and(words: Sequence[str], lang: Lang) -> str:
    return ("; " if lang == "en" else "；").join(words)


def _number(points: int) -> str:
    return str(points).replace("-", "−")


def _in(told: Told | object, lang: Lang) -> str:
    text: str = getattr(told, lang)
    return text


def _table(head: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield head
    yield "|" + " --- |" * (head.count("|") - 1)
    yield from (f"| {' | '.join(row)} |" for row in rows)
