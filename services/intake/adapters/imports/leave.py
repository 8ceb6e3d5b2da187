"""Whether whoever sent an import may still report."""

from typing import Protocol

from services.intake.domain.imports.job import ImportJob
from shared.auth.scopes import Scope


class StillMay(Protocol):
    """Whether somebody who asked before may still do so."""

    async def __call__(
        self, principal_id: str, scope: Scope, dealer_id: str, source: str, /
    ) -> bool:
        """As `Doorman.still_may` promises."""
        ...


class NoLeave(Exception):
    """Whoever sent an import may not report any more."""


async def check_leave(job: ImportJob, still_may: StillMay) -> None:
    """Raises `NoLeave`, and `TransientFailure` while it cannot be said."""
    if job.sent_by is None:
        return
    if not await still_may(job.sent_by, "events:write", job.dealer_id, job.source):
        raise NoLeave
