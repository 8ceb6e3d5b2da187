"""The trail is read in words: which list, which act, of which fields."""

import inspect
import re
from datetime import UTC, datetime
from functools import partial
from typing import get_args

import pytest

from services.desk.adapters.assets import Assets
from services.desk.adapters.pages import Pages
from services.desk.api import complaints, made_of, manager, reassign, today
from services.desk.domain import case_forms, filing
from services.desk.domain.outcomes import OutcomeSaid, SurveyAsked, SurveySaid, outcome_data
from services.desk.domain.trail import TrailNote
from services.desk.domain.users import Language
from services.desk.views.speech import Speech
from services.desk.views.trail_words import ABOUT, SPOKEN_OF, about_told, how_told
from shared.contracts.corrections import Particular
from shared.contracts.feeds import ConsentReported


def speech(language: Language) -> Speech:
    return Speech(language, partial(Pages(Assets()).word, language))


def noted(what: str, about: str) -> TrailNote:
    return TrailNote(
        at=datetime(2026, 11, 21, tzinfo=UTC),
        username="lin",
        dealer_id=None,
        what=what,
        about=about,
    )


@pytest.mark.parametrize(
    ("how", "en", "zh"),
    [
        ("", "", ""),
        ("rows: 12", "Rows: 12", "行数：12"),
        ("hits: 3", "Found: 3", "查到：3"),
        ("resolved", "Resolved", "已解决"),
        ("withdrawn: reason", "Customer withdraws it: Reason", "客户撤诉：原因"),
        ("name, phones", "Name, Telephones", "姓名、电话号码"),
        ("of an older desk", "of an older desk", "of an older desk"),
    ],
)
def test_how_it_was_done_is_told(how: str, en: str, zh: str) -> None:
    assert (how_told(how, speech("en")), how_told(how, speech("zh"))) == (en, zh)


@pytest.mark.parametrize(
    ("what", "about", "en", "zh"),
    [
        ("saw_list", "tasks", "Tasks", "任务"),
        ("exported", "tasks.xlsx", "Tasks to do · Excel", "待办任务 · Excel"),
        ("exported", "=tasks", "=tasks", "=tasks"),
        ("saw_customer", "a/b/cdk/C1.csv", "a/b/cdk/C1.csv", "a/b/cdk/C1.csv"),
    ],
)
def test_of_what_it_is_is_told(what: str, about: str, en: str, zh: str) -> None:
    note = noted(what, about)
    assert (about_told(note, speech("en")), about_told(note, speech("zh"))) == (en, zh)


def test_each_list_that_is_noted_has_a_word() -> None:
    source = "".join(
        inspect.getsource(each) for each in (complaints, made_of, manager, reassign, today)
    )
    names = re.findall(r'note_list\([^"]*"(\w+)"\)', source)
    assert len(names) == source.count("await note_list(") and set(names) <= ABOUT.keys()


def test_each_field_that_the_desk_reports_has_a_word() -> None:
    survey = SurveySaid(
        asked=SurveyAsked(survey="csi", about_id="a/b/c/visit/1"), overall=9, items={}
    )
    outcome = OutcomeSaid(
        outcome="done",
        channel="phone",
        next_contact_on=datetime(2026, 11, 21, tzinfo=UTC).date(),
        note="1",
        surveys=(survey,),
    )
    of_steps = {name for names in case_forms.FIELDS.values() for name in names} | {"at"}
    reported = {
        *get_args(Particular),
        *(ConsentReported.model_fields.keys() & {"do_not_contact", "opt_outs"}),
        *(name for data in outcome_data(outcome) for name in data),
        *(of_steps - {"merged_into"}),
        "merged_into_id",
        *(set(filing.FILED) - {"vin", "crash", "fire", "injuries", "deaths"}),
        "vehicle",
        "safety",
        "person",
    }
    assert reported == set(SPOKEN_OF)
