"""The desk's words in the languages of its users: catalogues of gettext, read as they are written.

English is what stands in the code. `words/zh/*.po`: one file for each part of the desk, so that a
part is translated where it is.
"""

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.desk.domain.users import LANGUAGES, Language

LOCALES: Mapping[Language, str] = {"en": "en_GB", "zh": "zh_CN"}
"""How dates and numbers are written."""


@cache
def translations(language: Language) -> NullTranslations:
    """What the words of the code are in this language."""
    found: NullTranslations = NullTranslations()
    folder = files("services.desk") / "words" / language
    if language == LANGUAGES[0] or not folder.is_dir():
        return found
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".po"):
            continue
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(file.read_bytes()), locale=language))
        compiled.seek(0)
        part = GNUTranslations(compiled)
        part.add_fallback(found)
        found = part
    return found
