"""A service that cannot start says what to mend: no traceback, and no value that was set."""

from collections.abc import Callable

import pytest

from services.complaints.app import main as complaints
from services.followup.app import main as followup
from services.identity.app import main as identity
from services.intake.app import main as intake
from services.scoring.app import main as scoring
from shared.policies.paths import OLD_VARIABLE

each_service = pytest.mark.parametrize("start", [intake, scoring, followup, complaints, identity])
each_that_has_rules = pytest.mark.parametrize("start", [scoring, followup, complaints, identity])


@each_service
def test_a_wrong_variable_is_named_and_its_value_is_not_told(
    start: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_HTTP__PORT", "s3cret")
    with pytest.raises(SystemExit) as ended:
        start()
    said = str(ended.value.code)
    assert "cannot start, its settings are wrong:\nAFTERCARE_HTTP__PORT: Input should be" in said
    assert "s3cret" not in said


@each_that_has_rules
def test_the_variable_that_named_the_rules_before_is_refused_with_what_to_type(
    start: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OLD_VARIABLE, "/etc/aftercare/rules")
    with pytest.raises(SystemExit, match="`mkdir complaints && mv policies applied complaints/`"):
        start()
