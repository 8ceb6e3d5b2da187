"""What the demo aims at changes what figures are held against, and nothing of who is called."""

from pathlib import Path

from deploy.sandbox.demo.play import AIMS, demo_environment
from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings


def test_the_demo_has_targets_and_is_otherwise_as_it_ships(tmp_path: Path) -> None:
    assert demo_environment(tmp_path)["AFTERCARE_FOLLOWUP_POLICY_FILE"] == str(AIMS)
    policy, shipped = FollowUpSettings(followup_policy_file=AIMS).policy(), FollowUpPolicy()
    assert policy.model_copy(update={"satisfaction": shipped.satisfaction}) == shipped
    for survey in (policy.satisfaction.ssi, policy.satisfaction.csi):
        assert survey.overall is not None and survey.items and survey.importance
