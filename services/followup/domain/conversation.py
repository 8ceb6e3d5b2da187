"""What a customer's plan is made of: conversations, and the silences that explain why there is
none. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.followup.domain.closings import Ending
from services.followup.domain.documents import Consent
from services.followup.domain.follow_ups import FollowUp
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskStatus
from shared.contracts.scoring import Grade
from shared.contracts.values import Bilingual

SilenceCause = Literal[
    "do_not_contact",
    "opted_out",
    "complaint_open",
    "recent_contact",
    "other_conversation",
    "not_for_grade",
    "superseded",
    "window_passed",
]
"""Why something that would be due is not said. `recent_contact`: the customer was contacted, or a
reminding or selling conversation was opened, a few days ago; `other_conversation`: one is open."""


class Purpose(NamedTuple):
    """One follow-up that a conversation is for."""

    follow_up: FollowUp
    joined_at: datetime
    ending: Ending | None = None
    """Why it is a purpose no longer."""


class Conversation(NamedTuple):
    """A task as it stands now."""

    purposes: Sequence[Purpose]
    """The first gives it its name: that which opened it."""
    status: TaskStatus
    opens_at: datetime
    due_at: datetime
    """When the first of its purposes that have not ended is due, or what was agreed with the
    customer."""
    channel: Channel
    grade: Grade | None
    reasons: Sequence[Bilingual] = ()
    """Why now, and in this way."""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    person: str | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None

    @property
    def about(self) -> str:
        """Names the task within the customer."""
        return self.purposes[0].follow_up.about


class Silence(NamedTuple):
    """Why a follow-up that could be said by now, or could have been, is not."""

    follow_up: FollowUp
    because: SilenceCause
    since: datetime
    until: datetime | None
    """When it opens if nothing happens; None: not before something happens, or never."""
    words: Bilingual


class CustomerPlan(NamedTuple):
    """All that there is to say to a customer, and why not."""

    conversations: Sequence[Conversation]
    """Past and present, of what is remembered."""
    silences: Sequence[Silence]
    coming: Sequence[FollowUp]
    """What opens later, if nothing happens."""
    changes_at: datetime | None
    """When any of this changes without a new event."""
    allowed: Consent
    """What the customer allows now."""
