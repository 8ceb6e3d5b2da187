"""Deletes what is not needed any more of imports, and counts those there are."""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from services.intake.adapters.imports.store import ImportStore, changed
from services.intake.domain.imports import job as life
from services.intake.domain.imports.job import ImportJob
from shared.platform import metrics


class Keeping(NamedTuple):
    """How long, and how much, is kept of imports."""

    lease: timedelta = timedelta(seconds=30)
    """An instance that is not heard of for so long is gone."""
    file: timedelta = timedelta(days=7)
    """The file of an import of which something is to be mended."""
    job: timedelta = timedelta(days=90)
    troubles: int = 5_000
    """Records of each kind in the account of one import."""


async def clear(store: ImportStore, now: datetime, *, keep: timedelta) -> None:
    """Deletes files that are done with, what never came whole, and imports whose end is `keep` ago.

    Any number of instances may do so at the same time.
    """
    ended_before = now - keep
    for job in await store.to_clear(now, ended_before):
        if job.state == "arriving" or (job.ended_at is not None and job.ended_at <= ended_before):
            await store.remove(job.import_id)
        else:
            await _without_file(store, job, now)


async def count(store: ImportStore, now: datetime) -> None:
    """Sets the gauges of imports."""
    tally = await store.tally()
    for state, number in tally.by_state.items():
        metrics.intake_imports.labels(state).set(number)
    waited = now - (tally.waiting_since or now)
    metrics.intake_import_waiting_seconds.set(max(0.0, waited.total_seconds()))


async def _without_file(store: ImportStore, job: ImportJob, now: datetime) -> None:
    """It cannot be resumed first, then its file goes: nothing runs without one."""
    marked = await changed(store, job.import_id, partial(life.without_file, now=now))
    if marked is not None:
        await store.drop_file(job.import_id)
        await changed(store, job.import_id, life.file_deleted)
