"""What a service asks of the interpreter and the C library, so that a backlog costs little."""

import ctypes
import gc
import sys

_M_TRIM_THRESHOLD = -1
_M_ARENA_MAX = -8
THREAD_SWITCH_SECONDS = 0.0005
"""The driver's threads hand results to the event loop; Python's 5 ms would be most of a write."""
YOUNG_OBJECTS = 250_000
"""How many new objects there are before Python looks for circles among them. A batch in a backlog
makes as many, and no circle: all are gone after it, and to walk them is for nothing."""


def tune() -> None:
    """Call it once, when all modules are loaded and nothing else is."""
    _give_memory_back()
    gc.freeze()  # else each full collection walks all modules, and holds up a batch for 80 ms
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)


def _give_memory_back() -> None:
    """Tell glibc to keep one heap for all threads and to return what is free at its end.

    The driver's threads would each get a heap of their own, which a backlog fills and none
    gives back: 240 MB instead of 140. Elsewhere than on glibc nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_TRIM_THRESHOLD, 128 * 1024)
