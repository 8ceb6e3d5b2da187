"""A small service for the runtime's own tests: it adds up visits and warns of long silence.

Facts: the visits. Outputs: a score (state) with their number, and for each visit an alarm
(announcement) one day after it was opened, unless it was closed by then. `LISTED` is the
same, with listings; `SUMMARIZED`, with lists and totals besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_key, document_id, document_version
from shared.contracts.intake import VisitRecorded
from shared.contracts.scoring import (
    GradeChanged,
    GradeChangeWithdrawn,
    ScoreChanged,
    ScoreWithdrawn,
)
from shared.contracts.values import Instant
from shared.decider.decider import Decider
from shared.decider.decision import (
    NOTHING_DUE,
    Announced,
    Announcement,
    Decision,
    Listing,
    State,
    earliest,
)
from shared.decider.facts import keep_newest
from shared.decider.policy import Policy
from shared.decider.summary import Entry, Summaries, Summary, keyed

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DEALER = "sunrise/pudong"
DAY = timedelta(days=1)


class ToyPolicy(Policy):
    points: int = 10


class ToyVisit(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: str
    customer_key: str
    opened_at: Instant
    closed: bool


class ToyFacts(BaseModel):
    model_config = ConfigDict(frozen=True)

    visits: Mapping[str, ToyVisit] = Field(default_factory=dict)

    def versions(self) -> Mapping[str, str]:
        return {key: visit.version for key, visit in self.visits.items()}


def join(facts: ToyFacts, events: Sequence[Event[VisitRecorded]]) -> ToyFacts:
    visits = keep_newest(facts.visits, ((event.data.document_id, _fact(event)) for event in events))
    return facts if visits is facts.visits else ToyFacts(visits=visits)


def _fact(event: Event[VisitRecorded]) -> ToyVisit:
    visit = event.data
    if visit.department == "raises in join":
        raise ValueError(visit.document_id)
    return ToyVisit(
        version=visit.version,
        customer_key=event.key,
        opened_at=visit.opened_at,
        closed=visit.status == "closed",
    )


def decide(facts: ToyFacts, announced: Announced, policy: ToyPolicy, now: datetime) -> Decision:
    count = len(facts.visits)
    if count == 13:
        raise ValueError("thirteen")
    if not count:
        return Decision()
    key = next(iter(facts.visits.values())).customer_key
    score = ScoreChanged(
        customer_key=key,
        dealer_id=DEALER,
        score=count * policy.points,
        value=count * policy.points,
        loyalty=0,
        grade="general",
        reasons=(),
    )
    open_ = {key: visit.opened_at + DAY for key, visit in facts.visits.items() if not visit.closed}
    alarms = tuple(
        Announcement(
            f"alarm/{document}",
            GradeChanged(
                customer_key=key,
                dealer_id=DEALER,
                before="general",
                after="potential",
                changed_at=now,
                score=0,
            ),
        )
        for document, due in open_.items()
        if due <= now
    )
    return Decision(
        outputs=(State("score", score), *alarms),
        next_due=earliest(due for due in open_.values() if due > now),
    )


TOY: Decider[ToyFacts, ToyPolicy] = Decider(
    name="toy",
    reads=(VisitRecorded,),
    writes=(ScoreChanged, ScoreWithdrawn, GradeChanged, GradeChangeWithdrawn),
    facts=ToyFacts,
    join=join,
    decide=decide,
    policy=ToyPolicy(),
)


def decide_listed(
    facts: ToyFacts, announced: Announced, policy: ToyPolicy, now: datetime
) -> Decision:
    """As `decide`, with a listing: open while a visit is, by the next alarm."""
    decision = decide(facts, announced, policy, now)
    if not facts.visits:
        return decision
    visits = facts.visits.values()
    listing = Listing(
        since=min(visit.opened_at for visit in visits),
        deadline=None
        if all(visit.closed for visit in visits)
        else decision.next_due or NOTHING_DUE,
        tally={"visits": len(visits), "points": [policy.points]},
    )
    return replace(decision, listing=listing)


LISTED: Decider[ToyFacts, ToyPolicy] = replace(TOY, listed=True, decide=decide_listed)


def summarize(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
    """Listed by the visits; also by those that are late; counted by the month they opened in. Each
    that is open is listed by itself."""
    count = len(facts.visits)
    if not count:
        return None
    late = sum(not visit.closed and visit.opened_at + DAY <= now for visit in facts.visits.values())
    counts: dict[str, dict[str, int]] = {}
    for visit in facts.visits.values():
        month = counts.setdefault(f"{visit.opened_at:%Y-%m}", {"customers": 1, "visits": 0})
        month["visits"] += 1
    return Summary(
        ranks={"visits": count} | ({"late": late} if late else {}),
        line={"visits": count},
        counts=counts,
        entries={
            key.rpartition("/")[2]: _entry(visit, now)
            for key, visit in facts.visits.items()
            if not visit.closed
        },
    )


def _entry(visit: ToyVisit, now: datetime) -> Entry:
    is_late = visit.opened_at + DAY <= now
    rank = visit.opened_at.toordinal()
    keys = [f"{visit.opened_at:%Y-%m}", *(["late"] if is_late else [])]
    return Entry(
        ranks={"open": rank, **{keyed("by", key): rank for key in keys}}, line={"late": is_late}
    )


SUMMARIZED: Decider[ToyFacts, ToyPolicy] = replace(
    LISTED, summaries=Summaries(lists=("visits", "late", "open", "by"), summarize=summarize)
)


def visit(
    number: int | str = 1,
    *,
    customer: str = "1",
    revision: int = 1,
    status: str = "closed",
    opened_at: datetime = START,
    department: str | None = None,
) -> VisitRecorded:
    """A visit of a customer; a higher revision is a newer version of the same visit."""
    return VisitRecorded.model_validate(
        {
            "document_id": document_id(DEALER, "dms", "visit", str(number)),
            "version": document_version(revision, "0" * 12),
            "customer_key": customer_key(DEALER, "dms", customer),
            "dealer_id": DEALER,
            "timezone": "Asia/Shanghai",
            "status": status,
            "opened_at": opened_at,
            "currency": "CNY",
            "department": department,
        }
    )


def event(data: VisitRecorded) -> Event[VisitRecorded]:
    return Event(
        id=f"{data.document_id}@{data.version}",
        key=data.customer_key,
        dealer_id=data.dealer_id,
        recorded_at=START,
        data=data,
    )
