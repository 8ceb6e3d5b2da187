"""Scoring and followup by the rules of each dealer: a draft is applied while the service runs, its
customers are decided anew, all others are left alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.followup import app as followup
from services.followup.adapters.policies import kind as followup_kind
from services.followup.domain.dry_run import TRIAL as FOLLOWUP_TRIAL
from services.followup.settings import FollowUpSettings
from services.scoring import app as scoring
from services.scoring.adapters.policies import kind as scoring_kind
from services.scoring.domain.dry_run import TRIAL as SCORING_TRIAL
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.policies.edition import Edition
from shared.policies.kind import PolicyKind
from tests.services.following import Following
from tests.services.followup import given as tasks
from tests.services.scoring import given as scores

MINE, OTHER = "sunrise/pudong", "sunrise/berlin"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Example:
    """A service, what its customers did, and rules that say something else of it."""

    put_together: Callable[[Path], Following[Any, Any]]
    kind: PolicyKind[Any, Any]
    happened: Event[Any]
    draft: str
    before: Any
    after: Any
    """What the service says by the shipped rules, and by the draft."""
    said: Callable[[dict[str, Any]], Any]
    effects: dict[tuple[str, str], int]
    """What a dry run counts for each customer."""


def _scoring(root: Path) -> Following[Any, Any]:
    settings = ScoringSettings(rules_dir=root)
    service = scoring.service(settings)
    watch = scoring.rules_watch(service, settings)
    return Following(root, service, SCORING_TRIAL, watch, scores.day("2025-01-01"))


def _followup(root: Path) -> Following[Any, Any]:
    settings = FollowUpSettings(rules_dir=root)
    service = followup.service(settings)
    watch = followup.rules_watch(service, settings)
    return Following(root, service, FOLLOWUP_TRIAL, watch, tasks.at("2025-01-01"))


SCORING = Example(
    put_together=_scoring,
    kind=scoring_kind(ScoringSettings().policy()),
    happened=scores.visit("2025-01-10"),
    draft="rules: {recent_visit: {points: 90}}\n",
    before="general",
    after="potential",
    said=lambda content: content.get("grade"),
    effects={("grade", "up"): 1, ("recent_visit", "won"): 1, ("score", "up"): 1},
)
FOLLOWUP = Example(
    put_together=_followup,
    kind=followup_kind(FollowUpSettings().policy()),
    happened=tasks.delivery("2025-01-10"),
    draft="rules: {delivery_thanks: {due: {hours: 48}}}\n",
    before="2025-01-11",
    after="2025-01-12",
    said=lambda content: content["due_at"][:10] if content["kind"] == "delivery_thanks" else None,
    effects={("delivery_thanks", "moves"): 1},
)
each = pytest.mark.parametrize("example", [SCORING, FOLLOWUP], ids=["scoring", "followup"])


def of(event: Event[Any], dealer: str, name: str) -> Event[Any]:
    """The same, of a customer of this dealer."""
    key = f"{dealer}/cdk/{name}"
    document = f"{dealer}/cdk/{event.data.TYPE.split('.')[2]}/{name}"
    changes = {"customer_key": key, "dealer_id": dealer, "document_id": document}
    data = event.data.model_copy(update=changes)
    return event._replace(id=f"{document}:1", key=key, dealer_id=dealer, data=data)


def drafted(service: Following[Any, Any], example: Example, text: str = "") -> Edition:
    """The dealer's draft as it would be applied now."""
    path = service.paths.policies / "mine.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"dealer: {MINE}\n{text or example.draft}", encoding="utf-8")
    found = example.kind.drafts(service.paths, service.clock.now())
    assert found.wrong == []
    edition: Edition = found.by_dealer[MINE].edition.as_applied(service.clock.now())
    return edition


def said(service: Following[Any, Any], example: Example, since: int = 0) -> list[tuple[str, Any]]:
    """Customer and what was said, of all that the example looks at."""
    contents = [json.loads(record.value or b"{}") for record in service.publisher.records[since:]]
    found = [(content["customer_key"], example.said(content)) for content in contents]
    return [(key, word) for key, word in found if word is not None]


async def running(example: Example, root: Path) -> Following[Any, Any]:
    """The service with three customers of one dealer and two of another, all decided."""
    service = example.put_together(root)
    await service.ownership.gained([0])
    for dealer, names in ((MINE, "ABC"), (OTHER, "DE")):
        await service.take(*(of(example.happened, dealer, name) for name in names))
    await service.until(service.clock.now() + HOUR)
    return service


@each
async def test_a_dealers_customers_are_decided_anew_and_others_left_alone(
    example: Example, tmp_path: Path
) -> None:
    service = await running(example, tmp_path)
    assert [word for _, word in said(service, example)] == [example.before] * 5
    before, since = await service.stored(), len(service.publisher.records)
    await service.apply(MINE, drafted(service, example))
    assert sorted(said(service, example, since)) == [
        (f"{MINE}/cdk/{name}", example.after) for name in "ABC"
    ]
    after = await service.stored()
    assert {id_ for id_ in after if after[id_] == before[id_]} == {
        f"{OTHER}/cdk/{name}" for name in "DE"
    }
    assert await service.progress(MINE) == (3, 0)
    await service.take(of(example.happened, MINE, "F"), of(example.happened, OTHER, "G"))
    assert said(service, example)[-2:] == [
        (f"{MINE}/cdk/F", example.after),
        (f"{OTHER}/cdk/G", example.before),
    ]


@each
async def test_an_edition_to_come_is_followed_from_its_moment_on(
    example: Example, tmp_path: Path
) -> None:
    service = await running(example, tmp_path)
    at, since = service.clock.now() + HOUR, len(service.publisher.records)
    await service.apply(MINE, drafted(service, example).as_applied(at))
    assert said(service, example, since) == []
    stored = await service.stored()
    assert {each.due_at for id_, each in stored.items() if id_.startswith(MINE)} == {at}
    await service.until(at)
    assert sorted(said(service, example, since)) == [
        (f"{MINE}/cdk/{name}", example.after) for name in "ABC"
    ]


@each
async def test_the_dry_run_tells_what_then_becomes_of_it(example: Example, tmp_path: Path) -> None:
    service = await running(example, tmp_path)
    before, since = await service.stored(), len(service.publisher.records)
    found = await service.tried(MINE, drafted(service, example))
    assert (found.judged, found.changed, found.unreadable) == (3, 3, 0)
    assert found.effects == {key: number * 3 for key, number in example.effects.items()}
    assert await service.stored() == before
    assert len(service.publisher.records) == since
    nothing = await service.tried(MINE, drafted(service, example, "horizon: {days: 3653}\n"))
    assert (nothing.judged, nothing.changed) == (3, 0)


@each
async def test_two_editions_one_after_the_other(example: Example, tmp_path: Path) -> None:
    service = await running(example, tmp_path)
    await service.apply(MINE, drafted(service, example))
    service.clock.set(service.clock.now() + HOUR)
    since = len(service.publisher.records)
    await service.apply(MINE, drafted(service, example, "horizon: {days: 3653}\n"))
    assert sorted(said(service, example, since)) == [
        (f"{MINE}/cdk/{name}", example.before) for name in "ABC"
    ]


@each
async def test_progress_tells_what_is_decided_by_other_rules_still(
    example: Example, tmp_path: Path
) -> None:
    service = await running(example, tmp_path)
    shipped = service.decider.policy
    service.decider.policy = shipped.with_edition(MINE, drafted(service, example))
    assert await service.progress(MINE) == (3, 3)
    assert await service.progress(OTHER) == (2, 0)
