"""Where an error came from, for logs and reasons: never its text, which may hold what came in."""

import traceback
from pathlib import Path

_OUR_SERVICES = "services."
"""What the names of the services' modules begin with."""


def where_raised(error: BaseException) -> str:
    """Its class, and the file and line where a service raised it, or called what did."""
    frames = list(traceback.walk_tb(error.__traceback__))
    in_service = [
        each for each in frames if each[0].f_globals.get("__name__", "").startswith(_OUR_SERVICES)
    ]
    frame, line = (in_service or frames)[-1]
    return f"{type(error).__name__} at {Path(frame.f_code.co_filename).name}:{line}"
