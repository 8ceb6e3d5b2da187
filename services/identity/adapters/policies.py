"""The policy of identity as the folder of rules holds it: read, compared, put into words."""

from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.policies.kind import PolicyKind
from shared.policies.policy_file import CommonRules


def common(policy: IdentityPolicy) -> CommonRules[IdentityPolicy]:
    """Where these are the rules of all dealers that have none of their own."""
    return CommonRules(
        service="identity",
        edition=IdentityEdition,
        rulebook=IdentityRulebook,
        policy=policy,
        memory_days=None,
    )


def kind(policy: IdentityPolicy) -> PolicyKind[IdentityEdition, IdentityRulebook]:
    """What identity says of its policy."""
    return common(policy).kind()
