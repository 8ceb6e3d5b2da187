"""What is wrong with a form of complaints, in words."""

from collections.abc import Mapping

from services.desk.domain.case_forms import FIELDS, Wrong
from services.desk.domain.filing import FILED
from services.desk.views.speech import N_, Speech

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
}
AS_REPORTED: Mapping[str, str] = {
    **{name: name for name in ("at", *(name for names in FIELDS.values() for name in names))},
    **{name: name for name in FILED},
    "merged_into_id": "merged_into",
    "safety": "injuries",
    "vehicle": "vin",
}
"""What reports of complaints and of steps call it -> the field of the form."""


def in_words(wrong: Mapping[str, Wrong], say: Speech) -> dict[str, str]:
    """Field -> what is wrong with it, to read."""
    return {field: say(WORDS[each]) for field, each in wrong.items()}
