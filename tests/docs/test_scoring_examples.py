"""The worked examples of scoring, checked as a manager would: from the pages alone, by hand.

Nothing of scoring is asked: what the rules go by, the pages name.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest

from docs.scoring_stories import STORIES
from tests import PROJECT

PAGES = {"en": "docs/scoring/examples.md", "zh": "docs/scoring/examples.zh-CN.md"}
VALUE = {"value", "价值"}
GRADES = {
    (True, True): {"quality", "优质"},
    (True, False): {"potential", "潜力"},
    (False, True): {"potential", "潜力"},
    (False, False): {"general", "一般"},
}
LATER = re.compile(r"(−?\d+) (?:from|自) (\d{4}-\d\d-\d\d)")
THRESHOLDS = {
    "en": r"Value is high from (\d+) on, loyalty from (\d+) on.*?more than (\d+) below",
    "zh": r"价值满 (\d+) 分\s*为高，忠诚满 (\d+) 分为高.*?超过 (\d+) 分",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the first table."""

    rule: str
    is_value: bool
    steps: Sequence[tuple[date, int]]
    limits: Sequence[int]

    def on(self, day: date) -> int:
        """What it counts when that day ends."""
        return next((points for since, points in reversed(self.steps) if since <= day), 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the second table."""

    day: date
    value: int
    loyalty: int
    score: int
    grade: str
    risk: str
    next_visit: str


@dataclass(frozen=True, slots=True)
class Example:
    """A story, as the page tells it."""

    title: str
    entries: Sequence[Entry]
    lines: Sequence[Line]
    others: Sequence[Sequence[str]]

    def by_axis(self, day: date) -> tuple[int, int]:
        """Value and loyalty, added up by hand."""
        sums: dict[tuple[bool, str], int] = defaultdict(int)
        limits: dict[str, Sequence[int]] = {}
        for entry in self.entries:
            sums[entry.is_value, entry.rule] += entry.on(day)
            limits[entry.rule] = entry.limits
        axes = {True: 0, False: 0}
        for (is_value, rule), points in sums.items():
            axes[is_value] += within(points, limits[rule])
        return axes[True], axes[False]


def within(points: int, limits: Sequence[int]) -> int:
    for limit in limits:
        points = min(points, limit) if limit > 0 else max(points, limit)
    return points


def number(text: str) -> int:
    return int(text.replace("−", "-"))


def tables(section: str) -> Iterator[list[list[str]]]:
    """The rows of each table, without its head."""
    for block in re.findall(r"(?:^\|.*\n)+", section, re.M):
        rows = [line.strip("|\n").split("|") for line in block.splitlines()]
        yield [[cell.strip() for cell in row] for row in rows[2:]]


def entry(row: Sequence[str]) -> Entry:
    since, rule, axis, points, limit = row
    first, *_ = points.split(";")
    later = [(date.fromisoformat(day), number(what)) for what, day in LATER.findall(points)]
    return Entry(
        rule=rule,
        is_value=axis in VALUE,
        steps=[(date.fromisoformat(since), number(first)), *later],
        limits=[number(each) for each in limit.split(",") if each],
    )


def line(row: Sequence[str]) -> Line:
    day, _, value, loyalty, score, grade, risk, next_visit = row
    figures = number(value), number(loyalty), number(score)
    return Line(date.fromisoformat(day), *figures, grade, risk, next_visit)


def examples(lang: str) -> list[Example]:
    text = (PROJECT / PAGES[lang]).read_text(encoding="utf-8")
    found = []
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, rest = section.partition("\n")
        ledger, standing, *others = tables(rest + "\n")
        lines = [line(row) for row in standing]
        entries = [entry(row) for row in ledger]
        found.append(Example(title, entries, lines, others[0] if others else ()))
    return found


def thresholds(lang: str) -> Sequence[int]:
    text = (PROJECT / PAGES[lang]).read_text(encoding="utf-8")
    found = re.search(THRESHOLDS[lang], text, re.S)
    assert found is not None
    return [int(each) for each in found.groups()]


each_page = pytest.mark.parametrize("lang", PAGES)


@each_page
def test_every_story_is_told_with_tables(lang: str) -> None:
    told = examples(lang)
    assert len(told) == len(STORIES) >= 8
    for example in told:
        assert len(example.entries) >= 3, example.title
        assert len(example.lines) >= 4, example.title


@each_page
def test_every_line_adds_up(lang: str) -> None:
    for example in examples(lang):
        for line in example.lines:
            where = f"{example.title}, {line.day}"
            assert (line.value, line.loyalty) == example.by_axis(line.day), where
            assert line.value + line.loyalty == line.score, where


@each_page
def test_every_grade_follows_from_the_way(lang: str) -> None:
    value_from, loyalty_from, margin = thresholds(lang)
    for example in examples(lang):
        value_high = loyalty_high = False
        stands: dict[date, set[str]] = {}
        first, last = example.lines[0].day, example.lines[-1].day
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            value, loyalty = example.by_axis(day)
            value_high = value >= value_from - (margin if value_high else 0)
            loyalty_high = loyalty >= loyalty_from - (margin if loyalty_high else 0)
            stands[day] = GRADES[value_high, loyalty_high]
        wrong = [line.day for line in example.lines if line.grade not in stands[line.day]]
        assert wrong == [], example.title
        told = {line.day for line in example.lines}
        changed = {day for day in stands if stands.get(day - timedelta(days=1)) != stands[day]}
        assert changed - {first} <= told, f"{example.title}: a change of grade is left out"


RHYTHM = {
    "en": r"expected (\d+) days after the delivery, (\d+) after.*?: (\d+) % and (\d+) % of\s"
    r"those days, .*? (\d+) % and (\d+) %.*?after (\d+) % of the days, and lost after (\d+) %",
    "zh": r"交车后 (\d+) 天，首次到店后 (\d+) 天.*?的 (\d+)% 与 (\d+)%.*?为 (\d+)% 与\s(\d+)%.*?"
    r"天数的 (\d+)% 为有流失风险，满 (\d+)%",
}
RISKS = {
    "en": ("active", "due", "at risk", "lost"),
    "zh": ("活跃", "应到店", "有流失风险", "已流失"),
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The figures that the page names, and what follows by them."""

    first: int
    usual: int
    usual_spread: tuple[int, int]
    own_spread: tuple[int, int]
    at_risk: int
    lost: int

    @classmethod
    def of(cls, lang: str) -> "Rhythm":
        found = re.search(RHYTHM[lang], (PROJECT / PAGES[lang]).read_text("utf-8"), re.S)
        assert found is not None
        first, usual, *spreads, at_risk, lost = map(int, found.groups())
        return cls(first, usual, (spreads[0], spreads[1]), (spreads[2], spreads[3]), at_risk, lost)

    def told(self, example: Example, on: date, risks: Sequence[str]) -> tuple[str, str] | None:
        """Risk and next visit, of who has a car, or came with one."""

        def days_of(rule: str) -> list[date]:
            days = {entry.steps[0][0] for entry in example.entries if f"`{rule}`" in entry.rule}
            return sorted(day for day in days if day <= on)

        anew = max(days_of("vehicle_replaced"), default=date.min)
        visits = [day for day in days_of("regular_visits") if day >= anew]
        known = visits or days_of("vehicle_bought")
        if not known:
            return None
        gaps = [(later - day).days for day, later in pairwise(visits)]
        if gaps:
            days = round((self.usual + len(gaps) * median(gaps)) / (1 + len(gaps)))
        else:
            days = self.usual if visits else self.first
        low, high = self.own_spread if gaps else self.usual_spread
        after = [*(-(-days * part // 100) for part in (100, self.at_risk, self.lost))]
        since = [known[-1] + timedelta(number) for number in after]
        stands = sum(day <= on for day in since)
        expected, low_day = since[0], known[-1] + timedelta(days * low // 100)
        high_day = known[-1] + timedelta(-(-days * high // 100))
        following = f"{risks[stands + 1]} {since[stands]}" if stands < len(since) else ""
        return f"{risks[stands]} {following}".strip(), f"{expected} ({low_day} – {high_day})"


@each_page
def test_every_risk_and_next_visit_follows_from_the_visits(lang: str) -> None:
    rhythm = Rhythm.of(lang)
    for example in examples(lang):
        for line in example.lines:
            told = rhythm.told(example, line.day, RISKS[lang])
            coming = re.sub(r"; (.+) from (.+)", r" \1 \2", line.risk)
            coming = re.sub(r"；(.+)起(.+)", r" \2 \1", coming)
            assert (coming, line.next_visit) == (told or ("", "")), (example.title, line.day)


@each_page
def test_what_risk_is_to_come_comes_unless_they_do(lang: str) -> None:
    coming = re.compile(r"[;；] ?(?:(?P<en>.+) from )?(?P<day>\d{4}-\d\d-\d\d)(?:起(?P<zh>.+))?")
    checked = 0
    for example in examples(lang):
        days = {line.day: line for line in example.lines}
        for line, following in zip(example.lines, example.lines[1:], strict=False):
            found = coming.search(line.risk)
            if found is None:
                continue
            due = date.fromisoformat(found["day"])
            assert due > line.day
            if following.day < due:
                continue
            then = re.split("[;；]", days[due].risk)[0]
            comes = {"active", "活跃"} if following.day == due else set()
            assert then in {found["en"] or found["zh"], *comes}, (example.title, line.day)
            checked += 1
    assert checked >= 10


def test_both_languages_tell_the_same() -> None:
    def figures(lang: str) -> Sequence[object]:
        return [
            (
                [(one.steps, one.limits, one.is_value) for one in example.entries],
                [(line.day, line.value, line.loyalty) for line in example.lines],
            )
            for example in examples(lang)
        ]

    assert figures("en") == figures("zh")


@each_page
def test_one_person_is_scored_as_one(lang: str) -> None:
    (example,) = [each for each in examples(lang) if each.others]
    *alone, together = [[number(cell) for cell in row[1:4]] for row in example.others]
    assert together == [example.lines[-1].value, example.lines[-1].loyalty, example.lines[-1].score]
    assert together[0] == sum(value for value, _, _ in alone), "what they paid and bought adds up"
    assert together[2] > max(score for _, _, score in alone)
    assert together[2] < sum(score for _, _, score in alone), "the last visit counts once"


def spread() -> Mapping[str, set[str]]:
    """Which grades and risks the stories show."""
    lines = [line for example in examples("en") for line in example.lines]
    return {
        "grades": {line.grade for line in lines},
        "risks": {line.risk.split(";")[0] for line in lines if line.risk},
    }


def test_all_grades_and_risks_are_met() -> None:
    assert spread() == {
        "grades": {"quality", "potential", "general"},
        "risks": {"active", "due", "at risk", "lost"},
    }
