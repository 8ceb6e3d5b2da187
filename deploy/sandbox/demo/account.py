"""The demo's account: what was sent, what intake answered, and whether all of it arrived."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from deploy.sandbox.feed import FeedLine
from deploy.sandbox.feed.acquainted import RISING
from shared.contracts.feeds import (
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    CustomerLinkReported,
    CustomerReported,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskAssignmentReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.http.intake import Item
from shared.contracts.identifiers import customer_of
from shared.contracts.leads import LeadReported

READ_BY: dict[str, tuple[str, ...]] = {
    SaleReported.TYPE: ("scoring", "followup", "identity"),
    VisitReported.TYPE: ("scoring", "followup"),
    ComplaintReported.TYPE: ("complaints",),
    ComplaintStepReported.TYPE: ("complaints",),
    SurveyReported.TYPE: ("scoring", "followup"),
    ReferralReported.TYPE: ("scoring", "identity"),
    ConsentReported.TYPE: ("followup",),
    TaskOutcomeReported.TYPE: ("followup",),
    TaskAssignmentReported.TYPE: ("followup",),
    CustomerLinkReported.TYPE: ("identity",),
    CustomerReported.TYPE: ("followup",),
    LeadReported.TYPE: ("followup",),
}
"""What is reported -> the services that must know of it."""


class HeldDocument(NamedTuple):
    """A document as one service holds it for one customer."""

    service: str
    customer_key: str
    document_id: str


Held = Mapping[HeldDocument, str]
"""Document -> the version that is there."""


@dataclass(slots=True)
class Ledger:
    """Every line that was sent, beside what intake answered."""

    entries: list[tuple[FeedLine, Item]] = field(default_factory=list)

    def add(self, lines: Sequence[FeedLine], items: Sequence[Item]) -> None:
        self.entries.extend(zip(lines, items, strict=True))

    def count(self, outcome: str) -> int:
        return sum(item.outcome == outcome for _, item in self.entries)

    def surprises(self) -> list[str]:
        """Lines whose outcome is another than the feed expects."""
        return [
            f"{line.about}: expected {line.expected}, was {item.outcome}"
            + (f" ({item.problem.in_words()})" if item.problem else "")
            for line, item in self.entries
            if item.outcome != line.expected
        ]

    def due(self) -> dict[HeldDocument, str]:
        """Where every accepted document has to be, at this version or a newer one."""
        due: dict[HeldDocument, str] = {}
        for line, item in self.entries:
            if item.outcome == "rejected" or not item.document_id or not item.version:
                continue
            for service in READ_BY[_type_of(line)]:
                for key in item.customer_keys:
                    document = HeldDocument(service, key, item.document_id)
                    due[document] = max(due.get(document, ""), item.version)
        return due

    def concerning_nobody(self) -> set[str]:
        """Documents of the dealership itself: they stay in intake's register."""
        return {
            item.document_id
            for _, item in self.entries
            if item.outcome == "accepted" and item.document_id and not item.customer_keys
        }


def held_by(
    service: str, aggregates: Iterable[tuple[str, Mapping[str, str]]]
) -> dict[HeldDocument, str]:
    """What `service` holds, from its aggregates' ids and documents."""
    return {
        HeldDocument(service, customer_of(aggregate_id), document_id): version
        for aggregate_id, documents in aggregates
        for document_id, version in documents.items()
    }


def missing(due: Held, held: Held) -> list[HeldDocument]:
    """What has not arrived, or only in an older version."""
    return sorted(document for document, version in due.items() if held.get(document, "") < version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The account at the end. `trouble` lists everything that keeps it from balancing."""

    sent: int
    accepted: int
    duplicate: int
    rejected: int
    due: int
    missing: tuple[HeldDocument, ...]
    concerning_nobody: int
    not_registered: tuple[str, ...]
    surprises: tuple[str, ...]
    dead_letters: int
    dead_letters_expected: int
    unexpected_dead_letters: tuple[str, ...]
    alarms_from_history: int
    cases_otherwise: tuple[str, ...] = ()
    """What was not announced of the featured cases, and should have been."""
    rise_announced: bool = True
    """Whether the customer who comes once more became a quality customer."""

    @property
    def trouble(self) -> list[str]:
        found = []
        if self.sent != self.accepted + self.duplicate + self.rejected:
            found.append("intake did not answer for every event")
        found += [f"not as the feed expects: {surprise}" for surprise in self.surprises]
        found += [
            f"missing at {document.service}: {document.document_id} of {document.customer_key}"
            for document in self.missing
        ]
        found += [f"not in intake's register: {name}" for name in self.not_registered]
        found += [f"unexpected dead letter: {letter}" for letter in self.unexpected_dead_letters]
        expected_seen = self.dead_letters - len(self.unexpected_dead_letters)
        if expected_seen != self.dead_letters_expected:
            found.append(
                f"{expected_seen} of {self.dead_letters_expected} dead letters of the unreadable "
                "record"
            )
        if self.alarms_from_history:
            found.append(f"importing history raised {self.alarms_from_history} alarms")
        found += [f"not announced: {what}" for what in self.cases_otherwise]
        if not self.rise_announced:
            found.append(f"not announced: {RISING} moved from potential to quality")
        return found

    def in_words(self) -> list[str]:
        """The account for people."""
        there = self.due - len(self.missing)
        return [
            f"sent {self.sent} = {self.accepted} accepted + {self.duplicate} duplicate "
            f"+ {self.rejected} rejected; {len(self.surprises) or 'none'} other than expected",
            f"held {there} of {self.due}: each accepted document at each service that reads it, "
            "for each of its customers",
            f"the dealership's own: {self.concerning_nobody}, kept in intake's register alone",
            f"dead letters: {self.dead_letters}, of one unreadable record that the demo put on "
            f"a topic; {len(self.unexpected_dead_letters) or 'none'} unexpected",
            f"alarms raised by importing history: {self.alarms_from_history or 'none'}",
            "featured cases: "
            + (
                f"{len(self.cases_otherwise)} messages missing"
                if self.cases_otherwise
                else "one climbed, one was saved, one withdrawn, as they must"
            ),
            "everything is accounted for" if self.balanced else "THE ACCOUNT DOES NOT BALANCE:",
        ]

    @property
    def balanced(self) -> bool:
        return not self.trouble

    def as_json(self) -> dict[str, object]:
        """The account for programs."""
        return {
            "balanced": self.balanced,
            "sent": self.sent,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "due": self.due,
            "held": self.due - len(self.missing),
            "missing": [document._asdict() for document in self.missing],
            "dead_letters": self.dead_letters,
            "concerning_nobody": self.concerning_nobody,
            "alarms_from_history": self.alarms_from_history,
            "trouble": self.trouble,
        }


def _type_of(line: FeedLine) -> str:
    kind: str = json.loads(line.line)["type"]  # intake could read it, so it is there
    return kind
