"""What bears on a customer's tasks besides what they follow up: consents, complaints, contacts,
and what came of tasks. Pure, and in event time."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from services.followup.domain.documents import (
    Assignment,
    CaseStands,
    Consent,
    Correction,
    Delivery,
    OpenSpan,
    OptOuts,
    Outcome,
    RepairOrder,
)
from services.followup.domain.facts import (
    ASSIGNMENT,
    CONSENT,
    CORRECTION,
    DIGESTING,
    OPT_OUTS,
    OUTCOME,
    FollowUpFacts,
)
from services.followup.domain.occasion import EVER
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.wrong_numbers import WrongNumber, wrong_numbers
from shared.contracts.feed_parts import Channel

S = TypeVar("S", Outcome, Assignment)

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
OF_WRONG_NUMBERS = "wrong_number"
"""The trigger of the tasks that a wrong number gives rise to."""
ALL_ALLOWED = Consent(kind="consent", version="", at=EVER)
"""As long as a customer has said nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Each list is in the order of time."""

    consents: Sequence[Consent] = ()
    """What the customer allowed after each word on it."""
    outcomes: Mapping[str, Sequence[Outcome]]
    """By task id."""
    assignments: Mapping[str, Sequence[Assignment]]
    """By task id."""
    complaints: Sequence[OpenSpan] = ()
    """When one complaint at least was open; disjoint."""
    contacts: Sequence[datetime] = ()
    """When the customer came in, as of the closing of the order, or was handed a car."""
    wrong_numbers: Sequence[WrongNumber] = ()
    unknown_until: datetime = EVER
    """Up to then there were more consents, outcomes, assignments or corrections than are looked
    at."""

    def allowed_at(self, moment: datetime) -> Consent:
        """What the customer allows then."""
        count = bisect_right(self.consents, moment, key=_when)
        return self.consents[count - 1] if count else ALL_ALLOWED

    def allowed_until(self, moment: datetime) -> datetime | None:
        """When they say something else on it, after that moment."""
        count = bisect_right(self.consents, moment, key=_when)
        return self.consents[count].at if count < len(self.consents) else None

    def complaint_at(self, moment: datetime) -> OpenSpan | None:
        """That in which a complaint is open then."""
        count = bisect_right(self.complaints, moment, key=_since)
        if not count:
            return None
        span = self.complaints[count - 1]
        return span if span.until is None or moment < span.until else None

    def next_complaint_after(self, moment: datetime) -> datetime | None:
        """When one is open again, after that moment."""
        count = bisect_right(self.complaints, moment, key=_since)
        return self.complaints[count].since if count < len(self.complaints) else None

    def contacted_by(self, moment: datetime) -> datetime:
        """When the customer was last here, up to that moment; `EVER` if they were not."""
        count = bisect_right(self.contacts, moment)
        return self.contacts[count - 1] if count else EVER


def open_channels(channels: Iterable[Channel], given: Consent) -> list[Channel]:
    """Those that the customer has not opted out of, in their order."""
    return [channel for channel in channels if channel not in given.opt_outs]


def circumstances_of(facts: FollowUpFacts, policy: FollowUpPolicy) -> Circumstances:
    """What the documents say of them."""
    consents: list[tuple[datetime, str, Consent | OptOuts]] = []
    outcomes: list[tuple[datetime, str, Outcome]] = []
    assignments: list[tuple[datetime, str, Assignment]] = []
    spans: list[OpenSpan] = []
    contacts: list[datetime] = []
    for key, known in facts.documents.items():
        match known:
            case Consent() | OptOuts():
                consents.append((known.at, key, known))
            case Outcome():
                outcomes.append((known.at, key, known))
            case Assignment():
                assignments.append((known.at, key, known))
            case CaseStands():
                spans += known.spans
            case Delivery():
                contacts.append(known.at)
            case RepairOrder(closed_at=datetime() as closed_at):
                contacts.append(closed_at)
            case _:
                pass
    contacts.sort()
    return Circumstances(
        consents=_as_they_stood([*_consents_set_aside(facts), *consents]),
        outcomes=_by_task(outcomes),
        assignments=_by_task(assignments),
        complaints=_joined(spans) if spans else (),
        contacts=contacts,
        wrong_numbers=_wrong_numbers(facts, outcomes, policy),
        unknown_until=_unknown_until(facts) if facts.newest else EVER,
    )


def _when(given: Consent) -> datetime:
    return given.at


def _since(span: OpenSpan) -> datetime:
    return span.since


def _by_task(said: list[tuple[datetime, str, S]]) -> Mapping[str, Sequence[S]]:
    found: dict[str, list[S]] = {}
    for _, _, each in sorted(said, key=lambda entry: entry[:2]):
        found.setdefault(each.task_id, []).append(each)
    return found


def _consents_set_aside(
    facts: FollowUpFacts,
) -> Iterable[tuple[datetime, str, Consent | OptOuts]]:
    """The newest of those that are looked at no longer."""
    for group in (CONSENT, OPT_OUTS) if facts.newest else ():
        older = DIGESTING.newest_set_aside(facts, group)
        if isinstance(older, Consent | OptOuts):
            yield older.at, "", older


def _unknown_until(facts: FollowUpFacts) -> datetime:
    groups = (CONSENT, OPT_OUTS, OUTCOME, ASSIGNMENT, CORRECTION)
    older = (DIGESTING.newest_set_aside(facts, group) for group in groups)
    known = (
        each.at
        for each in older
        if isinstance(each, Consent | OptOuts | Outcome | Assignment | Correction)
    )
    return max(known, default=EVER)


def _wrong_numbers(
    facts: FollowUpFacts, outcomes: list[tuple[datetime, str, Outcome]], policy: FollowUpPolicy
) -> Sequence[WrongNumber]:
    if all(outcome.outcome != "wrong_number" for _, _, outcome in outcomes):
        return ()
    return wrong_numbers(
        facts.customer_key,
        {key: outcome for _, key, outcome in outcomes},
        corrections=[rule.kind for rule in policy.rules if rule.trigger == OF_WRONG_NUMBERS],
        replaced=[known for known in facts.documents.values() if isinstance(known, Correction)],
        retry=policy.retry,
    )


def _as_they_stood(
    given: Iterable[tuple[datetime, str, Consent | OptOuts]],
) -> Sequence[Consent]:
    """What the customer allowed after each: opt-outs alone leave open whether at all."""
    stood: list[Consent] = []
    never = False
    for _, _, word in sorted(given, key=lambda entry: entry[:2]):
        if isinstance(word, Consent):
            never = word.do_not_contact
        stood.append(
            Consent(
                kind="consent",
                version=word.version,
                at=word.at,
                do_not_contact=never,
                opt_outs=word.opt_outs,
            )
        )
    return stood


def _joined(spans: Iterable[OpenSpan]) -> Sequence[OpenSpan]:
    """Those that meet are one."""
    joined: list[OpenSpan] = []
    for span in sorted(spans, key=lambda span: (span.since, span.until or NEVER)):
        if joined and (joined[-1].until is None or span.since <= joined[-1].until):
            last = joined[-1].until
            until = None if last is None or span.until is None else max(last, span.until)
            joined[-1] = OpenSpan(joined[-1].since, until)
        elif span.until is None or span.since < span.until:
            joined.append(span)
    return joined
