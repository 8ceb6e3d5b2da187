"""What the desk says in Chinese: one text for one message, in whichever part it stands."""

import re
from collections import defaultdict
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

from services.desk.domain.users import LANGUAGES

_PLACE = re.compile(r"%\((\w+)\)[sd]")


def texts() -> dict[str, set[str]]:
    """Message -> its texts in all parts; of one that has a plural, that."""
    found = defaultdict(set)
    for file in (files("services.desk") / "words" / LANGUAGES[1]).iterdir():
        for message in read_po(BytesIO(file.read_bytes())):
            if message.id:
                found[_last(message.id)].add(_last(message.string))
    return found


def _last(forms: object) -> str:
    return str(forms[-1] if isinstance(forms, list | tuple) else forms)


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
