"""What staff report of a customer's tasks, drawn by Hypothesis."""

from typing import Any, get_args

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Channel, TaskResult
from tests.services.followup.given import moved
from tests.services.followup.given_attempts import assignment, call, corrected
from tests.services.followup.stories import hours_in, moment

numbers = some.sampled_from(["1", "2", "3", "4"])
abouts = some.sampled_from(
    [
        f"{kind}/{document}/{number}"
        for kind, document in (
            ("delivery_thanks", "sale"),
            ("delivery_satisfaction", "sale"),
            ("service_satisfaction", "visit"),
            ("next_service", "visit"),
            ("data_correction", "task-outcome"),
        )
        for number in ("1", "2", "3")
    ]
)
in_vain = some.sampled_from(["not_reached", "wrong_number", "postponed"])
whats = some.sampled_from(get_args(TaskResult)) | in_vain
ways = some.none() | some.sampled_from(get_args(Channel))
particulars = some.lists(some.sampled_from(["phones", "email", "name"]), unique=True)
people = some.sampled_from(["u1", "u2", "Li Lei, 2"])


@some.composite
def reports_of_attempts(draw: some.DrawFn) -> Event[Any]:
    """What came of an attempt, whose a task is, what was corrected, or that any of it was another
    customer's."""
    hours, number = draw(hours_in), draw(numbers)
    match draw(some.integers(0, 7)):
        case 0:
            kind = draw(some.sampled_from(["task-outcome", "task-assignment", "customer"]))
            return moved(kind, number, revised=moment(hours))
        case 7:
            received = moment(hours + draw(some.sampled_from([0, 24 * 30])))
            return corrected(moment(hours), *draw(particulars), number=number, received=received)
        case 1 | 2:
            person = draw(some.none() | people)
            return assignment(moment(hours), draw(abouts), person, number, by=draw(people))
        case _:
            day = draw(some.none() | hours_in.map(lambda later: moment(later)[:10]))
            return call(
                moment(hours),
                draw(abouts),
                draw(whats),
                number,
                by=draw(ways),
                staff=draw(some.none() | people),
                day=day,
                received=moment(hours + draw(some.sampled_from([0, 1, 5, 24 * 30]))),
            )
