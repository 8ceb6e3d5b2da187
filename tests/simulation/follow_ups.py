"""What a seed reports of a few customers to followup: what they bought and had done, what staff and
customers say, what the other services say of them. All is corrected, taken back, moved to another
customer, repeated and told in disorder."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any, TypeAlias, get_args

from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.followup import task_id
from shared.contracts.scoring import Grade, Risk, ScoreChanged, ScoreWithdrawn
from tests.services.followup.given import (
    CAR,
    DEALER,
    advised,
    consent,
    delivery,
    document_id,
    expected,
    local,
    moved,
    opt_outs,
    scored,
    survey,
    unscored,
    visit,
)
from tests.services.followup.given_attempts import assignment, call
from tests.services.followup.given_leads import lead
from tests.services.followup.given_others import (
    case,
    no_case,
    not_referred,
    not_sold_on,
    referred,
    sold_on,
)
from tests.simulation.world import START

CUSTOMERS = tuple(f"{DEALER}/cdk/C{number}" for number in range(1, 5))
CARS = (CAR, CAR, "WVWZZZ1JZXW000001")
STAFF = ("u1", "u2", None)
DAY = 24
"""In hours, as all that follows."""
WAITS = (0, 0, 1, 30, 9 * DAY)
"""From when something happened until it is first received."""
MOST_VERSIONS = 3
TASKS = {
    "sale": ("delivery_thanks", "delivery_satisfaction", "first_service", "insurance_renewal"),
    "visit": ("service_satisfaction", "next_service", "declined_work"),
    "survey": ("low_answer",),
    "complaint": ("complaint_call_back",),
    "lead": ("lead_first_contact", "lead_walk_in", "lead_bought"),
}
"""Of what documents outcomes and assignments are told, and of what tasks."""

Told: TypeAlias = Event[Any]
Tell: TypeAlias = Callable[[str], Told]
"""A version of a document, by when its source wrote it."""


def reports(random: Random) -> list[Told]:
    """Events in the order in which they come onto the topics."""
    told = [event for key in CUSTOMERS for event in _life(random, key)]
    told += random.choices(told, k=len(told) // 4)
    random.shuffle(told)
    return _scores_in_order(told)


def _scores_in_order(told: Sequence[Told]) -> list[Told]:
    """Of scores of one day the order is that of their topic, which is by their sequence."""
    scores = iter(sorted(filter(is_score, told), key=lambda event: event.sequence))
    return [next(scores) if is_score(event) else event for event in told]


def is_score(event: Told) -> bool:
    """Whether scoring says it."""
    return isinstance(event.data, ScoreChanged | ScoreWithdrawn)


def _at(hours: float) -> str:
    """So long after the beginning, as the clock of the dealer shows it."""
    return local(START + timedelta(hours=hours))


def _on(days: int) -> str:
    return _at(days * DAY)[:10]


def _of(key: str, event: Told) -> Told:
    """The same, of that customer."""
    data = event.data.model_copy(update={"customer_key": key})
    return event._replace(id=f"{key} {event.id}", key=key, data=data)


def _life(random: Random, key: str) -> Iterator[Told]:
    number = key[-1]
    chosen = [
        (kind, f"{kind[0].upper()}{number}{position}")
        for kind, most in {"sale": 1, "visit": 3, "survey": 2, "complaint": 1, "lead": 1}.items()
        for position in range(random.randint(0, most))
    ]
    for kind, name in chosen:
        yield from TELLING[kind](random, key, name)
    for attempt in range(random.randint(0, 5) if chosen else 0):
        yield _attempt(random, key, *random.choice(chosen), number=f"O{number}{attempt}")
    yield from _consents(random, key)
    yield from _scores(random, key)
    yield from _from_identity(random, key)


def _versions(
    random: Random, key: str, document: tuple[str, str], hours: float, tell: Tell
) -> Iterator[Told]:
    """A document, by kind and number, in some versions, the last of which may be another
    customer's."""
    for _ in range(random.randint(1, MOST_VERSIONS)):
        hours += random.randint(1, 30)
        yield _of(key, tell(_at(hours)))
    if random.random() < 0.2:
        revised = _at(hours + 1)
        other = random.choice([each for each in CUSTOMERS if each != key])
        yield _of(key, moved(*document, revised=revised))
        yield _of(other, tell(revised))


def _sales(random: Random, key: str, name: str) -> Iterator[Told]:
    hours = random.choice((-330, -40, -4, 0)) * DAY + random.randint(-60, 20)
    received = _at(hours + random.choice(WAITS))
    insured, inspected = random.choice((None, _on(9), _on(50))), random.choice((None, _on(44)))

    def tell(revised: str) -> Told:
        return delivery(
            _at(hours),
            name,
            vin=random.choice(CARS),
            status=random.choice(("delivered", "delivered", "unwound")),
            received=received,
            revised=revised,
            insured_until=insured,
            inspection_on=inspected,
        )

    yield from _versions(random, key, ("sale", name), hours, tell)


def _visits(random: Random, key: str, name: str) -> Iterator[Told]:
    hours = random.choice((-360, -180, -40, -3, -1)) * DAY + random.randint(-30, 30)
    received = _at(hours + random.choice(WAITS))

    def tell(revised: str) -> Told:
        return visit(
            _at(hours),
            name,
            vin=random.choice(CARS),
            km=random.choice((None, 9_000, 31_000)),
            status=random.choice(("closed", "closed", "open", "voided")),
            received=received,
            revised=revised,
            recommended=random.choice(([], [advised("BRAKES")])),
        )

    yield from _versions(random, key, ("visit", name), hours, tell)


def _surveys(random: Random, key: str, name: str) -> Iterator[Told]:
    hours = random.randint(-9 * DAY, 0)
    received = _at(hours + random.choice(WAITS))

    def tell(revised: str) -> Told:
        overall = random.choice((0, 2, 3, 3, 4, 9))
        return survey(_at(hours), overall, name, received=received, revised=revised)

    yield from _versions(random, key, ("survey", name), hours, tell)


def _cases(random: Random, key: str, name: str) -> Iterator[Told]:
    """A case that is open, then resolved, then called back or opened anew, or of nobody."""
    hours = random.randint(-6 * DAY, 10)
    until, resolved = hours + random.randint(2, 60), hours + random.randint(1, 50)
    first, again = (_at(hours), _at(until)), (_at(until + 5), None)
    seen = {"resolved": _at(resolved), "call_back_due": _at(resolved + 72)}
    life = [
        case(_at(hours), name, revision=1),
        case(_at(hours), name, first, revision=2, **seen),
        random.choice(
            (
                case(_at(hours), name, first, revision=3, called_back=_at(resolved + 9), **seen),
                case(_at(hours), name, first, again, revision=3, generation=2),
                no_case(name, on=_at(until + 9), revision=3),
            )
        ),
    ]
    yield from (_of(key, each) for each in life[: random.randint(1, len(life))])


def _leads(random: Random, key: str, name: str) -> Iterator[Told]:
    began = random.randint(-9 * DAY, 10)
    later = _at(began + random.randint(3, 90))
    channel = random.choice(("web", "walk_in"))

    def tell(revised: str) -> Told:
        stands: dict[str, Any] = random.choice(
            (
                {},
                {"status": "contacted", "since": later, "contacts": [later]},
                {"status": "lost", "since": later, "reason": "price"},
                {"status": "bought", "since": later},
            )
        )
        return lead(_at(began), name, channel=channel, revised=revised, **stands)

    yield from _versions(random, key, ("lead", name), began, tell)


def _attempt(random: Random, key: str, kind: str, name: str, *, number: str) -> Told:
    """What came of a task that may be, or whose it is."""
    task, hours = random.choice(TASKS[kind]), random.randint(-3 * DAY, 5 * DAY)
    about = f"{task}/{kind}/{name}"
    if random.random() < 0.25:
        told = assignment(_at(hours), about, random.choice(STAFF), number, by="u1")
    else:
        told = call(
            _at(hours),
            about,
            random.choice((*get_args(TaskResult), "done", "not_reached", "postponed")),
            number,
            by=random.choice((None, *get_args(Channel))),
            staff=random.choice(STAFF),
            day=random.choice((None, None, _on(8))),
            received=_at(hours + random.choice(WAITS)),
        )
    meant = str(task_id(key, f"{task}/{document_id(kind, name)}"))
    return _of(key, told._replace(data=told.data.model_copy(update={"task_id": meant})))


def _consents(random: Random, key: str) -> Iterator[Told]:
    for number in range(random.randint(0, 2)):
        hours, name = random.randint(-60 * DAY, 3 * DAY), f"{key[-1]}{number}"
        refused = random.choice(((), ("phone",), ("phone", "sms")))
        if random.random() < 0.5:
            never = random.random() < 0.4
            yield _of(key, consent(_at(hours), f"N{name}", do_not_contact=never, opt_outs=refused))
        else:
            yield _of(key, opt_outs(_at(hours), *refused, number=f"visit/R{name}"))


def _scores(random: Random, key: str) -> Iterator[Told]:
    sequence = int((START - timedelta(days=9)).timestamp() * 1000)
    for _ in range(random.randint(0, 4)):
        sequence += random.choice((60_000, 5 * 3_600_000, 30 * 3_600_000))
        stands: dict[str, Any] = {
            "grade": random.choice(get_args(Grade)),
            "risk": random.choice((None, *get_args(Risk))),
            "risk_since": _at(random.randint(-20 * DAY, 20)),
        }
        match random.randint(0, 5):
            case 0:
                told = unscored(sequence)
            case 1 | 2:
                told = expected(_on(random.randint(-5, 30)), _on(-180), sequence, **stands)
            case _:
                told = scored(sequence, **stands)
        yield _of(key, told)


def _from_identity(random: Random, key: str) -> Iterator[Told]:
    """A car that is another's now, a referral that bought; or not, after all."""
    gone, bought = f"X{key[-1]}", f"F{key[-1]}"
    if random.random() < 0.3:
        vin, on = random.choice(CARS), _at(random.randint(-3 * DAY, 30))
        life = [sold_on(on, gone, vin=vin), not_sold_on(gone, vin=vin, on=on)]
        yield from (_of(key, each) for each in life[: random.randint(1, 2)])
    if random.random() < 0.3:
        on = _at(random.randint(-3 * DAY, 30))
        life = [referred(on, bought), not_referred(bought, on=on)]
        yield from (_of(key, each) for each in life[: random.randint(1, 2)])


TELLING: dict[str, Callable[[Random, str, str], Iterator[Told]]] = {
    "sale": _sales,
    "visit": _visits,
    "survey": _surveys,
    "complaint": _cases,
    "lead": _leads,
}
