"""The tables of rules in the READMEs of scoring and followup, from the rules themselves."""

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from services.followup.domain.occasion import CLOSERS
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from services.followup.domain.task_rule import PLACEHOLDERS, TaskRule
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rule import Fade, Rule
from services.scoring.domain.rules import TABLE
from shared.contracts.scoring import Form

PROJECT = Path(__file__).parent.parent
SCORING, FOLLOWUP = "services/scoring/README.md", "services/followup/README.md"
_FORMS: dict[Form | None, str] = {
    "after_warranty": "after the warranty 质保后回厂",
    "accessories_insurance": "accessories and insurance 精品续保",
    "replacement": "replacement 增换购",
    "referral": "referral 推荐",
}
_END = "<!-- end of what is generated -->"
_LEAST, _MOST = (Rule.model_fields[name].default for name in ("at_least", "at_most"))
"""What limits nothing: the two of a rule that names none."""


def pages() -> dict[str, str]:
    """Path within the project -> the README with its tables as the code has them."""
    return {
        SCORING: with_tables(SCORING, {"rules": points_table(ScoringPolicy())}),
        FOLLOWUP: with_tables(
            FOLLOWUP,
            {
                "rules": tasks_table(FollowUpPolicy()),
                "triggers": triggers_table(),
                "closers": closers_table(),
                "placeholders": placeholders_table(),
            },
        ),
    }


def points_table(policy: ScoringPolicy) -> str:
    """What gives points on which axis, up to what, and how they fade."""
    rows = []
    for name, kind in TABLE.items():
        rule = policy.by_name[name]
        points = kind.in_words(rule, policy) + _limits(rule)
        row = (rule.axis, f"`{name}`", points.replace("-", "−"), _fades(rule.fades))
        rows.append((*row, _FORMS.get(kind.FORM, "")))
    return table(("axis", "rule", "points", "fades", "form of value"), rows)


def tasks_table(policy: FollowUpPolicy) -> str:
    """Which tasks there are, when they open and are due, who does them."""
    rows = [
        (
            f"`{rule.kind}` {rule.title_zh}",
            rule.title_en,
            TRIGGERS[rule.trigger].COUNTED_FROM,
            _by_grade(rule, "opens"),
            _by_grade(rule, "due"),
            f"{rule.owner_role.replace('_', ' ')}, {rule.channel}",
            _contact(rule),
            ", ".join(("outcome", *rule.closers)),
        )
        for rule in policy.rules
    ]
    head = ("task", "what", "counted from", "opens", "due", "who", "contact", "closed by")
    return table(head, rows)


def _contact(rule: TaskRule) -> str:
    urgent = ", urgent" if rule.urgent else ""
    grades = "" if rule.grades is None else f"; {', '.join(rule.grades)} only"
    return f"{rule.contact}{urgent}{grades}; priority {rule.priority}{_priorities(rule)}"


def _priorities(rule: TaskRule) -> str:
    others = [
        f"{treated.priority} for {grade}"
        for grade, treated in rule.for_grade.items()
        if treated.priority not in (None, rule.priority)
    ]
    return f" ({', '.join(others)})" if others else ""


def _by_grade(rule: TaskRule, when: Literal["opens", "due"]) -> str:
    usual: TaskOffset = getattr(rule, when)
    others = [
        f"{_offset(offset)} for {grade}"
        for grade, treated in rule.for_grade.items()
        if (offset := getattr(treated, when)) is not None and offset != usual
    ]
    return "; ".join((_offset(usual), *others))


def triggers_table() -> str:
    """What a rule may count from."""
    rows = [
        (
            f"`{name}`",
            f"the {trigger.COUNTED_FROM}: {_lower(inspect.getdoc(trigger.occasions))}",
            ", ".join(("outcome", *trigger.CLOSED_BY)),
            ", ".join(f"`{closer}`" for closer in trigger.CLOSERS) or "–",
        )
        for name, trigger in TRIGGERS.items()
    ]
    head = (
        "`trigger`",
        "counted from",
        "closed by, where `closed_by` is not said",
        "what `closed_by` may name",
    )
    return table(head, rows)


def closers_table() -> str:
    """What closes a task besides its outcome."""
    rows = [(f"`{closer}`", meaning) for closer, meaning in CLOSERS.items()]
    return table(("in `closed_by`", "closes it when"), rows)


def placeholders_table() -> str:
    """What the reasons of a rule may name."""
    rows = [("any", f"`{{{name}}}`", meaning) for name, meaning in PLACEHOLDERS.items()]
    of: dict[tuple[str, str], list[str]] = {}
    for trigger_name, trigger in TRIGGERS.items():
        for placeholder in trigger.SAYS.items():
            of.setdefault(placeholder, []).append(f"`{trigger_name}`")
    rows += [(", ".join(names), f"`{{{key}}}`", said) for (key, said), names in of.items()]
    return table(("`trigger`", "in `why_en`, `why_zh` and hints", "stands for"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_tables(page: str, tables: dict[str, str]) -> str:
    """The page, with each table where its marks are. Raises ValueError where one has none."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    for name, table in tables.items():
        mark = f"<!-- {name}: generated from the code by `make docs` -->"
        before, found, rest = text.partition(mark)
        _, ends, after = rest.partition(_END)
        if not (found and ends):
            raise ValueError(f"{page} has no marks for its table of {name}: {mark} … {_END}")
        text = f"{before}{mark}\n\n{table}\n\n{_END}{after}"
    return text


def _limits(rule: Rule) -> str:
    least, most = rule.at_least > _LEAST, rule.at_most < _MOST
    if least and most and rule.at_least == -rule.at_most:
        return f"; within ±{rule.at_most}"
    return (f", at least {rule.at_least}" if least else "") + (
        f", at most {rule.at_most}" if most else ""
    )


def _fades(fades: Iterable[Fade]) -> str:
    parts, before = [], 0
    for fade in fades:
        if fade.percent != 100:
            part = "half" if fade.percent == 50 else f"{fade.percent} %"
            parts.append(f"{part} after {_age(before)}")
        before = fade.up_to_days
    return ", ".join([*parts, f"nothing after {_age(before)}"])


def _age(days: int) -> str:
    years, rest = divmod(days, 365)
    if years and rest <= (years + 2) // 4:
        return f"{years} year{'s' if years > 1 else ''}"
    return f"{days} days"


def _offset(offset: TaskOffset) -> str:
    parts = [
        f"{abs(number)} {unit} {'after' if number > 0 else 'before'}"
        for number, unit in ((offset.days, "d"), (offset.hours, "h"))
        if number
    ]
    if offset.at is not None:
        parts = [*(parts or ["that day"]), f"{offset.at:%H:%M}"]
    return ", ".join(parts) or "at once"


def _lower(sentence: str | None) -> str:
    text = " ".join((sentence or "").removesuffix(".").split())
    return text[:1].lower() + text[1:]
