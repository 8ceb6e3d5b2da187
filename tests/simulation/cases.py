"""What is known of complaints to whoever has only the reports: by case, whosever it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.complaints.domain.facts import Absorbed, CaseFacts, Filed, KnownDocument, StepTaken
from shared.contracts.complaints import CaseMerged
from shared.contracts.identifiers import (
    aggregate_within,
    customer_key,
    document_id,
    document_version,
)
from tests.simulation.reports import DEALER, SOURCE, Reported
from tests.simulation.world import START

TIMEZONE = "Asia/Shanghai"


@dataclass(slots=True)
class Case:
    """A complaint and the steps on it, each as last reported."""

    number: str
    filed: Reported | None = None
    steps: dict[str, Reported] = field(default_factory=dict)

    @property
    def case_id(self) -> str:
        return case_id(self.number)

    @property
    def key(self) -> str:
        """The customer that it belongs to."""
        assert self.filed is not None
        return customer_key(DEALER, SOURCE, _data(self.filed)["customer"]["source_customer_id"])

    @property
    def aggregate_id(self) -> str:
        """Where complaints keeps it."""
        return aggregate_within(self.key, self.case_id)

    def documents(self, cases: Mapping[str, "Case"]) -> dict[str, KnownDocument]:
        """What is reported of it, in the words of complaints."""
        assert self.filed is not None
        found: dict[str, KnownDocument] = {self.case_id: _filed(self.filed)}
        for step in self.steps.values():
            found[step_document(step)] = taken(step, cases)
        return found


def case_id(number: str) -> str:
    """The document id of a complaint."""
    return document_id(DEALER, SOURCE, "complaint", number)


def step_document(step: Reported) -> str:
    """The document id of a step."""
    return document_id(DEALER, SOURCE, "complaint-step", *step.document)


def known(reported: Iterable[Reported]) -> dict[str, Case]:
    """Number -> the case; of each document the latest version."""
    cases: dict[str, Case] = {}
    for one in sorted(reported, key=lambda one: one.revision):
        number, *step = one.document
        case = cases.setdefault(number, Case(number))
        if step:
            case.steps[step[0]] = one
        else:
            case.filed = one
    return cases


def taken(step: Reported, cases: Mapping[str, Case]) -> StepTaken:
    """A step, by what is known of the case that it merges its own into."""
    data = _data(step)
    into = data.get("merged_into")
    target = cases.get(into) if into is not None else None
    return StepTaken(
        kind="step",
        version=version(step),
        recorded_at=START,
        merged_into=case_id(into) if into is not None else None,
        merged_into_key=target.key if target is not None and target.filed is not None else None,
        **{
            name: data.get(name)
            for name in ("step_id", "step", "at", "by", "satisfied", "severity", "reason", "until")
        },
    )


def _filed(filed: Reported) -> Filed:
    data = _data(filed)
    return Filed(
        kind="filed",
        version=version(filed),
        recorded_at=START,
        case_no=data["case_no"],
        timezone=TIMEZONE,
        status=data.get("status", "open"),
        received_at=data["received_at"],
        channel=data["channel"],
        category=data["category"],
        severity=data["severity"],
    )


def version(one: Reported) -> str:
    """Sorts as intake's does; reports never state the same time twice for one document."""
    return document_version(int(one.modified_at.timestamp() * 1000), "")


def reported_in(version: str) -> str:
    """Which of the reports of a document a version is of, wherever that was published to."""
    return version.partition(".")[0]


def _data(one: Reported) -> dict[str, Any]:
    assert one.data is not None, "it was accepted, so it was sent"
    return one.data


Merging = Callable[[CaseFacts], Sequence[CaseMerged]]
"""What a case with these facts tells others that it was merged into."""
MOST_ROUNDS = 50


def facts_of(cases: Mapping[str, Case], merging: Merging) -> dict[str, CaseFacts]:
    """Number -> all that is known of each case, what others hand over to it included."""
    handed: dict[str, dict[str, CaseMerged]] = {}
    for _ in range(MOST_ROUNDS):
        facts = {
            number: _facts(case, cases, handed.get(case.aggregate_id, {}))
            for number, case in cases.items()
        }
        merges: dict[str, dict[str, CaseMerged]] = {}
        for one in facts.values():
            for message in merging(one):
                target = aggregate_within(message.customer_key, message.case_id)
                merges.setdefault(target, {})[one.case_id] = message
        if merges == handed:
            return facts
        handed = merges
    raise AssertionError("merges do not come to rest")


def _facts(case: Case, cases: Mapping[str, Case], handed: Mapping[str, CaseMerged]) -> CaseFacts:
    documents = case.documents(cases)
    for merged_id, message in handed.items():
        documents[f"{merged_id}/merged"] = Absorbed(
            kind="absorbed",
            version="0",
            recorded_at=START,
            merges=message.merges,
            handed_over=message.handed_over,
        )
    return CaseFacts(
        case_id=case.case_id, customer_key=case.key, dealer_id=DEALER, documents=documents
    )
