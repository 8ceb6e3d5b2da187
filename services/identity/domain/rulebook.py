"""The rules that customers are decided by: of each dealer the editions of its policy. Pure."""

from typing import TypeAlias

from services.identity.domain.policy import IdentityPolicy
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook

IdentityEdition: TypeAlias = PolicyEdition[IdentityPolicy]
IdentityRulebook: TypeAlias = Rulebook[PolicyEdition[IdentityPolicy]]
