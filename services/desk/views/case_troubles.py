"""What is wrong with a form of complaints, in words."""

from collections.abc import Mapping

from services.desk.domain.case_forms import FIELDS, Wrong
from services.desk.domain.filing import FILED
from services.desk.views.speech import N_, Speech
from shared.contracts.http.problem import Problem

WORDS: Mapping[Wrong, str] = {
    "needed": N_("This is needed."),
    "no_time": N_("Write a day and a time, such as 2026-11-21T10:05."),
    "in_future": N_("This lies in the future."),
    "not_after": N_("This has to be later."),
    "no_such_case": N_("There is no case of this number here."),
    "several_cases": N_("Several open cases have this number: merge it from the other one."),
    "itself": N_("This is the case itself."),
    "no_number": N_("Write a whole number."),
    "may_not": N_("This colleague does not work on complaints here: choose another one."),
    "not_taken": N_(
        "This cannot be taken as it is: use a word or two, without telephone numbers or addresses."
    ),
}
_FIELDS = frozenset({"at", *(name for names in FIELDS.values() for name in names), *FILED})
_KNOWN_AS = {"merged_into_id": "merged_into", "safety": "injuries", "vehicle": "vin"}


def in_words(wrong: Mapping[str, Wrong], say: Speech) -> dict[str, str]:
    """Field -> what is wrong with it, to read."""
    return {field: say(WORDS[each]) for field, each in wrong.items()}


def wrong_of(problem: Problem) -> tuple[dict[str, Wrong], str]:
    """Which fields intake did not take; and, where it is none of them, what it says."""
    places: dict[str, Wrong] = {}
    for error in problem.errors:
        name = error.pointer.removeprefix("/data/").partition("/")[0]
        name = _KNOWN_AS.get(name, name)
        if name in _FIELDS:
            places[name] = "not_taken"
    rest = "" if places else problem.detail or problem.title
    return places, rest
