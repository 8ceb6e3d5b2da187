"""A case and its clocks, and a page of cases, as complaints answers."""

from typing import Literal

from shared.contracts.complaints import Outcome, Role
from shared.contracts.feed_parts import Severity
from shared.contracts.http.complaints_deadline import ClockOrigin, Explanation
from shared.contracts.http.complaints_timeline import TimelineEntry
from shared.contracts.http.described import DescribedResponse
from shared.contracts.subjects import NoticeKind
from shared.contracts.values import Bilingual, Instant

Stage = Literal[
    "open",
    "assigned",
    "under_review",
    "pending_customer",
    "resolved",
    "closed",
    "withdrawn",
    "merged",
]
"""How far the work on a case is."""
CaseStatus = Stage | Literal["escalated", "unfiled", "voided", "moved", "undecided"]


ClockViewState = Literal["running", "paused", "kept", "broken", "ended"]


class LadderRung(DescribedResponse):
    """One rung of a clock's ladder."""

    name: str
    """Its name on the ladder."""
    kind: NoticeKind
    """`warning`: before the deadline. `breach`: the deadline. `step`: an escalation beyond it."""
    to: tuple[Role, ...]
    """The roles that it notifies."""
    at: Instant | None
    """When the clock reaches it, or would have; null while a hold without an end prevents that."""
    reached: bool
    """Whether the clock ran until then."""
    announced: bool
    """Whether that was said, be it for the record only."""
    notified: bool
    """Whether it notified anybody when it was noticed."""
    noticed_at: Instant | None
    """When it was noticed; null where it was not announced."""
    repeats_notified: int
    """How many of its repeats notified somebody."""
    repeat_every_seconds: float | None
    """How long until it notifies again, until somebody acknowledges or the next rung is reached."""
    repeat_at_most: int
    """How often at most."""


class ClockView(DescribedResponse):
    """One deadline of one generation of the case."""

    clock: str
    """Its name in the policy."""
    generation: int
    """The generation of the case that it belongs to."""
    title_en: str
    """What has to be done, in English."""
    title_zh: str
    """What has to be done, in Chinese."""
    state: ClockViewState
    """`running`: not due yet. `paused`: the same, and held at present. `kept`: stopped in time.
    `broken`: ran past its due time, whether stopped since or not. `ended`: neither kept nor
    broken, as the case or its cause went away."""
    origin: ClockOrigin
    """What started it."""
    started_at: Instant
    """From when on it counts."""
    due_at: Instant | None
    """Null while a hold without an end stops it."""
    stopped_at: Instant | None
    """When what it waits for was done."""
    ended_at: Instant | None
    """When it ended without that."""
    why: Bilingual
    """Its deadline, and how it was met or missed, in a sentence or two."""
    ladder: tuple[LadderRung, ...]
    """Who is notified when, in order."""
    explanation: Explanation
    """Why this deadline: the rules and the arithmetic."""


class GenerationView(DescribedResponse):
    """A case from its receipt, or from a reopening, to the next reopening."""

    number: int
    """1 for the first."""
    started_at: Instant
    """When it began."""
    reopened_at: Instant | None
    """When the next one began; null: it is the last."""
    closed_at: Instant | None
    """When nothing was left to do; null: there is, or was until the reopening."""
    outcome: Outcome | None
    """How it closed."""


class CaseView(DescribedResponse):
    """One case as of now. Instants are UTC; texts name the dealer's local time."""

    id: str
    """What to ask for it by: `customer-key|case-id`."""
    case_id: str
    """The id of the complaint document, the same wherever the case is mentioned."""
    case_no: str | None
    """Its number at the source; null while the complaint itself is unknown."""
    dealer_id: str
    """`group/dealer`."""
    customer_key: str
    """Whose complaint it is; pseudonymous."""
    timezone: str | None
    """The IANA zone of the dealer, in which the texts name times."""
    status: CaseStatus
    """`escalated`: a running clock is broken, whatever the stage. `unfiled`: only steps are known.
    `voided`: it never was one. `moved`: it is another customer's. `undecided`: see
    `parked_because`."""
    stage: Stage | None
    """How far the work is, whatever the clocks say."""
    open: bool
    """Whether anything may still be owed to the customer here."""
    severity: Severity | None
    """At present."""
    assigned_to: str | None
    """The staff id of who is responsible, if anybody was named."""
    received_at: Instant | None
    """When the dealer received the complaint."""
    channel: str | None = None
    """The way it came in."""
    category: str | None = None
    """What it is about, in the dealer's own terms."""
    department: str | None = None
    """The department complained about."""
    regulator_ref: str | None = None
    """The number that a regulator's order has for it."""
    related_ro_no: str | None = None
    """The repair order that it is about, by its number at the source."""
    related_deal_no: str | None = None
    """The sale that it is about, by its number at the source."""
    deadline: Instant | None
    """The first due time of the running clocks, passed or to come."""
    generations: tuple[GenerationView, ...]
    """From the first on; each reopening begins another."""
    clocks: tuple[ClockView, ...]
    """By generation, in the order of the policy."""
    timeline: tuple[TimelineEntry, ...]
    """All that happened and was said, in the order of its instants."""
    next_due: Instant | None
    """When something visible changes next if nothing is reported."""
    updated_at: Instant
    """When the case was last written."""
    parked_because: str | None
    """Why the case was set aside, if it is; it is tried again by itself."""


class RunningClock(DescribedResponse):
    """A clock of a case, for the list of cases."""

    clock: str
    """Its name in the policy."""
    title_en: str = ""
    """What has to be done, in English."""
    title_zh: str = ""
    """What has to be done, in Chinese."""
    generation: int
    """The generation of the case that it belongs to."""
    state: ClockViewState
    """Of a clock that runs `running`, `paused` or `broken`; of one that was stopped `kept` or
    `broken`."""
    due_at: Instant | None
    """Null while a hold without an end stops it, or did when it was stopped."""


class RungReached(DescribedResponse):
    """The highest rung that a clock which runs has reached."""

    clock: str
    """The clock, by its name in the policy."""
    name: str
    """Its name on the ladder."""
    kind: NoticeKind
    """`warning`: before the deadline. `breach`: the deadline. `step`: an escalation beyond it."""
    to: tuple[Role, ...]
    """The roles that it notifies."""
    at: Instant
    """When it was reached."""


class CaseLine(DescribedResponse):
    """One case in a list; ask for it by its id to see all."""

    id: str
    """What to ask for it by: `customer-key|case-id`."""
    case_no: str | None
    """Its number at the source; null while the complaint itself is unknown."""
    customer_key: str
    """Whose complaint it is; pseudonymous."""
    status: CaseStatus
    """As in the case itself."""
    severity: Severity | None
    """At present."""
    assigned_to: str | None
    """The staff id of who is responsible, if anybody was named."""
    received_at: Instant | None
    """When the dealer received the complaint."""
    channel: str | None = None
    """The way it came in."""
    category: str | None = None
    """What it is about, in the dealer's own terms."""
    department: str | None = None
    """The department complained about."""
    regulator_ref: str | None = None
    """The number that a regulator's order has for it."""
    generation: int | None
    """How often it was reopened, plus one."""
    deadline: Instant | None
    """The first due time of the running clocks, passed or to come; null: nothing is due."""
    running: tuple[RunningClock, ...]
    """The clocks that run, the first due first."""
    stopped: tuple[RunningClock, ...] = ()
    """Those of its last generation that were stopped, in the order of the policy."""
    rung: RungReached | None = None
    """How high on their ladders the clocks that run are; null: nobody is to be notified yet."""
    to_acknowledge: bool = False
    """Whether somebody was notified of a clock that runs, and nobody has acknowledged that yet."""
    steps: int = 0
    """How many steps were reported of it, whether they count or not."""
    stepped_at: Instant | None = None
    """When intake first received the last of them; null: there is none."""
    parked_because: str | None
    """Why the case was set aside, if it is."""


class CasePage(DescribedResponse):
    """Some of a dealer's cases."""

    cases: tuple[CaseLine, ...]
    """As many as were asked for, on the last page fewer."""
    next: str | None
    """What to give as `after` for the page that follows; null on the last page."""
