"""The rules that customers are decided by: of each dealer the editions of its policy. Pure."""

from typing import TypeAlias

from services.scoring.domain.policy import ScoringPolicy
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook

ScoringEdition: TypeAlias = PolicyEdition[ScoringPolicy]
ScoringRulebook: TypeAlias = Rulebook[PolicyEdition[ScoringPolicy]]
