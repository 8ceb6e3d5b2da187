"""All that Today and the call card say is there in Chinese."""

from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from services.desk.api.outcomes import AWAY, MEANWHILE, NOT_TAKEN
from services.desk.domain import outcomes
from services.desk.views import call_words, survey_words
from services.desk.views.call import CHANGES

PAGES = ("today.html", "today_parts.html", "today_row.html", "call.html", "call_parts.html")
OPTIONS = {"trimmed": "true", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}


def said() -> Iterator[str]:
    """Every message, as English has it; of plurals the first form."""
    for page in PAGES:
        file = BytesIO((files("services.desk") / "pages" / page).read_bytes())
        for _, _, message, _ in babel_extract(file, ("_", "ngettext"), [], OPTIONS):
            yield (message[0] if isinstance(message, tuple) else message) or ""
    for words in (call_words.RESULTS, call_words.CHANNELS, call_words.OWNERS, call_words.GRADES):
        yield from words.values()
    yield from (*call_words.DEPTHS.values(), *call_words.ENDINGS.values())
    yield from survey_words.TITLES.values()
    for steps in survey_words.STEPS.values():
        yield from steps.values()
    yield from (outcomes.NONE_CHOSEN, outcomes.NOT_A_DAY, outcomes.NO_OVERALL)
    yield from (outcomes.NOBODY_TO_ANSWER, outcomes.TOO_LONG, AWAY, MEANWHILE, NOT_TAKEN, *CHANGES)


def translated() -> set[str]:
    folder = files("services.desk") / "words" / "zh"
    parts = [each for each in folder.iterdir() if each.name.endswith(".po")]
    catalogues = [read_po(each.open("rb"), locale="zh") for each in parts]
    return {
        each.id if isinstance(each.id, str) else each.id[0]
        for catalogue in catalogues
        for each in catalogue
        if each.string
    }


def test_all_of_it_is_translated() -> None:
    missing = sorted({each for each in said() if each} - translated())
    assert missing == []


@pytest.mark.parametrize("survey", ["ssi", "csi"])
def test_each_step_of_a_survey_has_words(survey: str) -> None:
    steps = {kind: tuple(each) for kind, each in survey_words.STEPS.items()}
    assert steps == {kind: tuple(each) for kind, each in outcomes.ITEMS.items()}
    assert survey in steps
