"""The policy of scoring as the folder of rules holds it: read, compared, put into words."""

from collections.abc import Iterator

from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from shared.dealers.dealer import Dealers
from shared.policies.kind import PolicyKind
from shared.policies.policy_file import CommonRules


def common(policy: ScoringPolicy) -> CommonRules[ScoringPolicy]:
    """Where these are the rules of all dealers that have none of their own."""
    return CommonRules(
        service="scoring",
        edition=ScoringEdition,
        rulebook=ScoringRulebook,
        policy=policy,
        memory_days="remember_changes_days",
        shadowed=True,
    )


def kind(policy: ScoringPolicy) -> PolicyKind[ScoringEdition, ScoringRulebook]:
    """What scoring says of its policy."""
    return common(policy).kind(_warnings)


def _warnings(dealer_id: str, edition: ScoringEdition, dealers: Dealers) -> Iterator[str]:
    """Where the dealer is paid in a currency whose money gives no points."""
    dealer = dealers.find(dealer_id)
    if dealer is not None and dealer.currency not in edition.policy.currency_per_point:
        yield (
            f"no rate for {dealer.currency}: what customers pay for service gives no points; add "
            f"`currency_per_point: {{{dealer.currency}: …}}`"
        )
