"""One task as it stands, with what came of it and why it is there. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from services.followup.domain.decide import condense
from services.followup.domain.documents import Delivery, RepairOrder
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.domain.task_rule import PLACEHOLDERS, TaskRule
from services.followup.views.attempts import assignments_of, attempts_at, reported
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.http.followup import FollowUpTask, TaskReason
from shared.decider.snapshot import Snapshot

THE_CAR_EN, THE_CAR_ZH = "the car", "该车"
"""Stands for the VIN in reasons, where none is known."""


def tasks_of(
    snapshot: Snapshot[FollowUpFacts], rulebook: FollowUpRulebook, now: datetime
) -> Iterator[FollowUpTask]:
    """Every task of the customer as of `now`, with the reasons of the rules that are in force."""
    policy = rulebook.in_force(snapshot.dealer_id, now).policy
    said = reported(snapshot.facts)
    documents = condense(snapshot.facts, policy).documents
    for output in snapshot.decision.outputs:
        task = output.content
        if not isinstance(task, TaskChanged):
            continue
        yield FollowUpTask(
            task_id=task_id(snapshot.id, output.about),
            customer_key=snapshot.id,
            kind=task.kind,
            status=task.status,
            title_en=task.title_en,
            title_zh=task.title_zh,
            owner_role=task.owner_role,
            channel=task.channel,
            vin=task.vin,
            opens_at=task.opens_at,
            due_at=task.due_at,
            closed_at=task.closed_at,
            closed_because=task.closed_because,
            attempts=attempts_at(task, output.about, said),
            next_attempt_at=task.next_attempt_at,
            person=task.person,
            assignments=assignments_of(task, output.about, said),
            why=_why(task, policy.by_kind.get(task.kind), documents.get(task.document_id)),
        )


def _why(task: TaskChanged, rule: TaskRule | None, document: object) -> TaskReason:
    """The rule's words; the usual ones where another policy took the rule away meanwhile."""
    usual = TaskRule.model_fields
    en = rule.why_en if rule else str(usual["why_en"].default)
    zh = rule.why_zh if rule else str(usual["why_zh"].default)
    return TaskReason(
        document_id=task.document_id,
        en=_filled(en, task, document, car=THE_CAR_EN),
        zh=_filled(zh, task, document, car=THE_CAR_ZH),
    )


def _filled(words: str, task: TaskChanged, document: object, *, car: str) -> str:
    if "{" not in words and "}" not in words:
        return words
    counted_from, zone = task.opens_at, ZoneInfo("UTC")
    if isinstance(document, Delivery | RepairOrder):
        zone = ZoneInfo(document.timezone)
        counted_from = _happened(document)
    values = {
        "car": task.vin or car,
        "document": task.document_id.rsplit("/", 1)[-1],
        "day": counted_from.astimezone(zone).date().isoformat(),
        "due": task.due_at.astimezone(zone).date().isoformat(),
    }
    assert values.keys() == PLACEHOLDERS.keys()
    return words.format_map(defaultdict(lambda: "–", values))


def _happened(document: Delivery | RepairOrder) -> datetime:
    if isinstance(document, Delivery):
        return document.at
    return document.closed_at or document.opened_at
