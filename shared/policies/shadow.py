"""A shadow: what a dealer's customers would be by other rules, kept current as events come, in
lists and totals alone. Nothing is decided by it. Pure.

Where a dealer has a shadow, its customers are judged a second time when they are summarized, which
is a moment after they were written; and they are due, too, when something changes by the shadow.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic import JsonValue

from shared.contracts.http.policies import Compared, EffectCount, LevelCount, PointsCount, Tried
from shared.contracts.identifiers import dealer_of
from shared.decider.decider import Decider
from shared.decider.decision import Announced, Decision, earliest
from shared.decider.policy import Policy
from shared.decider.summary import MOST_RANK, Summaries, Summary
from shared.policies.by_edition import CustomerFacts
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook

C = TypeVar("C", bound=CustomerFacts)
P = TypeVar("P", bound=Policy)

DIFFERING = "shadow"
"""The list of customers who would be something else, by points lost and won; and what a line of
any list shows of it."""
MOST_POINTS = 200
"""Points won or lost up to this number are counted one by one, and all beyond with it."""
_PERIODS = f"{DIFFERING}-"
"""How the periods begin under which shadows are counted."""
_MIDDLE = MOST_RANK // 2
_JUDGED, _UNREADABLE, _CHANGED = "judged", "unreadable", "changed"
_LEVEL, _BY, _EFFECT, _POINTS = "level", "by", "effect", "points"
_NO_SUMMARIES: Summaries[Any, Any] = Summaries(
    lists=(), summarize=lambda facts, policy, now: Summary({}, {}, {})
)


def with_shadows(
    decider: Decider[C, Rulebook[PolicyEdition[P]]],
    *,
    decide: Callable[[C, Announced, P, datetime], Decision],
    compare: Callable[[C, P, P, datetime], Compared | None],
) -> Decider[C, Rulebook[PolicyEdition[P]]]:
    """The same service, with lists and totals of how each dealer's customers compare with its
    shadow. `compare`: by the policy in force and by another; None: not to be judged."""
    changed: Decider[Any, Any] = replace(
        cast("Decider[Any, Any]", decider),
        decide=_due_by_both(decider.decide, decide),
        summaries=_compared_in(decider.summaries or _NO_SUMMARIES, compare),
    )
    return changed


def tried_in(totals: Mapping[str, Mapping[str, int]], version: str) -> Tried:
    """What the shadow of that version comes to, in a dealer's totals."""
    counts = totals.get(period_of(version), {})
    found: dict[str, list[tuple[list[str], int]]] = {}
    for counter, number in counts.items():
        kind, *words = counter.split(" ")
        found.setdefault(kind, []).append((words, number))
    points = {(rule, effect): number for (rule, effect), number in found.get(_POINTS, ())}
    return Tried(
        judged=counts.get(_JUDGED, 0),
        unreadable=counts.get(_UNREADABLE, 0),
        changed=counts.get(_CHANGED, 0),
        levels=tuple(
            LevelCount(output=output, before=before, after=after, number=number)
            for (output, before, after), number in sorted(found.get(_LEVEL, ()))
        ),
        by=tuple(
            PointsCount(by=int(by), number=number)
            for by, number in sorted((int(by), number) for (by,), number in found.get(_BY, ()))
        ),
        effects=tuple(
            EffectCount(
                rule=rule, effect=effect, number=number, points=points.get((rule, effect), 0)
            )
            for (rule, effect), number in sorted(found.get(_EFFECT, ()))
        ),
    )


def compared_in(line: Mapping[str, JsonValue], version: str) -> Compared | None:
    """How the customer of a line differs by the shadow of that version; None: not at all, or not
    by that one."""
    match line.get(DIFFERING):
        case {"of": str(of), **content} if of == version:
            return Compared.model_validate(content)
        case _:
            return None


def period_of(version: str) -> str:
    """Under which period of a dealer's totals a shadow is counted: what was counted of another one
    is never mixed with it."""
    return f"{_PERIODS}{version}"


def is_of_a_shadow(period: str) -> bool:
    """Whether a period of a dealer's totals is one of a shadow, and no time."""
    return period.startswith(_PERIODS)


def _due_by_both(
    decide_by_rulebook: Callable[[C, Announced, Rulebook[PolicyEdition[P]], datetime], Decision],
    decide: Callable[[C, Announced, P, datetime], Decision],
) -> Callable[[C, Announced, Rulebook[PolicyEdition[P]], datetime], Decision]:
    def decide_by(
        facts: C, announced: Announced, rulebook: Rulebook[PolicyEdition[P]], now: datetime
    ) -> Decision:
        decision = decide_by_rulebook(facts, announced, rulebook, now)
        shadow = _shadow(facts, rulebook)
        if shadow is None:
            return decision
        try:
            due = decide(facts, announced, shadow.policy, now).next_due
        except Exception:  # what is only tried must not park anybody; it is counted as unreadable
            return decision
        return replace(decision, next_due=earliest((decision.next_due, due)))

    return decide_by


def _compared_in(
    summaries: Summaries[C, Rulebook[PolicyEdition[P]]],
    compare: Callable[[C, P, P, datetime], Compared | None],
) -> Summaries[C, Rulebook[PolicyEdition[P]]]:
    def summarize(facts: C, rulebook: Rulebook[PolicyEdition[P]], now: datetime) -> Summary | None:
        summary = summaries.summarize(facts, rulebook, now)
        shadow = _shadow(facts, rulebook)
        if summary is None or shadow is None:
            return summary
        in_force = rulebook.in_force(dealer_of(facts.customer_key), now)
        try:
            compared = compare(facts, in_force.policy, shadow.policy, now)
        except Exception:  # one that cannot be judged must not be missing in the other lists
            return _counting(summary, shadow.version, {_UNREADABLE: 1})
        if compared is None:
            return summary
        counted = _counting(summary, shadow.version, _counts(compared))
        return _listed(counted, shadow.version, compared) if compared.differences else counted

    return replace(summaries, lists=(*summaries.lists, DIFFERING), summarize=summarize)


def _shadow(facts: CustomerFacts, rulebook: Rulebook[PolicyEdition[P]]) -> PolicyEdition[P] | None:
    if not rulebook.shadows or not facts.customer_key:
        return None
    return rulebook.shadow(dealer_of(facts.customer_key))


def _counting(summary: Summary, version: str, counts: Mapping[str, int]) -> Summary:
    return replace(summary, apart={**summary.apart, period_of(version): counts})


def _listed(summary: Summary, version: str, compared: Compared) -> Summary:
    rank = max(0, min(MOST_RANK, _MIDDLE + compared.by))
    content = compared.model_dump(mode="json", exclude_defaults=True)
    return replace(
        summary,
        ranks={**summary.ranks, DIFFERING: rank},
        line={**summary.line, DIFFERING: {"of": version, **content}},
    )


def _counts(compared: Compared) -> Mapping[str, int]:
    counts = Counter({_JUDGED: 1})
    counts.update(
        f"{_LEVEL} {level.output} {level.before} {level.after}" for level in compared.levels
    )
    if compared.differences:
        counts[_CHANGED] = 1
    if compared.by:
        counts[f"{_BY} {max(-MOST_POINTS, min(MOST_POINTS, compared.by))}"] = 1
    for one in compared.differences:
        counts[f"{_EFFECT} {one.rule} {one.effect}"] += 1
        if one.by:
            counts[f"{_POINTS} {one.rule} {one.effect}"] += one.by
    return counts
