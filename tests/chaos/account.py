"""The account of a run: what was accepted beside what documents and topics show. Pure.

Each check names what must never be found, tells how many things it looked at, and lists those
that are so. All of them empty: nothing lost, nothing doubled.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median

from deploy.sandbox.demo.account import Held, missing
from shared.contracts import complaints, followup, identity, scoring
from shared.contracts.complaints import (
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
)
from shared.contracts.followup import ReportMade
from shared.contracts.identifiers import customer_key, subject_id
from shared.contracts.identity import PersonChanged
from shared.contracts.scoring import GradeChanged, RiskChanged
from shared.contracts.topics import ESCALATIONS, PERSONS
from shared.runtime.aggregate import Aggregate
from tests.chaos.feed import Acquainted, Case
from tests.chaos.load import Ledger
from tests.e2e.house import DEALER, Said, latest

OUTPUTS = {
    contract.TYPE: contract.TOPIC.name
    for contract in (*scoring.ALL, *followup.ALL, *complaints.ALL, *identity.ALL)
}
"""What services say -> its topic."""
OUTPUT_TOPICS = sorted(set(OUTPUTS.values()))
ANNOUNCEMENTS = {
    DeadlineWarned.TYPE,
    DeadlineBreached.TYPE,
    EscalationRaised.TYPE,
    GradeChanged.TYPE,
    RiskChanged.TYPE,
    ReportMade.TYPE,
}
RAISED_AFTER = {"general_manager": timedelta(hours=3), "group": timedelta(hours=4)}
"""The steps of the ladder beyond a breach -> how long after receipt without contact."""
ANNOUNCED_OF_A_DEADLINE = {DeadlineWarned.TYPE, DeadlineBreached.TYPE, EscalationRaised.TYPE}
LATE_AFTER = timedelta(seconds=1)
ANSWERED = ("accepted", "duplicate", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found when all had come to rest."""

    at: datetime
    held: Held
    """What services hold, and what intake's topics carry under the name `load.TOPICS`."""
    said: Mapping[str, Sequence[Said]]
    """Topic -> its messages, each partition in order."""
    aggregates: Mapping[str, Sequence[Aggregate]]
    """Service -> its documents."""
    intents: Mapping[str, int]
    """Service -> how many batches it has not finished."""
    dead_letters: Sequence[str]
    unlike_replay: Sequence[str] = ()
    """Documents whose facts are not those that the topics, read from the start, lead to."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must not be, how many things it was looked for in, and where it was found."""

    name: str
    looked_at: int
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The end of a run."""

    figures: Mapping[str, str]
    checks: tuple[Check, ...]

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled."""
        return not any(check.found for check in self.checks)


def account(ledger: Ledger, evidence: Evidence) -> Account:
    """Everything that a run has to answer for."""
    outputs = [said for topic in OUTPUT_TOPICS for said in evidence.said.get(topic, ())]
    distinct = list({said.id: said for said in outputs}.values())
    return Account(
        figures=_figures(ledger, evidence),
        checks=(
            Check(
                "events rejected",
                len(ledger.answers),
                tuple(
                    str(event["id"]) for event, item in ledger.answers if item.outcome == "rejected"
                ),
            ),
            *_not_held(ledger, evidence),
            *_of_ids([said for messages in evidence.said.values() for said in messages]),
            Check("announced twice", len(distinct), tuple(_announced_twice(distinct))),
            *_documents_and_topics(evidence.aggregates, distinct),
            *_at_rest(evidence),
            *_persons(ledger.acquainted, evidence.said.get(PERSONS.name, ())),
            *_deadlines(ledger.cases.values(), distinct, evidence.at),
        ),
    )


def _figures(ledger: Ledger, evidence: Evidence) -> dict[str, str]:
    answered = ", ".join(f"{ledger.count(outcome)} {outcome}" for outcome in ANSWERED)
    again = Counter(ledger.sent_again)
    figures = {
        "events sent": f"{len(ledger.answers)}: {answered}",
        "batches sent again": f"{len(ledger.sent_again)} times "
        f"({', '.join(f'{count} {why}' for why, count in again.most_common()) or 'none'})",
        "documents accepted": str(len({place.document_id for place in ledger.due()})),
    }
    for topic, messages in sorted(evidence.said.items()):
        distinct = len({said.id for said in messages})
        figures[topic] = f"{len(messages)} messages, {len(messages) - distinct} of them repeats"
    late = [_seconds_late(json.loads(said.value)) for said in _standing_breaches(evidence)]
    if late:
        figures["breaches noticed"] = f"median {median(late):.1f} s, worst {max(late):.1f} s late"
    return figures


def _standing_breaches(evidence: Evidence) -> list[Said]:
    told = latest(evidence.said.get(ESCALATIONS.name, ()))
    return [said for said in told.values() if said.type == DeadlineBreached.TYPE]


def _seconds_late(breach: Mapping[str, str]) -> float:
    noticed_at, due_at = (datetime.fromisoformat(breach[name]) for name in ("noticed_at", "due_at"))
    return (noticed_at - due_at).total_seconds()


def _not_held(ledger: Ledger, evidence: Evidence) -> Iterator[Check]:
    """Every accepted document is where it belongs, in the newest version that was accepted."""
    due = ledger.due()
    for where in sorted({place.service for place in due}):
        part = {place: version for place, version in due.items() if place.service == where}
        lost = missing(part, evidence.held)
        found = tuple(f"{place.document_id} of {place.customer_key}" for place in lost)
        yield Check(f"lost: accepted, but not held by {where}", len(part), found)


def _of_ids(messages: Sequence[Said]) -> Iterator[Check]:
    """A repeat repeats id and content; another message about a subject has another sequence."""
    contents: dict[str, set[bytes]] = {}
    ids: dict[tuple[str, int], set[str]] = {}
    for said in messages:
        contents.setdefault(said.id, set()).add(said.value)
        if said.type in OUTPUTS:
            ids.setdefault((said.subject, said.sequence), set()).add(said.id)
    two_contents = tuple(id_ for id_, values in contents.items() if len(values) > 1)
    two_ids = tuple(f"{subject} {number}" for (subject, number), of in ids.items() if len(of) > 1)
    yield Check("doubled: one id, two contents", len(contents), two_contents)
    yield Check("doubled: one subject and sequence, two ids", len(ids), two_ids)


def _announced_twice(distinct: Iterable[Said]) -> Iterator[str]:
    """Between two announcements about a subject there is a withdrawal."""
    ordered = sorted(distinct, key=attrgetter("subject", "sequence"))
    for subject, messages in groupby(ordered, key=attrgetter("subject")):
        for first, second in pairwise(messages):
            if {first.type, second.type} <= ANNOUNCEMENTS:
                yield f"{subject} {first.type} at {first.sequence} and {second.sequence}"


def _documents_and_topics(
    aggregates: Mapping[str, Sequence[Aggregate]], distinct: Sequence[Said]
) -> Iterator[Check]:
    """What a document says it has told is on the topic, and the last that is told there."""
    told = {
        (str(subject_id(service, aggregate.id, about)), emitted.sequence)
        for service, documents in aggregates.items()
        for aggregate in documents
        for about, emitted in aggregate.emitted.items()
    }
    on_topics = {(said.subject, said.sequence) for said in distinct}
    last = {(said.subject, said.sequence) for said in latest(distinct).values()}
    yield Check("lost: told by a document, not on its topic", len(told), _named(told - on_topics))
    yield Check("doubled: last on its topic, not in its document", len(last), _named(last - told))


def _named(messages: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{subject} {sequence}" for subject, sequence in sorted(messages))


def _at_rest(evidence: Evidence) -> Iterator[Check]:
    """Nothing is unfinished, set aside or overdue."""
    documents = [found for part in evidence.aggregates.values() for found in part]
    parked = tuple(found.id for found in documents if found.parked is not None)
    overdue = tuple(found.id for found in documents if _is_overdue(found, evidence.at))
    intents = tuple(f"{count} of {name}" for name, count in evidence.intents.items() if count)
    yield Check("documents set aside", len(documents), parked)
    yield Check("documents overdue", len(documents), overdue)
    yield Check("documents unlike a replay", len(documents), tuple(evidence.unlike_replay))
    yield Check("intents left", len(evidence.intents), intents)
    yield Check("dead letters", len(evidence.dead_letters), tuple(evidence.dead_letters))


def _is_overdue(aggregate: Aggregate, now: datetime) -> bool:
    return aggregate.due_at is not None and aggregate.due_at < now - LATE_AFTER


def _deadlines(cases: Iterable[Case], distinct: Sequence[Said], now: datetime) -> Iterator[Check]:
    """Each step of the ladder reached without contact stands announced once, and no other does."""
    cases = list(cases)
    told: dict[str, Counter[str]] = {}
    for said in latest(distinct).values():
        if said.type in ANNOUNCED_OF_A_DEADLINE:
            notice = json.loads(said.value)
            told.setdefault(_noun(said.type, notice), Counter())[notice["case_no"]] += 1
    moments: dict[str, Callable[[Case], datetime]] = {
        "warned": attrgetter("warns_at"),
        "breached": attrgetter("due_at"),
        **{f"raised to {step}": _after(elapsed) for step, elapsed in RAISED_AFTER.items()},
    }
    for noun, moment in moments.items():
        due = Counter(case.case_no for case in cases if case.announces(moment(case), now))
        found = told.pop(noun, Counter())
        if noun.startswith("raised") and not due and not found:
            continue  # a short run ends before these
        lost, too_many = tuple((due - found).elements()), tuple((found - due).elements())
        yield Check(f"lost: deadlines not {noun}", due.total(), lost)
        yield Check(f"doubled: {noun} without cause", found.total(), too_many)
    unknown = tuple(f"{case_no} {noun}" for noun, found in told.items() for case_no in found)
    yield Check("steps of no ladder", len(unknown), unknown)


def _persons(reported: Sequence[Acquainted], said: Sequence[Said]) -> Iterator[Check]:
    """Whoever was reported under two numbers is told to be one person, and nobody else of them is;
    and all who are one person are told the same of it."""
    told = {
        person.customer_key: frozenset(
            (person.customer_key, *(each.customer_key for each in person.members))
        )
        for person in (
            PersonChanged.model_validate_json(each.value)
            for each in latest(said).values()
            if each.type == PersonChanged.TYPE
        )
    }
    pairs = {
        frozenset(customer_key(DEALER, "dms", number) for number in each.customers): each.is_one
        for each in reported
    }
    one = [(pair, key) for pair, is_one in pairs.items() for key in pair if is_one]
    two = [key for pair, is_one in pairs.items() for key in pair if not is_one]
    lost = tuple(sorted(key for pair, key in one if told.get(key) != pair))
    yield Check("lost: one person, not told so", len(one), lost)
    yield Check(
        "doubled: told to be others", len(two), tuple(sorted(key for key in two if key in told))
    )
    at_odds = (key for key, person in told.items() if any(told.get(of) != person for of in person))
    yield Check("persons of whom their customers are told otherwise", len(told), tuple(at_odds))


def _noun(kind: str, notice: Mapping[str, str]) -> str:
    """What was done: warned, breached, raised to somebody."""
    noun = kind.split(".")[3]
    return f"{noun} to {notice['step']}" if kind == EscalationRaised.TYPE else noun


def _after(elapsed: timedelta) -> Callable[[Case], datetime]:
    return lambda case: case.received_at + elapsed
