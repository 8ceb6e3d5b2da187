"""Rules that are tried beside a dealer's: what they would make of customers is told, and nothing
goes by them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.scoring import app
from services.scoring.adapters.policies import common
from services.scoring.api import routes
from services.scoring.domain.dry_run import TRIAL
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.decider.decider import Decider
from shared.decider.summary import ListedPage
from shared.platform.http import make_app
from shared.policies.by_edition import by_edition
from shared.policies.folder import RulesFolder
from shared.policies.paths import RulesPaths
from shared.policies.shadow import with_shadows
from shared.runtime.census import Counting
from shared.runtime.shadows import shadow_gauges
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.metrics import Metrics
from tests.services.following import Following
from tests.services.scoring.given import CUSTOMER, DEALER, day, given, sale, survey, visit

NOW = day("2025-02-01")
STORIES = {
    "visit": given(visit("2025-01-20")).facts,
    "sale": given(sale("2025-01-10")).facts,
    "unhappy": given(visit("2025-01-20"), survey("2025-01-21", overall=1)).facts,
}
FACTS = {
    f"{DEALER}/cdk/{name}": facts.model_copy(update={"customer_key": f"{DEALER}/cdk/{name}"})
    for name, facts in STORIES.items()
}
OTHER_DEALER = "sunrise/berlin"


def rules(**changes: Any) -> ScoringPolicy:
    """What ships, with other figures of some rules."""
    shipped = ScoringPolicy()
    content = shipped.model_dump()
    for rule, figures in changes.items():
        content["rules"][rule] |= figures
    return ScoringPolicy.model_validate(content)


MORE = rules(recent_visit={"points": 40}, survey_answers={"at_least": -1})


def scoring(
    policy: ScoringPolicy | None = MORE,
) -> Decider[ScoringFacts, ScoringRulebook]:
    """Scoring, with this policy tried at one dealer."""
    service = app.service(ScoringSettings())
    if policy is not None:
        tried = {DEALER: ScoringEdition(policy=policy)}
        service.policy = service.policy.with_shadows(tried)
    return service


def client(service: Decider[ScoringFacts, ScoringRulebook], now: datetime = NOW) -> AsyncClient:
    served = make_app(title="scoring", doorman=KnowsEverybody())
    reader = MemoryReader.deciding(service, FACTS, now, dealers=DEALERS)
    served.include_router(routes(reader, ManualClock(now), dealers=DEALERS))
    return AsyncClient(transport=ASGITransport(served), base_url="http://aftercare")


# --- what is told -----------------------------------------------------------------------------


async def test_a_customer_is_shown_by_both_rules_each_with_its_reasons() -> None:
    told = (await client(scoring()).get(f"/v1/customers/{DEALER}/cdk/unhappy")).json()
    plain = (await client(scoring(None)).get(f"/v1/customers/{DEALER}/cdk/unhappy")).json()
    shadow = told["shadow"]
    assert (shadow["score"], shadow["grade"]) == (told["score"] + 25, "potential")
    assert sum(reason["points"] for reason in shadow["reasons"]) == shadow["score"]
    assert plain["shadow"] is None
    assert {**told, "shadow": None, "next_change_at": None} == {
        **plain,
        "next_change_at": None,
    }


async def test_a_dealers_totals_say_who_would_move_where_and_why() -> None:
    answer = await client(scoring()).get(f"/v1/dealers/{DEALER}/shadow")
    assert answer.status_code == 200
    totals = answer.json()["totals"]
    assert (totals["judged"], totals["changed"], totals["unreadable"]) == (3, 2, 0)
    grades = {
        (level["before"], level["after"]): level["number"]
        for level in totals["levels"]
        if level["output"] == "grade"
    }
    assert grades == {("general", "potential"): 2, ("general", "general"): 1}
    assert totals["by"] == [{"by": 20, "number": 1}, {"by": 25, "number": 1}]
    assert totals["effects"] == [
        {"rule": "grade", "effect": "up", "number": 2, "points": 0},
        {"rule": "recent_visit", "effect": "won", "number": 2, "points": 40},
        {"rule": "score", "effect": "up", "number": 2, "points": 45},
        {"rule": "survey_answers", "effect": "won", "number": 1, "points": 5},
    ]


async def test_who_differs_most_is_listed_a_page_at_a_time() -> None:
    place = f"/v1/dealers/{DEALER}/shadow"
    most = (await client(scoring()).get(place, params={"limit": 1})).json()
    (first,) = most["customers"]
    assert (first["name"], first["points"]) == (f"{DEALER}/cdk/unhappy", [20, 45])
    rest = (await client(scoring()).get(place, params={"after": most["next"]})).json()
    assert [each["name"] for each in rest["customers"]] == [f"{DEALER}/cdk/visit"]
    assert rest["next"] is None
    lost = (await client(scoring()).get(place, params={"order": "lost"})).json()
    assert [each["name"].rsplit("/", 1)[1] for each in lost["customers"]] == ["visit", "unhappy"]


@pytest.mark.parametrize(
    ("policy", "dealer"),
    [(None, DEALER), (MORE, OTHER_DEALER), (MORE, "no/one"), (ScoringPolicy(), DEALER)],
)
async def test_where_nothing_is_tried_there_is_nothing(
    policy: ScoringPolicy | None, dealer: str
) -> None:
    answer = await client(scoring(policy)).get(f"/v1/dealers/{dealer}/shadow")
    assert answer.status_code == 404


async def test_a_page_that_nobody_gave_is_refused() -> None:
    answer = await client(scoring()).get(f"/v1/dealers/{DEALER}/shadow", params={"after": "x"})
    assert answer.status_code == 422


async def test_what_was_counted_of_other_rules_is_not_mixed_in() -> None:
    """The first shadow was replaced, and nobody was compared with the new one yet."""
    first, second = scoring(), scoring(rules(recent_visit={"points": 90}))
    reader = MemoryReader.deciding(first, FACTS, NOW, dealers=DEALERS)
    reader.policy = second.policy
    served = make_app(title="scoring", doorman=KnowsEverybody())
    served.include_router(routes(reader, ManualClock(NOW), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(served), base_url="http://x") as asked:
        told = (await asked.get(f"/v1/dealers/{DEALER}/shadow")).json()
    assert told["totals"]["judged"] == 0
    assert told["customers"] == []


async def test_it_does_not_claim_what_was_summarized_after_it_was_read() -> None:
    class Busy(MemoryReader[ScoringFacts, ScoringRulebook]):
        async def listed(self, *args: Any, **options: Any) -> ListedPage:
            self.until = day("2025-03-01")
            return await super().listed(*args, **options)

    reader = Busy.deciding(scoring(), FACTS, NOW, dealers=DEALERS)
    served = make_app(title="scoring", doorman=KnowsEverybody())
    served.include_router(routes(reader, ManualClock(NOW), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(served), base_url="http://x") as asked:
        told = (await asked.get(f"/v1/dealers/{DEALER}/shadow")).json()
    assert told["summarized_until"] == "2025-02-01T10:00:00.000Z"


async def test_one_that_cannot_be_judged_parks_nobody_and_is_counted() -> None:
    def fails(*_: object) -> Any:
        raise ZeroDivisionError

    settings = ScoringSettings()
    plain = by_edition(app.decider(settings), settings.rulebook())
    service = with_shadows(plain, decide=fails, compare=fails)
    service.policy = scoring().policy
    for facts in FACTS.values():
        found, without = (one.decide(facts, {}, one.policy, NOW) for one in (service, plain))
        assert found == without
    told = (await client(service).get(f"/v1/dealers/{DEALER}/shadow")).json()
    assert (told["totals"]["judged"], told["totals"]["unreadable"]) == (0, 3)


# --- in a folder, while the service runs -------------------------------------------------------

DRAFT = f"""\
dealer: {DEALER}
rules:
  recent_visit: {{points: 40, fades: [{{up_to_days: 9, percent: 100}}]}}
"""


async def running(root: Path) -> Following[ScoringFacts, ScoringRulebook]:
    """Scoring with a customer, decided; it reads the folder."""
    (root / "scoring" / "shadow").mkdir(parents=True)
    settings = ScoringSettings(rules_dir=root)
    service = app.service(settings)
    watch = app.rules_watch(service, settings)
    following = Following(root, service, TRIAL, watch, day("2025-01-01"))
    await following.ownership.gained([0])
    await following.take(visit("2025-01-10"))
    return following


def written(root: Path, text: str = DRAFT) -> Path:
    path = RulesPaths(root, "scoring").shadow_of(DEALER)
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_shadow_says_nothing_and_is_due_when_it_changes(tmp_path: Path) -> None:
    service = await running(tmp_path)
    said, before = len(service.publisher.records), (await service.stored())[CUSTOMER]
    written(tmp_path)
    await service.follow()
    after = (await service.stored())[CUSTOMER]
    assert len(service.publisher.records) == said
    assert (after.emitted, after.facts) == (before.emitted, before.facts)
    assert after.policy_version != before.policy_version
    assert (before.due_at, after.due_at) == (day("2025-07-09"), day("2025-01-19"))
    await service.until(day("2025-02-01"))
    assert len(service.publisher.records) == said
    RulesPaths(tmp_path, "scoring").shadow_of(DEALER).unlink()
    await service.follow()
    back = (await service.stored())[CUSTOMER]
    assert (back.policy_version, back.due_at) == (before.policy_version, before.due_at)
    assert len(service.publisher.records) == said


async def test_totals_follow_what_is_tried_what_happens_and_what_time_does(tmp_path: Path) -> None:
    service = await running(tmp_path)
    await service.summarize()
    before = await service.reader.totals(DEALER)
    written(tmp_path)
    await service.follow()
    await service.summarize()
    assert await told(service) == (1, {20: 1})
    await service.take(other(visit("2025-01-15")))
    await service.summarize()
    assert await told(service) == (2, {20: 2})
    await service.until(day("2025-01-20"))
    await service.summarize()
    assert await told(service) == (2, {-20: 1, 20: 1})
    await service.until(day("2025-01-31"))
    await service.summarize()
    assert await told(service) == (2, {-20: 2})
    written(tmp_path, DRAFT.replace("40", "50"))
    await service.follow()
    service.clock.set(day("2025-02-01"))
    await service.summarize()
    assert await told(service) == (2, {-20: 2})
    RulesPaths(tmp_path, "scoring").shadow_of(DEALER).unlink()
    await service.follow()
    await service.summarize()
    after = await service.reader.totals(DEALER)
    assert before.keys() == after.keys()


async def test_gauges_tell_what_a_shadow_comes_to_as_long_as_there_is_one(tmp_path: Path) -> None:
    service = await running(tmp_path)
    path = written(tmp_path)
    await service.follow()
    await service.summarize()
    counting = Counting(
        None,
        service="scoring",
        store=service.store,
        dealers=DEALERS.all(),
        ownership=service.ownership,
        clock=service.clock,
        more=shadow_gauges("scoring", service.reader),
    )
    await counting.turn()
    shown = Metrics("scoring")
    assert shown.value("shadow_points", dealer=DEALER) == 20
    told = {
        effect: shown.value("shadow_customers", dealer=DEALER, effect=effect)
        for effect in ("judged", "changed", "grade_up", "grade_down", "points_won", "points_lost")
    }
    assert told == {
        "judged": 1,
        "changed": 1,
        "grade_up": 1,
        "grade_down": 0,
        "points_won": 1,
        "points_lost": 0,
    }
    path.unlink()
    await service.follow()
    await counting.turn()
    labels = {"service": "scoring", "dealer": DEALER}
    assert REGISTRY.get_sample_value("aftercare_shadow_points", labels) is None


async def told(
    service: Following[ScoringFacts, ScoringRulebook],
) -> tuple[int, dict[int, int]]:
    """How many were compared, and how many of them win or lose how many points."""
    asked = make_app(title="scoring", doorman=KnowsEverybody())
    asked.include_router(routes(service.reader, service.clock, dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(asked), base_url="http://x") as http:
        page = (await http.get(f"/v1/dealers/{DEALER}/shadow")).json()
    totals = page["totals"]
    by = {each["by"]: each["number"] for each in totals["by"]}
    assert sum(by.values()) == totals["changed"] == len(page["customers"])
    return totals["judged"], by


def other(event: Event[Any]) -> Event[Any]:
    """The same, of another customer."""
    key = f"{DEALER}/cdk/C2"
    changes = {"customer_key": key, "document_id": f"{DEALER}/cdk/visit/R2"}
    return event._replace(key=key, data=event.data.model_copy(update=changes))


async def test_what_is_applied_is_no_longer_tried(tmp_path: Path) -> None:
    service = await running(tmp_path)
    path = written(tmp_path)
    await service.follow()
    assert service.decider.policy.shadow(DEALER) is not None
    draft = common(ScoringPolicy()).read_draft(path)
    await service.apply(DEALER, draft.edition.as_applied(service.clock.now()))
    assert service.decider.policy.shadow(DEALER) is None
    assert path.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"dealer: {DEALER}\nmargin: -1\n", ":2: margin: Input should be greater"),
        (f"dealer: {DEALER}\nmargn: 1\n", ":2: margn: there is no such field"),
        ("margin: 1\n", ":1: dealer: Field required"),
        ("{", " is not YAML"),
    ],
)
async def test_a_wrong_shadow_keeps_nobody_from_the_rules_in_force(
    tmp_path: Path, text: str, said: str
) -> None:
    service = await running(tmp_path)
    path = written(tmp_path, text)
    with capture_logs() as logged:
        edition = ScoringEdition(policy=MORE, applied_at=service.clock.now())
        await service.apply(DEALER, edition)
        assert service.watch is not None
        assert await service.watch(service.clock.now()) is None
    assert service.decider.policy.current(DEALER) == edition
    assert service.decider.policy.shadows == {}
    (told,) = [each for each in logged if each["log_level"] == "error"]
    assert told["event"] == "shadows are wrong, nothing is tried there"
    (line,) = told["lines"]
    assert line.startswith(str(path))
    assert said in line
    assert ScoringSettings(rules_dir=tmp_path).rulebook().current(DEALER) == edition


async def test_two_shadows_of_a_dealer_are_one_too_many(tmp_path: Path) -> None:
    service = await running(tmp_path)
    first = written(tmp_path)
    (first.parent / "zweiter.yaml").write_text(DRAFT, encoding="utf-8")
    reader = RulesFolder(tmp_path, common(ScoringPolicy()).reading())
    assert reader.rulebook() == service.decider.policy
    of_another = first.parent / "another.yaml"
    of_another.write_text(DRAFT.replace(DEALER, OTHER_DEALER), encoding="utf-8")
    assert list(reader.rulebook().shadows) == [OTHER_DEALER]
    assert list(reader.wrong_shadows) == [
        f"{first.parent}/zweiter.yaml:1: dealer: {DEALER} has {first.name} already"
    ]


async def test_a_file_that_cannot_be_read_hinders_nothing(tmp_path: Path) -> None:
    await running(tmp_path)
    link = RulesPaths(tmp_path, "scoring").shadows / "gone.yaml"
    link.symlink_to(tmp_path / "nowhere")
    reader = RulesFolder(tmp_path, common(ScoringPolicy()).reading())
    assert reader.rulebook().shadows == {}
    (line,) = reader.wrong_shadows
    assert line.startswith(f"{link}: cannot be read")
