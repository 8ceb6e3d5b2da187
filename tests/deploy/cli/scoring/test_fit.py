"""`aftercare scoring fit`: what it reads of scoring, and the draft that it prints."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from deploy.cli.failures import CannotRun
from deploy.cli.main import app
from deploy.cli.scoring.histories import History
from services.scoring.adapters.policies import kind as scoring_kind
from services.scoring.api import routes
from services.scoring.app import decider
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.settings import ScoringSettings
from shared.platform.http import make_app
from shared.policies.paths import RulesPaths
from shared.settings import HttpSettings
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.deploy.cli.scoring.simulated import END, every
from tests.served import served
from tests.services.scoring.given import DEALER, sale, visit

NOW = datetime(END.year, END.month, END.day, tzinfo=UTC)
REGULAR = every(120, give_or_take=12, customers=80, first=60)


def facts_of(history: History) -> ScoringFacts:
    """A car bought on the first day, and a visit on each of the others."""
    visits = [visit(f"{day}", f"R{number}") for number, day in enumerate(history.days)]
    return join(ScoringFacts(), [sale(f"{history.first_day}"), *visits])


async def fit(histories: list[History], *arguments: str) -> Result:
    """The command, asking a service that knows these customers."""
    facts = {
        f"{DEALER}/cdk/C{number:04d}": facts_of(history) for number, history in enumerate(histories)
    }
    found = make_app(title="scoring", doorman=KnowsEverybody())
    reader = MemoryReader.deciding(decider(ScoringSettings()), facts, NOW, dealers=DEALERS)
    found.include_router(routes(reader, ManualClock(NOW), dealers=DEALERS))
    async with served(found, HttpSettings()) as service:
        typed = ["scoring", "fit", *arguments, "--url", f"http://127.0.0.1:{service.port}"]
        return await asyncio.to_thread(CliRunner().invoke, app, typed)


async def test_it_prints_a_draft_that_the_policy_takes(tmp_path: Path) -> None:
    done = await fit(REGULAR, DEALER)
    assert done.exit_code == 0, done.exception
    draft = yaml.safe_load(done.stdout)
    assert draft["dealer"] == DEALER
    assert draft["forecast"]["usual_days"] == pytest.approx(120, abs=3)
    assert "80 customers" in done.stdout
    folder = RulesPaths(tmp_path, "scoring").policies
    folder.mkdir(parents=True)
    (folder / "pudong.yaml").write_text(done.stdout, encoding="utf-8")
    kind = scoring_kind(ScoringSettings().policy())
    drafts = kind.drafts(RulesPaths(tmp_path, "scoring"), NOW)
    assert (drafts.wrong, [*drafts.by_dealer]) == ([], [DEALER])


async def test_all_pages_are_read() -> None:
    many = every(120, give_or_take=12, customers=620, first=60)
    done = await fit([History(one.first_day, one.days[:3]) for one in many], DEALER, "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["customers"] == 620


async def test_for_programs_it_says_the_same() -> None:
    done = await fit(REGULAR, DEALER, "--json")
    told = json.loads(done.stdout)
    assert told["forecast"]["first_days"] == pytest.approx(60, abs=3)
    assert told["held_out"]["fitted"] < told["held_out"]["as_shipped"]
    assert told["bg_nbd"].keys() == {"r", "alpha_days", "a", "b", "customers"}


@pytest.mark.parametrize("histories", [[], REGULAR[:2]])
async def test_too_few_customers_are_told_how_many_it_takes(histories: list[History]) -> None:
    done = await fit(histories, DEALER)
    assert isinstance(done.exception, CannotRun)
    assert "too few visits" in str(done.exception)
    assert "it takes 100" in str(done.exception)


async def test_a_dealer_that_scoring_does_not_know_is_named_so() -> None:
    done = await fit(REGULAR[:1], "sunrise/nowhere")
    assert isinstance(done.exception, CannotRun)
    assert "answers 404" in str(done.exception)


@pytest.mark.parametrize("dealer", ["sunrise", "sunrise/pudong/cdk"])
def test_what_is_no_dealer_is_refused(dealer: str) -> None:
    done = CliRunner().invoke(app, ["scoring", "fit", dealer])
    assert done.exit_code == 2


def test_where_nothing_answers_it_says_so() -> None:
    done = CliRunner().invoke(app, ["scoring", "fit", DEALER, "--url", "http://127.0.0.1:1"])
    assert isinstance(done.exception, CannotRun)
    assert "does not answer" in str(done.exception)


async def test_what_is_read_says_nothing_of_who_it_is() -> None:
    facts = {f"{DEALER}/cdk/C1": facts_of(REGULAR[0])}
    reader = MemoryReader.deciding(decider(ScoringSettings()), facts, NOW, dealers=DEALERS)
    found = make_app(title="scoring", doorman=KnowsEverybody())
    found.include_router(routes(reader, ManualClock(NOW + timedelta(1)), dealers=DEALERS))
    async with served(found, HttpSettings()) as service:
        status, body = await service.get(f"/v1/dealers/{DEALER}/rhythms?limit=5")
    assert status == 200
    page = json.loads(body)
    assert page["customers"] == [
        {
            "first_day": f"{REGULAR[0].first_day}",
            "days": [f"{day}" for day in REGULAR[0].days],
        }
    ]
    assert (page["after"], page["as_of"]) == (None, "2025-01-02T00:00:00.000Z")
