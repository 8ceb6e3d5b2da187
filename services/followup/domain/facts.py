"""What followup knows of one customer, and how an event adds to it.

Every document is kept by its id in its newest version, cut down to what tasks depend on. So
the order, repetition and delay of events make no difference. Of each group of documents (deliveries
and visits together are one) the newest are looked at, up to the number of the policy's horizon; the
others are set aside as lines, and so is what had happened long before it was first received.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never, get_args

from pydantic import Field

from services.followup.domain.documents import (
    AnsweredSurvey,
    Assignment,
    CarGone,
    CaseStands,
    Consent,
    Correction,
    Delivery,
    Known,
    Lead,
    OptOuts,
    Outcome,
    ReferralBought,
    RepairOrder,
    Scored,
)
from services.followup.domain.leads.received import on_lead_recorded
from services.followup.domain.received import (
    on_case_standing_changed,
    on_consent_given,
    on_customer_corrected,
    on_moved,
    on_ownership_ended,
    on_referred_purchase_made,
    on_sale_recorded,
    on_score_changed,
    on_survey_answered,
    on_task_assigned,
    on_task_outcome_recorded,
    on_visit_recorded,
)
from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn
from shared.contracts.envelope import Event, Message
from shared.contracts.identity import (
    OwnershipEnded,
    OwnershipEndWithdrawn,
    ReferredPurchaseMade,
    ReferredPurchaseWithdrawn,
)
from shared.contracts.intake import (
    ConsentGiven,
    CustomerCorrected,
    CustomerMoved,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    TaskAssigned,
    TaskOutcomeRecorded,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.leads import LeadRecorded
from shared.contracts.scoring import ScoreChanged, ScoreWithdrawn
from shared.decider.digests import NOTHING, CondensedFacts, Digesting
from shared.decider.facts import Gone, Noted, precedence, version_of

_SAME_WORD_EACH_MS = 86_400_000
"""How long one word of scoring stands before the same is written down anew."""
NEVER_MIND = datetime(2000, 1, 1, tzinfo=UTC)
"""Of what there is one of each customer at most: it displaces nothing."""
STILL = datetime(2200, 1, 1, tzinfo=UTC)
"""When a case that is open ended, for the time being: it is newer than all that is over."""

SaidByOthers = (
    CaseStandingChanged
    | CaseStandingWithdrawn
    | OwnershipEnded
    | OwnershipEndWithdrawn
    | ReferredPurchaseMade
    | ReferredPurchaseWithdrawn
    | ScoreChanged
    | ScoreWithdrawn
)
"""By the other services: of what they say the newer has the higher sequence."""
Said = (
    SaleRecorded
    | SaleMoved
    | VisitRecorded
    | VisitMoved
    | ConsentGiven
    | TaskOutcomeRecorded
    | LeadRecorded
    | TaskAssigned
    | SurveyAnswered
    | CustomerCorrected
    | CustomerMoved
    | SaidByOthers
)
FollowUpEvent = Event[Said]
READS: tuple[type[Message], ...] = get_args(Said)


CONTACT, CONSENT, OPT_OUTS = "contact", "consent", "opt-outs"
OUTCOME, ASSIGNMENT, SURVEY, CASE = "outcome", "assignment", "survey", "case"
EXPECTED, OWNERSHIP_END, REFERRED, LEAD = "expected", "ownership_end", "referred", "lead"
CORRECTION = "correction"
"""The groups of which the newest are looked at; a contact is a delivery or a visit.

Opt-outs are a group of their own: however many documents name them, they displace no consent.
"""


class FollowUpFacts(CondensedFacts):
    """One customer; nothing is known at first."""

    documents: Mapping[str, Known] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""


def join(facts: FollowUpFacts, events: Sequence[FollowUpEvent]) -> FollowUpFacts:
    """`facts` and what the events of one customer add. Commutative, associative, idempotent.

    A score that says nothing new of grade, risk and next visit is written down, by its sequence,
    once a day at most. So of the scores of one day the order is that of their topic, where any of
    them may be repeated; what is older than a day, such as a replayed dead letter, counts in any
    order.
    Raises `ZoneInfoNotFoundError` for a document in a time zone that does not exist.
    """
    if any(isinstance(event.data, ScoreChanged | ScoreWithdrawn) for event in events):
        events = _with_what_scores_change(facts, events)
    return DIGESTING.join(facts, events, _fact) if events else facts


def _with_what_scores_change(
    facts: FollowUpFacts, events: Sequence[FollowUpEvent]
) -> list[FollowUpEvent]:
    """The events without the scores after which all that is kept of one is as it is known, unless
    the last word on it is of long before."""
    kept: dict[str, Known | None] = {}
    changing: list[FollowUpEvent] = []
    for event in sorted(events, key=lambda event: event.sequence):
        if isinstance(event.data, ScoreChanged | ScoreWithdrawn):
            key, new = event.data.document_id, _fact(event)
            old = kept[key] if key in kept else _held(facts, key)
            if _says_the_same(old, new) and not _is_of_another_day(old, new):
                continue
            if old is None or (new.version, _precedence(new)) > (old.version, _precedence(old)):
                kept[key] = new
        changing.append(event)
    return changing


def _held(facts: FollowUpFacts, key: str) -> Known | None:
    return facts.documents.get(key) or DIGESTING.set_aside(facts, NOTHING, key)


def _says_the_same(old: Known | None, new: Known) -> bool:
    return old is not None and old == new.model_copy(update={"version": old.version})


def _is_of_another_day(old: Known | None, new: Known) -> bool:
    """By their sequences, which rise with the time, in milliseconds."""
    return old is not None and int(new.version) - int(old.version) >= _SAME_WORD_EACH_MS


def _at(known: Known) -> datetime:
    match known:
        case RepairOrder():
            return known.closed_at or known.opened_at
        case Scored():
            return NEVER_MIND
        case CaseStands():
            return _over_at(known)
        case Delivery() | Consent() | OptOuts() | Outcome() | Assignment() | Correction():
            return known.at
        case AnsweredSurvey() | CarGone() | ReferralBought() | Lead():
            return known.at
        case Noted() | Gone():
            raise TypeError("it never happened")
        case never:
            assert_never(never)


def _over_at(case: CaseStands) -> datetime:
    """When a case was open last: one that is open is set aside for others last of all."""
    if not case.open_spans:
        return case.at
    until = case.spans[-1].until
    return STILL if until is None else until


def _precedence(known: Known) -> int:
    """As of all facts; and of one score all that is kept of it, before the day alone."""
    return 3 if isinstance(known, Scored) and known.kind == "score" else precedence(known)


DIGESTING: Digesting[Known] = Digesting(
    kinds={
        "d": Delivery,
        "v": RepairOrder,
        "c": Consent,
        "p": OptOuts,
        "o": Outcome,
        "e": Scored,
        "a": Assignment,
        "y": AnsweredSurvey,
        "k": CaseStands,
        "w": CarGone,
        "b": ReferralBought,
        "l": Lead,
        "t": Correction,
        "n": Noted,
        "g": Gone,
    },
    groups={
        Delivery: CONTACT,
        RepairOrder: CONTACT,
        Consent: CONSENT,
        OptOuts: OPT_OUTS,
        Outcome: OUTCOME,
        Scored: EXPECTED,
        Assignment: ASSIGNMENT,
        AnsweredSurvey: SURVEY,
        CaseStands: CASE,
        CarGone: OWNERSHIP_END,
        ReferralBought: REFERRED,
        Lead: LEAD,
        Correction: CORRECTION,
    },
    at=_at,
    precedence=_precedence,
)


def _fact(event: FollowUpEvent) -> Known:
    match event.data:
        case SaleRecorded() as sale:
            return on_sale_recorded(sale, event.recorded_at)
        case VisitRecorded() as visit:
            return on_visit_recorded(visit, event.recorded_at)
        case ConsentGiven() as given:
            return on_consent_given(given)
        case TaskOutcomeRecorded() as recorded:
            return on_task_outcome_recorded(recorded, event.recorded_at)
        case LeadRecorded() as lead:
            return on_lead_recorded(lead, event.recorded_at)
        case TaskAssigned() as assigned:
            return on_task_assigned(assigned)
        case SurveyAnswered() as answered:
            return on_survey_answered(answered, event.recorded_at)
        case CustomerCorrected() as corrected:
            return on_customer_corrected(corrected, event.recorded_at)
        case SaleMoved() | VisitMoved() | CustomerMoved() as moved:
            return on_moved(moved)
        case said:
            return _said_by_others(said, event)


def _said_by_others(said: SaidByOthers, event: FollowUpEvent) -> Known:
    match said:
        case CaseStandingChanged() as stands:
            return on_case_standing_changed(stands, event.sequence)
        case OwnershipEnded() as ended:
            return on_ownership_ended(ended, event.sequence)
        case ReferredPurchaseMade() as bought:
            return on_referred_purchase_made(bought, event.recorded_at, event.sequence)
        case ScoreChanged() as score:
            return on_score_changed(score, event.sequence)
        case CaseStandingWithdrawn() | OwnershipEndWithdrawn() | ReferredPurchaseWithdrawn():
            return Gone(kind="gone", version=version_of(event.sequence))
        case ScoreWithdrawn():
            return Noted(kind="noted", version=version_of(event.sequence))
        case never:
            assert_never(never)
