"""The decider of complaints, fed by intake: filings, steps and corrections on one topic, what
merged cases tell each other on another, and both read by the same instances."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from services.complaints.domain import facts
from services.complaints.domain.decide import decide
from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from services.complaints.domain.policy import POLICY_2123
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.contracts import complaints
from shared.contracts.complaints import DeadlineBreached, DeadlineWarned, EscalationRaised
from shared.contracts.intake import ComplaintFiled
from shared.contracts.topics import COMPLAINTS, MERGES
from shared.decider.decider import Decider
from tests.simulation.cases import known, reported_in, step_document, taken, version
from tests.simulation.cases_oracle import CasesOracle
from tests.simulation.log import Log
from tests.simulation.reports import DEALER, reports
from tests.simulation.senders import MOST_IN_A_BATCH, Senders
from tests.simulation.witness import Witness
from tests.simulation.world import START, STORM_SECONDS, Stage, World


def _with_edition(at: datetime) -> CaseRulebook:
    """The shipped rules, which somebody applied again at that moment, for new cases."""
    return CaseRulebook(editions={DEALER: (CaseEdition(applied_at=at, policy=POLICY_2123),)})


class CasesWorld(World):
    """Complaints are reported to intake while things go wrong, at intake as well."""

    name = "complaints"
    topics = (COMPLAINTS.name, MERGES.name)
    decider = Decider(
        name="complaints",
        reads=facts.READS,
        writes=complaints.ALL,
        facts=facts.CaseFacts,
        join=facts.join,
        decide=decide,
        policy=CaseRulebook(),
        aggregate_id=facts.aggregate_id,
        listed=True,
    )
    deployed = _with_edition(START)
    reloaded = _with_edition(START + timedelta(days=1))
    announces = frozenset({DeadlineWarned.TYPE, DeadlineBreached.TYPE, EscalationRaised.TYPE})
    dealer = DEALER
    the_end = START + timedelta(days=12)

    def __init__(self) -> None:
        self._senders: Senders | None = None
        self._is_sent = False

    async def produce(self, stage: Stage) -> None:
        self._senders = senders = Senders(stage)
        random = stage.random
        waiting = reports(random)
        latest = random.choice((STORM_SECONDS, STORM_SECONDS, STORM_SECONDS / 4))
        loop = asyncio.get_running_loop()
        batches = []
        while waiting:
            size = random.randint(1, MOST_IN_A_BATCH)
            batches.append(waiting[:size])
            waiting = waiting[size:]
        moments = sorted(random.uniform(0, latest) for _ in batches)
        for moment, batch in zip(moments, batches, strict=True):
            await asyncio.sleep(moment - loop.time())
            senders.send(batch)
        self._is_sent = True

    @property
    def is_quiet(self) -> bool:
        return self._is_sent and self._senders is not None and self._senders.is_done

    def all_reported(self, log: Log, aggregate_id: str, facts: Any, until: float) -> Any:
        """Steps that were accepted before the complaint was handed to intake, as it was published
        to this customer; and those accepted by `until`, where the complaint was, too."""
        assert isinstance(facts, CaseFacts)
        assert self._senders is not None
        filed = facts.complaint
        if not isinstance(filed, Filed):
            return facts
        by = self._known_by(log, aggregate_id, filed, until)
        accepted = [one for one, at in self._senders.accepted_at.items() if at <= by]
        reported = known(accepted)
        case = reported.get(filed.case_no)
        documents = dict(facts.documents)
        for step in case.steps.values() if case is not None else ():
            here = documents.get(step_document(step))
            if not isinstance(here, StepTaken) or reported_in(here.version) < reported_in(
                version(step)
            ):
                documents[step_document(step)] = taken(step, reported)
        if documents == facts.documents:
            return facts
        return facts.model_copy(update={"documents": documents})

    def _known_by(self, log: Log, aggregate_id: str, filed: Filed, until: float) -> float:
        """By when a step must have been accepted, so that it must be known with this filing."""
        assert self._senders is not None
        handed_in = min(
            entry.reported_at
            for entry in log.of(aggregate_id, float("inf"))
            if entry.event is not None
            and isinstance(entry.event.data, ComplaintFiled)
            and entry.event.data.version == filed.version
        )
        for one, at in self._senders.accepted_at.items():
            if one.document == (filed.case_no,) and version(one).startswith(
                reported_in(filed.version)
            ):
                return max(until, handed_in) if at <= until else handed_in
        return handed_in

    def judge(self, witness: Witness, policy: Any, now: datetime) -> None:
        assert self._senders is not None
        CasesOracle(witness, list(self._senders.accepted_at), policy, now).judge()
