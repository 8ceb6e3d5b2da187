"""Work that takes much time and memory, such as tables: a little of it at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

MOST_AT_ONCE = 2
"""In a process; a table of all that a dealer has takes some tens of megabytes while it is made."""


class TooMuchAtOnce(Exception):
    """There is no room at present: others have such work done, or whoever asks has."""


class HeavyWork:
    """Gives room for it: nobody has more than one done, and all together no more than `most`."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._busy: set[str] = set()

    @contextmanager
    def room(self, username: str) -> Iterator[None]:
        """For the work of this user, as long as it takes. Raises `TooMuchAtOnce` at once: who waits
        takes room, too."""
        if username in self._busy or len(self._busy) >= self._most:
            raise TooMuchAtOnce
        self._busy.add(username)
        try:
            yield
        finally:
            self._busy.discard(username)
