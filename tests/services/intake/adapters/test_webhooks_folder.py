"""A folder of webhooks that changes while intake runs."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.webhooks_folder import LOOK_EVERY, TRY_AGAIN_AFTER, WatchedWebhooks
from shared.testing.clock import ManualClock
from shared.yaml_file import WrongFile
from tests.services.intake.given import DEALERS, NOW, PUDONG
from tests.services.intake.given_webhooks import VISITS
from tests.services.intake.signing import SECRET, SECRET_TEXT

OTHER_TEXT = "whsec_" + "b3RoZXIg" * 4
OTHER = b"other " * 4
CRM = f"""
dealer_id: {PUDONG}
source: crm
takes: cloudevents
secrets:
  - file: secret
"""


class Folder:
    """A webhook, the file of its secret, and the time."""

    def __init__(self, path: Path) -> None:
        self.path = path / "webhooks"
        self.path.mkdir()
        self.mappings = path / "mappings"
        self.mappings.mkdir()
        self.clock = ManualClock(NOW)
        (self.path / "secret").write_text(SECRET_TEXT)
        (self.path / "crm.yaml").write_text(CRM)
        self.webhooks = WatchedWebhooks(
            self.path, dealers=DEALERS, mappings=Mappings(self.mappings), clock=self.clock
        )

    def replace(self, name: str, content: str) -> None:
        """As an operator does it, and a little later."""
        other = self.path / "new"
        other.write_text(content)
        other.replace(self.path / name)
        self.clock.advance(LOOK_EVERY)

    def secrets(self, name: str = "crm") -> tuple[bytes, ...] | None:
        found = self.webhooks.find(name)
        return None if found is None else tuple(found.secrets)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_secret_is_changed_by_one_that_takes_its_place(folder: Folder) -> None:
    assert folder.secrets() == (SECRET,)
    (folder.path / "other").write_text(OTHER_TEXT)
    folder.replace("crm.yaml", CRM + "  - file: other\n")
    assert folder.secrets() == (SECRET, OTHER)
    folder.replace("crm.yaml", CRM.replace("file: secret", "file: other"))
    assert folder.secrets() == (OTHER,), "what was taken out opens nothing more"


def test_a_secret_is_changed_in_its_own_file_time_and_again(folder: Folder) -> None:
    for text, secret in [(OTHER_TEXT, OTHER), (SECRET_TEXT, SECRET)] * 2:
        folder.replace("secret", text)
        assert folder.secrets() == (secret,)


def test_webhooks_come_and_go(folder: Folder) -> None:
    folder.replace("shop.yaml", CRM)
    assert (folder.secrets("crm"), folder.secrets("shop")) == ((SECRET,), (SECRET,))
    (folder.path / "crm.yaml").unlink()
    folder.clock.advance(LOOK_EVERY)
    assert (folder.secrets("crm"), folder.secrets("shop")) == (None, (SECRET,))


def test_the_files_are_looked_at_once_a_second_at_most(folder: Folder) -> None:
    folder.replace("crm.yaml", CRM)
    assert folder.secrets() == (SECRET,)
    (folder.path / "crm.yaml").unlink()
    folder.clock.advance(LOOK_EVERY / 2)
    assert folder.secrets() == (SECRET,)
    folder.clock.advance(LOOK_EVERY / 2)
    assert folder.secrets() is None


@pytest.mark.parametrize(
    "text", ["", "{", CRM.replace(PUDONG, "sunrise/nowhere"), CRM.replace("secret\n", "none\n")]
)
def test_a_file_that_cannot_be_used_leaves_what_was_before_and_keeps_no_other(
    folder: Folder, text: str
) -> None:
    (folder.path / "other").write_text(OTHER_TEXT)
    with capture_logs() as logged:
        folder.replace("crm.yaml", text)
        folder.replace("shop.yaml", CRM.replace("file: secret", "file: other"))
        assert (folder.secrets("crm"), folder.secrets("shop")) == ((SECRET,), (OTHER,))
        folder.clock.advance(LOOK_EVERY)
        assert folder.secrets() == (SECRET,)
    errors = [entry for entry in logged if entry["log_level"] == "error"]
    assert len(errors) == 1, "it is said once"
    assert "crm.yaml" in str(errors)
    assert SECRET_TEXT not in str(logged) and OTHER_TEXT not in str(logged)
    folder.replace("crm.yaml", CRM.replace("file: secret", "file: other"))
    assert folder.secrets() == (OTHER,)


def test_a_folder_that_is_away_for_a_while_leaves_what_was_before(folder: Folder) -> None:
    away = folder.path.rename(folder.path.with_name("away"))
    folder.clock.advance(LOOK_EVERY)
    assert folder.secrets() == (SECRET,)
    away.rename(folder.path)
    folder.replace("secret", OTHER_TEXT)
    assert folder.secrets() == (OTHER,)


def test_what_a_file_names_may_come_after_it(folder: Folder) -> None:
    folder.replace("shop.yaml", CRM.replace("cloudevents", "our-visits"))
    assert folder.secrets("shop") is None
    (folder.mappings / "our-visits.yaml").write_text(VISITS)
    folder.clock.advance(TRY_AGAIN_AFTER)
    assert folder.secrets("shop") == (SECRET,)


def test_intake_does_not_start_with_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text(CRM)
    with pytest.raises(WrongFile, match=r"crm.yaml:6: secrets.0: the file cannot be read"):
        WatchedWebhooks(tmp_path, dealers=DEALERS, mappings=Mappings(None), clock=ManualClock(NOW))
