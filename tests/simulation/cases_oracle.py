"""What must hold of complaints when all is quiet, computed from the accepted reports alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.complaints.domain.decide import decide
from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.complaints import (
    CaseMerged,
    CaseStandingChanged,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    HandedOver,
    Merge,
)
from shared.contracts.envelope import from_headers
from shared.contracts.outputs import Output
from shared.contracts.subjects import ABOUT_THE_STANDING
from tests.simulation.cases import Case, facts_of, known, reported_in
from tests.simulation.reports import Reported
from tests.simulation.witness import Invariant, Witness

NOTICES = (DeadlineWarned, DeadlineBreached, EscalationRaised)

Notice: TypeAlias = tuple[str, ...]
"""What is announced, and with which instants."""
Turns: TypeAlias = tuple[str, ...]
"""How a case stands and stood; but for when intake first received what made it so."""
Handed: TypeAlias = tuple[str, ...]
"""A merge, or what runs on after one; but for when intake first received the case."""


@dataclass(frozen=True, slots=True)
class CasesOracle:
    """Judges a run at its end."""

    witness: Witness
    accepted: Sequence[Reported]
    rulebook: CaseRulebook
    now: datetime

    def judge(self) -> None:
        """Tell the witness whatever is not as the reports say it must be."""
        cases = known(self.accepted)
        facts = facts_of(cases, self._merging)
        for number, case in cases.items():
            self._held(case, facts[number])
            self._merged(case, facts[number])
            self._announced(case, facts[number])
            self._stands(case, facts[number])

    def _merging(self, facts: CaseFacts) -> list[CaseMerged]:
        return [found for found in self._outputs(facts) if isinstance(found, CaseMerged)]

    def _outputs(self, facts: CaseFacts) -> Iterable[Output]:
        outputs = decide(facts, {}, self.rulebook, self.now).outputs
        return [output.content for output in outputs if output.content is not None]

    def _stored(self, case: Case) -> Mapping[str, CaseFacts]:
        """Aggregate -> what is held of the case there, at whatever customer."""
        return {
            id_: CaseFacts.model_validate_json(aggregate.facts)
            for id_, aggregate in self.witness.stored.items()
            if id_.endswith(f"|{case.case_id}")
        }

    def _held(self, case: Case, expected: CaseFacts) -> None:
        """The complaint and its steps are with its customer; it is nobody else's, though steps may
        be left where they once waited for it."""
        stored = self._stored(case)
        wanted = _documents(expected)
        found = _documents(stored.get(case.aggregate_id, CaseFacts()))
        wrong = wanted.keys() ^ found.keys()
        wrong |= {id_ for id_ in wanted.keys() & found.keys() if wanted[id_] != found[id_]}
        if wrong:
            said = f"{case.aggregate_id}: {', '.join(sorted(wrong))}"
            self.witness.violated(Invariant.FACTS, said)
        for at, facts in stored.items():
            if at != case.aggregate_id and isinstance(facts.complaint, Filed):
                self.witness.violated(Invariant.FACTS, f"{case.case_id} is still with {at}")

    def _merged(self, case: Case, expected: CaseFacts) -> None:
        """No merge is lost, and none is held that does not stand."""
        for at, facts in self._stored(case).items():
            wanted = _handed(expected) if at == case.aggregate_id else set()
            if (found := _handed(facts)) != wanted:
                wrong = " ".join(map(str, sorted(found ^ wanted)))
                self.witness.violated(Invariant.MERGES, f"{at}: {wrong}")

    def _announced(self, case: Case, expected: CaseFacts) -> None:
        """What stands announced is what the reports lead to, with its instants."""
        outputs = self._outputs(expected)
        wanted = {_notice(found) for found in outputs if isinstance(found, NOTICES)}
        for at in self._stored(case):
            right = wanted if at == case.aggregate_id else set()
            if (found := self._standing(at)) != right:
                missing, more = sorted(right - found), sorted(found - right)
                said = f"{at}: not announced {missing}, but {more}"
                self.witness.violated(Invariant.TIMERS, said)

    def _stands(self, case: Case, expected: CaseFacts) -> None:
        """The last that the topics tell of how it stands is what the reports lead to."""
        outputs = self._outputs(expected)
        wanted = [_turns(found) for found in outputs if isinstance(found, CaseStandingChanged)]
        for at in self._stored(case):
            right = wanted if at == case.aggregate_id else []
            if (found := self._said_of(at)) != right:
                self.witness.violated(Invariant.OUTPUTS, f"{at} stands {right}, told {found}")

    def _said_of(self, aggregate_id: str) -> list[Turns]:
        subject = self.witness.subject(aggregate_id, ABOUT_THE_STANDING)
        _, record = self.witness.latest.get(subject, (0, None))
        if record is None or from_headers(record.headers)["type"] != CaseStandingChanged.TYPE:
            return []
        return [_turns(CaseStandingChanged.model_validate_json(record.value or b""))]

    def _standing(self, aggregate_id: str) -> set[Notice]:
        contracts = {contract.TYPE: contract for contract in NOTICES}
        return {
            _notice(contracts[said.type].model_validate(json.loads(said.sealed)))
            for said in self.witness.stored[aggregate_id].emitted.values()
            if said.sealed is not None and said.type in contracts
        }


def _documents(facts: CaseFacts) -> dict[str, str]:
    """Document -> which report it is as of."""
    return {
        id_: reported_in(fact.version)
        for id_, fact in facts.documents.items()
        if isinstance(fact, Filed | StepTaken)
    }


def _notice(said: DeadlineWarned | DeadlineBreached | EscalationRaised) -> Notice:
    what = (said.TYPE, said.clock, str(said.generation), said.step, str(said.repeat))
    return (*what, str(said.started_at), str(said.due_at), str(said.at))


def _turns(said: CaseStandingChanged) -> Turns:
    turns = (f"{turn.at} {turn.stands} {turn.severity}" for turn in said.turns)
    return (said.customer_key, said.status, str(said.outcome), *turns)


def _handed(facts: CaseFacts) -> set[Handed]:
    merges = (_merge(merge) for absorbed in facts.absorbed for merge in absorbed.merges)
    starts = (_starts(handed) for absorbed in facts.absorbed for handed in absorbed.handed_over)
    return {*merges, *starts}


def _merge(merge: Merge) -> Handed:
    return ("merge", merge.case_id, merge.into, str(merge.at), merge.step_id)


def _starts(handed: HandedOver) -> Handed:
    starts = sorted(f"{clock} {at}" for clock, at in handed.starts.items())
    return ("runs on", handed.case_id, str(handed.at), *starts)
