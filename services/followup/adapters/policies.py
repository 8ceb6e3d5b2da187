"""The policy of followup as the folder of rules holds it: read, compared, put into words."""

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from shared.policies.kind import PolicyKind
from shared.policies.policy_file import CommonRules


def common(policy: FollowUpPolicy) -> CommonRules[FollowUpPolicy]:
    """Where these are the rules of all dealers that have none of their own."""
    return CommonRules(
        service="followup",
        edition=FollowUpEdition,
        rulebook=FollowUpRulebook,
        policy=policy,
        memory_days="remember_days",
    )


def kind(policy: FollowUpPolicy) -> PolicyKind[FollowUpEdition, FollowUpRulebook]:
    """What followup says of its policy."""
    return common(policy).kind()
