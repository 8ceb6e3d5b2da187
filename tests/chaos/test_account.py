"""The account finds every kind of loss and doubling that is planted, and only that."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from deploy.sandbox.demo.account import HeldDocument
from shared.contracts.complaints import (
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
)
from shared.contracts.feeds import ComplaintReported, VisitReported
from shared.contracts.http.intake import Item
from shared.contracts.identifiers import (
    aggregate_within,
    customer_key,
    document_id,
    message_id,
    subject_id,
)
from shared.contracts.scoring import ScoreChanged
from shared.contracts.topics import ESCALATIONS, SCORES
from shared.runtime.aggregate import NOTHING, Aggregate, Emitted, Parked
from tests.chaos.account import Evidence, account
from tests.chaos.evidence import unlike_replay
from tests.chaos.feed import CONTACT_AFTER, Case
from tests.chaos.load import TOPICS, Ledger
from tests.e2e.house import DEALER, Said
from tests.shared.runtime.toy import TOY, ToyFacts, event, join, visit

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ERIKA = customer_key(DEALER, "dms", "1")
VISIT = document_id(DEALER, "dms", "visit", "RO-1")
COMPLAINT = document_id(DEALER, "dms", "complaint", "C-1")
CASE = aggregate_within(ERIKA, COMPLAINT)
SCORE, WARNING, BREACH = "score", "warning/contact/1", "breach/contact/1"
STEP, GROUP = "step.general_manager/contact/1", "step.group/contact/1"
TYPES = {
    SCORE: ScoreChanged.TYPE,
    WARNING: DeadlineWarned.TYPE,
    BREACH: DeadlineBreached.TYPE,
    STEP: EscalationRaised.TYPE,
    GROUP: EscalationRaised.TYPE,
}


@dataclass(frozen=True, slots=True)
class World:
    """What was sent, and what is there."""

    ledger: Ledger
    evidence: Evidence


Planted = Callable[[World], World]


def said(service: str, aggregate_id: str, about: str, sequence: int = 5) -> Said:
    subject = subject_id(service, aggregate_id, about)
    return Said(
        id=str(message_id(subject, sequence)),
        type=TYPES[about],
        subject=str(subject),
        sequence=sequence,
        key=ERIKA,
        value=of_the_case(about),
    )


def of_the_case(about: str) -> bytes:
    step = about.partition("/")[0].removeprefix("step.")
    due_at = NOW - timedelta(hours=1)
    content = {"case_no": "C-1", "step": step, "due_at": f"{due_at}", "noticed_at": f"{NOW}"}
    return json.dumps(content).encode()


def document(id_: str, *told: str) -> Aggregate:
    return Aggregate(
        id=id_,
        dealer_id=DEALER,
        partition=0,
        version=1,
        facts=NOTHING,
        emitted={about: Emitted(5, "hash", TYPES[about]) for about in told},
        due_at=NOW + timedelta(hours=1),
        policy_version="1",
        updated_at=NOW,
    )


def answer(kind: str, document_id_: str) -> tuple[Mapping[str, str], Item]:
    item = Item(
        index=0, outcome="accepted", document_id=document_id_, version="2", customer_keys=(ERIKA,)
    )
    return {"id": document_id_, "type": kind}, item


@pytest.fixture
def sound() -> World:
    """One visit, and one complaint whose customer nobody contacted; one message twice."""
    ledger = Ledger(
        answers=[answer(VisitReported.TYPE, VISIT), answer(ComplaintReported.TYPE, COMPLAINT)],
        cases={"C-1": Case("C-1", NOW - timedelta(hours=3))},
    )
    score = said("scoring", ERIKA, SCORE)
    deadlines = [said("complaints", CASE, about) for about in (WARNING, BREACH, STEP)]
    evidence = Evidence(
        at=NOW,
        held=ledger.due(),
        said={SCORES.name: [score, score], ESCALATIONS.name: deadlines},
        aggregates={
            "scoring": [document(ERIKA, SCORE)],
            "complaints": [document(CASE, WARNING, BREACH, STEP)],
        },
        intents={"scoring": 0, "complaints": 0},
        dead_letters=[],
    )
    return World(ledger, evidence)


def found(world: World) -> set[str]:
    return {check.name for check in account(world.ledger, world.evidence).checks if check.found}


def with_held(world: World, place: HeldDocument, version: str) -> World:
    return World(
        world.ledger, replace(world.evidence, held={**world.evidence.held, place: version})
    )


def with_said(world: World, topic: str, messages: Sequence[Said]) -> World:
    every = {**world.evidence.said, topic: messages}
    return World(world.ledger, replace(world.evidence, said=every))


def with_document(world: World, service: str, changed: Aggregate) -> World:
    every = {**world.evidence.aggregates, service: [changed]}
    return World(world.ledger, replace(world.evidence, aggregates=every))


def also_said(topic: str, message: Said) -> Planted:
    return lambda world: with_said(world, topic, [*world.evidence.said[topic], message])


def set_aside(world: World) -> World:
    parked = replace(document(ERIKA, SCORE), parked=Parked("decide raised", 1, NOW))
    return with_document(world, "scoring", parked)


def overdue(world: World) -> World:
    late = replace(document(ERIKA, SCORE), due_at=NOW - timedelta(minutes=1))
    return with_document(world, "scoring", late)


def never_breached(world: World) -> World:
    """Neither the topic nor the document know of the breach."""
    silent = with_said(world, ESCALATIONS.name, world.evidence.said[ESCALATIONS.name][:1])
    return with_document(silent, "complaints", document(CASE, WARNING))


def never_raised(world: World) -> World:
    """Neither the topic nor the document know of the step beyond the breach."""
    silent = with_said(world, ESCALATIONS.name, world.evidence.said[ESCALATIONS.name][:2])
    return with_document(silent, "complaints", document(CASE, WARNING, BREACH))


def raised_too_early(world: World) -> World:
    """The group is told an hour before its time, in document and topic alike."""
    told = document(CASE, WARNING, BREACH, STEP, GROUP)
    early = also_said(ESCALATIONS.name, said("complaints", CASE, GROUP))
    return with_document(early(world), "complaints", told)


def contacted_in_time(world: World) -> World:
    case = Case("C-1", NOW - timedelta(hours=3), contacted_at=NOW - timedelta(hours=2.5))
    return World(replace(world.ledger, cases={"C-1": case}), world.evidence)


def breached_again(world: World) -> World:
    """Announced anew, in document and topic alike, without a withdrawal between."""
    again = said("complaints", CASE, BREACH, sequence=6)
    told = document(CASE, WARNING, BREACH, STEP)
    newer = replace(told, emitted={**told.emitted, BREACH: Emitted(6, "hash", again.type)})
    return with_document(also_said(ESCALATIONS.name, again)(world), "complaints", newer)


def rejected(world: World) -> World:
    event = {"id": "bad", "type": VisitReported.TYPE}
    answers = [*world.ledger.answers, (event, Item(index=1, outcome="rejected"))]
    return World(replace(world.ledger, answers=answers), world.evidence)


LOST_AT = "lost: accepted, but not held by {}"
PLANTED: Mapping[str, tuple[Planted, str]] = {
    "a document is missing": (
        lambda world: with_held(world, HeldDocument("scoring", ERIKA, VISIT), ""),
        LOST_AT.format("scoring"),
    ),
    "a correction is missing": (
        lambda world: with_held(world, HeldDocument("followup", ERIKA, VISIT), "1"),
        LOST_AT.format("followup"),
    ),
    "the broker lost a record": (
        lambda world: with_held(world, HeldDocument(TOPICS, ERIKA, COMPLAINT), ""),
        LOST_AT.format(TOPICS),
    ),
    "a repeat with another content": (
        also_said(SCORES.name, replace(said("scoring", ERIKA, SCORE), value=b"{}")),
        "doubled: one id, two contents",
    ),
    "a repeat with another id": (
        also_said(SCORES.name, replace(said("scoring", ERIKA, SCORE), id=str(uuid4()))),
        "doubled: one subject and sequence, two ids",
    ),
    "a breach twice": (breached_again, "announced twice"),
    "a message was never sent": (
        lambda world: with_said(world, SCORES.name, []),
        "lost: told by a document, not on its topic",
    ),
    "a message that follows from no document": (
        also_said(SCORES.name, replace(said("scoring", ERIKA, SCORE), subject=str(UUID(int=1)))),
        "doubled: last on its topic, not in its document",
    ),
    "a breach never announced": (never_breached, "lost: deadlines not breached"),
    "a step never raised": (never_raised, "lost: deadlines not raised to general_manager"),
    "a step raised too early": (raised_too_early, "doubled: raised to group without cause"),
    "a step that no ladder has": (
        also_said(
            ESCALATIONS.name,
            replace(said("complaints", CASE, GROUP), value=of_the_case("step.mayor/contact/1")),
        ),
        "steps of no ladder",
    ),
    "contact was made in time": (contacted_in_time, "doubled: breached without cause"),
    "a document set aside": (set_aside, "documents set aside"),
    "a timer that does not fire": (overdue, "documents overdue"),
    "facts that do not follow": (
        lambda world: World(world.ledger, replace(world.evidence, unlike_replay=[ERIKA])),
        "documents unlike a replay",
    ),
    "an unfinished batch": (
        lambda world: World(world.ledger, replace(world.evidence, intents={"scoring": 1})),
        "intents left",
    ),
    "a dead letter": (
        lambda world: World(world.ledger, replace(world.evidence, dead_letters=["join raised"])),
        "dead letters",
    ),
    "a rejected event": (rejected, "events rejected"),
}


def test_a_sound_run_is_clean_although_messages_repeat(sound: World) -> None:
    assert found(sound) == set()
    assert account(sound.ledger, sound.evidence).clean
    figures = account(sound.ledger, sound.evidence).figures
    assert figures[SCORES.name] == "2 messages, 1 of them repeats"
    assert figures["breaches noticed"] == "median 3600.0 s, worst 3600.0 s late"


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_found(what: str, sound: World) -> None:
    plant, name = PLANTED[what]
    planted = plant(sound)
    assert name in found(planted)
    assert not account(planted.ledger, planted.evidence).clean


def test_an_announcement_may_come_again_after_a_withdrawal(sound: World) -> None:
    withdrawn = replace(said("complaints", CASE, BREACH, sequence=6), type=EscalationWithdrawn.TYPE)
    again = said("complaints", CASE, BREACH, sequence=7)
    told = document(CASE, WARNING, BREACH, STEP)
    newer = replace(told, emitted={**told.emitted, BREACH: Emitted(7, "hash", again.type)})
    world = also_said(ESCALATIONS.name, again)(also_said(ESCALATIONS.name, withdrawn)(sound))
    assert found(with_document(world, "complaints", newer)) == set()


def test_a_replay_tells_a_document_that_missed_or_made_up_an_event() -> None:
    events = [event(visit(1)), event(visit(2)), event(visit(1, revision=2)), event(visit(2))]
    facts = join(ToyFacts(), events)
    key = events[0].key
    stored = replace(document(key), facts=facts.model_dump_json())
    assert unlike_replay(TOY, events, [stored]) == []
    assert unlike_replay(TOY, events[:2], [stored]) == [key]
    assert unlike_replay(TOY, events, []) == [key]
    assert unlike_replay(TOY, [], [stored]) == [key]


def test_a_contact_within_the_millisecond_of_its_deadline_was_in_time() -> None:
    due_at = NOW + timedelta(microseconds=100)
    received_at = due_at - CONTACT_AFTER
    for later, missed in ((400, False), (899, False), (900, True)):
        case = Case("C-1", received_at, contacted_at=due_at + timedelta(microseconds=later))
        assert case.announces(case.due_at, NOW + timedelta(hours=1)) == missed
