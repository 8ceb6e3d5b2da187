"""What the timeline of a case consists of, as complaints answers."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.complaints import Because, Outcome, Refusal, Role
from shared.contracts.feed_parts import Severity, StepName
from shared.contracts.http.described import DescribedResponse
from shared.contracts.subjects import NoticeKind
from shared.contracts.values import Bilingual, Instant

Counting = Literal["counts", "refused", "taken_back", "not_yet", "waits"]


class ComplaintReceived(DescribedResponse):
    """The complaint was received."""

    kind: Literal["received"] = "received"
    """Always `received`."""
    at: Instant
    """When the dealer received it."""
    recorded_at: Instant
    """When intake first received the report."""
    channel: str
    """The way it came in."""
    category: str
    """What it is about, in the dealer's own terms."""
    severity: str
    """As it was at receipt."""
    department: str | None
    """The department complained about."""
    regulator: bool
    """Whether it has a regulator's reference."""
    regulator_due_at: Instant | None
    """The limit that the regulator's order prints, if the case has one."""


class Step(DescribedResponse):
    """A step that was reported, whether it counts or not."""

    kind: Literal["step"] = "step"
    """Always `step`."""
    at: Instant
    """When it was taken."""
    recorded_at: Instant
    """When intake first received the report."""
    step_id: str
    """Its id at the source."""
    step: StepName
    """What was done."""
    by: str
    """The staff id of who did it."""
    counting: Counting
    """`refused`: bad input. `taken_back`: a merge that was undone. `not_yet`: dated in the future.
    `waits`: the complaint itself is not known here."""
    refusal: Refusal | None
    """Why it was refused, for programs."""
    why: Bilingual | None
    """Why it does not count; null if it does."""
    reason: str | None
    """As reported, such as the reason of a hold."""
    satisfied: bool | None
    """What a call-back found."""
    severity: Severity | None
    """What it was regraded to."""
    assigned_to: str | None
    """The staff id of whom it was reassigned to."""
    merged_into: str | None
    """The id of the case that this one was merged into."""
    until: Instant | None
    """When a hold was planned to end."""


class OnHold(DescribedResponse):
    """The case was held: an interval, of overlapping holds one."""

    kind: Literal["hold"] = "hold"
    """Always `hold`."""
    at: Instant
    """When it began."""
    until: Instant | None
    """When it ended or is planned to; null: no end is known."""
    running: bool
    """Whether the case is held at present."""


class Reopened(DescribedResponse):
    """A new generation of the case began."""

    kind: Literal["reopened"] = "reopened"
    """Always `reopened`."""
    at: Instant
    """When."""
    generation: int
    """The number of the generation that began; the first is 1."""


class Regraded(DescribedResponse):
    """The severity of the case changed."""

    kind: Literal["regraded"] = "regraded"
    """Always `regraded`."""
    at: Instant
    """When."""
    before: Severity
    """The severity until then."""
    after: Severity
    """The severity from then on."""
    raised: bool
    """Whether it became major, so that more clocks run."""


class AddresseeView(DescribedResponse):
    """Whom a notice was for when it was made."""

    role: Role
    """The role it went to."""
    person: str | None = None
    """A staff id; null where nobody is known."""
    because: Because
    """`on_duty`: has the role. `deputy`: stands in for somebody away. `fallback`: nobody has the
    role, so another one is notified. `nobody`: not even that. `no_roster`: the dealer gave none."""
    instead_of: str | None = None
    """The staff id of who is away, or the role that nobody has."""


class NoticeMade(DescribedResponse):
    """A warning, a breach or an escalation that was announced and stands."""

    kind: Literal["notice"] = "notice"
    """Always `notice`."""
    at: Instant
    """When the clock reached it, whenever that was noticed."""
    about: str
    """Its name within the case, such as `breach/contact/1/3d7f0c2ab1`."""
    notice: NoticeKind
    """`step`: an escalation, a rung of the ladder beyond the breach."""
    clock: str
    """The clock."""
    generation: int
    """The generation of the case that the clock belongs to."""
    step: str
    """Its name on the ladder."""
    repeat: int
    """0: the rung itself; 1: its first repeat, …"""
    noticed_at: Instant
    """When the service noticed; later than `at` after an outage or a late report."""
    notified: bool
    """False: for the record only, nobody was notified."""
    recipients: tuple[Role, ...]
    """The roles that the ladder names."""
    addressees: tuple[AddresseeView, ...]
    """Who had those roles at that moment."""
    why: Bilingual
    """As it was worded then."""


class VerdictMade(DescribedResponse):
    """A clock was stopped, in time or late."""

    kind: Literal["verdict"] = "verdict"
    """Always `verdict`."""
    at: Instant
    """When it was stopped."""
    clock: str
    """The clock."""
    generation: int
    """The generation of the case that the clock belongs to."""
    verdict: Literal["kept", "broken"]
    """A stop at the due instant itself is in time."""
    due_at: Instant | None
    """When it was due; null: a hold kept it from being due."""
    margin_seconds: int | None
    """Time left, or, below zero, time over; elapsed time. Null without a due time."""
    why: Bilingual
    """In words."""


class Closed(DescribedResponse):
    """A generation of the case came to its end with nothing left to do."""

    kind: Literal["closed"] = "closed"
    """Always `closed`."""
    at: Instant
    """When."""
    generation: int
    """Which generation."""
    outcome: Outcome
    """`resolved`: where no clock waits for a call-back."""
    kept: tuple[str, ...]
    """The clocks that were stopped in time."""
    broken: tuple[str, ...]
    """The clocks that ran past their due time."""
    why: Bilingual
    """In words."""


class MergedOut(DescribedResponse):
    """This case was merged into another."""

    kind: Literal["merged_out"] = "merged_out"
    """Always `merged_out`."""
    at: Instant
    """When."""
    into: str
    """The id of the other case."""
    taken_back_at: Instant | None
    """When the merge was undone; null: it stands."""


class MergedIn(DescribedResponse):
    """Another case was merged into this one."""

    kind: Literal["merged_in"] = "merged_in"
    """Always `merged_in`."""
    at: Instant
    """When."""
    case_id: str
    """The id of the other case."""
    clocks: Mapping[str, Instant]
    """The clocks that were running there, and since when; the earliest start counts here."""


TimelineEntry = Annotated[
    ComplaintReceived
    | Step
    | OnHold
    | Reopened
    | Regraded
    | NoticeMade
    | VerdictMade
    | Closed
    | MergedOut
    | MergedIn,
    Field(discriminator="kind"),
]
