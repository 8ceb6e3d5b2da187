"""What a walk through a customer's time is made of: matters on their way, and conversations as they
go on. Their parts change as the walk goes; what is said of them does not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.attempts import Attempts
from services.followup.domain.circumstances import NEVER, Circumstances
from services.followup.domain.closings import Ending
from services.followup.domain.conversation import SilenceCause
from services.followup.domain.follow_ups import FollowUp
from services.followup.domain.occasion import EVER
from services.followup.domain.offsets import days_after
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import MOST_PURPOSES, TaskStatus, task_id
from shared.contracts.scoring import Grade

MORE_THAN_A_DAY = 2
"""Days of the calendar apart are less than so many days more in hours."""
_FIRST = {"internal": 0, "owed": 0, "reminding": 1, "selling": 2}


class Stage(Enum):
    """How far a matter has come."""

    COMING = "coming"
    HELD = "held back"
    SAID = "part of a conversation"
    OVER = "never, or no more"


class Cause(NamedTuple):
    """Why a matter is not said."""

    because: SilenceCause
    until: datetime | None = None
    """When that ends, as far as is known."""
    of: datetime | None = None
    """When what it is about happened, such as the contact before."""
    by: str = ""
    """What settled it."""


@dataclass(slots=True, eq=False)
class Matter:
    """A follow-up on its way to be said."""

    follow_up: FollowUp
    about: str
    task: str
    """The id of the task that it would be, where anything is known of tasks."""
    grade: Grade | None
    channels: tuple[Channel, ...]
    alone: bool
    """Whether it is never put together with others, nor held back by them."""
    internal: bool
    """Whether no customer is contacted."""
    selling: bool
    """Whether it is silent while a complaint is open."""
    limited: bool
    """Whether it is one of those that come once in a while only."""
    known_at: datetime
    """It is put together with others from then on."""
    opens_at: datetime
    """Not before that."""
    due_at: datetime
    order: tuple[int, int, datetime, str]
    """Of those that could open at once, the lowest does first."""
    over_at: datetime
    """When the first thing of its own ends it; `NEVER` if nothing does."""
    stage: Stage = Stage.COMING
    cause: Cause | None = None
    since: datetime = EVER
    """Since when it is held back for that cause."""
    moved_from: datetime | None = None
    """When it could have been said first, had the dealer been open."""
    talk: "Talk | None" = None
    """In which it is, or was."""
    counted_until: datetime = EVER
    """When the conversation ended that it was in before."""

    def ended_by(self, moment: datetime, after: datetime = EVER) -> Ending | None:
        """The first thing of its own that ended it by then."""
        if moment < self.over_at:
            return None
        endings = self.follow_up.endings
        return min((end for end in endings if after < end.at <= moment), key=_at, default=None)

    def settled_by(self, moment: datetime) -> Ending | None:
        """The same, of what was not said; but not what came when it was held back for so long that
        its time had passed."""
        ending = self.ended_by(moment)
        if ending is None or (self.stage is Stage.HELD and self.due_at < ending.at):
            return None
        return ending

    def day_of_due(self) -> int:
        """Counted, by the dealer's calendar."""
        return self.due_at.astimezone(self.follow_up.zone).toordinal()


def matter(follow_up: FollowUp, customer_key: str, circumstances: Circumstances) -> Matter:
    """A follow-up, before it could be said."""
    rule, about = follow_up.rule, follow_up.about
    named = bool(circumstances.outcomes or circumstances.assignments)
    grade, priority = follow_up.grade, rule.priority_for(follow_up.grade)
    internal, late = rule.contact == "internal", follow_up.arrived_late_at
    alone, opens_at = rule.urgent or internal, max(follow_up.could_open_at, follow_up.known_at)
    known_at = follow_up.known_at if late is None else max(follow_up.known_at, late)
    return Matter(
        follow_up=follow_up,
        about=about,
        task=str(task_id(customer_key, about)) if named else "",
        grade=grade,
        channels=rule.channels(grade),
        alone=alone,
        internal=internal,
        selling=rule.contact == "selling",
        limited=not rule.urgent and rule.contact in ("reminding", "selling"),
        known_at=opens_at if alone else known_at,
        opens_at=opens_at,
        due_at=follow_up.due_at,
        order=(_FIRST[rule.contact], priority, follow_up.due_at, about),
        over_at=min((end.at for end in follow_up.endings if end.at > EVER), default=NEVER),
    )


@dataclass(slots=True, eq=False)
class TalkingPoint:
    """A matter within a conversation."""

    matter: Matter
    joined_at: datetime
    ending: Ending | None = None
    counts_from: datetime = EVER
    """Outcomes up to then were of a conversation before."""
    expires_at: datetime | None = None
    expires_by: datetime = EVER
    """The due day from which that is counted."""


@dataclass(slots=True, eq=False)
class Talk:
    """A conversation as it goes on."""

    first: Matter
    """What opened it."""
    opened_at: datetime
    due_at: datetime
    held: Cause | None = None
    """Why it was not opened before."""
    moved_from: datetime | None = None
    """When it would have been opened if the dealer had been open."""
    topics: list[TalkingPoint] = field(default_factory=list)
    """The first is that which opened it."""
    attempts: Attempts | None = None
    closing: Ending | None = None
    channel: Channel = "phone"
    turns_at: datetime = EVER
    """Until then nothing of it changes, unless it is put together with more."""

    @property
    def about(self) -> str:
        """Names it within the customer."""
        return self.first.about

    @property
    def live(self) -> list[TalkingPoint]:
        """What it is for still."""
        return [topic for topic in self.topics if topic.ending is None]

    @property
    def goes_on(self) -> bool:
        """Whether it is for anything still."""
        return any(topic.ending is None for topic in self.topics)

    @property
    def has_room(self) -> bool:
        """Whether it may be for one thing more."""
        return not self.first.alone and len(self.topics) < MOST_PURPOSES

    @property
    def is_limited(self) -> bool:
        """Whether it is one of those that come once in a while only."""
        return any(topic.ending is None and topic.matter.limited for topic in self.topics)

    def status(self, moment: datetime) -> TaskStatus:
        """How it stands."""
        if self.closing is not None:
            return self.closing.status
        return "open" if moment < self.due_at else "overdue"

    def expires_at(self, topic: TalkingPoint, policy: FollowUpPolicy) -> datetime:
        """When nobody will talk of that any more."""
        due_at = topic.matter.due_at
        if self.attempts is not None:
            due_at = max(due_at, self.attempts.due_at)
        if topic.expires_at is None or topic.expires_by != due_at:
            zone = topic.matter.follow_up.zone
            topic.expires_at = days_after(due_at, policy.expires_days, zone)
            topic.expires_by = due_at
        return topic.expires_at

    def close(self) -> None:
        """As of what ended last; of several at once it is the first's ending that counts."""
        endings = [topic.ending for topic in self.topics if topic.ending is not None]
        self.closing = max(endings, key=_at)

    def settle_due(self) -> None:
        """By what it is for still, and what was agreed."""
        self.due_at = min(topic.matter.due_at for topic in self.topics if topic.ending is None)
        if self.attempts is not None:
            self.due_at = max(self.due_at, self.attempts.due_at)

    def state(self, moment: datetime) -> tuple[object, ...]:
        """All that changes of it."""
        return (
            self.status(moment),
            self.due_at,
            self.channel,
            self.attempts and self.attempts._replace(changes_at=None),
            [(topic.matter.about, topic.ending) for topic in self.topics],
        )


def expired(matter: Matter, arrived_at: datetime, because: str) -> Talk:
    """That which never was, as its time had passed when it became known."""
    closing = Ending(matter.due_at, "expired", because)
    topic = TalkingPoint(matter, arrived_at, closing)
    opens_at = matter.follow_up.opens_at
    talk = Talk(matter, opens_at, matter.due_at, topics=[topic], closing=closing)
    talk.channel = matter.channels[0]
    return talk


def turns_of(
    talk: Talk, known: Circumstances, policy: FollowUpPolicy, now: datetime
) -> Iterator[datetime]:
    """All later instants at which anything of it may be otherwise."""
    for turn in _turns(talk, known, policy, now):
        if turn is not None and turn > now:
            yield turn


def _turns(
    talk: Talk, known: Circumstances, policy: FollowUpPolicy, now: datetime
) -> Iterator[datetime | None]:
    for topic in talk.topics:
        if topic.ending is None:
            yield talk.expires_at(topic, policy)
            for ending in topic.matter.follow_up.endings:
                yield ending.at
        for outcome in known.outcomes.get(topic.matter.task, ()):
            yield outcome.at
    if talk.attempts is not None:
        yield talk.attempts.changes_at
    if known.consents:
        yield known.allowed_until(now)
    if known.complaints:
        complaint = known.complaint_at(now)
        yield known.next_complaint_after(now)
        yield complaint.until if complaint is not None else None


def _at(ending: Ending) -> datetime:
    return ending.at


def by_order(matter: Matter) -> tuple[int, int, datetime, str]:
    """What could be said first comes first."""
    return matter.order


def latest_first(matter: Matter) -> tuple[timedelta, str]:
    """What is known last comes first."""
    return EVER - matter.known_at, matter.about


def first_due(talk: Talk) -> tuple[datetime, str]:
    """What is due first comes first."""
    return talk.due_at, talk.about


def are_near(matter: Matter, talk: Talk, days: int) -> bool:
    """Whether both are due within so many days, by the dealer's calendar."""
    if abs(talk.due_at - matter.due_at).days > days + MORE_THAN_A_DAY:
        return False
    due = talk.due_at.astimezone(matter.follow_up.zone).toordinal()
    return abs(due - matter.day_of_due()) <= days


def evening_of(moment: datetime, zone: ZoneInfo, policy: FollowUpPolicy) -> datetime:
    """By when what opens then is to be done, if that is all that is known: that day, else the
    next."""
    day = moment.astimezone(zone).date()
    evening = datetime.combine(day, policy.postponed_until, zone).astimezone(UTC)
    return evening if evening > moment else days_after(evening, 1, zone)
