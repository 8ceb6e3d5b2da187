"""One JSON value of a file, strictly."""

from dataclasses import dataclass

from services.intake.domain.decode.strict_json import (
    MOST_VALUES,
    NotJson,
    StrictJson,
    TooLarge,
)
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD


@dataclass(frozen=True, slots=True)
class Faulty:
    """Bytes that are no JSON value that is taken."""

    because: str


class JsonValues:
    """Decodes values of at most `MOST_BYTES_OF_A_RECORD`."""

    def __init__(self) -> None:
        self._strict = StrictJson(most_bytes=MOST_BYTES_OF_A_RECORD)

    def read(self, content: bytes) -> object:
        """The value, or why it is `Faulty`."""
        try:
            decoded = self._strict.whole(content.decode())
        except UnicodeDecodeError:
            return Faulty("is not valid in UTF-8")
        except NotJson as error:
            return Faulty(f"is not JSON as it is taken here: {error}")
        except TooLarge:
            return Faulty(f"has more than {MOST_VALUES} values")
        if decoded.doubled:
            return Faulty("has a name twice in one object: nobody knows which one counts")
        return decoded.value
