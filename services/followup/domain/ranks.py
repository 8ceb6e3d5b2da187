"""The lists of a dealer's tasks to do, and where a task stands in each. Pure.

A list by due time is one of all, and one for each role, person, kind and grade. `TURN` is that
of whoever is to do them: by whose turn it is.
"""

import json
from datetime import date, datetime
from hashlib import blake2b

from shared.decider.summary import MOST_RANK

BY_DUE = "due"
OF_PERSON = "person"
"""By due time, under `worker`."""
OF_ROLE = "role"
OF_KIND = "kind"
OF_GRADE = "grade"
TURN = "turn"
"""In the order in which they are to be done, under `worker`."""
DONE = "done"
"""Customers, under the staff id of who was done with a task of theirs, by when that was last."""
COUNTED = "counted"
"""What figures are made of, by when it was: answers under their survey, leads under `LEADS`."""
LEADS = "leads"
LISTS = (BY_DUE, OF_PERSON, OF_ROLE, OF_KIND, OF_GRADE, TURN, DONE, COUNTED)

_PRIORITIES = 16
"""How many ranks a minute has."""
_SINCE = date(2020, 1, 1).toordinal()
_DAYS_TO_DUE = 14
"""Of how many bits are the days from whose turn it is to the due day."""
_IN_TURN = MOST_RANK // 2 + 1
"""What has a day of its own stands below, by the minute; all else from there on, by its turn."""
_LONGEST_KEY = 80


def minute_of(moment: datetime) -> int:
    """The minute that an instant is in, since 1970."""
    return int(moment.timestamp() // 60)


def due_rank(due_at: datetime, priority: int) -> int:
    """By the minute in which it is due, and of one minute by priority."""
    return _bounded(minute_of(due_at) * _PRIORITIES + priority)


def minute_rank(at: datetime) -> int:
    """By the minute in which it was."""
    return _bounded(minute_of(at))


def first_due_in(minute: int) -> int:
    """The first rank of what is due in that minute."""
    return _bounded(minute * _PRIORITIES)


def turn(opened_on: date, priority: int, due_on: date) -> int:
    """Whose turn comes first has the lower number: of those opened on one day the first by
    priority, then by due day. Each day of waiting is worth one priority, so that whatever waits is
    before all that opens eight days later, or more.
    """
    day = opened_on.toordinal() - _SINCE + priority
    left = (1 << _DAYS_TO_DUE) - 1
    to_due = min(max(due_on.toordinal() - _SINCE - day + left // 2, 0), left)
    return min(max(day << _DAYS_TO_DUE | to_due, 0), _IN_TURN - 1)


def turn_rank(turn_of_it: int) -> int:
    """Where what may be done on any day stands in `TURN`."""
    return _IN_TURN + turn_of_it


def day_rank(moment: datetime) -> int:
    """Where what is to be done at its own time stands in `TURN`: before all that may wait."""
    return min(max(minute_of(moment), 0), _IN_TURN - 1)


FIRST_IN_TURN = _IN_TURN
"""The first rank of `TURN` of what may be done on any day."""


def worker(person: str | None, role: str) -> str:
    """The key of what this person is to do; without one, of what whoever has the role is."""
    return key_of(f"{role}, nobody in particular" if person is None else f"{person}, in person")


def key_of(text: str) -> str:
    """A key for any text: itself, where it is short."""
    if len(json.dumps(text)) <= _LONGEST_KEY:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{text[:8]}… {digest}"


def _bounded(rank: int) -> int:
    return min(max(rank, 0), MOST_RANK)
