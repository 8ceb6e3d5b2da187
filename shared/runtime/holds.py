"""Reading one's own write: a read waits until what it shows holds documents that were reported.

`holds=DOCUMENT@VERSION` names what intake answered to the report. Asked are the facts themselves:
they hold that version, or a newer one, or they do not. No offset is compared, for neither a topic
nor a partition tells what a service made of a record. What facts do not keep is never held: then
the answer comes after the wait, and says so.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query, Request, Response

from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.contracts.identifiers import as_composed, dealer_of
from shared.decider.decider import Facts
from shared.platform import metrics
from shared.platform.asked import Responses
from shared.platform.problems import Refusal, refusing

HOLDS = "Aftercare-Holds"
"""The header of the answer: `true` or `false`."""
MOST_DOCUMENTS = 20
"""How many documents one request may name."""
MOST_WAITING = 64
"""How many requests of one route wait at once; whoever comes then is answered at once."""
LONGEST_WAIT_SECONDS = 5.0
USUAL_WAIT_SECONDS = 1.5
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.01, 0.1
_PARTS_BEFORE_NUMBER = 4
_FORM = r"^[^/]+(/[^/]+){3}/.+@[0-9]{13}\.[0-9a-z.]{1,106}$"
_WRONG_FORM = "the `document_id` that intake answered, `@`, and the `version` that it answered"

ToHold = Annotated[
    list[Annotated[str, Query(json_schema_extra={"pattern": _FORM})]],
    Query(
        alias="holds",
        max_length=MOST_DOCUMENTS,
        description="`document_id@version` of a report, as intake answered it and percent-encoded: "
        "the answer waits until that version, or a newer one, is known here. Several: all of them.",
    ),
]
Wait = Annotated[
    float,
    Query(
        ge=0,
        le=LONGEST_WAIT_SECONDS,
        allow_inf_nan=False,
        description="The longest wait for `holds`, in seconds; then the answer comes as it is.",
    ),
]
Find: TypeAlias = Callable[[str], Awaitable[Facts | None]]
"""Given what a path names, the facts that its route shows, undecided; None: there are none."""

_HEADER: dict[str, Any] = {
    HOLDS: {
        "description": "Only where `holds` was asked for: whether what is shown holds all of it.",
        "schema": {"type": "string", "enum": ["true", "false"]},
    }
}


def telling_holds(responses: Responses) -> Responses:
    """For OpenAPI: these responses, and 200, of a route that may be asked for `holds`."""
    return {
        status: {**response, "headers": _HEADER}
        for status, response in {200: {"description": "As asked for."}, **responses}.items()
    }


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A version of a document that is waited for."""

    id: str
    version: str

    def is_in(self, held: Mapping[str, str]) -> bool:
        """Whether that version or a newer one is held; an id that lost its percent-encoding on the
        way is understood, too."""
        for id_ in (self.id, as_composed(self.id, plain=_PARTS_BEFORE_NUMBER)):
            if id_ in held:
                return held[id_] >= self.version
        return False


def asked_documents(written: Iterable[str], *, of: str) -> list[AskedDocument]:
    """What is waited for; `of`: the key or id that the read is about. Raises `WronglyAsked` for
    what names no version of a document, or a document of another dealer."""
    found = []
    for text in written:
        if re.fullmatch(_FORM, text) is None:
            raise WronglyAsked("holds", f"not of the form: {_WRONG_FORM}")
        id_, _, version = text.rpartition("@")
        if dealer_of(id_) != _dealer_in(of):
            raise WronglyAsked("holds", "a document of another dealer than the one read of")
        found.append(AskedDocument(id_, version))
    return found


def _dealer_in(given: str) -> str:
    return "/".join(given.split("/", 2)[:2])


def pauses() -> Iterator[float]:
    """How long to wait before each further look, in seconds: each twice as long, up to the last."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, LAST_PAUSE_SECONDS)


@dataclass(slots=True)
class WaitingRoom:
    """The requests of one route that wait."""

    most: int = MOST_WAITING
    _waiting: int = field(default=0, init=False)

    async def until(self, is_there: Callable[[], Awaitable[bool]], *, seconds: float) -> bool:
        """Whether it is there at last: asked at once, and while there is time and room again."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        if await is_there():
            return True
        if self._waiting >= self.most:
            return False
        self._waiting += 1
        try:
            for pause in pauses():
                left = end - loop.time()
                if left <= 0:
                    break
                await asyncio.sleep(min(pause, left))
                if await is_there():
                    return True
        finally:
            self._waiting -= 1
        return False


def holding(find: Find, parameter: str) -> Any:
    """The dependency of a route, behind that on who may ask. It waits for `holds`, and says by a
    header of the answer, be it a refusal, whether what is shown holds all.

    `parameter`: of the path, which `find` is given. Raises `Refusal` (422) for what cannot be held.
    """
    room = WaitingRoom()
    metrics.begin(metrics.holds_seconds, ("true", "false"))

    async def held(
        request: Request,
        response: Response,
        holds: ToHold = [],  # noqa: B006 # FastAPI copies what it was not asked for
        wait: Wait = USUAL_WAIT_SECONDS,
    ) -> AsyncIterator[None]:
        if not holds:
            yield
            return
        given = str(request.path_params[parameter])
        with refusing():
            documents = asked_documents(holds, of=given)

        async def are_there() -> bool:
            facts = await find(given)
            versions = {} if facts is None else facts.versions()
            return all(document.is_in(versions) for document in documents)

        now = asyncio.get_running_loop().time
        began = now()
        is_held = "true" if await room.until(are_there, seconds=wait) else "false"
        metrics.holds_seconds.labels(is_held).observe(now() - began)
        response.headers[HOLDS] = is_held
        try:
            yield
        except Refusal as refusal:
            refusal.headers[HOLDS] = is_held
            raise

    return Depends(held)
