"""What the desk says is there in Chinese, one text for one message, and nothing else is."""

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po

from services.desk.domain.users import LANGUAGES
from tests import PROJECT

DESK = PROJECT / "services" / "desk"
ROOMS = {
    "pages": "jinja2.ext:babel_extract",
    **dict.fromkeys(("domain", "views", "adapters", "api"), "python"),
}
"""Where the desk says something -> how that is found there."""
MARKS = {**DEFAULT_KEYWORDS, "N_": None, "say": None}
_LATIN_SIGN = re.compile("[\u4e00-\u9fff][,:;?!()]|[,:;?!()][\u4e00-\u9fff]")
_PLACE = re.compile(r"%\((\w+)\)[sd]")


def texts() -> dict[str, set[str]]:
    """Message -> its texts in all parts; of one that has a plural, that."""
    found = defaultdict(set)
    for file in (DESK / "words" / LANGUAGES[1]).iterdir():
        for message in read_po(BytesIO(file.read_bytes())):
            if message.id:
                found[_last(message.id)].add(_last(message.string))
    return found


def _last(forms: object) -> str:
    return str(forms[-1] if isinstance(forms, list | tuple) else forms)


def said() -> Iterator[str]:
    """All that pages and code say; of one that has a plural, that."""
    for room, method in ROOMS.items():
        options = {"extensions": "jinja2.ext.i18n,jinja2.ext.do"} if room == "pages" else {}
        for file in sorted((DESK / room).rglob("*.html" if room == "pages" else "*.py")):
            content = BytesIO(file.read_bytes())
            for found in extract(method, content, keywords=MARKS, options=options):
                yield _last(found[1])


def test_each_message_has_a_text_and_each_text_a_message() -> None:
    messages, known = set(said()), set(texts())
    assert sorted(messages - known) == [], "without a text in Chinese"
    assert sorted(known - messages) == [], "that nothing says any more"


def test_a_message_has_one_text() -> None:
    """Of several that which is read last would be shown everywhere."""
    assert {message: told for message, told in texts().items() if len(told) > 1} == {}


def test_no_message_is_left_in_english() -> None:
    assert [message for message, told in texts().items() if "" in told] == []


def test_what_is_filled_in_has_its_place_in_both() -> None:
    differ = [
        message
        for message, told in texts().items()
        for text in told
        if set(_PLACE.findall(message)) != set(_PLACE.findall(text))
    ]
    assert differ == []


def test_chinese_is_written_with_the_signs_of_chinese() -> None:
    """Not `重大:` but `重大：`."""
    told = [text for each in texts().values() for text in each]
    assert [text for text in told if _LATIN_SIGN.search(text)] == []
