"""What a valid report asks of the register: pseudonymous, one message for each customer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import JsonValue

from services.intake.domain.documents import document_id_of, kind_of, task_outcome
from services.intake.domain.documents.complaint_step import step_taken
from services.intake.domain.documents.naming import noun_of
from services.intake.domain.documents.survey import SURVEY
from services.intake.domain.examine.event import Reported
from services.intake.domain.facts import Row, merged_into
from services.intake.domain.hashes import content_hash, keyed_hash
from services.intake.domain.profiles.mentions import Mention, free_words, mentions_of
from shared.contracts.feeds import AnyReport, TaskOutcomeReported
from shared.contracts.intake import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What one report asks of the register: a document, and the messages it would become.

    The messages are complete but for their version. A document that concerns no customer
    (the dealership's own, all internal) has none. Of a profile, and of a document's opt-outs, a
    report has no messages, but words: they are joined with those of others.
    """

    document_id: str
    kind: str
    dealer_id: str
    content_hash: str
    event: str = ""
    """Digest of the event and all that it says."""
    repeated: bool = False
    """Whether the document has had the event before."""
    stated_at: datetime | None
    """When the source says it changed the document; None when it does not say."""
    messages: Mapping[str, Recorded]
    """Role -> the message for the customer in that role."""
    parent: str | None = None
    recorded: Mapping[str, JsonValue] | None = None
    words: Mapping[str, JsonValue] = field(default_factory=dict)
    """What it says in free words, never published; None deletes."""
    customer_key: str | None = None
    """For a profile: whose it is."""
    said: Mapping[str, JsonValue] = field(default_factory=dict)
    """For a profile or the opt-outs of a document: what the report says; None or [] deletes."""
    receipt: str = ""
    """`document/content/event`: tells a repeat of what was said from a correction."""
    occurred_at: datetime | None = None
    """When the source says that it happened or was changed: the time of the published event."""
    part: str | None = None
    """The document that is told within it."""
    within: "Submission | None" = None
    """For a part of a document: that document. It is there in the versions that say so."""
    follows: tuple[Row | None, ...] = ()
    """For a step: its complaint, then the one that it merges that into, as far as known."""

    @property
    def merged_into(self) -> str | None:
        """The document id of the complaint that a step merges its own into."""
        return merged_into(self.recorded)

    def under(self, case: Row | None, target: Row | None) -> "Submission":
        """The step where its complaint is; `target`: the complaint that it merges that into."""
        assert self.recorded is not None
        target_key = None if target is None else target.customer_key
        waiting = {role: message.customer_key for role, message in self.messages.items()}
        messages = {
            role: step_taken(self.recorded, key=key, merged_into_key=target_key, version="")
            for role, key in (waiting if case is None else case.customer_keys).items()
        }
        return replace(self, messages=messages, follows=(case, target))


def submissions(reported: Reported, *, key: bytes) -> list[Submission]:
    """What a valid report asks to be registered: its document, then profiles, then opt-outs.

    `key`: of the hashes, which nobody can guess a person's data from who does not have it.
    """
    report = reported.report
    kind = kind_of(report)
    messages, parent, recorded = kind.messages(report, reported.dealer), kind.parent(report), None
    if parent is not None:
        step = next(iter(messages.values()))
        recorded = step.model_dump(mode="json", exclude_none=True)
    document = Submission(
        document_id=document_id_of(report),
        kind=noun_of(type(report)),
        dealer_id=reported.dealer.id,
        content_hash=content_hash(kind.content(report), key),
        event=_event_digest(reported, key),
        stated_at=_stated_at(reported),
        messages=messages,
        parent=parent,
        recorded=recorded,
        words=free_words(report),
        occurred_at=_occurred_at(reported),
    )
    mentions = mentions_of(reported, reached=bool(messages))
    mentioned = (_mentioned(mention, reported, key) for mention in mentions)
    return [*_with_part(report, document), *mentioned]


def _with_part(report: AnyReport, document: Submission) -> list[Submission]:
    """The document, and one that is told within it: the survey that was answered in a call."""
    if not isinstance(report, TaskOutcomeReported):
        return [document]
    survey_id, messages = task_outcome.survey_id(report), task_outcome.survey_in(report)
    document = replace(document, part=survey_id if messages else None)
    survey = Submission(
        document_id=survey_id,
        kind=SURVEY,
        dealer_id=document.dealer_id,
        content_hash=document.content_hash,
        event=document.event,
        stated_at=document.stated_at,
        messages=messages,
        occurred_at=document.occurred_at,
        within=document,
    )
    return [document, survey]


def _mentioned(mention: Mention, reported: Reported, key: bytes) -> Submission:
    """What a report says besides its document."""
    said, stated_at, event = mention.said, _stated_at(reported), reported.event
    hashed = content_hash(said, key)
    words = (
        keyed_hash(mention.said_at, key),
        hashed,
        keyed_hash(f"{event.source}\n{event.id}", key),
    )
    return Submission(
        document_id=mention.document_id,
        kind=mention.kind,
        dealer_id=reported.dealer.id,
        content_hash=hashed,
        stated_at=stated_at,
        messages={},
        customer_key=mention.customer_key,
        said=said,
        receipt="/".join(word[:12] for word in words),
        occurred_at=_occurred_at(reported),
    )


def _stated_at(reported: Reported) -> datetime | None:
    """When the source says that it changed the document."""
    return reported.report.source_modified_at or reported.event.time


def _occurred_at(reported: Reported) -> datetime | None:
    """The event's own time, else when the source changed the document."""
    return reported.event.time or reported.report.source_modified_at


def _event_digest(reported: Reported, key: bytes) -> str:
    """Events are told apart by source and id; of senders that reuse ids, by what they say too."""
    event = reported.event
    said = json.dumps(event.data, sort_keys=True)
    return keyed_hash("\x1f".join((event.source, event.id, said)), key)[:12]
