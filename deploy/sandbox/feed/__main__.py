"""Writes the sample feed to standard output, as NDJSON: `python -m deploy.sandbox.feed`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from deploy.sandbox.feed import history, live
from shared.contracts.values import instant_text
from shared.settings import ServiceSettings

_DEFAULT_UNTIL = "2026-11-20T00:00:00Z"


def main(arguments: Sequence[str] | None = None) -> None:
    """History by default, the live days that follow it with `--live`."""
    asked = _parser().parse_args(arguments)
    dealers = ServiceSettings().dealers().all()
    if asked.live:
        lines = live(seed=asked.seed, dealers=dealers, start=asked.until, events=asked.events)
    else:
        lines = history(seed=asked.seed, dealers=dealers, until=asked.until, events=asked.events)
    for line in lines:
        sys.stdout.buffer.write(line.line + b"\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox.feed", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument(
        "--until",
        type=_instant,
        default=_DEFAULT_UNTIL,
        help=f"where history ends and the live days begin ({_DEFAULT_UNTIL})",
    )
    parser.add_argument("--live", action="store_true", help="the live days instead of history")
    return parser


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("write the offset, such as 2026-11-20T00:00:00Z")
    return datetime.fromisoformat(instant_text(moment))


if __name__ == "__main__":
    main()
