"""What other rules would do to a customer's links, as far as it is known beforehand."""

from services.identity.domain.dry_run import TRIAL
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.policy import IdentityPolicy, TelephoneRule
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.contracts.identifiers import car_key
from shared.contracts.values import instant_text
from tests.services.identity.given import (
    CAR,
    CRM,
    DECIDER,
    DMS,
    MOBILE,
    PUDONG,
    START,
    WANG,
    day,
    profile,
    sale,
)
from tests.services.identity.network import Network

TOLD = Network.of(profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE), sale(DMS))


def would_be(policy: IdentityPolicy, key: str = DMS) -> list[tuple[str, str]] | None:
    """What changes for a customer, and how; None: it is not judged."""
    edition = IdentityEdition(applied_at=START, policy=policy)
    other, _ = TRIAL.propose(DECIDER.policy, PUDONG, edition.model_dump(mode="json"))
    facts = IdentityFacts.model_validate_json(TOLD.stored()[key].facts)
    found = TRIAL.compare(facts, DECIDER.policy, other, day(1))
    return None if found is None else [(each.output, each.effect) for each in found.differences]


def test_links_that_would_go_are_counted() -> None:
    without = IdentityPolicy(telephone=TelephoneRule(links=False))
    assert would_be(without) == [(f"link/{CRM}", "unlinks")]


def test_a_wider_reach_changes_what_is_claimed() -> None:
    assert would_be(IdentityPolicy(reach="group")) == [("claims", "changes")]


def test_the_same_rules_change_nothing_and_what_is_no_customer_is_not_judged() -> None:
    assert would_be(IdentityPolicy()) == []
    assert would_be(IdentityPolicy(reach="group"), car_key("sunrise", "pudong", CAR)) is None


def test_when_the_last_edition_was_applied_is_told() -> None:
    edition = IdentityEdition(applied_at=START, policy=IdentityPolicy())
    rulebook: IdentityRulebook = DECIDER.policy.with_edition(PUDONG, edition)
    at = TRIAL.applied_at(rulebook, PUDONG)
    assert at is not None
    assert instant_text(at) == instant_text(START)
