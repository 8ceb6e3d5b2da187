"""One person under several numbers: what counts is all that they did, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import Because, Member, PersonChanged, PersonWithdrawn
from shared.contracts.outputs import Output
from shared.contracts.scoring import GradeChanged, LinkedFactsTold, ScoreChanged
from shared.contracts.values import Bilingual
from shared.decider.digests import Horizon
from tests.services.network import Network, at_random
from tests.services.scoring.given import (
    CUSTOMER,
    DEALER,
    DECIDER,
    day,
    referral,
    sale,
    visit,
)
from tests.services.scoring.given_identity import parted
from tests.services.scoring.stories import stories

CRM = f"{DEALER}/crm/7"
ABROAD = "sunrise/berlin/dms/C1"
ALL = (CUSTOMER, CRM, ABROAD)
NOW = day("2025-06-01")
CAR = "LSVAU2180N2183294"
BECAUSE = Because(rule="staff", other_customer_key=CRM, words=Bilingual(en="-", zh="-"))


def of(customer: str, *events: Event[Any]) -> list[Event[Any]]:
    """The same, of this customer."""
    changes = {"customer_key": customer, "dealer_id": dealer_of(customer)}
    return [
        event._replace(
            key=customer,
            dealer_id=changes["dealer_id"],
            data=event.data.model_copy(update=changes),
        )
        for event in events
    ]


def one_person(*members: str, sequence: int = 1) -> list[Event[Any]]:
    """As identity tells each of them."""
    return [
        Event(
            f"{key}:{sequence}",
            key,
            dealer_of(key),
            NOW,
            PersonChanged(
                customer_key=key,
                dealer_id=dealer_of(key),
                members=tuple(
                    Member(customer_key=other, because=(BECAUSE,))
                    for other in sorted(members)
                    if other != key
                ),
            ),
            sequence=sequence,
        )
        for key in members
    ]


def nobody_else(key: str, sequence: int = 2) -> Event[Any]:
    """Identity takes it back."""
    data = PersonWithdrawn(
        customer_key=key, dealer_id=dealer_of(key), about="person", withdrawn_at=NOW
    )
    return Event(f"{key}:{sequence}", key, data.dealer_id, NOW, data, sequence=sequence)


class Persons(Network[ScoringFacts, ScoringPolicy]):
    """Scoring's customers, and what they tell each other."""

    @classmethod
    def of(cls, *reported: Event[Any] | Sequence[Event[Any]], now: datetime = NOW) -> "Persons":
        """Where this was reported, and all is quiet."""
        return cls(DECIDER, now).reported(*reported)

    def score(self, customer: str) -> ScoreChanged:
        [found] = [
            each
            for each in self.said
            if isinstance(each, ScoreChanged) and each.customer_key == customer
        ]
        return found

    def points(self, customer: str) -> dict[str, int]:
        return {reason.rule: reason.points for reason in self.score(customer).reasons}

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The changes of grade that stand: of whom, and to what."""
        return [
            (each.customer_key, each.after) for each in self.said if isinstance(each, GradeChanged)
        ]


def content(each: Output) -> dict[str, Any]:
    """What is said, but for whom it is said of."""
    return each.model_dump(exclude={"customer_key", "dealer_id", "person"})


SPENT = (
    *of(CUSTOMER, visit("2025-03-01", "R1", paid="2000")),
    *of(CRM, visit("2025-04-01", "R2", paid="1500")),
)


def test_two_hundred_and_a_hundred_and_fifty_points_never_become_a_hundred() -> None:
    """They become what one customer would have who did all of it; each counts once."""
    apart = Persons.of(*SPENT)
    both = Persons.of(*of(CUSTOMER, *SPENT)).score(CUSTOMER)
    together = apart.reported(*one_person(CUSTOMER, CRM))
    for key in (CUSTOMER, CRM):
        assert content(together.score(key)) == content(both)
    assert [Persons.of(each).score(each.key).value for each in SPENT] == [20, 15]
    assert both.value == 35


def test_reasons_name_the_documents_of_either_and_who_the_others_are() -> None:
    score = Persons.of(*SPENT, *one_person(CUSTOMER, CRM)).score(CUSTOMER)
    documents = {name for reason in score.reasons for name in reason.documents}
    assert documents == {event.data.document_id for event in SPENT}
    assert score.person == (CRM,)


def test_a_car_that_both_bought_counts_once_and_as_what_they_were_at_best() -> None:
    deal = sale("2025-01-10", "D1", vin=CAR)
    co_buyer = sale("2025-01-10", "D1", vin=CAR, role="co_buyer")
    told = Persons.of(*of(CUSTOMER, co_buyer), *of(CRM, deal))
    assert told.points(CUSTOMER)["vehicle_bought"] == 15
    told.reported(*one_person(CUSTOMER, CRM))
    assert [told.points(key)["vehicle_bought"] for key in (CUSTOMER, CRM)] == [30, 30]
    other_deal = sale("2025-01-12", "D9", vin=CAR)
    assert told.reported(*of(CUSTOMER, other_deal)).points(CRM)["vehicle_bought"] == 30


def test_the_limits_of_a_rule_hold_for_the_person() -> None:
    many = [referral("2025-01-10", f"F{number}") for number in range(6)]
    at_most = DECIDER.policy.by_name["referrals"].at_most
    told = Persons.of(*of(CUSTOMER, *many[:3]), *of(CRM, *many[3:]), *one_person(CUSTOMER, CRM))
    assert told.points(CUSTOMER)["referrals"] == told.points(CRM)["referrals"] == at_most


def test_nobody_refers_themselves() -> None:
    told = Persons.of(*of(CUSTOMER, visit("2025-03-01"), referral("2025-01-10", whom="C9")))
    assert "referrals" in told.points(CUSTOMER)
    told.reported(*one_person(CUSTOMER, f"{DEALER}/cdk/C9"))
    assert "referrals" not in told.points(CUSTOMER)


def test_unlinking_restores_what_was_there_before() -> None:
    alone = Persons.of(*SPENT)
    told = Persons.of(*SPENT, *one_person(CUSTOMER, CRM))
    told.reported(nobody_else(CUSTOMER), nobody_else(CRM))
    assert sorted(each.model_dump_json() for each in told.said) == sorted(
        each.model_dump_json() for each in alone.said
    )


def test_one_of_three_leaves_and_takes_their_documents_along() -> None:
    third = of(ABROAD, visit("2025-05-01", "R3", paid="9000"))
    told = Persons.of(*SPENT, *third, *one_person(*ALL))
    assert told.score(CRM).person == (ABROAD, CUSTOMER)
    told.reported(*one_person(CUSTOMER, CRM, sequence=2), nobody_else(ABROAD))
    assert content(told.score(CRM)) == content(Persons.of(*of(CUSTOMER, *SPENT)).score(CUSTOMER))
    assert content(told.score(ABROAD)) == content(Persons.of(*third).score(ABROAD))


def test_what_is_told_counts_only_while_ones_own_person_names_who_told_it() -> None:
    told = Persons.of(*SPENT, one_person(CUSTOMER, CRM)[1])
    assert content(told.score(CUSTOMER)) == content(Persons.of(SPENT[0]).score(CUSTOMER))
    assert content(told.score(CRM)) == content(Persons.of(SPENT[1]).score(CRM))


def test_nobody_tells_what_others_told() -> None:
    told = Persons.of(*SPENT, *one_person(CUSTOMER, CRM))
    assert {
        (each.from_key, *each.documents) for each in told.said if isinstance(each, LinkedFactsTold)
    } == {(event.key, event.data.document_id) for event in SPENT}


def test_a_correction_and_a_void_of_either_count_for_both() -> None:
    told = Persons.of(*SPENT, *one_person(CUSTOMER, CRM))
    before = told.score(CRM).value
    corrected = visit("2025-03-01", "R1", paid="2500", revision=2)
    assert told.reported(*of(CUSTOMER, corrected)).score(CRM).value > before
    voided = visit("2025-03-01", "R1", status="voided", revision=3)
    told.reported(*of(CUSTOMER, voided))
    alone = Persons.of(SPENT[1])
    assert content(told.score(CRM)) == content(alone.score(CRM))


def test_a_car_that_one_parted_with_is_parted_with_by_the_person() -> None:
    """Also where nothing else is known of the one who did, so that they have no score."""
    bought = sale("2024-01-10", "D1", vin=CAR)
    ended = parted("2024-06-01", CAR)
    both = Persons.of(*of(CUSTOMER, bought, ended)).score(CUSTOMER)
    told = Persons.of(*of(CUSTOMER, bought), *of(CRM, ended), *one_person(CUSTOMER, CRM))
    assert content(told.score(CUSTOMER)) == content(both)


def test_who_is_found_out_to_be_one_person_today_was_not_of_that_grade_last_year() -> None:
    """What others did long before is history when it is told: it alarms nobody, later news do."""
    cars = (
        *of(CUSTOMER, sale("2024-01-10", "D1", vin=CAR)),
        *of(CRM, sale("2024-02-10", "D2", vin="LSVAU2180N2183295")),
    )
    told = Persons.of(*cars)
    assert told.changes == []
    told.reported(*one_person(CUSTOMER, CRM))
    assert told.score(CUSTOMER).grade == "potential"
    assert told.changes == []


def test_what_one_does_from_now_on_changes_the_grade_of_both_and_both_are_told() -> None:
    told = Persons.of(
        *of(CUSTOMER, sale("2024-01-10", "D1", vin=CAR)),
        *of(CRM, visit("2024-02-10", "R1")),
        *one_person(CUSTOMER, CRM),
    )
    assert {told.score(key).grade for key in (CUSTOMER, CRM)} == {"general"}
    told.now = day("2025-06-20")
    bought = sale("2025-06-19", "D2", vin="LSVAU2180N2183295", received="2025-06-19")
    told.reported(*of(CRM, bought))
    assert sorted(told.changes) == sorted([(CUSTOMER, "potential"), (CRM, "potential")])


def test_who_did_more_than_is_looked_at_is_linked_and_unlinked_all_the_same() -> None:
    few = DECIDER.policy.model_copy(update={"horizon": Horizon(documents=2)})
    many = [visit(f"2025-0{month}-01", f"R{month}") for month in range(1, 6)]
    told = Persons(replace(DECIDER, policy=few), NOW)
    told.reported(of(CUSTOMER, *many), of(CRM, visit("2025-05-20", "R9")))
    told.reported(one_person(CUSTOMER, CRM))
    assert "R9" in told.score(CUSTOMER).model_dump_json()
    told.reported(nobody_else(CUSTOMER), nobody_else(CRM))
    told.reported(of(CUSTOMER, visit("2025-05-21", "R8")))
    assert "R9" not in told.score(CUSTOMER).model_dump_json()


@always(stories(), some.data(), some.integers(0, 2**32))
def test_each_of_a_person_is_scored_by_all_as_if_it_were_one_customer(
    story: list[Event[Any]], data: some.DataObject, seed: int
) -> None:
    """Whoever each document is of, in any order; and apart again they are as they were."""
    documents = sorted({event.data.document_id for event in story})
    whose = {name: data.draw(some.sampled_from(ALL), label=name) for name in documents}
    split = [each for event in story for each in of(whose[event.data.document_id], event)]
    random = Random(seed)
    network = Persons(DECIDER, NOW, choose=at_random(random))
    network.reported(split, one_person(*ALL))
    scored = {each.customer_key for each in network.said if isinstance(each, ScoreChanged)}
    for key in scored:
        alone = Persons(DECIDER, network.now - timedelta(seconds=1)).reported(of(key, *story))
        assert content(network.score(key)) == content(alone.score(key))
    network.reported(nobody_else(key) for key in ALL)
    apart = Persons(DECIDER, NOW).reported(split)
    states = (ScoreChanged, LinkedFactsTold)
    assert sorted(repr(each) for each in network.said if isinstance(each, states)) == sorted(
        repr(each) for each in apart.said if isinstance(each, states)
    )
