"""Merging: one case hands its running clocks over to another, and of a circle the latest gives way.

Which merges lead to a case is part of its facts, so each case judges by
itself whether its own merge would close a circle: every case of the circle comes to the same.
"""

from collections.abc import Mapping
from datetime import datetime

from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from shared.contracts.complaints import MOST_MERGES, CaseMerged, HandedOver, Merge
from shared.contracts.identifiers import aggregate_within, dealer_of
from shared.contracts.subjects import CaseSubject


def closes_a_circle(facts: CaseFacts, step: StepTaken) -> bool:
    """Whether this merge is the latest of a chain that leads back to its own case."""
    own = _merge(facts, step)
    by_case = {merge.case_id: merge for merge in merges_known(facts)}
    chain: list[Merge] = []
    at = own.into
    while at != own.case_id:
        merge = by_case.pop(at, None)
        if merge is None:
            return False
        chain.append(merge)
        at = merge.into
    return all(_order(own) > _order(merge) for merge in chain)


def too_many_lead_to(facts: CaseFacts) -> bool:
    """Whether so many merges lead here that what they hand over cannot be passed on."""
    return len(merges_known(facts)) >= MOST_MERGES


def handed_to(facts: CaseFacts) -> list[HandedOver]:
    """What other cases hand over to this one, in the order of their merges.

    Several aggregates may speak of the same merge for a while. Their messages have no order
    among each other, so each clock counts from the earliest start that any of them names.
    """
    found: dict[tuple[str, datetime], HandedOver] = {}
    for absorbed in facts.absorbed:
        for handed in absorbed.handed_over:
            if handed.case_id != facts.case_id:
                key = handed.case_id, handed.at
                found[key] = _together(found.get(key, handed), handed)
    return sorted(found.values(), key=lambda handed: (handed.at, handed.case_id))


def _together(one: HandedOver, other: HandedOver) -> HandedOver:
    if one is other:
        return one
    starts = {
        clock: min(handed.starts[clock] for handed in (one, other) if clock in handed.starts)
        for clock in sorted({*one.starts, *other.starts})
    }
    limits = [each.regulator_due_at for each in (one, other) if each.regulator_due_at is not None]
    earliest = {
        "recorded_at": min(one.recorded_at, other.recorded_at),
        "starts": starts,
        "regulator_due_at": min(limits, default=None),
    }
    return one.model_copy(update=earliest)


def merged_message(
    facts: CaseFacts, filed: Filed, step: StepTaken, running: Mapping[str, datetime]
) -> CaseMerged:
    """The message to the case that this one was merged into. `running`: clock -> its start."""
    own = HandedOver(
        case_id=facts.case_id,
        at=step.at,
        recorded_at=filed.recorded_at,
        starts=dict(running),
        regulator_due_at=filed.regulator_due_at,
    )
    later = [handed for handed in handed_to(facts) if handed.at >= step.at]
    merges = [_merge(facts, step), *merges_known(facts)]
    key, into = step.merged_into_key or "", step.merged_into or ""
    return CaseMerged(
        customer_key=key,
        dealer_id=dealer_of(key),
        case_id=into,
        merged_case_id=facts.case_id,
        merged_customer_key=facts.customer_key,
        about=str(CaseSubject(kind="merged", into=aggregate_within(key, into))),
        merges=tuple(sorted(merges, key=_order)),
        handed_over=(own, *(each for each in later if each.case_id != into))[:MOST_MERGES],
    )


def merges_known(facts: CaseFacts) -> list[Merge]:
    """All merges that lead here, but for merges of this case itself."""
    merges = {
        merge: None
        for absorbed in facts.absorbed
        for merge in absorbed.merges
        if merge.case_id != facts.case_id
    }
    return sorted(merges, key=_order)


def _merge(facts: CaseFacts, step: StepTaken) -> Merge:
    return Merge(
        case_id=facts.case_id, into=step.merged_into or "", at=step.at, step_id=step.step_id
    )


def _order(merge: Merge) -> tuple[datetime, str, str, str]:
    return merge.at, merge.case_id, merge.step_id, merge.into
