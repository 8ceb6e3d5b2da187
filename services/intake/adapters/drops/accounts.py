"""The accounts beside files that were put away: written when an import has ended, and anew when it
was resumed and has ended otherwise.

Of a file whose import may still be resumed a note stays in `.taken`, and is looked at now and then
until it may not.
"""

from functools import partial

import structlog

from services.intake.adapters.door import Aside
from services.intake.adapters.drops.disk import DropDisk
from services.intake.adapters.drops.drops_file import DropFolder
from services.intake.adapters.imports.store import ImportStore
from services.intake.domain.drops.names import ACCOUNTS
from services.intake.domain.drops.taken_file import TakenFile
from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import ImportJob, may_be_resumed
from services.intake.views.drops import MOST_RECORDS, drop_account, drop_records_csv
from shared.contracts.http.table import Lang
from shared.time.clock import TimeSource

RECORDS_AT_ONCE = 1_000
LOOKED_AT_ONCE = 20
"""The files whose imports may have been resumed that are looked at in one look at the folder; the
others have their turn."""

log = structlog.get_logger()


class FileAccounts:
    """Those of one folder. Calls raise `OSError` and `TransientFailure`."""

    def __init__(
        self,
        folder: DropFolder,
        *,
        disk: DropDisk,
        store: ImportStore,
        clock: TimeSource,
        aside: Aside,
    ) -> None:
        self._folder = folder
        self._disk = disk
        self._store = store
        self._clock = clock
        self._aside = aside
        self._last = ""

    async def tell(self, claim: TakenFile, job: ImportJob | None) -> None:
        """Beside a file that was put away; what was noted of it is gone then, but where its import
        may be resumed."""
        await self._write(claim, job)
        if job is None or not may_be_resumed(job, self._clock.now()):
            await self._aside(partial(self._disk.forget, claim))
            return
        await self._aside(partial(self._disk.note, claim.told(job.ended_at)))
        await self._aside(partial(self._disk.keep_told, claim))

    async def due(self) -> list[str]:
        """The tokens of some files whose imports may have been resumed."""
        tokens = await self._aside(self._disk.told)
        later = [token for token in tokens if token > self._last]
        found = [*later, *(token for token in tokens if token <= self._last)][:LOOKED_AT_ONCE]
        self._last = found[-1] if found else ""
        return found

    async def tell_anew(self, token: str) -> None:
        """Where its import has ended otherwise since."""
        claim = await self._aside(partial(self._disk.read_told, token))
        job = None
        if claim is not None and claim.import_id is not None:
            job = await self._store.find(claim.import_id)
        if claim is None or job is None:
            await self._aside(partial(self._disk.forget_told, token))
            return
        if job.ended_at is None:
            return
        is_there = await self._aside(partial(self._disk.has_account, claim, ACCOUNTS[0]))
        if is_there and job.ended_at != claim.told_of:
            await self._write(claim, job)
            await self._aside(partial(self._disk.note_told, claim.told(job.ended_at)))
            log.info("account written anew", folder=self._folder.name, import_id=job.import_id)
        if not is_there or not may_be_resumed(job, self._clock.now()):
            await self._aside(partial(self._disk.forget_told, token))

    async def _write(self, claim: TakenFile, job: ImportJob | None) -> None:
        troubles = [] if job is None else await self._records(job.import_id)
        now, name = self._clock.now(), self._folder.name
        told = drop_account(claim, job, troubles, folder=name, now=now)
        table = drop_records_csv(claim, job, troubles, _language(self._folder.dealer.language))
        for ending, text in zip(ACCOUNTS, (told, table), strict=True):
            write = partial(self._disk.write_account, claim, ending, text.encode())
            await self._aside(write)

    async def _records(self, import_id: str) -> list[RecordTrouble]:
        found: list[RecordTrouble] = []
        while len(found) < MOST_RECORDS:
            page = await self._store.troubles(
                import_id,
                kind=None,
                after=found[-1].number if found else 0,
                limit=RECORDS_AT_ONCE,
            )
            found += page
            if len(page) < RECORDS_AT_ONCE:
                break
        return found


def _language(language: str) -> Lang:
    return "zh" if language.lower().startswith("zh") else "en"
