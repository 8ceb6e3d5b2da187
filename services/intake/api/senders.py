"""Of whom those may report who ask."""

from services.intake.domain.examine.feed import Feed, Reach, Several
from shared.auth.principal import Principal


def reach_of(who: Principal) -> Reach:
    """The feed whose key it is; else all that it may report of."""
    for grant in who.grants:
        dealers = [each for each in grant.dealers if not each.endswith("*")]
        is_one = len(who.grants) == len(grant.dealers) == len(dealers) == 1
        if is_one and grant.source is not None:
            return Feed(dealer_id=dealers[0], source=grant.source)
    return Several(who)
