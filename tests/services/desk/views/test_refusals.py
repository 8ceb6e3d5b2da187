"""What a service does not take is told at the form's field, in words of the reader's."""

from collections.abc import Sequence
from functools import partial

import pytest

from services.desk.adapters.assets import Assets
from services.desk.adapters.pages import Pages
from services.desk.domain.users import Language
from services.desk.views.refusals import NOT_REFUSED, RefusalTold, fields_of, told
from services.desk.views.speech import Speech
from shared.contracts.http.problem import PlaceInEvent, problem

FIELDS = {"note": "note", "vehicle": "vin"}


def say(language: Language) -> Speech:
    return Speech(language, partial(Pages(Assets()).word, language))


def refused(
    *places: PlaceInEvent,
    kind: str = "invalid-event",
    detail: str | None = None,
    language: Language = "zh",
) -> RefusalTold:
    found = problem(kind, "The event is not valid", 422, detail=detail, errors=places)
    return told(found, FIELDS, say(language))


def place(pointer: str, detail: str) -> PlaceInEvent:
    return PlaceInEvent(pointer=pointer, detail=detail)


@pytest.mark.parametrize(
    ("detail", "in_english", "in_chinese"),
    [
        (
            "String should have at most 200 characters",
            "At most 200 characters.",
            "最多 200 个字符。",
        ),
        (
            "the check digit does not fit",
            "This is no VIN: one of its characters is wrong.",
            "车架号有误，请核对每一位。",
        ),
        ("Input should be 'phone' or 'sms'", "This is none of the choices.", "请从选项中选择。"),
    ],
)
def test_it_is_told_at_its_field(detail: str, in_english: str, in_chinese: str) -> None:
    found = place("/data/vehicle/vin", detail)
    assert refused(found, language="en") == RefusalTold({"vin": in_english}, "")
    assert refused(found) == RefusalTold({"vin": in_chinese}, "")


def test_what_is_of_no_field_of_the_form_is_told_beside_it() -> None:
    found = refused(place("/data/case_no", "control characters in a number"))
    assert found == RefusalTold({}, "含有不可见字符，请重新输入。")


def test_of_a_field_the_first_is_told() -> None:
    found: Sequence[PlaceInEvent] = [
        place("/data/note", "control or invisible characters"),
        place("/data/note", "out of range"),
    ]
    assert refused(*found).fields == {"note": "含有不可见字符，请重新输入。"}


def test_what_is_not_known_here_is_quoted() -> None:
    found = refused(place("/data/note", "is not to our taste"), place("/data/x", "nor is this"))
    assert found.fields == {"note": "未被接受。原文：“/data/note: is not to our taste”"}
    assert found.rest == "未被接受。原文：“/data/x: nor is this”"
    whole = refused(kind="late", detail="too late")
    assert whole == RefusalTold({}, "未被接受。原文：“The event is not valid: too late”")


def test_some_kinds_of_problems_say_all() -> None:
    found = refused(place("/data/case_no", "1000 steps follow"), kind="too-many-steps")
    assert found == RefusalTold({}, "该投诉单的处理步骤已达上限，请另行登记投诉。")


def test_of_warnings_the_fields_are_named() -> None:
    found = [place("/data/note/0/x", "left out"), place("/data/note", "y"), place("/data/z", "w")]
    assert fields_of(found, FIELDS) == ("note",)
    assert not NOT_REFUSED.fields
