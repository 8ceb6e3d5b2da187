"""Scoring, where customers turn out to be one person and not to be: each tells the others what it
keeps of its own documents, on a topic that the same instances write and read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from shared.contracts.envelope import Event, from_headers
from shared.contracts.identity import PersonChanged, PersonWithdrawn
from shared.contracts.scoring import GradeChanged, ScoreChanged
from shared.contracts.values import instant_text
from shared.policies.by_edition import by_edition
from tests.services.identity.naive import newest
from tests.services.scoring.given import DEALER, DECIDER, sale, visit
from tests.services.scoring.several import belonging_to
from tests.simulation.records import ReportedWorld
from tests.simulation.witness import Invariant, Witness
from tests.simulation.world import START

CUSTOMERS = tuple(f"{DEALER}/cdk/{number}" for number in range(1, 5))
PAID = ("0", "900", "4000", "9000", "20000")
MOST_GROUPINGS = 4
BECAUSE = {"rule": "staff", "words": {"en": "Staff say so", "zh": "员工确认"}}

Story = Sequence[Event[Any]]


def reports(random: Random) -> list[Event[Any]]:
    """What is reported of each, and who is said to be one person with whom, in some disorder."""
    told = [event for key in CUSTOMERS for event in _documents(random, key)]
    if random.random() < 0.5:
        owners = random.sample(CUSTOMERS, 2)
        for key, role in zip(owners, ("buyer", "co_buyer"), strict=True):
            told.append(belonging_to(key, sale(_on(random), "D9", role=role)))
    told += _persons(random)
    told += random.choices(told, k=len(told) // 4)
    random.shuffle(told)
    return told


def _documents(random: Random, key: str) -> Iterator[Event[Any]]:
    number = key.rpartition("/")[2]
    for document in range(random.randint(1, 3)):
        on = _on(random)
        for revision in range(1, random.randint(1, 2) + 1):
            paid, status = random.choice(PAID), random.choice(("closed", "closed", "voided"))
            name = f"R{number}{document}"
            yield belonging_to(key, visit(on, name, paid=paid, status=status, revision=revision))


def _on(random: Random) -> str:
    return instant_text(START + timedelta(hours=random.randint(-40, 20)))


def _persons(random: Random) -> Iterator[Event[Any]]:
    """Said by identity, customer by customer, each time for the whole of a grouping."""
    said = dict.fromkeys(CUSTOMERS, frozenset[str]())
    for sequence in range(1, random.randint(1, MOST_GROUPINGS) + 1):
        label = {key: random.randint(1, 3) for key in CUSTOMERS}
        for key in CUSTOMERS:
            others = frozenset(of for of in CUSTOMERS if label[of] == label[key]) - {key}
            if others != said[key]:
                said[key] = others
                yield _person(key, sorted(others), sequence)


def _person(key: str, others: Sequence[str], sequence: int) -> Event[Any]:
    about = {"customer_key": key, "dealer_id": DEALER}
    members = [
        {"customer_key": other, "because": [BECAUSE | {"other_customer_key": key}]}
        for other in others
    ]
    data = (
        PersonChanged.model_validate(about | {"members": members})
        if others
        else PersonWithdrawn.model_validate(about | {"about": "person", "withdrawn_at": START})
    )
    return Event(
        id=f"{key} {sequence}",
        key=key,
        dealer_id=DEALER,
        recorded_at=START,
        data=data,
        sequence=sequence,
    )


def _rulebook(applied_at: datetime) -> ScoringRulebook:
    """The shipped rules, which somebody applied again at that moment."""
    edition = ScoringEdition(applied_at=applied_at, policy=ScoringPolicy())
    shipped = ScoringEdition(policy=ScoringPolicy())
    return ScoringRulebook(shipped=shipped, editions={DEALER: (edition,)})


class LinkedWorld(ReportedWorld):
    """Customers visit, and are found to be one person and not to be, while things go wrong."""

    name = "linked"
    decider = by_edition(DECIDER, _rulebook(START - timedelta(days=9)))
    topics = tuple(topic.name for topic in decider.topics)
    deployed = _rulebook(START - timedelta(days=8))
    reloaded = _rulebook(START - timedelta(days=7))
    announces = frozenset({GradeChanged.TYPE})
    dealer = DEALER
    the_end = START + timedelta(days=30)
    rewinds = True

    def reports(self, random: Random) -> Sequence[Event[Any]]:
        return reports(random)

    def judge(self, witness: Witness, policy: Any, now: datetime) -> None:
        """Each customer's score is that of one who had all the documents of the person."""
        person = {
            event.key: [event.key, *_others(event.data)]
            for event in sorted(self._sent, key=lambda event: event.sequence)
            if event.sequence
        }
        for key in CUSTOMERS:
            said = self._said(witness, key)
            right = self._score(key, person.get(key, [key]), policy, now)
            if said != right:
                witness.violated(Invariant.PERSONS, f"{key}: told {said}, and not {right}")

    def _score(
        self, key: str, person: Sequence[str], policy: ScoringRulebook, now: datetime
    ) -> Any:
        documents = newest(event for event in self._sent if not event.sequence)
        own = [event for event in documents if event.key == key]
        if not own or not join(ScoringFacts(), own).scored:
            return None  # nothing of their own stands
        every = [belonging_to(key, event) for event in documents if event.key in person]
        facts = join(ScoringFacts(), every)
        decided = self.decider.decide(facts, {}, policy, now).outputs
        return next((_points(each.content) for each in decided if each.about == "score"), None)

    def _said(self, witness: Witness, key: str) -> Any:
        found = witness.latest.get(witness.subject(key, "score"))
        if found is None or from_headers(found[1].headers)["type"] != ScoreChanged.TYPE:
            return None
        return _points(ScoreChanged.model_validate_json(found[1].value or b""))


def _others(said: PersonChanged | PersonWithdrawn) -> list[str]:
    members = said.members if isinstance(said, PersonChanged) else ()
    return [each.customer_key for each in members]


def _points(score: Any) -> Mapping[str, Any]:
    """What is counted, and of which documents."""
    return {
        "score": score.score,
        "loyalty": score.loyalty,
        "grade": score.grade,
        "reasons": sorted(
            (reason.rule, reason.points, sorted(reason.documents)) for reason in score.reasons
        ),
    }
