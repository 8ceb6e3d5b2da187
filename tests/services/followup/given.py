"""Words to tell a customer's story in: what intake would report of it, and the tasks then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.followup.app import decider
from services.followup.domain.conversation import CustomerPlan
from services.followup.domain.decide import customer_plan
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.identifiers import document_version
from shared.contracts.intake import (
    ConsentGiven,
    CustomerMoved,
    Recorded,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    TaskOutcomeRecorded,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.scoring import (
    Grade,
    GradeBefore,
    NextVisit,
    Risk,
    RiskStands,
    ScoreChanged,
    ScoreWithdrawn,
)
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.contracts.values import Bilingual
from shared.testing.deciders import DeciderSpec
from tests.services.followup.four_rules import FOUR_RULES

DEALER = "sunrise/pudong"
CUSTOMER = f"{DEALER}/cdk/C1"
CAR = "LSVAU2180N2183294"
POLICY = FollowUpPolicy(rules=FOUR_RULES)
DECIDER = replace(decider(FollowUpSettings()), policy=POLICY)
ZONE = "Asia/Shanghai"


def at(text: str) -> datetime:
    """`2025-01-10 17:30` as the clock in Shanghai shows it; without a time, 17:00."""
    moment = datetime.fromisoformat(text if ":" in text else f"{text} 17:00")
    return moment.replace(tzinfo=UTC) - timedelta(hours=8)


def local(moment: datetime) -> str:
    """An instant as the clock in Shanghai shows it."""
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def document_id(kind: str, number: str) -> str:
    """A document of this dealer's."""
    return f"{DEALER}/cdk/{kind}/{number}"


def _document(kind: str, number: str, revised: datetime, revision: int) -> dict[str, Any]:
    modified_ms = int(revised.timestamp() * 1000) + revision
    return {
        "document_id": document_id(kind, number),
        "version": document_version(modified_ms, f"{revision:012d}"),
        "customer_key": CUSTOMER,
        "dealer_id": DEALER,
    }


def _event(data: Recorded, recorded_at: datetime) -> Event[Any]:
    return Event(
        id=f"{data.document_id}:{data.version}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=recorded_at,
        data=data,
    )


def delivery(
    on: str,
    number: str = "D1",
    *,
    vin: str | None = CAR,
    km: int | None = None,
    role: str = "buyer",
    status: str = "delivered",
    sale_type: str = "retail",
    date_only: bool = False,
    received: str | None = None,
    revised: str | None = None,
    **more: Any,
) -> Event[Any]:
    """A car handed over; `revised` is when the source wrote this version. `more`: other fields of
    the record, such as `condition`, `products`, `insured_until`, `inspection_on`."""
    handed_over = at(on)
    data = SaleRecorded.model_validate(
        _document("sale", number, at(revised) if revised else handed_over, 1)
        | {
            "timezone": ZONE,
            "status": status,
            "role": role,
            "deal_date": on[:10],
            "delivered_at": None if date_only else handed_over,
            "delivered_on": on[:10] if date_only else None,
            "sale_type": sale_type,
            "condition": "new",
            "vin": vin,
            "odometer_km": km,
        }
        | more
    )
    return _event(data, at(received) if received else handed_over)


def product(category: str, expires_on: str | None = None) -> dict[str, Any]:
    """Something sold with a car."""
    return {"code": category.upper(), "category": category, "expires_on": expires_on}


def visit(
    on: str,
    number: str = "R1",
    *,
    vin: str | None = CAR,
    km: int | None = None,
    hours: int = 3,
    status: str = "closed",
    pays: str = "customer",
    received: str | None = None,
    revised: str | None = None,
    **more: Any,
) -> Event[Any]:
    """A repair order closed then, and opened `hours` before. `more`: other fields of the record,
    such as `lines`, `recommended`, `promised_at`, `comeback_of`, `insured_until`."""
    closed_at = at(on)
    opened_at = closed_at - timedelta(hours=hours)
    data = VisitRecorded.model_validate(
        _document("visit", number, at(revised) if revised else closed_at, 1)
        | {
            "timezone": ZONE,
            "status": status,
            "opened_at": opened_at,
            "closed_at": closed_at if status == "closed" else None,
            "vin": vin,
            "odometer_km": km,
            "currency": "CNY",
            "lines": [job(pays=pays)],
        }
        | more
    )
    return _event(data, at(received) if received else opened_at)


def job(code: str | None = None, *, pays: str = "customer", **more: Any) -> dict[str, Any]:
    """A line of a repair order. `more`: `fault`, `severe`, `category`, `amount`."""
    return {"line_no": "1", "op_code": code, "pay_type": pays, "amount": "500"} | more


def advised(code: str, *, performed: bool = False) -> dict[str, Any]:
    """Work that was recommended, and whether it was done."""
    return {"code": code, "performed": performed}


def survey(
    on: str,
    overall: float,
    number: str = "S1",
    *,
    kind: str = "csi",
    items: Mapping[str, float] | None = None,
    received: str | None = None,
    revised: str | None = None,
) -> Event[Any]:
    """A survey answered then."""
    data = SurveyAnswered.model_validate(
        _document("survey", number, at(revised or on), 1)
        | {"survey": kind, "at": at(on), "overall": overall, "items": items or {}}
    )
    return _event(data, at(received or on))


def consent(
    on: str,
    number: str = "N1",
    *,
    do_not_contact: bool = False,
    opt_outs: tuple[str, ...] = (),
) -> Event[Any]:
    """What the customer allows from then on."""
    data = ConsentGiven.model_validate(
        _document("consent", number, at(on), 1)
        | {"at": at(on), "do_not_contact": do_not_contact, "opt_outs": opt_outs}
    )
    return _event(data, at(on))


def opt_outs(on: str, *channels: str, number: str = "visit/R1") -> Event[Any]:
    """What a document says of channels then, without a word on contact at all."""
    data = ConsentGiven.model_validate(
        _document("opt-outs", number, at(on), 1) | {"at": at(on), "opt_outs": channels}
    )
    return _event(data, at(on))


def outcome(
    on: str,
    about: str,
    what: str,
    number: str = "O1",
    *,
    next_contact_on: str | None = None,
    by: str | None = None,
) -> Event[Any]:
    """What came of the task about `kind/document`, reported by its id."""
    kind, _, document = about.partition("/")
    task = task_id(CUSTOMER, f"{kind}/{document_id(*document.split('/'))}")
    data = TaskOutcomeRecorded.model_validate(
        _document("task-outcome", number, at(on), 1)
        | {
            "task_id": str(task),
            "at": at(on),
            "outcome": what,
            "next_contact_on": next_contact_on,
            "by": by,
        }
    )
    return _event(data, at(on))


def moved(kind: str, number: str, *, revised: str = "2030-01-01") -> Event[Any]:
    """A document that turned out to be another customer's."""
    document = _document(kind, number, at(revised), 1)
    match kind:
        case "sale":
            return _event(SaleMoved.model_validate(document), at(revised))
        case "visit":
            return _event(VisitMoved.model_validate(document), at(revised))
        case _:
            return _event(CustomerMoved.model_validate(document), at(revised))


def expected(
    on: str,
    since: str,
    sequence: int = 1,
    *,
    vin: str | None = None,
    basis: str = "own_rhythm",
    **more: Any,
) -> Event[Any]:
    """Scoring says when they are expected next, counted from their visit of a day; and `more`, as
    of `scored`."""
    visit = NextVisit.model_validate(
        {
            "since": since,
            "expected_on": on,
            "earliest_on": on,
            "latest_on": on,
            "basis": basis,
            "vin": vin,
            "words": Bilingual(en="By their rhythm", zh="按规律"),
        }
    )
    return scored(sequence, visit=visit, **more)


def scored(
    sequence: int,
    score: int = 0,
    *,
    grade: Grade = "general",
    risk: Risk | None = None,
    risk_since: str = "2025-01-01",
    visit: NextVisit | None = None,
    before: Sequence[tuple[Grade, str]] = (),
) -> Event[Any]:
    """How scoring sees them; without a visit it says nothing of their next one. `before`: the
    grades that they had, each until then."""
    words = Bilingual(en="By their visits", zh="按到店")
    stands = risk and RiskStands(
        risk=risk, since=at(risk_since), next_risk=None, next_at=None, words=words
    )
    data = ScoreChanged(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        score=score,
        value=score,
        loyalty=0,
        grade=grade,
        grades_before=tuple(GradeBefore(grade=was, until=at(until)) for was, until in before),
        reasons=(),
        risk=stands,
        next_visit=visit,
    )
    return Event(f"score-{sequence}", CUSTOMER, DEALER, at("2025-01-01"), data, sequence=sequence)


def unscored(sequence: int) -> Event[Any]:
    """They have no score any more."""
    data = ScoreWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about=ABOUT_THE_SCORE,
        withdrawn_at=at("2025-01-01"),
    )
    return Event(f"score-{sequence}", CUSTOMER, DEALER, at("2025-01-01"), data, sequence=sequence)


class Customer(DeciderSpec[FollowUpFacts, FollowUpPolicy]):
    """A customer's tasks; a sentence is `kind/document status`, one for each of their purposes, and
    why it was closed if so."""

    decider = DECIDER

    def moment(self, text: str) -> datetime:
        return at(text)

    def sentences(self) -> list[str]:
        return [f"{task} {status}" for task, status in self.statuses.items()]

    @property
    def tasks(self) -> list[TaskChanged]:
        """Every task."""
        contents = (output.content for output in self.decision.outputs)
        return [content for content in contents if isinstance(content, TaskChanged)]

    @property
    def statuses(self) -> dict[str, str]:
        """Kind and document number of each purpose -> status, and why it was closed where it was;
        of what the rest of its conversation goes on without, why it ended."""
        found = {}
        for task in self.tasks:
            because = f": {task.closed_because}" if task.closed_because else ""
            for purpose in task.purposes:
                stands = f"ended: {purpose.ended}" if purpose.ended else f"{task.status}{because}"
                found[f"{purpose.kind}/{purpose.document_id.rsplit('/', 1)[1]}"] = stands
        return found

    @property
    def conversations(self) -> list[str]:
        """What each task that is to be done is for, such as `next_service/R1 + inspection/R1`."""
        return [
            " + ".join(
                f"{purpose.kind}/{purpose.document_id.rsplit('/', 1)[1]}"
                for purpose in task.purposes
                if not purpose.ended
            )
            for task in self.tasks
            if task.status in ("open", "overdue")
        ]

    def plan(self) -> CustomerPlan:
        """All that there is to say, and why not, as of then."""
        return customer_plan(self.facts, self.policy, self.now)

    @property
    def silences(self) -> dict[str, str]:
        """Kind and document number of what is not said -> why not, and until when if that is
        known."""
        return {
            f"{each.follow_up.rule.kind}/{each.follow_up.document_id.rsplit('/', 1)[1]}": (
                f"{each.because} until {local(each.until)}" if each.until else each.because
            )
            for each in self.plan().silences
        }

    def of_kind(self, kind: str) -> TaskChanged:
        """The only task of a kind."""
        [task] = [task for task in self.tasks if task.kind == kind]
        return task


def given(*events: Event[Any]) -> Customer:
    """A customer after these events."""
    return Customer.given(*events)
