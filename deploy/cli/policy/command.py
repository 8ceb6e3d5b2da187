"""`aftercare policy`: look at the dealers' rules, compare them, apply them."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.client_key import Reached, reached
from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.policy import shadow
from deploy.cli.policy import show as policy_show
from deploy.cli.policy.check import check
from deploy.cli.policy.client import PolicyClient
from deploy.cli.policy.customers import as_csv
from deploy.cli.policy.folder import RulesWork
from deploy.cli.policy.options import (
    Format,
    Limit,
    Rules,
    Service,
    ServiceName,
    Url,
)
from deploy.cli.policy.totals import SHOWN, DryRunSum
from deploy.cli.readiness import what_keeps
from deploy.cli.terminal import (
    WRONG_USE,
    AsJson,
    DataDir,
    confirm,
    counting,
    err,
    hint,
    warn,
    write,
    write_json,
    write_text,
)
from shared.policies.drafts import Draft
from shared.policies.paths import SERVICES, VARIABLE, unknown_folders
from shared.yaml_file import WrongFile

LOOK_EVERY_SECONDS = 1.0
STALLED_SECONDS = 60.0
"""After how long without a step it is no longer waited."""
INTERRUPTED = 130

app = typer.Typer(
    help="The dealers' rules: look at them, compare them, apply them.", no_args_is_help=True
)
app.add_typer(shadow.app, name="shadow")

Dealer = Annotated[str, typer.Argument(help="Such as sunrise/pudong.")]
NoDryRun = Annotated[
    bool, typer.Option("--no-dry-run", help="Do not ask the service what would change.")
]


@app.command("check")
def check_(
    *,
    rules: Rules = None,
    service: Annotated[
        ServiceName | None, typer.Option("--service", help="One service's rules alone.")
    ] = None,
) -> None:
    """Check all policies, calendars, rosters and editions. Exits with 2 when any is wrong."""
    services = SERVICES if service is None else (service,)
    _check([RulesWork.of(name, rules) for name in services], shown=True)


@app.command()
def diff(
    *,
    dealer: Annotated[str, typer.Argument(help="Such as sunrise/pudong; else all.")] = "",
    service: Service = "complaints",
    rules: Rules = None,
    no_dry_run: NoDryRun = False,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    form: Format = "table",
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Compare drafts with what is in force, and count what would change: who moves, and how far."""
    work = RulesWork.of(service, rules)
    drafts = work.drafts(dealer)
    if as_json:
        form = "json"
    if form == "csv" and (no_dry_run or service == "complaints"):
        raise typer.BadParameter(
            "--format csv is a table of customers: of the dry run of scoring, followup or identity"
        )
    where = reached(service, url, data_dir)
    address = None if no_dry_run else where
    shown = SHOWN if limit is None else limit
    match form:
        case "table":
            for draft in drafts:
                _show(work, draft, address, limit=shown)
        case "json":
            found = [_as_json(work, draft, address, limit=shown) for draft in drafts]
            write_json(found, readable=True)
        case "csv":
            tried = [_dry_run(work, draft, where, limit=limit) for draft in drafts]
            write_text(as_csv(service, tried))


@app.command()
def apply(
    *,
    dealer: Dealer,
    service: Service = "complaints",
    new_cases_only: Annotated[
        bool, typer.Option("--new-cases-only", help="Open cases keep the rules they have.")
    ] = False,
    rebase_open: Annotated[
        bool, typer.Option("--rebase-open", help="Open cases are judged by the new rules, too.")
    ] = False,
    rules: Rules = None,
    tried: Annotated[
        bool, typer.Option("--shadow", help="What is tried beside its rules, not the draft.")
    ] = False,
    note: Annotated[str, typer.Option(help="Kept with the edition: who decided, and why.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    no_dry_run: NoDryRun = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Do not wait until the service has followed.")
    ] = False,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Put a dealer's draft into force, after showing what that would do."""
    work = RulesWork.of(service, rules)
    choice = _choice(work, new_cases_only=new_cases_only, rebase_open=rebase_open)
    draft = work.shadow(dealer) if tried else work.drafts(dealer)[0]
    address = reached(service, url, data_dir)
    if work.is_applied(draft, choice):
        since = work.kind.in_force(work.current(dealer))
        what = "what is tried beside the rules" if tried else "the draft"
        write([f"nothing to apply: {what} of {dealer} is in force already ({since})"])
    else:
        _show(work, draft, None if no_dry_run else address)
        _agree(dealer, choice, yes=yes)
        path, edition = work.apply(draft, choice, note=note)
        write([f"applied to {dealer}, {work.kind.in_force(edition)}: {path}"])
        write(work.end_shadow(dealer))
    if not no_wait:
        if not url:
            require_rules(addresses(data_dir).rules, work.folder, service=service)
        _wait(work, dealer, address)


def check_rules() -> None:
    """Check the folder that the environment names, if it does; only trouble is told.

    Raises `WrongConfiguration`.
    """
    if configuration.ruled_settings("complaints").rules_dir is not None:
        _check([RulesWork.of(name, None) for name in SERVICES], shown=False)


def require_rules(read: str | None, folder: Path, *, service: str = "complaints") -> None:
    """Raises `CannotRun` where the running service reads other rules than `folder`, or none.

    `read`: what it does, as `aftercare up` told; empty: nobody knows.
    """
    if read == "" or (read is not None and Path(read) == folder.resolve()):
        return
    does = f"reads {read}" if read else f"was started without {VARIABLE} and reads no rules"
    raise CannotRun(
        f"not waiting: {service} {does}. Stop it, set {VARIABLE} to {folder.resolve()}, "
        f"and start it again with {hint('up')}"
    )


def _check(works: list[RulesWork], *, shown: bool) -> None:
    """Show what each service has in the folder, then what is wrong, all of it at once."""
    wrong: dict[str, None] = {}
    only_one = len(works) == 1
    for work in works:
        try:
            checked = check(work.folder, work.kind, work.settings.dealers(), work.now)
        except WrongFile as error:
            raise WrongConfiguration(error.lines) from None
        has_any = bool(checked.drafts or checked.rulebook.editions or checked.shadows)
        is_shown = shown and (only_one or work.kind.service == "complaints" or has_any)
        if is_shown and work.kind.service != "complaints":
            write([f"{work.kind.service}:"])
        if is_shown:
            write(policy_show.overview(checked))
        warn(checked.warnings)
        wrong |= dict.fromkeys(checked.wrong)
    unread = unknown_folders(works[0].folder)
    warn(f"{works[0].folder / name}: nothing reads a folder of this name" for name in unread)
    if wrong:
        raise WrongConfiguration(list(wrong))


def _choice(work: RulesWork, *, new_cases_only: bool, rebase_open: bool) -> str | None:
    """What happens to open cases; None where the service has no such choice. Exits with 2."""
    wrong = None
    if work.kind.choice is None:
        wrong = policy_show.NO_CHOICE if new_cases_only or rebase_open else None
    elif new_cases_only == rebase_open:
        wrong = policy_show.CHOICE
    if wrong is not None:
        err.print(wrong, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(WRONG_USE)
    if work.kind.choice is None:
        return None
    return "rebase" if rebase_open else "keep"


def _show(
    work: RulesWork, draft: Draft[Any], address: Reached | None, *, limit: int = SHOWN
) -> None:
    """What is different, and what applying would do; without an address the first alone."""
    since = work.kind.in_force(work.current(draft.dealer_id))
    write([f"{draft.dealer_id}: {draft.path} beside what is in force ({since})"])
    changes = work.differences(draft)
    write(policy_show.changed(changes) if changes else ["  no difference"])
    if address is not None and not work.is_applied(draft, work.most):
        found = _dry_run(work, draft, address, limit=limit)
        write(policy_show.dry_run(work.kind.service, found))


def _as_json(
    work: RulesWork, draft: Draft[Any], address: Reached | None, *, limit: int
) -> dict[str, Any]:
    found = _dry_run(work, draft, address, limit=limit) if address is not None else None
    service = work.kind.service
    return {
        "dealer": draft.dealer_id,
        "draft": str(draft.path),
        "in_force": work.kind.in_force(work.current(draft.dealer_id)),
        "changes": policy_show.changes_as_json(work.differences(draft)),
        "dry_run": policy_show.dry_run_as_json(service, found) if found is not None else None,
    }


def _dry_run(
    work: RulesWork, draft: Draft[Any], address: Reached, *, limit: int | None
) -> DryRunSum:
    edition = work.edition(draft, work.most)
    what = "open cases" if work.kind.service == "complaints" else "customers"
    try:
        with (
            counting(f"{draft.dealer_id}: trying it on {what}") as shown,
            PolicyClient.of(work.kind.service, address) as client,
        ):
            return client.dry_run(
                draft.dealer_id, edition, show=lambda done: shown(done, None), limit=limit
            )
    except CannotRun as failure:
        raise CannotRun(f"no dry run: {failure}. --no-dry-run goes on without") from failure


def _agree(dealer: str, choice: str | None, *, yes: bool) -> None:
    """Ask, unless told not to. Exits with 1 on a no."""
    if yes:
        return
    whose = {
        None: "all its customers",
        "keep": "new cases only",
        "rebase": "new cases and those that are open",
    }[choice]
    confirm(f"Apply this to {dealer}, for {whose}?", to_go_on="apply this")


def _wait(work: RulesWork, dealer: str, address: Reached) -> None:
    """Show how what the dealer has is brought over, until all is. Ending it ends nothing else."""
    if troubles := what_keeps(address.url):
        write([f"not waiting: {work.kind.service} at {address.url}: {'; '.join(troubles)}"])
        return
    try:
        _until_brought_over(work, dealer, address)
    except KeyboardInterrupt:
        write(["not waiting any more; the service goes on, and the same command shows how far"])
        raise typer.Exit(INTERRUPTED) from None


def _until_brought_over(work: RulesWork, dealer: str, address: Reached) -> None:
    service = work.kind.service
    what = "open cases" if service == "complaints" else "customers"
    applied_at = work.current(dealer).applied_at
    least, moved_at = None, time.monotonic()
    with (
        counting(f"{dealer}: {what} brought over") as shown,
        PolicyClient.of(service, address) as client,
    ):
        while True:
            found = client.followed(dealer)
            left = found.left if found.applied_at == applied_at else found.looked_at
            if found.applied_at == applied_at and not left:
                break
            shown(found.looked_at - left, found.looked_at)
            if least is None or left < least:
                least, moved_at = left, time.monotonic()
            elif time.monotonic() - moved_at > STALLED_SECONDS:
                raise CannotRun(
                    f"{left} of {found.looked_at} {what} are still decided by other "
                    f"rules, and none followed for {STALLED_SECONDS:.0f} s. Does {service} "
                    f"read this folder ({VARIABLE})? Its log says what is wrong."
                )
            time.sleep(LOOK_EVERY_SECONDS)
    write([f"all {found.looked_at} {what} of {dealer} are decided by what is in force"])
