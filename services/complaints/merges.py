"""Merging: one case hands its running clocks over to another, and of a circle the latest gives way.

What a case was told of the merges into it is part of its facts, so each case judges by
itself whether its own merge would close a circle: every case of the circle comes to the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from services.complaints.facts import CaseFacts, Filed, StepTaken
from shared.contracts.complaints import CaseMerged, HandedOver, Merge
from shared.contracts.identifiers import dealer_of


def closes_a_circle(facts: CaseFacts, step: StepTaken) -> bool:
    """Whether this merge is the latest of a chain that leads back to its own case."""
    own = _merge(facts, step)
    by_case = {merge.case_id: merge for merge in _known(facts)}
    chain: list[Merge] = []
    at = own.into
    while at != own.case_id:
        merge = by_case.pop(at, None)
        if merge is None:
            return False
        chain.append(merge)
        at = merge.into
    return all(_order(own) > _order(merge) for merge in chain)


def handed_to(facts: CaseFacts) -> list[HandedOver]:
    """What other cases hand over to this one, in the order of their merges."""
    found = {
        (handed.case_id, handed.at): handed
        for absorbed in sorted(facts.absorbed, key=lambda each: each.version)
        for handed in absorbed.handed_over
        if handed.case_id != facts.case_id
    }
    return sorted(found.values(), key=lambda handed: (handed.at, handed.case_id))


def merged_message(
    facts: CaseFacts, filed: Filed, step: StepTaken, running: Mapping[str, datetime]
) -> CaseMerged:
    """What the case that this one was merged into is told. `running`: clock -> its start.

    Another content is about another subject: the one before is taken back.
    """
    own = HandedOver(
        case_id=facts.case_id, at=step.at, recorded_at=filed.recorded_at, starts=dict(running)
    )
    later = [handed for handed in handed_to(facts) if handed.at >= step.at]
    merges = [_merge(facts, step), *_known(facts)]
    key, into = step.merged_into_key or "", step.merged_into or ""
    content = CaseMerged(
        customer_key=key,
        dealer_id=dealer_of(key),
        case_id=into,
        merged_case_id=facts.case_id,
        about="",
        merges=tuple(sorted(merges, key=_order)),
        handed_over=(own, *(each for each in later if each.case_id != into)),
    )
    digest = blake2b(content.model_dump_json().encode(), digest_size=8).hexdigest()
    return content.model_copy(update={"about": f"merged/{digest}"})


def _known(facts: CaseFacts) -> Sequence[Merge]:
    """All merges that lead here, but for merges of this case itself."""
    merges = {
        (merge.case_id, merge.step_id): merge
        for absorbed in sorted(facts.absorbed, key=lambda each: each.version)
        for merge in absorbed.merges
        if merge.case_id != facts.case_id
    }
    return sorted(merges.values(), key=_order)


def _merge(facts: CaseFacts, step: StepTaken) -> Merge:
    return Merge(
        case_id=facts.case_id, into=step.merged_into or "", at=step.at, step_id=step.step_id
    )


def _order(merge: Merge) -> tuple[datetime, str, str]:
    return merge.at, merge.case_id, merge.step_id
