"""Whom one customer is linked to directly, as far as they can tell by themselves. Pure.

A link counts when both tell it, so that the rules of two dealers must both allow it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.identity.domain.facts import IdentityFacts, StaffWord
from services.identity.domain.policy import IdentityPolicy
from shared.contracts.identifiers import dealer_of, group_of, is_customer_key, is_of_persons
from shared.contracts.identity import MOST_APART, MOST_MEMBERS, Link, LinkRule

Says = Literal["same", "different", "nothing"]


@dataclass(slots=True)
class _InCommon:
    """What this customer and another have in common: how the names are there."""

    telephones: set[str] = field(default_factory=set)
    cars: dict[str, str] = field(default_factory=dict)
    """VIN -> whether the names are the same."""


def links(facts: IdentityFacts, policy: IdentityPolicy) -> Mapping[str, tuple[Link, ...]]:
    """Another customer -> why they are the same person; by key.

    By rule, more than a person can have tell nobody from another: then those of staff are left.
    """
    said = statements(facts)
    apart = apart_from(facts, policy)
    found: dict[str, list[Link]] = {}
    for link in _by_rule(facts, policy):
        if link.customer_key not in apart:
            found.setdefault(link.customer_key, []).append(link)
    if len(found) >= MOST_MEMBERS:
        found = {}
    staffs = [key for key, says in said.items() if says == "same"] if policy.staff else []
    if len({*found, *staffs}) >= MOST_MEMBERS:
        found = {}
    if len(staffs) >= MOST_MEMBERS:
        staffs = []
    for key in staffs:
        if is_within_reach(key, facts.customer_key, policy):
            found.setdefault(key, []).append(Link(customer_key=key, rule="staff"))
    return {key: tuple(found[key]) for key in sorted(found)}


def apart_from(facts: IdentityFacts, policy: IdentityPolicy) -> Collection[str]:
    """Who of those that the dealer looks at is somebody else, as staff say: whatever any rule
    says."""
    said = (key for key, says in statements(facts).items() if says == "different")
    return sorted(key for key in said if is_within_reach(key, facts.customer_key, policy))[
        :MOST_APART
    ]


def statements(facts: IdentityFacts) -> Mapping[str, Says]:
    """Another customer -> what staff said of both last."""
    newest: dict[str, tuple[tuple[object, ...], Says]] = {}
    for key, known in facts.documents.items():
        if not isinstance(known, StaffWord) or known.other == facts.customer_key:
            continue
        if is_customer_key(known.other) and not is_of_persons(known.other):
            order = (known.at, known.version, key)
            if known.other not in newest or order > newest[known.other][0]:
                newest[known.other] = (order, known.says)
    return {other: says for other, (_, says) in newest.items()}


def is_within_reach(key: str, customer_key: str, policy: IdentityPolicy) -> bool:
    """Whether the customer's dealer looks at that one: a customer of theirs, or of the group's."""
    if dealer_of(key) == dealer_of(customer_key):
        return True
    return policy.reach == "group" and group_of(key) == group_of(customer_key)


def _by_rule(facts: IdentityFacts, policy: IdentityPolicy) -> Iterator[Link]:
    nameless: list[Link] = []
    for other, common in sorted(_in_common(facts).items()):
        if other == facts.customer_key or not is_within_reach(other, facts.customer_key, policy):
            continue
        if policy.telephone.links and "same" in common.telephones:
            yield _link(other, "telephone")
        same = sorted(vin for vin, names in common.cars.items() if names == "same")
        if policy.vehicle.links and same:
            yield _link(other, "vehicle", same[0])
        unknown = sorted(vin for vin, names in common.cars.items() if names == "unknown")
        if policy.telephone_and_vehicle and unknown and "unknown" in common.telephones:
            nameless.append(_link(other, "telephone_and_vehicle", unknown[0]))
    if len(nameless) == 1:  # one without a name must not join two who have different ones
        yield nameless[0]


def _in_common(facts: IdentityFacts) -> Mapping[str, _InCommon]:
    found: dict[str, _InCommon] = {}
    for answer in facts.answers.values():
        for shared in answer.shared:
            common = found.setdefault(shared.customer_key, _InCommon())
            if answer.vin:
                common.cars[answer.vin] = shared.names
            else:
                common.telephones.add(shared.names)
    return found


def _link(other: str, rule: LinkRule, vin: str | None = None) -> Link:
    return Link(customer_key=other, rule=rule, vin=vin)
