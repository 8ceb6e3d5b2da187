"""The services that a rehearsal is played by, by the rules and of the dealers of their own."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import SecretStr

from deploy.cli import configuration
from deploy.cli.failures import WrongConfiguration
from services.complaints import app as complaints
from services.complaints.settings import ComplaintSettings
from services.followup import app as followup
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.settings import FollowUpSettings
from services.identity import app as identity
from services.identity.settings import IdentitySettings
from services.intake.settings import IntakeSettings
from services.scoring import app as scoring
from services.scoring.settings import ScoringSettings
from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider
from shared.settings import RuledSettings
from shared.yaml_file import WrongFile

S = TypeVar("S", bound=RuledSettings)


class Services(NamedTuple):
    """All that a report goes through."""

    dealers: Dealers
    deciders: Sequence[Decider[Any, Any]]
    """Whom others wait for first, followup last."""
    rules: FollowUpRulebook
    most_bytes: int
    """How much intake takes at once."""
    most_bytes_of_an_event: int
    now: datetime

    def tasks_of(self, dealer_id: str, now: datetime) -> FollowUpPolicy:
        """The rules of followup for a dealer."""
        return self.rules.in_force(dealer_id, now).policy


def services_of(rules: Path | None) -> Services:
    """As the environment configures them, with the rules in that folder if one is named.

    Raises `WrongConfiguration`.
    """
    taking = cast("IntakeSettings", configuration.checked("intake"))
    judging = _settings(ComplaintSettings, "complaints", rules)
    linking = _settings(IdentitySettings, "identity", rules)
    grading = _settings(ScoringSettings, "scoring", rules)
    following = _settings(FollowUpSettings, "followup", rules)
    if not linking.identity_secret.get_secret_value():  # nothing that is hashed here is kept
        linking = linking.model_copy(update={"identity_secret": SecretStr(token_hex(32))})
    try:
        tasks = followup.service(following)
        return Services(
            dealers=taking.dealers(),
            deciders=(
                identity.service(linking),
                complaints.decider(judging),
                scoring.service(grading),
                tasks,
            ),
            rules=tasks.policy,
            most_bytes=taking.max_body_bytes,
            most_bytes_of_an_event=taking.max_event_bytes,
            now=taking.clock.clock().now(),
        )
    except WrongFile as wrong:
        raise WrongConfiguration(wrong.lines) from None


def _settings(kind: type[S], service: str, rules: Path | None) -> S:
    if rules is None:
        settings = configuration.checked(service)
    else:
        settings = configuration.ruled_settings(service)
        settings = settings.model_copy(update={"rules_dir": rules})
    assert isinstance(settings, kind)
    return settings
