"""What identity keeps: nothing personal, in any order the same, and never more than it can hold."""

from itertools import permutations
from typing import Any

import pytest

from services.identity.domain.facts import MOST_CLAIMANTS, IdentityFacts, join
from services.identity.domain.keyed import KeyedHash
from shared.contracts.envelope import Event
from shared.contracts.identifiers import car_of, telephone_key
from shared.contracts.identity import ClaimWithdrawn, IdentifierClaimed
from shared.contracts.intake import ProfileRecorded
from tests.services.identity.given import (
    CRM,
    DMS,
    MOBILE,
    PUDONG,
    START,
    WANG,
    profile,
    sale,
)
from tests.services.identity.network import Network

NUMBER = telephone_key("sunrise", "pudong", "0f" * 16)
KEYED = KeyedHash("a secret of tests")


def claimed(claimant: str, sequence: int = 1, *, links: bool = True) -> Event[Any]:
    data = IdentifierClaimed(
        customer_key=NUMBER,
        dealer_id="sunrise/persons",
        claimant_key=claimant,
        links=links,
        most_names=3,
        most_customers=10,
    )
    return Event(f"{claimant}:{sequence}", NUMBER, data.dealer_id, START, data, sequence=sequence)


def withdrawn(claimant: str, sequence: int) -> Event[Any]:
    data = ClaimWithdrawn(
        customer_key=NUMBER,
        dealer_id="sunrise/persons",
        about=f"claim/{NUMBER}",
        withdrawn_at=START,
        claimant_key=claimant,
    )
    return Event(f"{claimant}:{sequence}", NUMBER, data.dealer_id, START, data, sequence=sequence)


def test_neither_names_nor_numbers_are_kept_or_told() -> None:
    told = Network.of(
        profile(DMS, "Erika Mustermann", MOBILE), profile(CRM, "Erika Mustermann", MOBILE)
    )
    kept = "".join(each.facts for each in told.stored().values())
    said = "".join(f"{each.model_dump_json()}" for each in told.published)
    keys = "".join(told.stored())
    for personal in ("Erika", "erika", "Mustermann", "mustermann", MOBILE, MOBILE[3:]):
        assert personal not in kept + said + keys


def test_a_digest_is_of_one_secret_one_group_and_one_kind() -> None:
    one = KEYED.telephone("sunrise", MOBILE)
    assert one == KeyedHash("a secret of tests").telephone("sunrise", MOBILE)
    others = (
        KeyedHash("another secret").telephone("sunrise", MOBILE),
        KEYED.telephone("moon", MOBILE),
        KEYED.name("sunrise", "person", MOBILE + "a"),
    )
    assert len({one, *others}) == 4
    assert KEYED.name("sunrise", "person", WANG) != KEYED.name("sunrise", "business", WANG)


def test_the_last_word_of_a_claimant_counts_in_any_order() -> None:
    story = [claimed(DMS, 1), withdrawn(DMS, 2), claimed(DMS, 3), claimed(CRM, 1)]
    found = [join(IdentityFacts(), told, keyed=KEYED) for told in permutations(story)]
    assert all(each == found[0] for each in found)
    assert [found[0].claims[key].stands for key in (DMS, CRM)] == [True, True]
    assert join(found[0], story, keyed=KEYED) is found[0]


def test_a_number_that_too_many_ever_had_holds_few_and_links_nobody_in_any_order() -> None:
    many = [claimed(f"{PUDONG}/dms/{number:05}") for number in range(MOST_CLAIMANTS + 40)]
    forth = join(IdentityFacts(), many, keyed=KEYED)
    back = IdentityFacts()
    for event in reversed(many):
        back = join(back, [event], keyed=KEYED)
    assert forth == back
    assert len(forth.claims) == MOST_CLAIMANTS + 1
    assert join(forth, many, keyed=KEYED) is forth
    gone = [withdrawn(event.data.claimant_key, 2) for event in many[2:]]
    assert len(join(forth, gone, keyed=KEYED).claims) == MOST_CLAIMANTS + 1


def test_facts_survive_being_stored_and_read_again() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        sale(DMS, traded_in=["A CAR|, 1"], by_the_day=True),
        sale(CRM),
        profile(CRM, WANG, MOBILE),
    )
    for stored in told.stored().values():
        facts = IdentityFacts.model_validate_json(stored.facts)
        assert facts.model_dump_json(exclude_defaults=True) == stored.facts
    assert any(car_of(key) == "A CAR|, 1" for key in told.stored() if "/vin/" in key)


def test_a_tombstone_of_a_profile_is_its_newest_word() -> None:
    last = profile(DMS, WANG, MOBILE).data
    gone = ProfileRecorded.of_tombstone(DMS, START)
    assert gone.document_id == last.document_id
    assert gone.version > last.version
    assert (gone.name, gone.phones) == (None, ())


@pytest.mark.parametrize("key", [f"{PUDONG}/dms/lead/1", f"{PUDONG}/dms/doc/1"])
def test_what_is_kept_under_no_customer_leads_to_nothing(key: str) -> None:
    event = sale(DMS)
    data = event.data.model_copy(update={"customer_key": key})
    told = Network.of(event._replace(key=key, data=data))
    assert told.said == []
