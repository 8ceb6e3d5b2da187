"""Whoever reports may name their own dealers and sources, and no others."""

import pytest

from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.examine.feed import Feed, Reach, Several, within
from shared.auth.principal import Grant, Principal
from tests.services.intake.given import BERLIN, DEALERS, NOW, PUDONG, Data, event, key, link, visit

OWN = Feed(dealer_id=PUDONG, source="cdk")


def several(*dealers: str, source: str | None = None) -> Several:
    """All that a key of these dealers may report of."""
    grant = Grant(scopes=frozenset({"events:write"}), dealers=frozenset(dealers), source=source)
    return Several(Principal(id="key/one", grants=(grant,)))


def sent(noun: str, data: Data, reach: Reach) -> Reported | InvalidEvent:
    return within(examine(event(noun, data), dealers=DEALERS, now=NOW), reach)


def wrong(found: Reported | InvalidEvent) -> list[str]:
    return [each.pointer for each in found.errors] if isinstance(found, InvalidEvent) else []


@pytest.mark.parametrize(
    ("reach", "dealer_id", "source", "told"),
    [
        (OWN, PUDONG, "cdk", []),
        (OWN, PUDONG, "other", ["/data/source"]),
        (OWN, BERLIN, "cdk", ["/data/dealer_id"]),
        (several(PUDONG), PUDONG, "other", []),
        (several(PUDONG), BERLIN, "cdk", ["/data/dealer_id"]),
        (several(PUDONG, source="cdk"), PUDONG, "other", ["/data/source"]),
        (several(PUDONG, BERLIN), BERLIN, "cdk", []),
        (several("sunrise/*"), BERLIN, "cdk", []),
        (several("moon/*"), BERLIN, "cdk", ["/data/dealer_id"]),
        (several("*"), BERLIN, "cdk", []),
    ],
)
def test_what_they_may_not_report_is_not_valid(
    reach: Reach, dealer_id: str, source: str, told: list[str]
) -> None:
    assert wrong(sent("visit", visit(dealer_id=dealer_id, source=source), reach)) == told


@pytest.mark.parametrize(
    ("reach", "told"),
    [
        (OWN, ["/data/other_customer_key"]),
        (several(PUDONG), ["/data/other_customer_key"]),
        (several(PUDONG, BERLIN), []),
        (several("sunrise/*"), []),
    ],
)
def test_a_link_to_another_dealers_customer_needs_leave_there(
    reach: Reach, told: list[str]
) -> None:
    across = link(other_customer_id=None, other_customer_key=key(dealer_id=BERLIN))
    assert wrong(sent("customer-link", across, reach)) == told


@pytest.mark.parametrize(
    ("reach", "owner"),
    [
        (OWN, (PUDONG, "cdk")),
        (several(PUDONG), ("unknown", "unknown")),
        (several("sunrise/*"), (BERLIN, "cdk")),
    ],
)
def test_what_is_not_valid_is_never_anothers(reach: Reach, owner: tuple[str, str]) -> None:
    found = sent("visit", visit(dealer_id=BERLIN, ro_no=None), reach)
    assert isinstance(found, InvalidEvent)
    assert (found.dealer_id, found.source) == owner
