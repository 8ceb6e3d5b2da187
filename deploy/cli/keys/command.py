"""`aftercare keys`: who may use the services' endpoints."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, cast

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.keys.words import as_data, state_of, table
from deploy.cli.keys.work import found_key, is_still_good, kept_keys, make_key, rotate_key
from deploy.cli.private_file import write_private
from deploy.cli.terminal import AsJson, DataDir, confirm, out, warn, write, write_json
from shared.auth.keys import ShownKey
from shared.auth.principal import Grant, WrongGrant, checked
from shared.auth.scopes import Scope
from shared.settings import MongoSettings, ServiceSettings, from_environment
from shared.time.clock import SystemClock

app = typer.Typer(help="Keys that machines show to the services.", no_args_is_help=True)

OF_A_FEED: tuple[Scope, ...] = ("events:write", "documents:read")
"""What a key may do for which nothing else is said."""

Id = Annotated[str, typer.Argument(help="As `keys list` tells it.", metavar="KEY")]
Name = Annotated[str, typer.Option(help="What it is for, such as the system that gets it.")]
ForDealers = Annotated[
    list[str], typer.Option("--dealer", help="group/dealer, group/* or *; again for more.")
]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", help=f"What it may; again for more. Else {' and '.join(OF_A_FEED)}."),
]
Source = Annotated[str, typer.Option(help="Only this source of the dealer.")]
Days = Annotated[int | None, typer.Option(min=1, help="After how many days it expires.")]
To = Annotated[
    Path | None, typer.Option("--to", help="Write it to a file that only its owner can read.")
]
UnlessValid = Annotated[
    bool, typer.Option("--unless-valid", help="Not where the file of --to has such a key.")
]


@app.command("create")
def create(
    name: Name,
    dealers: ForDealers,
    *,
    scopes: Scopes = None,
    source: Source = "",
    days: Days = None,
    to: To = None,
    unless_valid: UnlessValid = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Make a key and show it, this once."""
    grant = _grant(dealers, scopes, source)
    _warn_of_strangers(dealers)
    if unless_valid and to is None:
        raise typer.BadParameter("it goes with --to", param_hint="--unless-valid")
    held = _held_in(to) if unless_valid else ""
    made = asyncio.run(_created(name, grant, days=days, held=held, mongo=_mongo(data_dir)))
    if made is None:
        write([f"{to} has a key that is valid and may do this: nothing was made"])
    else:
        _hand_over(made, to)


@app.command("list")
def list_(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were revoked or have expired.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Which keys there are, what they may, and when each was used last."""
    now = SystemClock().now()

    async def read() -> None:
        async with kept_keys(_mongo(data_dir)) as keys:
            found = [key for key in await keys.all() if everything or key.state(now) == "valid"]
        if as_json:
            write_json([as_data(key, now) for key in found])
        elif found:
            out.print(table(found, now))
        else:
            write(["no keys; `aftercare keys create` makes one"])

    asyncio.run(read())


@app.command("rotate")
def rotate(
    key_id: Id,
    *,
    grace_hours: Annotated[
        float, typer.Option(min=0, help="For how long the old one is still good.")
    ] = 24.0,
    to: To = None,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Make another key that may do the same, and have the old one end."""

    async def work() -> ShownKey:
        now, grace = SystemClock().now(), timedelta(hours=grace_hours)
        async with kept_keys(_mongo(data_dir)) as keys:
            old, new = await rotate_key(keys, key_id, now=now, grace=grace)
            write([f"{old.shown} ({old.name}): {state_of(old, now)}"])
            return new

    _hand_over(asyncio.run(work()), to)


@app.command("revoke")
def revoke(
    key_id: Id,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Have a key open nothing any more, a second later at most."""

    async def work() -> None:
        async with kept_keys(_mongo(data_dir)) as keys:
            key = await found_key(keys, key_id)
            if not yes:
                confirm(f"Revoke {key.shown} ({key.name})?", to_go_on="revoke it")
            await keys.end(key.id, revoked_at=SystemClock().now())
            write([f"{key.shown} ({key.name}) is revoked"])

    asyncio.run(work())


async def _created(
    name: str, grant: Grant, *, days: int | None, held: str, mongo: MongoSettings
) -> ShownKey | None:
    now = SystemClock().now()
    expires_at: datetime | None = None if days is None else now + timedelta(days=days)
    async with kept_keys(mongo) as keys:
        if held and await is_still_good(keys, held, grant, now):
            return None
        return await make_key(keys, name, grant, now=now, expires_at=expires_at)


def _grant(dealers: list[str], scopes: list[str] | None, source: str) -> Grant:
    try:
        return checked(
            Grant(
                scopes=frozenset(cast("list[Scope]", scopes or list(OF_A_FEED))),
                dealers=frozenset(dealers),
                source=source or None,
            )
        )
    except WrongGrant as wrong:
        raise typer.BadParameter(str(wrong)) from None


def _warn_of_strangers(dealers: list[str]) -> None:
    """A key for a dealer that is not known here may be meant for services elsewhere."""
    settings = from_environment(ServiceSettings)
    known = settings.dealers()
    warn(
        f"{dealer} is no dealer of {settings.dealers_file}"
        for dealer in dealers
        if not dealer.endswith("*") and known.find(dealer) is None
    )


def _hand_over(made: ShownKey, to: Path | None) -> None:
    if to is None:
        write([made.text()])
        warn(["it is shown this once: keep it where its holder finds it, and nobody else"])
    else:
        write_private(to, f"{made.text()}\n")
        write([f"ac_{made.id} is in {to}"])


def _held_in(file: Path | None) -> str:
    try:
        return "" if file is None else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _mongo(data_dir: Path) -> MongoSettings:
    return configuration.mongo_settings(addresses(data_dir).mongo)
