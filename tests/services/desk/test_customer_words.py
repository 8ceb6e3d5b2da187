"""All that searches and the customer's page say is there in Chinese."""

import io
from collections.abc import Iterator
from importlib.resources import files

from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

PAGES = {
    "find": ("find.html", "find_hits.html"),
    "customer": ("customer.html", "customer_standing.html", "customer_who.html"),
    "shared": ("customer_words.html",),
}
PARTS = ("find", "customer")
OPTIONS = {"trimmed": "true", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}


def said() -> Iterator[str]:
    """Every message, as English has it; of plurals the first form."""
    for page in (page for pages in PAGES.values() for page in pages):
        text = io.BytesIO((files("services.desk") / "pages" / page).read_bytes())
        for _, _, message, _ in babel_extract(text, ("_", "ngettext"), [], OPTIONS):
            found = message[0] if isinstance(message, tuple) else message
            assert found is not None
            yield found


def test_all_of_it_is_translated() -> None:
    folder = files("services.desk") / "words" / "zh"
    translated = {
        each.id[0] if isinstance(each.id, tuple) else each.id
        for part in PARTS
        for each in read_po((folder / f"{part}.po").open("rb"), locale="zh")
        if each.string
    }
    assert sorted({*said()} - translated) == []
