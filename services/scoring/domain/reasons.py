"""Why a customer has the points that they have: by rule, and down to the document. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, get_args

from services.scoring.domain.awards import Points
from services.scoring.domain.course import ScoreCourse
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rules import TABLE, counted
from services.scoring.domain.wording import points_en, points_zh
from shared.contracts.made import made
from shared.contracts.scoring import MOST_DOCUMENTS, Form, Reason
from shared.contracts.values import Bilingual

FORMS: tuple[Form, ...] = get_args(Form)


class Part(NamedTuple):
    """What one document gives by a rule."""

    document_id: str | None
    """None: what the limits of the rule take off, or add, all documents together."""
    points: int


def reasons(way: ScoreCourse, policy: ScoringPolicy) -> tuple[Reason, ...]:
    """A reason for each rule that something counts by; those of an axis sum to its points."""
    tally = way.tally
    found = []
    for name, counting in _by_rule(way).items():
        documents, points, count = _documents(counting), tally.given[name], tally.counts[name]
        found.append(
            made(
                Reason,
                axis=policy.by_name[name].axis,
                rule=name,
                points=points,
                count=count,
                form=TABLE[name].FORM,
                documents=documents[:MOST_DOCUMENTS],
                more_documents=max(0, len(documents) - MOST_DOCUMENTS),
                words=_words(name, count, points, is_limit=points != tally.counted[name]),
            )
        )
    return tuple(found)


def forms(told: Sequence[Reason]) -> Mapping[Form, int]:
    """The points of each of the four forms of value by itself."""
    found: dict[Form, int] = dict.fromkeys(FORMS, 0)
    for reason in told:
        if reason.form is not None:
            found[reason.form] += reason.points
    return found


def parts(way: ScoreCourse) -> Mapping[str, tuple[Part, ...]]:
    """Rule -> its parts, the newest document first; they sum to the points of the rule."""
    found = {}
    for name, counting in _by_rule(way).items():
        of = dict.fromkeys(_documents(counting), 0)
        for each in counting:
            of[each.document_id] += each.points
        told = [Part(document_id, points) for document_id, points in of.items()]
        beyond = way.tally.given[name] - way.tally.counted[name]
        found[name] = (*told, Part(None, beyond)) if beyond else tuple(told)
    return found


@lru_cache(maxsize=4096)
def _words(name: str, count: int, points: int, *, is_limit: bool) -> Bilingual:
    """What gives how many points; of few rules and figures, so each is made once."""
    things = counted(name, count)
    most_en = ", as much as that can" if is_limit else ""
    most_zh = "（已达上限）" if is_limit else ""
    return Bilingual(
        en=f"{things.en}: {points_en(points)}{most_en}",
        zh=f"{things.zh}：{points_zh(points)}{most_zh}",
    )


def _by_rule(way: ScoreCourse) -> Mapping[str, list[Points]]:
    """What counts by each rule, in the order of the rules, as points are found."""
    found: dict[str, list[Points]] = {}
    for each in way.counting:
        found.setdefault(each.rule, []).append(each)
    return found


def _documents(counting: Sequence[Points]) -> tuple[str, ...]:
    """The documents, each once, the newest first; of one instant in the order of their ids."""
    if len(counting) == 1:
        return (counting[0].document_id,)
    newest = {each.document_id: each.origin for each in counting}
    ordered = sorted(newest)
    ordered.sort(key=newest.__getitem__, reverse=True)
    return tuple(ordered)
