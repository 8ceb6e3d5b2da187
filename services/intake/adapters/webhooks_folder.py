"""The webhooks of a folder, as its files have them now: a secret is changed without a restart."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias, get_args

import structlog

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.webhooks import (
    ExpectedWebhooks,
    Webhook,
    Webhooks,
    read_webhook,
    read_webhooks,
    webhook_files,
)
from services.intake.domain.webhooks.signature import Verdict
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.time.clock import SystemClock, TimeSource
from shared.yaml_file import WrongFile

LOOK_EVERY = timedelta(seconds=1)
"""How often, at most, it is looked whether a file has changed."""
TRY_AGAIN_AFTER = timedelta(seconds=10)
"""When what could not be used is read again, though it looks the same: what it names may be there
by now."""

_Stamp: TypeAlias = tuple[int, int, int] | None

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _AsRead:
    """A file, as it was when it was read last."""

    stamps: tuple[_Stamp, ...]
    """Its own, and those of the files that its secrets stand in."""
    webhook: Webhook | None
    """The last that could be used; None: none ever could."""
    wrong: tuple[str, ...] = ()


class WatchedWebhooks:
    """Those that are expected. A file that cannot be used leaves the webhook that it had before."""

    def __init__(
        self,
        folder: Path,
        *,
        dealers: Dealers,
        mappings: Mappings,
        clock: TimeSource,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Raises `WrongFile` with a line for all that is wrong in its files."""
        self._folder = folder
        self._dealers = dealers
        self._mappings = mappings
        self._clock = clock
        self._environment = environment
        found = read_webhooks(folder, dealers=dealers, mappings=mappings, environment=environment)
        self._by_name = found.by_name
        self._files = {
            folder / f"{name}.yaml": _AsRead((), webhook) for name, webhook in found.by_name.items()
        }
        self._looked_at = self._tried_at = clock.now()
        self._wrong: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Webhook]:
        self._renew(self._clock.now())
        return self._by_name

    def find(self, name: str) -> Webhook | None:
        """None: none of this name is expected."""
        return self.by_name.get(name)

    def _renew(self, now: datetime) -> None:
        if self._looked_at <= now < self._looked_at + LOOK_EVERY:
            return
        self._looked_at = now
        again = not self._tried_at <= now < self._tried_at + TRY_AGAIN_AFTER
        if again:
            self._tried_at = now
        try:
            paths = webhook_files(self._folder)
        except WrongFile as error:
            self._tell(tuple(error.lines))
            return
        self._files = {path: self._as_now(path, again=again) for path in paths}
        self._tell(tuple(line for each in self._files.values() for line in each.wrong))
        usable = [each.webhook for each in self._files.values() if each.webhook is not None]
        by_name = {webhook.name: webhook for webhook in usable}
        if by_name != self._by_name:
            metrics.begin(metrics.intake_webhooks, by_name, get_args(Verdict))
            self._by_name = by_name
            log.info("webhooks are renewed")

    def _as_now(self, path: Path, *, again: bool) -> _AsRead:
        """`again`: read it also where it looks the same, and could not be used."""
        known = self._files.get(path)
        webhook = None if known is None else known.webhook
        files = (path, *(() if webhook is None else webhook.secret_files))
        stamps = tuple(map(_stamp, files))
        if known is not None and known.stamps == stamps and not (again and known.wrong):
            return known
        try:
            found = read_webhook(path, self._dealers, self._mappings, self._environment)
        except WrongFile as error:
            return _AsRead(stamps, webhook, tuple(error.lines))
        return _AsRead(stamps, found)

    def _tell(self, wrong: tuple[str, ...]) -> None:
        if wrong and wrong != self._wrong:
            log.error("webhooks are not renewed", because=wrong)
        self._wrong = wrong


def expected_webhooks(
    folder: Path | None, dealers: Dealers, mappings: Mappings
) -> ExpectedWebhooks:
    """Those of a folder; none without one. Raises `WrongFile`."""
    if folder is None:
        return Webhooks()
    return WatchedWebhooks(folder, dealers=dealers, mappings=mappings, clock=SystemClock())


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
