"""XML of a workbook's parts as events, from strangers: no document types, and so no entities of
their own and nothing from elsewhere; in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.parsers import expat

from services.intake.domain.mappings.records import UnreadableFile

Attributes = Mapping[str, str]
MOST_BYTES_OF_A_TAG = 1_048_576


class _Refused(Exception):
    """A document type stands in it."""


class SafeXml:
    """Tells elements, by their names without prefixes, as pieces of a part are fed."""

    def __init__(
        self,
        *,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self._names: dict[str, str] = {}
        self._start, self._end = start, end
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartElementHandler = self._started
        if end is not None:
            self._parser.EndElementHandler = self._ended
        if text is not None:
            self._parser.CharacterDataHandler = text

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Raises `UnreadableFile` where it is not well-formed, or not taken."""
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise UnreadableFile("the XML in the workbook is damaged: save it again") from None
        except _Refused:
            raise UnreadableFile("the XML in the workbook declares a document type") from None
        if self._fed - self._parser.CurrentByteIndex > MOST_BYTES_OF_A_TAG:
            raise UnreadableFile("the XML in the workbook has a tag that does not end")

    def _started(self, name: str, attributes: Attributes) -> None:
        self._start(self._names.get(name) or self._local(name), attributes)

    def _ended(self, name: str) -> None:
        assert self._end is not None
        self._end(self._names.get(name) or self._local(name))

    def _local(self, name: str) -> str:
        local = local_name(name)
        if len(self._names) < 1000:
            self._names[name] = local
        return local


def local_name(name: str) -> str:
    """Without the prefix of a namespace."""
    return name.rpartition(":")[2]


def elements_of(pieces: Iterable[bytes]) -> Iterator[tuple[str, Attributes]]:
    """Name and attributes of each element of a small part, in order, without prefixes; the end
    of an element is its name with `/` before it."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        local = {local_name(key): value for key, value in attributes.items()}
        found.append((name, local))

    xml = SafeXml(start=start, end=lambda name: found.append((f"/{name}", {})))
    for piece in pieces:
        xml.feed(piece)
        yield from found
        found.clear()
    xml.feed(b"", last=True)
    yield from found


def _refuse(*_: object) -> None:
    raise _Refused
