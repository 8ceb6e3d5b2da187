"""Why a customer has the points that they have: by rule, and down to the document. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from services.scoring.domain.awards import Points
from services.scoring.domain.course import Course
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.scoring import MOST_DOCUMENTS, Reason


class Part(NamedTuple):
    """What one document gives by a rule."""

    document_id: str | None
    """None: what the limits of the rule take off, or add, all documents together."""
    points: int


def reasons(way: Course, policy: ScoringPolicy) -> tuple[Reason, ...]:
    """A reason for each rule that something counts by; those of an axis sum to its points."""
    tally = way.tally
    found = []
    for name, counting in _by_rule(way, policy).items():
        documents = _documents(counting)
        found.append(
            Reason(
                axis=policy.by_name[name].axis,
                rule=name,
                points=tally.given[name],
                count=tally.counts[name],
                documents=documents[:MOST_DOCUMENTS],
                more_documents=max(0, len(documents) - MOST_DOCUMENTS),
            )
        )
    return tuple(found)


def parts(way: Course, policy: ScoringPolicy) -> Mapping[str, tuple[Part, ...]]:
    """Rule -> its parts, the newest document first; they sum to the points of the rule."""
    found = {}
    for name, counting in _by_rule(way, policy).items():
        of = dict.fromkeys(_documents(counting), 0)
        for each in counting:
            of[each.document_id] += each.points
        told = [Part(document_id, points) for document_id, points in of.items()]
        beyond = way.tally.given[name] - way.tally.counted[name]
        found[name] = (*told, Part(None, beyond)) if beyond else tuple(told)
    return found


def _by_rule(way: Course, policy: ScoringPolicy) -> Mapping[str, list[Points]]:
    """What counts by each rule, in the order of the rules."""
    found: dict[str, list[Points]] = {}
    for each in way.counting:
        found.setdefault(each.rule, []).append(each)
    return {name: found[name] for name in policy.by_name if name in found}


def _documents(counting: list[Points]) -> tuple[str, ...]:
    """The documents, each once, the newest first; of one instant in the order of their ids."""
    if len(counting) == 1:
        return (counting[0].document_id,)
    newest = {each.document_id: each.origin for each in counting}
    ordered = sorted(newest)
    ordered.sort(key=newest.__getitem__, reverse=True)
    return tuple(ordered)
