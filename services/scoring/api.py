"""Scoring's read endpoints: a customer's score and why, and a dealer's customers by grade."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.scoring.domain.facts import ScoringFacts
from shared.contracts.scoring import Grade, GradeChanged, Reason, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.contracts.values import Instant
from shared.decider.snapshot import Snapshot
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Limit
from shared.platform.problems import Refusal, undecided, unknown
from shared.runtime.reader import Reader, customer_snapshot, known_dealer
from shared.time.clock import TimeSource


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Change(_Answer):
    """One grade change that was announced."""

    before: Grade
    after: Grade
    changed_at: Instant


class CustomerScore(_Answer):
    """One customer's score. The reasons of an axis sum to its points, both axes to the score."""

    customer_key: str
    grade: Grade
    score: int
    value: int
    loyalty: int
    reasons: tuple[Reason, ...]
    grade_changes: tuple[Change, ...]
    next_change_at: Instant | None
    """When points fade next if nothing happens."""
    as_of: Instant


class CustomerGrade(_Answer):
    """One line of a dealer's customers."""

    customer_key: str
    grade: Grade
    score: int


class Customers(_Answer):
    """One page; `after` asks for the next one, and is absent on the last."""

    customers: tuple[CustomerGrade, ...]
    after: str | None


def routes(reader: Reader[ScoringFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["scores"])

    @router.get(
        "/customers/{key:path}",
        summary="A customer's score, and why",
        responses=OF_A_CUSTOMER,
    )
    async def customer(key: CustomerKey) -> CustomerScore:
        snapshot = await customer_snapshot(reader, key)
        if snapshot is not None and snapshot.undecided_because is not None:
            raise Refusal(undecided(f"not scored at present: {snapshot.undecided_because}"))
        score = _score_of(snapshot) if snapshot is not None else None
        if snapshot is None or score is None:
            raise Refusal(unknown("no score of such a customer"))
        return CustomerScore(
            customer_key=snapshot.id,
            grade=score.grade,
            score=score.score,
            value=score.value,
            loyalty=score.loyalty,
            reasons=score.reasons,
            grade_changes=_changes_of(snapshot),
            next_change_at=snapshot.decision.next_due,
            as_of=clock.now(),
        )

    @router.get(
        "/dealers/{group}/{dealer}/customers",
        summary="A dealer's customers by key",
        responses=OF_A_DEALER,
    )
    async def customers(group: str, dealer: str, after: str = "", limit: Limit = 100) -> Customers:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        scores = ((snapshot.id, _score_of(snapshot)) for snapshot in page)
        return Customers(
            customers=tuple(
                CustomerGrade(customer_key=key, grade=score.grade, score=score.score)
                for key, score in scores
                if score is not None
            ),
            after=page[-1].id if len(page) == limit else None,
        )

    return router


def _score_of(snapshot: Snapshot[ScoringFacts]) -> ScoreChanged | None:
    for output in snapshot.decision.outputs:
        if output.about == ABOUT_THE_SCORE and isinstance(output.content, ScoreChanged):
            return output.content
    return None


def _changes_of(snapshot: Snapshot[ScoringFacts]) -> tuple[Change, ...]:
    return tuple(
        Change(before=told.before, after=told.after, changed_at=told.changed_at)
        for told in (output.content for output in snapshot.decision.outputs)
        if isinstance(told, GradeChanged)
    )
