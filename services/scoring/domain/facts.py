"""What scoring knows of one customer, and how an event adds to it.

Every document is kept by its id in its newest version, cut down to what scoring counts. So
the order, repetition and delay of events make no difference. Of each kind the newest are looked
at, up to the number of the policy's horizon; the others are set aside as lines, and so is what
had happened long before it was first received: held, but it says nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never, get_args

from pydantic import Field, field_validator

from services.scoring.domain.documents import (
    NOT_SCORED,
    SAYS_NOTHING,
    UNDATED,
    Case,
    Former,
    Known,
    OwnershipEnd,
    Profile,
    Referral,
    ReferredPurchase,
    Role,
    Sale,
    Survey,
    Visit,
    is_by,
)
from services.scoring.domain.linked import OF_THE_PERSON, Linked, SaidOfThePerson
from services.scoring.domain.received import (
    on_case_standing_changed,
    on_moved,
    on_ownership_ended,
    on_profile_recorded,
    on_referral_made,
    on_referred_purchase_made,
    on_sale_recorded,
    on_survey_answered,
    on_visit_recorded,
)
from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn
from shared.contracts.envelope import Event, Message
from shared.contracts.identity import (
    OwnershipEnded,
    OwnershipEndWithdrawn,
    PersonChanged,
    PersonWithdrawn,
    ReferredPurchaseMade,
    ReferredPurchaseWithdrawn,
)
from shared.contracts.intake import (
    CustomerMoved,
    ProfileRecorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.scoring import LinkedFactsTold, LinkedFactsWithdrawn
from shared.decider.digests import CondensedFacts, Digesting
from shared.decider.facts import Gone, Noted, precedence, version_of

Said = (
    SaleRecorded
    | SaleMoved
    | VisitRecorded
    | VisitMoved
    | CaseStandingChanged
    | CaseStandingWithdrawn
    | SurveyAnswered
    | ReferralMade
    | CustomerMoved
    | ProfileRecorded
    | OwnershipEnded
    | OwnershipEndWithdrawn
    | ReferredPurchaseMade
    | ReferredPurchaseWithdrawn
    | SaidOfThePerson
)
ScoringEvent = Event[Said]
READS: tuple[type[Message], ...] = get_args(Said)

_NOBODY = Linked()
_FORMER_GROUPS = frozenset({"complaint", "step"})
_BY_ROLE: Mapping[Role, int] = {"buyer": 5, "co_buyer": 4, "registrant": 3, "driver": 2}


class ScoringFacts(CondensedFacts):
    """One customer; nothing is known at first."""

    documents: Mapping[str, Known] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""
    linked: Linked = Field(default_factory=lambda: _NOBODY)  # a default would be copied each time
    """What is known of other customers who are the same person."""

    @field_validator("documents", mode="after")
    @classmethod
    def _without_former_documents(cls, documents: Mapping[str, Known]) -> Mapping[str, Known]:
        if not any(isinstance(known, Former) for known in documents.values()):
            return documents
        return {key: known for key, known in documents.items() if not isinstance(known, Former)}

    @field_validator("digests", "newest", mode="after")
    @classmethod
    def _without_former_groups(cls, by_group: Mapping[str, str]) -> Mapping[str, str]:
        if _FORMER_GROUPS.isdisjoint(by_group):
            return by_group
        return {group: kept for group, kept in by_group.items() if group not in _FORMER_GROUPS}

    @property
    def scored(self) -> bool:
        """Whether a document stands to their name, be it one that gives no points."""
        return any(not isinstance(known, NOT_SCORED) for known in self.documents.values())

    def versions(self) -> Mapping[str, str]:
        """As of all facts, and of what others told."""
        return {**super().versions(), **dict(self.linked.versions())}

    def as_a_person(self) -> "ScoringFacts":
        """With the documents of the other customers who are the same person."""
        if not self.linked.members:
            return self
        counting = self.linked.counting(self.documents, self.customer_key, _precedence)
        return self.model_copy(update={"documents": counting})

    def late_receipts(self) -> list[datetime]:
        """When those documents arrived that were history on arrival, the first one first."""
        moments = []
        for known in self.documents.values():
            late = getattr(known, "late", None)
            if late is not None:
                moments.append(late)
            if isinstance(known, Case):
                moments += [turn.late for turn in known.turns[1:] if turn.late is not None]
        return sorted(moments)

    @property
    def history_until(self) -> datetime | None:
        """Up to then what is looked at may differ from all that happened: changes up to then are
        not announced. None: nothing is set aside for its number.

        The older half of a kind of which some are set aside leads up to how the customer stood
        in truth: that much of anything reaches what its rules give at most.
        """
        middles = []
        for kind in self.newest:
            moments = sorted(
                known.at
                for known in self.documents.values()
                if not isinstance(known, SAYS_NOTHING) and known.kind == kind
            )
            middles.append(moments[(len(moments) - 1) // 2])
        return max(middles, default=None)

    def received_by(self, moment: datetime) -> Mapping[str, Known]:
        """The documents but for history that was not received yet at `moment`."""
        return {
            key: known.received_by(moment) if isinstance(known, Case) else known
            for key, known in self.documents.items()
            if isinstance(known, UNDATED) or is_by(known.late, moment)
        }


def join(facts: ScoringFacts, events: Sequence[ScoringEvent]) -> ScoringFacts:
    """`facts` and what the events of one customer add. Commutative, associative, idempotent.

    Raises `ZoneInfoNotFoundError` for a document in a time zone that does not exist.
    """
    of_the_person = [event for event in events if isinstance(event.data, OF_THE_PERSON)]
    if not of_the_person:
        return DIGESTING.join(facts, events, _fact)
    own = [event for event in events if not isinstance(event.data, OF_THE_PERSON)]
    joined = DIGESTING.join(facts, own, _fact) if own else facts
    linked = joined.linked.joined(of_the_person)
    if linked is joined.linked:
        return joined
    return joined.model_copy(update={"linked": linked, "customer_key": events[0].key})


def _precedence(known: Known) -> int:
    """As of all facts; and a sale names some customers in two roles."""
    return _BY_ROLE[known.role] if isinstance(known, Sale) else precedence(known)


def _at(known: Known) -> datetime:
    if isinstance(known, SAYS_NOTHING):
        raise TypeError("it never happened")
    return known.at


DIGESTING: Digesting[Known] = Digesting(
    kinds={
        "s": Sale,
        "v": Visit,
        "k": Case,
        "y": Survey,
        "r": Referral,
        "b": ReferredPurchase,
        "e": OwnershipEnd,
        "p": Profile,
        "n": Noted,
        "g": Gone,
        "c": Former,
        "t": Former,
    },
    groups={
        Sale: "sale",
        Visit: "visit",
        Case: "case",
        Survey: "survey",
        Referral: "referral",
        ReferredPurchase: "referred_purchase",
        OwnershipEnd: "ownership_end",
        Profile: "profile",
    },
    at=_at,
    precedence=_precedence,
)


def _fact(event: ScoringEvent) -> Known:
    match event.data:
        case SaleRecorded() as sale:
            return on_sale_recorded(sale, event.recorded_at)
        case VisitRecorded() as visit:
            return on_visit_recorded(visit, event.recorded_at)
        case CaseStandingChanged() as stands:
            return on_case_standing_changed(stands, event.sequence)
        case CaseStandingWithdrawn() | OwnershipEndWithdrawn() | ReferredPurchaseWithdrawn():
            return Gone(kind="gone", version=version_of(event.sequence))
        case SurveyAnswered() as answered:
            return on_survey_answered(answered, event.recorded_at)
        case ReferralMade() as made:
            return on_referral_made(made, event.recorded_at)
        case ReferredPurchaseMade() as bought:
            return on_referred_purchase_made(bought, event.recorded_at, event.sequence)
        case OwnershipEnded() as ended:
            return on_ownership_ended(ended, event.recorded_at, event.sequence)
        case ProfileRecorded() as profile:
            return on_profile_recorded(profile, event.recorded_at)
        case SaleMoved() | VisitMoved() | CustomerMoved() as moved:
            return on_moved(moved)
        case PersonChanged() | PersonWithdrawn() | LinkedFactsTold() | LinkedFactsWithdrawn():
            raise TypeError("it is kept with what is known of others")
        case never:
            assert_never(never)
