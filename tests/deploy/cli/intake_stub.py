"""An intake that answers as a test says."""

from collections.abc import Callable, Iterable

import httpx

from services.intake.views.items import batch_answer
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import problem

Answer = Callable[[httpx.Request], httpx.Response]


def taking_all(request: httpx.Request) -> httpx.Response:
    """An intake that accepts every line but those with 'bad' in them."""
    invalid = problem("invalid-event", "The event is not valid", 422)
    return items_answered(
        Item(index=index, outcome="rejected", problem=invalid)
        if b"bad" in line
        else Item(index=index, outcome="accepted")
        for index, line in enumerate(request.content.split(b"\n"))
    )


def items_answered(items: Iterable[Item]) -> httpx.Response:
    """As intake answers a batch."""
    return httpx.Response(200, content=batch_answer(list(items)).model_dump_json())


def in_turn(*answers: Answer) -> Answer:
    """Each answer once, the last one for ever."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        current = left.pop(0) if len(left) > 1 else left[0]
        return current(request)

    return answer
