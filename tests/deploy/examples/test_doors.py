"""The examples of watched folders and of connectors can be used as they are."""

from pathlib import Path

from deploy.cli import configuration
from services.intake.adapters.connectors.connectors_file import read_connectors
from services.intake.adapters.drops.drops_file import read_drops
from tests import PROJECT

DOORS = PROJECT / "deploy" / "examples" / "doors"


def test_they_are_read() -> None:
    settings = configuration.intake_settings()
    dealers, mappings = settings.dealers(), settings.mappings()
    folders = read_drops(DOORS / "drops.yaml", dealers=dealers, mappings=mappings)
    assert [each.name for each in folders] == ["pudong-dms", "berlin-dms"]
    connectors = read_connectors(DOORS / "connectors.yaml", dealers=dealers, mappings=mappings)
    assert [each.topic for each in connectors] == ["dms.public.repair_order", "crm.events"]


def test_all_are_named_in_the_documents() -> None:
    pages = [*(PROJECT / "docs" / "operations").glob("*.md")]
    told = "".join(page.read_text("utf-8") for page in pages)
    assert all(f"doors/{path.name}" in told for path in Path(DOORS).iterdir())
