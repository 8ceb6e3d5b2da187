"""The account of who is one person: what is planted is found, and only that."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid5

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.identity import PersonChanged, PersonWithdrawn
from shared.contracts.topics import PERSONS
from tests.chaos.account import Evidence, account
from tests.chaos.feed import Acquainted, Feed
from tests.chaos.load import Ledger
from tests.e2e.house import DEALER, Said

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, OTHER, THIRD, FOURTH = (
    customer_key(DEALER, "dms", number) for number in ("1-a", "1-b", "2-a", "2-b")
)
BECAUSE = {"rule": "telephone", "other_customer_key": ONE, "words": {"en": "So", "zh": "是"}}
LOST, DOUBLED = "lost: one person, not told so", "doubled: told to be others"
AT_ODDS = "persons of whom their customers are told otherwise"


def told(key: str, *others: str, sequence: int = 5) -> Said:
    """Who this customer is, by `aftercare.persons`; without others: nobody else any more."""
    about = {"customer_key": key, "dealer_id": DEALER}
    person = (
        PersonChanged.model_validate(
            about | {"members": [{"customer_key": other, "because": [BECAUSE]} for other in others]}
        )
        if others
        else PersonWithdrawn(**about, about="person", withdrawn_at=NOW)
    )
    return Said(
        id=str(uuid5(UUID(int=1), f"{key} {sequence}")),
        type=person.TYPE,
        subject=f"of {key}",
        sequence=sequence,
        key=key,
        value=person.model_dump_json().encode(),
    )


def found(*said: Said, reported: Sequence[Acquainted]) -> set[str]:
    evidence = Evidence(
        at=NOW, held={}, said={PERSONS.name: said}, aggregates={}, intents={}, dead_letters=[]
    )
    checks = account(Ledger(acquainted=list(reported)), evidence).checks
    return {check.name for check in checks if check.found} & {LOST, DOUBLED, AT_ODDS}


SOUND = (told(ONE, OTHER), told(OTHER, ONE), told(THIRD, FOURTH), told(THIRD, sequence=6))
REPORTED = (Acquainted(1, reported=4), Acquainted(2, reported=3))


def test_who_is_told_as_reported_is_accounted_for() -> None:
    assert found(*SOUND, reported=REPORTED) == set()


PLANTED: Mapping[str, tuple[Sequence[Said], set[str]]] = {
    "one end never told": (SOUND[:1], {LOST, AT_ODDS}),
    "neither told": ([], {LOST}),
    "taken back of one end": ([*SOUND, told(ONE, sequence=7)], {LOST, AT_ODDS}),
    "told to be a third one, too": ([*SOUND, told(ONE, OTHER, THIRD, sequence=7)], {LOST, AT_ODDS}),
    "never taken back": (
        [*SOUND[:3], told(FOURTH, THIRD)],
        {DOUBLED},
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_of_persons_is_found(what: str) -> None:
    said, names = PLANTED[what]
    assert found(*said, reported=REPORTED) == names


def test_the_feed_reports_people_who_are_one_who_are_not_and_who_are_again() -> None:
    feed = Feed(1, Random(7), customers=80)
    events = [event for _ in range(80) for event in feed.batch(10, NOW)]
    assert {each.is_one for each in feed.acquainted.values()} == {True, False}
    assert {each.reported for each in feed.acquainted.values()} == {1, 2, 3, 4}
    written = [
        event["data"]["source_modified_at"] for event in events if "phones" in str(event["data"])
    ]
    assert len(set(written)) == len({event["id"] for event in events if "phones" in str(event)})
