"""Every word that the screens of complaints say is there in Chinese, too."""

import io
from collections.abc import Iterator
from importlib.resources import files

import pytest
from babel.messages.extract import extract

from services.desk.adapters.words import translations

PARTS = (
    "pages/complaints.html",
    "pages/case.html",
    "pages/case_parts.html",
    "pages/case_step.html",
    "pages/case_waiting.html",
    "pages/case_print.html",
    "pages/file_complaint.html",
    "views/complaints.py",
    "views/case.py",
    "views/case_words.py",
    "views/case_timeline.py",
    "views/case_troubles.py",
    "views/printed.py",
)


def messages(part: str) -> Iterator[str]:
    """What that file says in English."""
    of_page = part.endswith(".html")
    method = "jinja2.ext:babel_extract" if of_page else "python"
    options = {"extensions": "jinja2.ext.do,jinja2.ext.i18n"} if of_page else {}
    content = io.BytesIO((files("services.desk") / part).read_bytes())
    for found in extract(method, content, keywords={"_": None, "N_": None}, options=options):
        message = found[1]
        yield message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("part", PARTS)
def test_it_is_said_in_chinese(part: str) -> None:
    found = set(messages(part))
    assert found
    gettext = translations("zh").gettext
    assert sorted(each for each in found if gettext(each) == each) == []


@pytest.mark.parametrize("part", PARTS)
def test_what_is_inserted_is_the_same(part: str) -> None:
    gettext = translations("zh").gettext
    for each in messages(part):
        assert inserted(each) == inserted(gettext(each)), each


def inserted(message: str) -> list[str]:
    """The names of what a message inserts."""
    return sorted(part.partition(")s")[0] for part in message.split("%(")[1:])
