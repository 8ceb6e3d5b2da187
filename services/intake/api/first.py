"""The same request again is answered as the first time."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import structlog
from fastapi import Response

from services.intake.adapters.first_answers import FirstAnswers
from services.intake.adapters.register import Rows
from services.intake.domain.first_answers import GivenAnswer, KeyClaim
from services.intake.domain.hashes import keyed_digest
from services.intake.views import problems
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal
from shared.time.clock import TimeSource

REPLAYED = "Idempotent-Replayed"
"""The header of an answer that was given before."""

log = structlog.get_logger()

Work = Callable[[], Awaitable[Response]]


class FirstTime:
    """Does what comes under a key once, and answers the same ever after."""

    def __init__(self, answers: FirstAnswers, register: Rows, clock: TimeSource) -> None:
        self._answers = answers
        self._register = register
        self._clock = clock

    async def answer(
        self, *, scope: str, key: str, request: Iterable[bytes], header: str, work: Work
    ) -> Response:
        """What `work` answers, or what it answered the first time.

        An answer is kept if it is 2xx: whatever was refused did nothing, and may be mended and
        sent again. Raises `Refusal`: 409 while the same is worked on, 422 where the key is known
        for another request. `scope`: keys of one have nothing to do with those of another.
        """
        secret = await self._register.hash_key()
        hashed = keyed_digest([scope.encode(), key.encode()], secret)
        digest = keyed_digest(request, secret)
        found = await self._answers.claim(hashed, digest=digest, now=self._clock.now())
        match found:
            case GivenAnswer():
                return _replayed(found)
            case "in hand":
                raise Refusal(problems.in_hand())
            case "other request":
                raise Refusal(problems.other_request(header))
            case KeyClaim():
                return await self._first(found, work)

    async def _first(self, claim: KeyClaim, work: Work) -> Response:
        is_done = False
        try:
            response = await work()
            is_done = 200 <= response.status_code < 300
        finally:
            if not is_done:
                with suppress(TransientFailure):  # the claim ends by itself
                    await self._answers.release(claim)
        if is_done:
            given = GivenAnswer(
                response.status_code, response.media_type or "", bytes(response.body)
            )
            try:
                await self._answers.keep(claim, given)
            except TransientFailure as failure:
                log.warning("an answer is not kept", because=str(failure))
        return response


def _replayed(answer: GivenAnswer) -> Response:
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type,
        headers={REPLAYED: "true"},
    )
