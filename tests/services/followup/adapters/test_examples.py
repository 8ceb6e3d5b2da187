"""The example of rules to start from: right, for every dealer of the demo, and as its words say."""

from datetime import UTC, datetime

import pytest

from deploy.cli.policy.check import Checked, check
from services.followup.adapters.policies import kind
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from services.followup.settings import FollowUpSettings
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from tests import PROJECT

EXAMPLE = PROJECT / "deploy" / "examples" / "rules"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEALERS = read_dealers(EXAMPLE_DEALERS)
SHIPPED = FollowUpPolicy()


@pytest.fixture(scope="module")
def group() -> FollowUpPolicy:
    return FollowUpSettings(followup_policy_file=EXAMPLE / "followup" / "group.yaml").policy()


def checked(policy: FollowUpPolicy) -> Checked[FollowUpEdition, FollowUpRulebook]:
    return check(EXAMPLE, kind(policy), DEALERS, NOW)


def policies(policy: FollowUpPolicy) -> dict[str, FollowUpPolicy]:
    return {dealer: draft.edition.policy for dealer, draft in checked(policy).drafts.items()}


def test_the_example_is_for_every_dealer_of_the_demo_and_right(group: FollowUpPolicy) -> None:
    for rules_of_all in (SHIPPED, group):
        found = checked(rules_of_all)
        assert (found.wrong, list(found.warnings)) == ([], [])
        assert found.drafts.keys() == {dealer.id for dealer in DEALERS.all()}
        assert found.rulebook.editions == {}


def test_the_group_has_targets_and_its_dealers_their_own(group: FollowUpPolicy) -> None:
    assert (group.satisfaction.csi.overall, group.satisfaction.response_percent) == (8.5, 40)
    assert group.rules == SHIPPED.rules
    of = policies(group)
    assert of["sunrise/berlin"].satisfaction == group.satisfaction
    chicago = of["sunrise/chicago"].satisfaction
    assert (chicago.csi.overall, chicago.ssi.overall) == (9, 9)
    assert chicago.csi.items == group.satisfaction.csi.items
    assert {policy.contact_gap_days for policy in of.values()} == {21}


def test_a_due_day_moves_and_all_else_of_the_rule_stays() -> None:
    of = policies(SHIPPED)
    for dealer, rule in (
        ("sunrise/pudong", "delivery_thanks"),
        ("sunrise/chicago", "lead_quality"),
    ):
        moved, as_shipped = of[dealer].by_kind[rule], SHIPPED.by_kind[rule]
        assert moved.due != as_shipped.due
        assert moved.model_copy(update={"due": as_shipped.due, "opens": as_shipped.opens}) == (
            as_shipped
        )


def test_rules_of_their_own_are_added_and_others_taken_away() -> None:
    added = {
        dealer: policy.by_kind.keys() - SHIPPED.by_kind.keys()
        for dealer, policy in policies(SHIPPED).items()
    }
    assert added == {
        "sunrise/pudong": {"winter_check"},
        "sunrise/berlin": set(),
        "sunrise/chicago": {"month_call"},
    }
    berlin = policies(SHIPPED)["sunrise/berlin"]
    assert SHIPPED.by_kind.keys() - berlin.by_kind.keys() == {"insurance_renewal"}


def test_working_days_are_those_that_are_named() -> None:
    hours = policies(SHIPPED)["sunrise/berlin"].hours
    friday_night = datetime(2026, 12, 18, 20, 0, tzinfo=UTC)
    assert hours.next_open(friday_night, "Europe/Berlin") == datetime(2026, 12, 21, 8, tzinfo=UTC)
    eve = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    assert hours.next_open(eve, "Europe/Berlin") == datetime(2026, 12, 28, 8, tzinfo=UTC)
