"""One person under several keys of a dealer: in lists and totals they stand once."""

from typing import Any

from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import Because, Member, PersonChanged, PersonWithdrawn
from shared.contracts.values import Bilingual
from tests.services.network import Network
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import CUSTOMER, DEALER, DECIDER, day, sale, visit
from tests.services.scoring.given_identity import parted
from tests.services.scoring.several import belonging_to

CRM = f"{DEALER}/crm/7"
ABROAD = "sunrise/berlin/dms/C1"
KEYS = (CUSTOMER, CRM, ABROAD)
NOW = day("2025-06-01")
BECAUSE = Because(rule="staff", other_customer_key=CRM, words=Bilingual(en="-", zh="-"))
STORIES = [
    belonging_to(CUSTOMER, sale("2025-01-10", vin="V1")),
    belonging_to(CRM, visit("2025-02-20", "R1", paid="1000")),
    belonging_to(ABROAD, visit("2025-03-20", "R2", paid="700", currency="EUR")),
]


def told(key: str, members: tuple[str, ...], sequence: int) -> Event[Any]:
    """As identity tells; nobody else: it takes it back."""
    others = tuple(
        Member(customer_key=other, because=(BECAUSE,)) for other in sorted(members) if other != key
    )
    of = {"customer_key": key, "dealer_id": dealer_of(key)}
    data = (
        PersonChanged(**of, members=others)
        if others
        else PersonWithdrawn(**of, about="person", withdrawn_at=NOW)
    )
    return Event(f"{key}:{sequence}", key, dealer_of(key), NOW, data, sequence=sequence)


def asking(*events: Event[Any]) -> Asking:
    network = Network[ScoringFacts, ScoringPolicy](DECIDER, NOW).reported(*events)
    stored = network.stored().items()
    return Asking({key: ScoringFacts.model_validate_json(one.facts) for key, one in stored}, NOW)


LINKED = asking(*STORIES, *(told(key, KEYS, 1) for key in KEYS))
PARTED = asking(
    *STORIES, *(told(key, KEYS, 1) for key in KEYS), *(told(key, (), 2) for key in KEYS)
)
LISTS = f"dealers/{DEALER}/customers?sort=score"
GRADES = f"dealers/{DEALER}/grades"


async def test_a_person_stands_once_and_the_line_says_who_else_they_are() -> None:
    found = await LINKED.get(LISTS)
    [line] = found["customers"]
    assert (line["customer_key"], line["person"]) == (CUSTOMER, [CRM])
    score = await LINKED.get(f"customers/{CUSTOMER}")
    assert line["score"] == score["score"]
    assert set(score["person"]) == {CRM, ABROAD}
    table = await LINKED.table(f"{LISTS}&format=csv&lang=en")
    assert (table[0][-1], table[1][0], table[1][-1]) == ("same person as", CUSTOMER, CRM)


async def test_who_has_no_score_does_not_stand_for_a_person() -> None:
    """Of a car that was theirs they know, and of no document that gives them a score."""
    gone = asking(
        belonging_to(CUSTOMER, parted("2025-03-01", "V1")),
        *STORIES[1:],
        *(told(key, KEYS, 1) for key in KEYS),
    )
    [line] = (await gone.get(LISTS))["customers"]
    assert (line["customer_key"], line["person"]) == (CRM, [])
    [by_key] = (await gone.get(f"dealers/{DEALER}/customers?sort=key"))["customers"]
    assert by_key == line


async def test_a_person_counts_once_and_at_each_dealer_with_what_they_did_there() -> None:
    here = (await LINKED.get(GRADES))["now"]["figures"]
    assert here["customers"] == 1
    visits = await LINKED.get(f"dealers/{DEALER}/analysis?by=source&from=2025-01")
    paid = [month["total"]["paid"] for month in visits["months"] if month["total"]["paid"]]
    assert paid == [{"CNY": 1000}]
    there = await LINKED.get("dealers/sunrise/berlin/analysis?by=source&from=2025-01")
    paid = [month["total"]["paid"] for month in there["months"] if month["total"]["paid"]]
    assert paid == [{"EUR": 700}]


async def test_the_reasons_of_a_person_go_down_to_the_documents_of_either() -> None:
    score = await LINKED.get(f"customers/{CUSTOMER}")
    documents = {part["document_id"] for each in score["reasons"] for part in each["parts"]}
    assert f"{DEALER}/cdk/visit/R1" in documents
    for reason in score["reasons"]:
        assert sum(part["points"] for part in reason["parts"]) == reason["points"]
    last = (await LINKED.get(f"customers/{CUSTOMER}/history"))["moments"][-1]
    assert last["score"] == score["score"]


async def test_who_is_parted_again_stands_by_themselves() -> None:
    found = await PARTED.get(LISTS)
    assert {line["customer_key"] for line in found["customers"]} == {CUSTOMER, CRM}
    assert all(line["person"] == [] for line in found["customers"])
    assert (await PARTED.get(GRADES))["now"]["figures"]["customers"] == 2
