"""The envelope's attributes, as CloudEvents 1.0 says, beyond what their contract says of each.

The CloudEvents SDK (2.2) is not used for it: it fills in a missing id and time, takes `data`
beside `data_base64`, leaves URIs and the values of extensions alone, and never says where it found
something.
"""

import re
from collections.abc import Mapping

from services.intake.domain.examine.names import is_repeatable
from services.intake.domain.findings import Findings
from shared.contracts.envelope import CloudEvent

SMALLEST_INTEGER, LARGEST_INTEGER = -(2**31), 2**31 - 1

_NAME = re.compile(r"[a-z0-9]+", flags=re.ASCII)
_MEMBERS = frozenset({"data", "data_base64"})
"""Members of the JSON format that are no attributes."""
_CORE = CloudEvent.model_fields.keys()
_NO_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""What no CloudEvents string holds: controls, surrogates and noncharacters."""


def check_attributes(raw: Mapping[str, object], errors: Findings) -> None:
    """Names, strings and extension values; `data` in the one form that is taken here."""
    if raw.get("data_base64") is not None:
        beside = raw.get("data") is not None
        errors.add(
            "/data_base64",
            "not beside data: an event has one of them"
            if beside
            else "data is JSON here: send it as data",
        )
    for name, value in raw.items():
        if name in _MEMBERS:
            continue
        if _NAME.fullmatch(name) is None:
            where = f"/{name}" if is_repeatable(name) else ""
            errors.add(where, "names of attributes are of the letters a to z and digits")
        elif value is not None:
            fault = _fault(value, is_core=name in _CORE)
            if fault is not None:
                errors.add(f"/{name}" if name in _CORE or is_repeatable(name) else "", fault)


def _fault(value: object, *, is_core: bool) -> str | None:
    """What is wrong with the value of an attribute; the contract looks at the core ones, too."""
    match value:
        case str():
            return "control characters" if _NO_CHARACTERS.search(value) else None
        case _ if is_core:
            return None
        case bool():
            return None
        case int() if SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
            return None
        case _:
            return "an extension is a string, an integer of 32 bits or a boolean"
