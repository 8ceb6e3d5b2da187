"""An intake that answers as a test says."""

from collections.abc import Callable

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


def taking_all(request: httpx.Request) -> httpx.Response:
    """An intake that accepts every line but those with 'bad' in them."""
    items = [
        {
            "index": index,
            "outcome": "rejected" if b"bad" in line else "accepted",
            "problem": {"title": "The event is not valid"} if b"bad" in line else None,
        }
        for index, line in enumerate(request.content.split(b"\n"))
    ]
    return httpx.Response(200, json={"items": items})


def in_turn(*answers: Answer) -> Answer:
    """Each answer once, the last one for ever."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        current = left.pop(0) if len(left) > 1 else left[0]
        return current(request)

    return answer
