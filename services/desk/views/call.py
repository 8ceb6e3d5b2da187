"""What the call card shows: whom to call, what for, what to mind; and what was decided."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.outcomes import SurveyAsked, offered, surveys_asked
from services.desk.domain.people import CustomerCard, car_of, name_of
from services.desk.views.places import place_of
from services.desk.views.speech import N_
from services.desk.views.terms import RESULTS, term
from services.desk.views.today import TO_DO, closed_word
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import (
    AllowedContact,
    Attempt,
    ComingTask,
    CustomerTasks,
    FollowUpTask,
    PurposeOfTask,
    SuppressedTask,
)
from shared.contracts.http.scoring import CustomerScore
from shared.contracts.intake import PhoneNumber, ProfileRecorded
from shared.contracts.values import Bilingual

MOST_PAST = 8
MOST_VISITS = 6
_MOMENT = timedelta(milliseconds=1)
_REFUSALS = ("do_not_contact", "opted_out")

CHANGES = (
    N_("It was closed meanwhile."),
    N_("Somebody else has tried meanwhile."),
    N_("It is somebody else's meanwhile."),
    N_("It is due at another time now."),
)
"""What may have changed of a task since a form has seen it."""

Stand: TypeAlias = Literal["unknown", "closed", "too_late", "again", "waits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTalk:
    """One open conversation with the customer: a form of its own."""

    task: FollowUpTask
    purposes: tuple[PurposeOfTask, ...]
    results: tuple[TaskResult, ...]
    surveys: tuple[SurveyAsked, ...]
    is_mine: bool

    @property
    def seen(self) -> str:
        """What of it is looked at again before anything is reported."""
        return mark(self.task)

    @property
    def why_now(self) -> Sequence[Bilingual]:
        """What is not said by a purpose already."""
        said = {each.why.en for each in self.purposes}
        return [Bilingual(en=e.en, zh=e.zh) for e in self.task.why_now if e.en not in said]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAttempt:
    """An attempt at any conversation with the customer."""

    at: datetime
    word: str
    by: str | None
    channel: str | None
    title: Bilingual
    documents: tuple[str, ...]
    """The ids of its reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """What the customer does not want."""

    all_contact: bool
    channels: tuple[str, ...]
    words: tuple[Bilingual, ...]
    """What followup says of it."""

    def __bool__(self) -> bool:
        return self.all_contact or bool(self.channels) or bool(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One customer, ready to be called."""

    key: str
    place: str
    name: str = field(repr=False)
    cars: tuple[str, ...] = field(repr=False)
    phones: tuple[PhoneNumber, ...] = field(repr=False)
    talks: tuple[OpenTalk, ...]
    refusals: Refusals
    cases: tuple[CaseLine, ...]
    """Their open complaints."""
    past: tuple[PastAttempt, ...]
    visits: tuple[KeptDocument, ...]
    """The newest first."""
    declined: tuple[Bilingual, ...]
    """What followup says of work that they did not want."""
    declined_at: tuple[KeptDocument, ...]
    """The visits at which they did not want some of which it says nothing."""
    held_back: tuple[SuppressedTask, ...]
    plan: CustomerTasks
    score: CustomerScore | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedOutcome:
    """What came of what was reported of a call, as followup has it now."""

    stand: Stand
    """`unknown`: it has not looked at it. `too_late`: the task was closed before, so it does not
    count. `again`: to be tried again. `waits`: until somebody does something else."""
    task: FollowUpTask | None
    word: str
    """What was reported."""
    why: Bilingual | None
    closed_because: str
    new: tuple[FollowUpTask, ...]
    """What is to be done since."""
    filed: tuple[CaseLine, ...]
    """The complaints that were filed since."""


def card_of(
    key: str,
    plan: CustomerTasks,
    who: CustomerCard | None,
    *,
    staff_id: str,
    score: CustomerScore | None,
    cases: Iterable[CaseLine],
    documents: Iterable[KeptDocument] = (),
    also: Collection[str] = (),
) -> Card:
    """All that is known of the customer and is of use in a call. `documents`: theirs; `also`: tasks
    whose forms are shown though they were closed."""
    visits = _visits(documents)
    open_tasks = [each for each in plan.tasks if each.status in TO_DO or str(each.task_id) in also]
    return Card(
        key=key,
        place=place_of(key),
        name=name_of(key, who),
        cars=tuple(_cars(open_tasks, who)),
        phones=() if who is None else who.phones,
        talks=tuple(talk_of(each, staff_id) for each in sorted(open_tasks, key=_urgency)),
        refusals=_refusals(plan, who),
        cases=tuple(each for each in cases if each.customer_key == key),
        past=tuple(_past(plan.tasks)),
        visits=tuple(visits[:MOST_VISITS]),
        declined=tuple(_declined(plan)),
        declined_at=tuple(_declined_at(visits, plan)),
        held_back=plan.suppressed,
        plan=plan,
        score=score,
    )


def talk_of(task: FollowUpTask, staff_id: str) -> OpenTalk:
    """A task, with what may be said of it."""
    purposes = tuple(each for each in task.purposes if each.ended is None) or task.purposes
    kinds = [each.kind for each in purposes] or [task.kind]
    return OpenTalk(
        task=task,
        purposes=purposes,
        results=offered(kinds),
        surveys=surveys_asked([(each.kind, each.document_id) for each in purposes]),
        is_mine=task.person == staff_id,
    )


def task_in(plan: CustomerTasks, task_id: str) -> FollowUpTask | None:
    """The task of this id, or that has a purpose of it."""
    return next(
        (
            task
            for task in plan.tasks
            if task_id in (str(task.task_id), *(str(each.task_id) for each in task.purposes))
        ),
        None,
    )


def mark(task: FollowUpTask) -> str:
    """How a task stands, so that a form can tell whether it still does."""
    due = f"{task.due_at:%Y-%m-%dT%H:%M}"
    return "|".join((task.status, str(len(task.attempts)), task.person or "", due))


def changes(seen: str, task: FollowUpTask) -> Sequence[str]:
    """What is otherwise than a form has seen it, in words; nothing: all is as it was. That it
    became overdue meanwhile is no change."""
    was, now = seen.split("|"), mark(task).split("|")
    if len(was) != len(now):
        return list(CHANGES[1:2])
    differs = [before != after for before, after in zip(was, now, strict=True)]
    differs[0] = differs[0] and task.status not in TO_DO
    return [words for words, is_other in zip(CHANGES, differs, strict=True) if is_other]


def decision_of(
    plan: CustomerTasks, task_id: str, at: datetime, cases: Iterable[CaseLine]
) -> DecidedOutcome:
    """What became of the attempt at this instant."""
    task = task_in(plan, task_id)
    tried = None if task is None else attempt_at(task, at)
    if task is None or tried is None:
        return DecidedOutcome(
            stand="unknown", task=task, word="", why=None, closed_because="", new=(), filed=()
        )
    return DecidedOutcome(
        stand=_stand(task, tried),
        task=task,
        word=term(tried.outcome, RESULTS),
        why=_last_why(task),
        closed_because=closed_word(task),
        new=tuple(
            each
            for each in plan.tasks
            if each.status in TO_DO and each is not task and each.opens_at >= at
        ),
        filed=tuple(
            each
            for each in cases
            if each.customer_key == plan.customer_key
            and each.received_at is not None
            and each.received_at >= at
        ),
    )


def _stand(task: FollowUpTask, tried: Attempt) -> Stand:
    if task.status not in TO_DO:
        return (
            "too_late"
            if task.closed_at is not None and tried.at - task.closed_at >= _MOMENT
            else "closed"
        )
    return "waits" if task.next_attempt_at is None else "again"


def attempt_at(task: FollowUpTask, at: datetime) -> Attempt | None:
    """The one at this instant, as far as followup keeps instants."""
    return next((each for each in task.attempts if abs(each.at - at) < _MOMENT), None)


def _last_why(task: FollowUpTask) -> Bilingual | None:
    last = task.why_now[-1] if task.why_now else None
    return None if last is None else Bilingual(en=last.en, zh=last.zh)


def _urgency(task: FollowUpTask) -> tuple[bool, datetime, int]:
    return not task.urgent, task.due_at, task.priority


def _cars(tasks: Iterable[FollowUpTask], who: CustomerCard | None) -> Iterator[str]:
    vins = dict.fromkeys(each.vin for each in tasks if each.vin is not None)
    if who is not None:
        vins |= dict.fromkeys(who.vehicles)
    for vin in vins:
        yield car_of(who, vin)


def _refusals(plan: CustomerTasks, who: CustomerCard | None) -> Refusals:
    found = [each for each in plan.suppressed if each.because in _REFUSALS]
    words = {each.why_not.en: Bilingual(en=each.why_not.en, zh=each.why_not.zh) for each in found}
    return Refusals(
        all_contact=plan.allowed.do_not_contact,
        channels=refused_channels(plan.allowed, None if who is None else who.profile),
        words=tuple(words.values()),
    )


def refused_channels(
    allowed: AllowedContact, profile: ProfileRecorded | None
) -> tuple[Channel, ...]:
    """Those that the customer does not want: by the newest word that followup has, and as long as
    it has none by the profile."""
    told = () if profile is None or allowed.said_at is not None else profile.opt_outs
    return allowed.opt_outs or told


def _past(tasks: Iterable[FollowUpTask]) -> list[PastAttempt]:
    found = [
        PastAttempt(
            at=each.at,
            word=term(each.outcome, RESULTS),
            by=each.by,
            channel=each.channel,
            title=Bilingual(en=task.title_en, zh=task.title_zh),
            documents=each.documents,
        )
        for task in tasks
        for each in task.attempts
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST_PAST]


def _visits(documents: Iterable[KeptDocument]) -> list[KeptDocument]:
    held = [each for each in documents if each.kind == "visit" and _was_held(each)]
    return sorted(held, key=lambda each: each.at, reverse=True)


def _was_held(visit: KeptDocument) -> bool:
    return visit.said.get("status") != "voided"


def _of_declined(plan: CustomerTasks) -> Iterator[ComingTask | SuppressedTask]:
    yield from (each for each in plan.coming if each.kind == "declined_work")
    yield from (each for each in plan.suppressed if each.kind == "declined_work")


def _declined(plan: CustomerTasks) -> Iterator[Bilingual]:
    for why in {each.why.en: each.why for each in _of_declined(plan)}.values():
        yield Bilingual(en=why.en, zh=why.zh)


def _declined_at(visits: Sequence[KeptDocument], plan: CustomerTasks) -> Iterator[KeptDocument]:
    told = {each.document_id for each in _of_declined(plan)}
    newest = [each for each in visits if each.said.get("declined")][:MOST_VISITS]
    yield from (each for each in newest if each.document_id not in told)
