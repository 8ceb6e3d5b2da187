"""What a seed reports of a few complaints: filed, worked on, merged, corrected; late, in disorder.

Each case has its life, told in the order in which it happened and as it was first believed; what
was told wrong is corrected later: the customer, the receipt, a step's time, where a merge leads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from shared.contracts.feed_parts import StepName
from tests.simulation.world import START

SOURCE = "cdk"
DEALER = "sunrise/pudong"
CUSTOMERS = ("1", "2", "3", "4")
CASES = ("1", "2", "3", "4", "5")
MOST_CASES_OPENED = timedelta(hours=40)
"""Some deadlines passed before the start, others do in the storm or after it."""
MOST_REVISIONS = 4
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
SURELY_PAST = timedelta(minutes=10)
"""Beyond what intake takes for a fast clock, and how far clocks are put back."""

Data: TypeAlias = dict[str, Any]


@dataclass(slots=True, eq=False)
class Reported:
    """One version of one document, as its dealer sends it, perhaps more than once."""

    noun: str
    revision: int
    fields: Data
    data: Data | None = None
    """What was sent; an instant that was still to come then is that of the sending."""

    @property
    def document(self) -> tuple[str, ...]:
        """Whose version it is: a complaint's number, and a step's."""
        step_id = self.fields.get("step_id")
        return (self.fields["case_no"],) if step_id is None else (self.fields["case_no"], step_id)

    @property
    def modified_at(self) -> datetime:
        """When the dealer wrote this version."""
        return START - 100 * AN_HOUR + self.revision * A_MINUTE

    def sent(self, now: datetime) -> Data:
        """What is sent, the same each time."""
        if self.data is None:
            latest = now - SURELY_PAST
            past = {
                name: min(value, latest) if name in {"at", "received_at"} else value
                for name, value in self.fields.items()
            }
            head = {"source": SOURCE, "dealer_id": DEALER, "source_modified_at": self.modified_at}
            self.data = head | past
        return self.data


def reports(random: Random) -> list[Reported]:
    """All that is reported, in the order in which it is first sent.

    In some courses cases are filed twice and merged, and it turns out late whose they are.
    """
    cases = CASES[: random.randint(2, len(CASES))]
    muddled = random.random() < 0.4
    lives = [list(_life(random, case, cases, merges=0.9 if muddled else 0.4)) for case in cases]
    if not muddled and random.random() < 0.6:
        found = [one for life in lives for one in life]
        random.shuffle(found)
    else:
        left = [list(life) for life in lives]
        found = []
        while any(left):
            found.append(random.choice([life for life in left if life]).pop(0))
    if muddled:
        found.extend(_of_another(random, life) for life in lives if random.random() < 0.5)
    for one in random.sample(found, len(found) // 5):
        found.insert(random.randint(found.index(one) + 1, len(found)), one)
    return found


def _of_another(random: Random, life: list[Reported]) -> Reported:
    """The last correction of a case: of whom it is."""
    filed = [one for one in life if one.noun == "complaint"][-1].fields
    known = filed["customer"]["source_customer_id"]
    others = [customer for customer in CUSTOMERS if customer != known]
    corrected = filed | {"customer": {"source_customer_id": random.choice(others)}}
    return Reported("complaint", MOST_REVISIONS, corrected)


def _life(
    random: Random, case: str, cases: tuple[str, ...], *, merges: float
) -> Iterator[Reported]:
    received_at = START - random.random() * MOST_CASES_OPENED
    filed: Data = {
        "case_no": case,
        "received_at": received_at,
        "channel": "phone",
        "category": "brakes",
        "severity": random.choice(("normal", "normal", "major")),
        "customer": {"source_customer_id": random.choice(CUSTOMERS)},
    }
    reports = [Reported("complaint", 1, filed)]
    others = [other for other in cases if other != case]
    reports += _steps(random, case, received_at, others, merges=merges)
    if random.random() < 0.3:  # what was done is known before the complaint itself
        reports.append(reports.pop(0))
    for revision in range(2, random.randint(2, MOST_REVISIONS)):
        filed = filed | _correction(random, received_at)
        position = random.randint(len(reports) // 2 + 1, len(reports))
        reports.insert(position, Reported("complaint", revision, filed))
    yield from reports


def _correction(random: Random, received_at: datetime) -> Data:
    draw = random.random()
    if draw < 0.6:
        return {"customer": {"source_customer_id": random.choice(CUSTOMERS)}}
    if draw < 0.85:
        return {"received_at": received_at + random.uniform(-6, 6) * AN_HOUR}
    if draw < 0.92:
        return {"severity": random.choice(("normal", "major"))}
    return {"status": random.choice(("open", "voided"))}


def _steps(
    random: Random, case: str, received_at: datetime, others: list[str], *, merges: float
) -> Iterator[Reported]:
    likely: list[tuple[StepName, float, tuple[float, float]]] = [
        ("contacted", 0.8, (0.1, 3)),
        ("held", 0.4, (0.5, 20)),
        ("resumed", 0.2, (2, 24)),
        ("acknowledged", 0.1, (1, 10)),
        ("regraded", 0.1, (1, 10)),
        ("answered", 0.6, (1, 30)),
        ("merged", merges, (0.5, 20)),
        ("unmerged", 0.1, (1, 25)),
        ("resolved", 0.4, (2, 30)),
        ("called_back", 0.3, (3, 40)),
        ("reopened", 0.1, (4, 45)),
    ]
    for step, chance, (earliest, latest) in likely:
        if random.random() > chance:
            continue
        at = received_at + random.uniform(earliest, latest) * AN_HOUR
        taken: Data = {"case_no": case, "step_id": step, "step": step, "at": at, "by": "u7"}
        yield Reported("complaint-step", 1, taken | _details(random, step, at, others))
        if random.random() < 0.3:
            at += random.uniform(-4, 4) * AN_HOUR
            corrected = taken | {"at": at} | _details(random, step, at, others)
            yield Reported("complaint-step", 2, corrected)


def _details(random: Random, step: StepName, at: datetime, others: list[str]) -> Data:
    match step:
        case "held":
            until = at + random.uniform(1, 20) * AN_HOUR if random.random() < 0.7 else None
            return {"reason": "parts", "until": until}
        case "regraded":
            return {"severity": random.choice(("normal", "major"))}
        case "merged":
            return {"merged_into": random.choice(others)}
        case "called_back":
            return {"satisfied": random.random() < 0.7}
        case _:
            return {}
