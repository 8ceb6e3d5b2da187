"""All that the manager's screens, the exports and presence say is there in Chinese."""

import ast
from collections.abc import Callable, Iterator
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from services.desk.views import exports, manager_words

PAGES = (
    "manager.html",
    "manager_customers.html",
    "manager_exports.html",
    "manager_list.html",
    "manager_made_of.html",
    "manager_parts.html",
    "manager_satisfaction.html",
    "manager_tasks.html",
    "present_names.html",
)
CODE = (
    "exports.py",
    "figure_sheets.py",
    "lead_words.py",
    "made_of.py",
    "manager.py",
    "manager_customers.py",
    "manager_satisfaction.py",
)
OPTIONS = {"trimmed": "true", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}


def of_pages() -> Iterator[str]:
    for page in PAGES:
        file = BytesIO((files("services.desk") / "pages" / page).read_bytes())
        for _, _, message, _ in babel_extract(file, ("_",), [], OPTIONS):
            if isinstance(message, str):
                yield message


def of_code() -> Iterator[str]:
    """What is said by `say("…")` and marked by `N_("…")`."""
    for name in CODE:
        source = (files("services.desk") / "views" / name).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=called, args=[ast.Constant(value=str(message))]):
                    if _name(called) in ("say", "N_"):
                        yield message


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def of_tables() -> Iterator[str]:
    for table in (
        manager_words.CLOCKS,
        manager_words.GRADES,
        manager_words.RISKS,
        manager_words.CHANNELS,
        manager_words.STATUSES,
        manager_words.ROLES,
        exports.EXPORTS,
    ):
        yield from table.values()
    yield from (unit for unit in manager_words.UNITS.values() if unit.strip("%"))


@pytest.mark.parametrize("said", [of_pages, of_code, of_tables])
def test_all_of_it_is_translated(said: Callable[[], Iterator[str]]) -> None:
    file = files("services.desk") / "words" / "zh" / "manager.po"
    catalogue = read_po(BytesIO(file.read_bytes()), locale="zh")
    translated = {each.id for each in catalogue if each.string}
    messages = {*said()}
    assert messages
    assert sorted(messages - translated) == []
