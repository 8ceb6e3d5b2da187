"""What is kept of each document: its newest version, cut down to what tasks depend on. Pure."""

from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple, cast

from pydantic import AwareDatetime, Field

from services.followup.domain.occasion import EVER
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.leads import Extent, LeadChannel
from shared.contracts.scoring import Grade, Risk
from shared.decider.facts import Fact, Gone, Noted


class Delivery(Fact):
    """A car handed over to this customer, its buyer."""

    kind: Literal["delivery"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after `at`."""
    timezone: str
    vin: str | None = None
    km: int | None = None
    undone_at: AwareDatetime | None = None
    """When the source cancelled or unwound the sale."""
    used: bool = False
    """Not a new car: its warranty is what the sale names, else none."""
    warranty_until: date | None = None
    """The last day of the warranty that was sold with it, if it names one."""
    insured_until: date | None = None
    """The last day of the insurance, by a product of the sale or by what is known of the car."""
    inspection_on: date | None = None
    """When the car's next inspection is due."""


class RepairOrder(Fact):
    """A repair order that was not all internal work."""

    kind: Literal["visit"]
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after it closed."""
    timezone: str
    vin: str | None = None
    km: int | None = None
    serviced: bool = True
    """Whether the customer, the maker or an insurer paid for work on it, or nothing is known; what
    is sold over the counter, or given back, is no work."""
    performed: tuple[str, ...] = ()
    """The codes of the work that was done, recommended or not; at most `MOST_CODES` of each kind
    of codes are kept."""
    declined: tuple[str, ...] = ()
    """The codes of recommended work that was not done."""
    faults: tuple[str, ...] = ()
    """The codes of the faults that were repaired."""
    severe_faults: tuple[str, ...] = ()
    """Those of them that endanger people."""
    repaired: bool = False
    """Whether a fault was named, or the maker paid for work on it."""
    insured_until: date | None = None
    inspection_on: date | None = None
    promised_at: AwareDatetime | None = None
    comeback_of: str = ""
    """The order whose work had to be done again, where the source says so."""


class Consent(Fact):
    """What the customer allows, as of `at`."""

    kind: Literal["consent"]
    at: AwareDatetime
    do_not_contact: bool = False
    opt_outs: tuple[Channel, ...] = ()


class OptOuts(Fact):
    """The channels that the customer refuses, as of `at`, said without a word on contact at all."""

    kind: Literal["opt_outs"]
    at: AwareDatetime
    opt_outs: tuple[Channel, ...] = ()


class Outcome(Fact):
    """What came of one attempt at a task."""

    kind: Literal["outcome"]
    at: AwareDatetime
    task_id: str
    outcome: TaskResult
    next_contact_on: date | None = None
    by: str | None = None
    channel: Channel | None = None
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after `at`."""


class Assignment(Fact):
    """Who is to do a task, as of `at`."""

    kind: Literal["assignment"]
    at: AwareDatetime
    task_id: str
    person: str = ""
    """A staff id; empty: nobody in particular, any more."""
    by: str
    """Who said so; who claims a task says it of themselves."""


class Correction(Fact):
    """Somebody corrected the number, or the address, by which the customer is reached."""

    kind: Literal["correction"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after `at`."""
    channels: tuple[Channel, ...] = ()
    """Those that need it."""


class AnsweredSurvey(Fact):
    """The answers to a satisfaction survey, in tenths of a point: from 0, the worst, to 100."""

    kind: Literal["survey"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    survey: Literal["ssi", "csi"]
    overall: int
    items: tuple[str, ...] = ()
    """Item and answer, as `item=answer`."""
    about_id: str = ""
    """The document id of the repair order or sale that it is about; empty: it does not say."""
    channel: str = ""
    """The way in which the customer answered; empty: it does not say."""

    @property
    def answers(self) -> dict[str, int]:
        """Item -> answer, in tenths of a point."""
        pairs = (text.rpartition("=") for text in self.items)
        return {item: int(answer) for item, _, answer in pairs}


class OpenSpan(NamedTuple):
    """A case was open from then until then; None: it is."""

    since: datetime
    until: datetime | None


class CaseStands(Fact):
    """A complaint, received at `at`, and when it was open, as complaints says."""

    kind: Literal["case"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    open_spans: tuple[str, ...] = ()
    """Each as `since/until`, in ISO; `until` is empty while it is open. Not open is what was
    closed, withdrawn, or is dealt with as part of another case."""
    resolved_at: AwareDatetime | None = None
    """When it was resolved last; None: not yet, or not since it was reopened."""
    generation: int = 1
    """1 from its receipt; each reopening begins another."""
    call_back_due_at: AwareDatetime | None = None
    """By when complaints wants the customer called back, or wanted it before they were."""
    called_back_at: AwareDatetime | None = None
    """When they were, and were satisfied."""
    merged: bool = False
    """Whether it is dealt with as part of another case, which it repeats."""

    @property
    def spans(self) -> list[OpenSpan]:
        """When it was open, in order."""
        found = []
        for text in self.open_spans:
            since, _, until = text.partition("/")
            ends = datetime.fromisoformat(until) if until else None
            found.append(OpenSpan(datetime.fromisoformat(since), ends))
        return found


class GradeSpan(NamedTuple):
    """A grade, from then until then; None: they have it, as far as is known."""

    grade: Grade | None
    since: datetime
    until: datetime | None


class Scored(Fact):
    """How scoring sees the customer: grade, risk, and the day on which it expects them."""

    kind: Literal["score", "expected"]
    """`expected` in what was kept before it said more than that day."""
    since: date | None = None
    """The visit from which the day is counted, by its local day; None: it expects none."""
    expected_on: date | None = None
    vin: str | None = None
    """The car that is expected, where it follows from one."""
    grade: Grade | None = None
    grades_before: tuple[str, ...] = ()
    """The grades that they had before, each as `grade/until`, in order."""
    risk: Risk | None = None
    risk_since: AwareDatetime | None = None
    """Since when; None of who is active, as that begins anew with every visit."""

    @property
    def grades(self) -> list[GradeSpan]:
        """All that is known of, in order; the first for ever before, the last as it stands."""
        found, since = list[GradeSpan](), EVER
        for text in self.grades_before:
            grade, _, moment = text.partition("/")
            until = datetime.fromisoformat(moment)
            found.append(GradeSpan(cast("Grade", grade), since, until))
            since = until
        return [*found, GradeSpan(self.grade, since, None)]


class CarGone(Fact):
    """A car of this customer's is another's now."""

    kind: Literal["ownership_end"]
    at: AwareDatetime
    vin: str
    traded_in: bool = False
    """Taken in part exchange, so that the customer goes on with another car; else sold on."""


class ReferralBought(Fact):
    """Whom this customer referred has bought a car."""

    kind: Literal["referred_purchase"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    whom: str
    """The key of who bought."""
    referral_id: str


class Lead(Fact):
    """Somebody who may buy a car, as the source has them now."""

    kind: Literal["lead"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after `at`."""
    timezone: str
    channel: LeadChannel
    turns: tuple[str, ...] = ()
    """Every status it had, the last one it has: `status/since/reason/approved`, in ISO."""
    contacts: tuple[str, ...] = ()
    """Each attempt at talking to them, in ISO; in vain where `-` follows."""
    contacts_made: int = 0
    """How many there were, as the source counts; 0 where it names them all."""
    ability: Extent = "unknown"
    loyalty: Extent = "unknown"
    buys_within_days: int | None = None
    competitor: str = ""
    model: str = ""
    owner: str = ""
    """The staff id of who is responsible for them."""


Known = Annotated[
    Delivery
    | RepairOrder
    | Consent
    | OptOuts
    | Outcome
    | Assignment
    | Correction
    | AnsweredSurvey
    | CaseStands
    | Scored
    | CarGone
    | ReferralBought
    | Lead
    | Noted
    | Gone,
    Field(discriminator="kind"),
]
