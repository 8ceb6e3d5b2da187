"""The rules that customers are decided by: of each dealer the editions of its policy. Pure."""

from typing import TypeAlias

from services.followup.domain.policy import FollowUpPolicy
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook

FollowUpEdition: TypeAlias = PolicyEdition[FollowUpPolicy]
FollowUpRulebook: TypeAlias = Rulebook[PolicyEdition[FollowUpPolicy]]
