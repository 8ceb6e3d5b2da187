"""Tells what a feed would open, or what is wrong with what was asked."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
import typer

from deploy.cli import send
from deploy.cli.event_files import each_line
from deploy.cli.tasks.rehearse import Rehearsed, moment_of, rehearse
from deploy.cli.tasks.services import services_of
from deploy.cli.tasks.tally import in_all, in_words
from deploy.cli.terminal import FAILED, count, write, write_json
from shared.contracts.values import instant_text
from shared.platform import process


def rehearse_and_tell(
    files: Sequence[Path], *, at: str, dealer: str, rules: Path | None, as_json: bool
) -> None:
    """As `aftercare tasks rehearse` promises."""
    services = services_of(rules)
    if dealer and services.dealers.find(dealer) is None:
        raise typer.BadParameter("no such dealer is configured", param_hint="--dealer")
    try:
        now = moment_of(at, services.now)
    except ValueError:
        written = "write a day such as 2026-12-01, or an instant with its offset"
        raise typer.BadParameter(written, param_hint="--at") from None
    process.tune()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found = rehearse(each_line(files), services, now, dealer=dealer)
    if as_json:
        write_json(_as_json(found), readable=True)
    else:
        send.show(found.account, done="read")
        write(_in_words(found))
    if found.account.rejected:
        raise typer.Exit(FAILED)


def _in_words(found: Rehearsed) -> list[str]:
    received = instant_text(found.as_of)
    lines = [f"received at {received}, nothing known before; as of when each dealer opens next:"]
    lines += in_words(found.tallies)
    lines += [f"not decided: {count(number, 'time')} {why}" for why, number in _undecided(found)]
    return lines


def _as_json(found: Rehearsed) -> dict[str, Any]:
    return {
        "received_at": instant_text(found.as_of),
        "events": found.account.as_json(done="read"),
        **in_all(found.tallies.values()).as_json(),
        "dealers": {name: tally.as_json() for name, tally in sorted(found.tallies.items())},
        "undecided": dict(_undecided(found)),
    }


def _undecided(found: Rehearsed) -> list[tuple[str, int]]:
    return sorted(found.undecided.items())
