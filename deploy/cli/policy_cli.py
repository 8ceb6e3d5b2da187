"""`aftercare policy`: look at the dealers' rules for complaints, compare them, apply them."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.cli import configuration, policy_show
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.failures import CannotRun
from deploy.cli.policy_cases import open_store, progress, rehearse
from deploy.cli.policy_check import Checked, check
from deploy.cli.readiness import what_keeps
from deploy.cli.terminal import WRONG_USE, AsJson, DataDir, err, hint
from services.complaints.adapters.rules import places
from services.complaints.adapters.rules.applied import write_edition
from services.complaints.adapters.rules.difference import Change, differences
from services.complaints.adapters.rules.drafts import Draft
from services.complaints.adapters.rules.folder import read_rulebook
from services.complaints.adapters.rules.rehearsal import Rehearsal, proposed
from services.complaints.adapters.rules.workbench import read_drafts
from services.complaints.domain.rulebook import Edition, OpenCases, Rulebook
from services.complaints.settings import ComplaintSettings
from shared.settings import MongoSettings
from shared.yaml_file import WrongFile

LOOK_EVERY_SECONDS = 1.0
STALLED_SECONDS = 60.0
INTERRUPTED = 130

app = typer.Typer(
    help="The dealers' rules for complaints: look at them, compare them, apply them.",
    no_args_is_help=True,
)

Rules = Annotated[
    Path | None, typer.Option("--rules", help=f"The folder of rules; else {places.VARIABLE}.")
]
Dealer = Annotated[str, typer.Argument(help="Such as sunrise/pudong.")]
NoDryRun = Annotated[
    bool, typer.Option("--no-dry-run", help="Do not look at the open cases in the database.")
]


@app.command("check")
def check_(*, rules: Rules = None) -> None:
    """Check all policies, calendars, rosters and editions. Exits with 2 when any is wrong."""
    settings = _settings()
    _tell(_checked(_folder(rules, settings), settings), shown=True)


@app.command()
def diff(
    *,
    dealer: Annotated[str, typer.Argument(help="Such as sunrise/pudong; else all.")] = "",
    rules: Rules = None,
    no_dry_run: NoDryRun = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Compare drafts with what is in force, and count the open cases that would move."""
    settings = _settings()
    now = _now(settings)
    folder = _folder(rules, settings)
    rulebook, drafts = _read(folder, dealer, now)
    mongo = None if no_dry_run else _mongo(data_dir)
    if as_json:
        told = [_as_json(rulebook, draft, now, mongo) for draft in drafts]
        _write([json.dumps(told, ensure_ascii=False)])
    else:
        for draft in drafts:
            _show(rulebook, draft, now, mongo)


@app.command()
def apply(
    *,
    dealer: Dealer,
    new_cases_only: Annotated[
        bool, typer.Option("--new-cases-only", help="Open cases keep the rules they have.")
    ] = False,
    rebase_open: Annotated[
        bool, typer.Option("--rebase-open", help="Open cases are judged by the new rules, too.")
    ] = False,
    rules: Rules = None,
    note: Annotated[str, typer.Option(help="Kept with the edition: who decided, and why.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    no_dry_run: NoDryRun = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Do not wait until the open cases follow.")
    ] = False,
    url: Annotated[str, typer.Option(help="The address of complaints, to wait for it.")] = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Put a dealer's draft into force, after showing what that would do."""
    if new_cases_only == rebase_open:
        err.print(policy_show.CHOICE, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(WRONG_USE)
    choice: OpenCases = "rebase" if rebase_open else "keep"
    settings = _settings()
    folder = _folder(rules, settings)
    rulebook, [draft] = _read(folder, dealer, _now(settings))
    current = rulebook.current(dealer)
    mongo = _mongo(data_dir)
    if _nothing_to_apply(current, draft, choice):
        since = policy_show.in_force(current)
        _write([f"nothing to apply: the draft of {dealer} is in force already ({since})"])
    else:
        _show(rulebook, draft, _now(settings), None if no_dry_run else mongo)
        _agree(dealer, choice, yes=yes)
        # what took a while to agree on begins now, and after whatever was applied meanwhile
        rulebook = _rulebook(folder)
        edition = draft.applied(_applied_at(rulebook.current(dealer), _now(settings)), choice)
        try:
            path = write_edition(folder, dealer, edition, note=note)
        except OSError as error:
            raise CannotRun(f"the edition cannot be written: {error}") from None
        _write([f"applied to {dealer}, {policy_show.in_force(edition)}: {path}"])
        rulebook = proposed(rulebook, dealer, edition)
    if not no_wait:
        if not url:
            require_rules(addresses(data_dir).rules, folder)
        _wait(dealer, rulebook, mongo, url or addresses(data_dir).urls["complaints"])


def check_rules() -> None:
    """Check the folder that the environment names, if it does; only trouble is told.

    Raises `WrongConfiguration`.
    """
    settings = _settings()
    if settings.complaints_rules_dir is not None:
        _tell(_checked(settings.complaints_rules_dir, settings), shown=False)


def warn(lines: Iterable[str]) -> None:
    """Tell what is most likely not meant."""
    for line in lines:
        err.print(f"warning: {line}", markup=False, highlight=False, soft_wrap=True)


def _checked(folder: Path, settings: ComplaintSettings) -> Checked:
    try:
        return check(folder, settings.dealers(), _now(settings))
    except WrongFile as wrong:
        raise configuration.WrongConfiguration(wrong.lines) from None


def _tell(checked: Checked, *, shown: bool) -> None:
    if shown:
        _write(policy_show.overview(checked))
    warn(checked.warnings)
    if checked.wrong:
        raise configuration.WrongConfiguration(list(checked.wrong))


def _nothing_to_apply(current: Edition, draft: Draft, choice: OpenCases) -> bool:
    """The same rules are something to apply only where open cases did not follow them yet."""
    if not draft.applied(None, "keep").judges_as(current):
        return False
    return choice == "keep" or current.applied_at is None or current.open_cases == "rebase"


def _applied_at(last: Edition, now: datetime) -> datetime:
    """Now, but after the last edition."""
    if last.applied_at is None:
        return now
    return max(now, last.applied_at + timedelta(milliseconds=1))


def _differences(rulebook: Rulebook, draft: Draft) -> list[Change]:
    return differences(rulebook.current(draft.dealer_id), draft.applied(None, "keep"))


def _show(rulebook: Rulebook, draft: Draft, now: datetime, mongo: MongoSettings | None) -> None:
    """What is different, and what applying would do; without a database the first alone."""
    current = rulebook.current(draft.dealer_id)
    since = policy_show.in_force(current)
    _write([f"{draft.dealer_id}: {draft.path} beside what is in force ({since})"])
    changes = _differences(rulebook, draft)
    _write(policy_show.changed(changes) if changes else ["  no difference"])
    if mongo is not None and not _nothing_to_apply(current, draft, "rebase"):
        _write(policy_show.rehearsed(_rehearse(rulebook, draft, now, mongo)))


def _as_json(
    rulebook: Rulebook, draft: Draft, now: datetime, mongo: MongoSettings | None
) -> dict[str, Any]:
    found = _rehearse(rulebook, draft, now, mongo) if mongo is not None else None
    return {
        "dealer": draft.dealer_id,
        "draft": str(draft.path),
        "in_force": policy_show.in_force(rulebook.current(draft.dealer_id)),
        "changes": policy_show.changes_as_json(_differences(rulebook, draft)),
        "dry_run": policy_show.rehearsal_as_json(found) if found is not None else None,
    }


def _rehearse(rulebook: Rulebook, draft: Draft, now: datetime, mongo: MongoSettings) -> Rehearsal:
    dealer_id = draft.dealer_id
    at = _applied_at(rulebook.current(dealer_id), now)
    other = proposed(rulebook, dealer_id, draft.applied(at, "rebase"))

    async def read() -> Rehearsal:
        with _bar(f"{dealer_id}: reading open cases") as bar:
            task = bar.add_task("", total=None)
            async with open_store(mongo) as store:
                return await rehearse(
                    store,
                    dealer_id,
                    rulebook,
                    other,
                    now=max(at, now),
                    tell=lambda done: bar.update(task, completed=done),
                )

    try:
        return asyncio.run(read())
    except CannotRun as failure:
        raise CannotRun(f"no dry run: {failure}. --no-dry-run goes on without") from failure


def _agree(dealer: str, choice: OpenCases, *, yes: bool) -> None:
    """Ask, unless told not to. Exits with 1 on a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked: add --yes to apply this")
    whose = "new cases only" if choice == "keep" else "new cases and those that are open"
    typer.confirm(f"Apply this to {dealer}, for {whose}?", abort=True, err=True)


def require_rules(read: str | None, folder: Path) -> None:
    """Raises `CannotRun` where the running complaints reads other rules than `folder`, or none.

    `read`: what it does, as `aftercare up` told; empty: nobody knows.
    """
    if read == "" or (read is not None and Path(read) == folder.resolve()):
        return
    does = f"reads {read}" if read else f"was started without {places.VARIABLE} and reads no rules"
    raise CannotRun(
        f"not waiting: complaints {does}. Stop it, set {places.VARIABLE} to {folder.resolve()}, "
        f"and start it again with {hint('up')}"
    )


def _wait(dealer: str, rulebook: Rulebook, mongo: MongoSettings, url: str) -> None:
    """Show how the open cases are brought over, until all are. Ending it ends nothing else."""
    if troubles := what_keeps(url):
        _write([f"not waiting: complaints at {url}: {'; '.join(troubles)}"])
        return
    try:
        asyncio.run(_until_brought_over(dealer, rulebook.version_for(dealer), mongo))
    except KeyboardInterrupt:
        _write(["not waiting any more; the service goes on, and the same command shows how far"])
        raise typer.Exit(INTERRUPTED) from None


async def _until_brought_over(dealer: str, version: str, mongo: MongoSettings) -> None:
    least, moved_at = None, time.monotonic()
    with _bar(f"{dealer}: open cases brought over") as bar:
        task = bar.add_task("", total=None)
        async with open_store(mongo) as store:
            while (found := await progress(store, dealer, version)).left:
                bar.update(task, total=found.cases, completed=found.cases - found.left)
                if least is None or found.left < least:
                    least, moved_at = found.left, time.monotonic()
                elif time.monotonic() - moved_at > STALLED_SECONDS:
                    raise CannotRun(
                        f"{found.left} of {found.cases} open cases are still decided by other "
                        f"rules, and none followed for {STALLED_SECONDS:.0f} s. Does complaints "
                        f"read this folder ({places.VARIABLE})? Its log says what is wrong."
                    )
                await asyncio.sleep(LOOK_EVERY_SECONDS)
    _write([f"all {found.cases} open cases of {dealer} are decided by what is in force"])


def _bar(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _read(folder: Path, dealer: str, now: datetime) -> tuple[Rulebook, list[Draft]]:
    """What is in force, and the draft of a dealer or all drafts; those must be right."""
    rulebook = _rulebook(folder)
    try:
        drafts = read_drafts(folder, now)
    except WrongFile as wrong:
        raise configuration.WrongConfiguration(wrong.lines) from None
    if not dealer:
        if drafts.wrong:
            raise configuration.WrongConfiguration(list(drafts.wrong))
        return rulebook, list(drafts.by_dealer.values())
    if dealer not in drafts.by_dealer:
        none = f"{folder / places.POLICIES}: no draft of {dealer} that can be used"
        raise configuration.WrongConfiguration([*drafts.wrong, none])
    return rulebook, [drafts.by_dealer[dealer]]


def _rulebook(folder: Path) -> Rulebook:
    try:
        return read_rulebook(folder)
    except WrongFile as wrong:
        raise configuration.WrongConfiguration(wrong.lines) from None


def _folder(rules: Path | None, settings: ComplaintSettings) -> Path:
    folder = rules or settings.complaints_rules_dir
    if folder is None:
        raise typer.BadParameter(f"say which folder: --rules DIR, or {places.VARIABLE}")
    return folder


def _settings() -> ComplaintSettings:
    """The environment's, its dealers read; the rules are looked at by the command itself."""
    return configuration.complaint_settings()


def _mongo(data_dir: Path) -> MongoSettings:
    return configuration.mongo_settings(addresses(data_dir).mongo)


def _now(settings: ComplaintSettings) -> datetime:
    return settings.clock.clock().now()


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
