"""`aftercare policy shadow`: try other rules beside a dealer's as events come, before they are
applied."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import reached
from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.policy import show as policy_show
from deploy.cli.policy.client import PolicyClient
from deploy.cli.policy.customers import as_csv, as_json, in_words
from deploy.cli.policy.folder import RulesWork
from deploy.cli.policy.options import Format, Limit, Rules, Service, Url
from deploy.cli.policy.totals import SHOWN, DryRunSum
from deploy.cli.terminal import DataDir, warn, write, write_json, write_text
from shared.contracts.http.policies import ShadowPage
from shared.contracts.values import instant_text
from shared.policies.drafts import Draft
from shared.yaml_file import WrongFile

app = typer.Typer(
    help="Rules that are tried beside a dealer's as events come, and decide nothing.",
    no_args_is_help=True,
)

OfDealer = Annotated[str, typer.Option("--dealer", help="Such as sunrise/pudong.")]


@app.command("set")
def set_(
    *,
    file: Annotated[Path, typer.Argument(help="A draft: `dealer:`, and what differs.")],
    dealer: Annotated[str, typer.Option("--dealer", help="Whose it must be.")] = "",
    service: Service = "scoring",
    rules: Rules = None,
) -> None:
    """Try a file's rules beside those of its dealer; whatever was tried there before ends."""
    work = _work(service, rules)
    draft = _read(work, file)
    if dealer and dealer != draft.dealer_id:
        raise WrongConfiguration([f"{file}: is of {draft.dealer_id}, not of {dealer}"])
    work.current(draft.dealer_id)  # the editions must be right, too
    if work.settings.dealers().find(draft.dealer_id) is None:
        warn([f"no such dealer in AFTERCARE_DEALERS_FILE: {draft.dealer_id}"])
    if work.is_applied(draft, None):
        since = work.kind.in_force(work.current(draft.dealer_id))
        raise CannotRun(f"nothing to try: it says what is in force already ({since})")
    path = work.write_shadow(draft.dealer_id, file.read_bytes())
    write(
        [
            f"tried beside the rules of {draft.dealer_id} from now on: {path}",
            *policy_show.changed(work.differences(draft)),
            f"`aftercare policy shadow show --service {service} --dealer {draft.dealer_id}` tells "
            "what it would make of its customers",
        ]
    )


@app.command()
def show(
    *,
    dealer: OfDealer,
    service: Service = "scoring",
    rules: Rules = None,
    form: Format = "table",
    limit: Limit = None,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Tell what is tried, how it differs, and what it would make of the dealer's customers."""
    work = _work(service, rules)
    draft = work.shadow(dealer)
    address = reached(service, url, data_dir)
    everything = form == "csv" and limit is None
    shown = None if everything else SHOWN if limit is None else limit
    try:
        with PolicyClient.of(service, address) as client:
            page, found = client.tried(dealer, limit=shown)
            followed = client.followed(dealer)
    except CannotRun as failure:
        raise CannotRun(
            f"{failure}. {service} follows {draft.path} within seconds where it reads this folder"
        ) from failure
    if page.version != draft.edition.version:
        warn(
            [
                f"{service} at {address} tries other rules than {draft.path}: does it read this "
                "folder, and the same rules of all dealers?"
            ]
        )
    match form:
        case "table":
            write(_in_words(work, draft, page, found, left=followed.left, of=followed.looked_at))
        case "json":
            content = as_json(found) | {"dealer": dealer, "shadow": str(draft.path)}
            content |= {"left": followed.left, "of": followed.looked_at}
            write_json(content, readable=True)
        case "csv":
            write_text(as_csv(service, [found]))


@app.command()
def drop(*, dealer: OfDealer, service: Service = "scoring", rules: Rules = None) -> None:
    """Try nothing beside the dealer's rules any more."""
    work = _work(service, rules)
    removed = work.remove_shadow(dealer)
    write(
        [f"not tried any more: {path}" for path in removed]
        or [f"nothing is tried beside the rules of {dealer}"]
    )


def _work(service: str, rules: Path | None) -> RulesWork:
    work = RulesWork.of(service, rules)
    if work.kind.reading.shadow is None:
        raise typer.BadParameter(f"{service} tries no rules beside its own; scoring does")
    return work


def _read(work: RulesWork, file: Path) -> Draft[Any]:
    assert work.kind.reading.shadow is not None
    try:
        return work.kind.reading.shadow(file)
    except WrongFile as wrong:
        raise WrongConfiguration(wrong.lines) from None


def _in_words(
    work: RulesWork,
    draft: Draft[Any],
    page: ShadowPage,
    found: DryRunSum,
    *,
    left: int,
    of: int,
) -> Iterator[str]:
    since = work.kind.in_force(work.current(draft.dealer_id))
    yield f"{draft.dealer_id}: {draft.path} is tried beside what is in force ({since})"
    yield from policy_show.changed(work.differences(draft))
    if left:
        yield f"  {of - left} of {of} customers were compared so far"
    elif page.summarized_until is None:
        yield "  customers are still being counted for the first time"
    else:
        yield f"  as of {instant_text(page.summarized_until)}"
    yield from in_words(work.kind.service, found, what="tried on")
