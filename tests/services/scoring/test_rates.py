"""A dealer whose customers' payments give no points is pointed out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from deploy.cli import configuration
from services.scoring.app import show_rates
from services.scoring.settings import ScoringSettings
from shared.dealers.dealer import Dealer, Dealers
from shared.platform import metrics
from shared.settings import starting
from shared.yaml_file import WrongFile

LONDON = Dealer(
    id="sunrise/london",
    name="Sunrise London",
    timezone="Europe/London",
    currency="GBP",
    region="GB",
)
BERLIN = Dealer(
    id="sunrise/berlin",
    name="Sunrise Berlin",
    timezone="Europe/Berlin",
    currency="EUR",
    region="DE",
)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
DEALERS_FILE = """\
dealers:
  - {id: a/london, name: A, timezone: Europe/London, currency: GBP, region: GB}
  - {id: a/berlin, name: B, timezone: Europe/Berlin, currency: EUR, region: DE}
"""


@pytest.fixture(autouse=True)
def gauge() -> Iterator[None]:
    yield
    metrics.currency_without_rate.clear()


def test_it_is_logged_at_the_start_and_seen_by_a_gauge() -> None:
    with capture_logs() as logged:
        show_rates(Dealers([LONDON, BERLIN]), ScoringSettings().rulebook(), NOW)
    assert [(line["dealer"], line["currency"]) for line in logged] == [("sunrise/london", "GBP")]
    gauge, told = "aftercare_currency_without_rate", REGISTRY.get_sample_value
    assert told(gauge, {"dealer": "sunrise/london", "currency": "GBP"}) == 1
    assert told(gauge, {"dealer": "sunrise/berlin", "currency": "EUR"}) is None


def test_the_check_of_the_configuration_warns_until_a_rate_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealers, rates = tmp_path / "dealers.yaml", tmp_path / "scoring.yaml"
    dealers.write_text(DEALERS_FILE, encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_DEALERS_FILE", str(dealers))
    checked = {"scoring": configuration.checked("scoring")}
    [line] = configuration.missing_rates(checked)
    assert line.startswith(f"{dealers}: a/london is paid in GBP, for which")
    assert "currency_per_point: {GBP: …}" in line
    rates.write_text("currency_per_point: {GBP: 12}\n", encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_SCORING_POLICY_FILE", str(rates))
    assert configuration.missing_rates({"scoring": configuration.checked("scoring")}) == []


def test_a_file_that_is_wrong_ends_the_service_with_its_lines() -> None:
    starts = pytest.raises(SystemExit, match=r"scoring cannot start.*\ndealers.yaml:3: region: no")
    with starts, starting("scoring"):
        raise WrongFile(["dealers.yaml:3: region: no"])
