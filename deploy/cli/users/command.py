"""`aftercare users`: who may sign in at the desk."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import FAILED, AsJson, DataDir, confirm, out, warn, write, write_json
from deploy.cli.users.words import as_data, fault_in_words, table
from deploy.cli.users.work import (
    KeptUsers,
    checked_grants,
    kept_users,
    made_password,
    secret_here,
)
from services.desk.domain.passwords import LEAST, MOST, PasswordTrouble, trouble_with
from services.desk.domain.trail import Verification, sequence_in
from services.desk.domain.users import Language, User, checked_username
from services.desk.settings import SECRET_VARIABLE, DeskSettings
from shared.auth.principal import WrongGrant
from shared.settings import ServiceSettings, from_environment
from shared.time.clock import SystemClock

T = TypeVar("T")

app = typer.Typer(help="Users of the desk: who may sign in, and as what.", no_args_is_help=True)

_TROUBLES: dict[PasswordTrouble, str] = {
    "short": f"a password has at least {LEAST} characters",
    "long": f"a password has at most {MOST} characters",
    "simple": "too easily guessed: more different characters, and not the user's name",
    "differs": "the two are not the same",
    "same": "it is the old one",
}

Username = Annotated[str, typer.Argument(help="By which they sign in.", metavar="USER")]
Name = Annotated[str, typer.Option("--name", help="As others see them.")]
StaffId = Annotated[
    str, typer.Option("--staff-id", help="As the dealer's systems and the roster know them.")
]
Grants = Annotated[
    list[str],
    typer.Option("--grant", help="ROLE@DEALERS, such as agent@sunrise/berlin; again for more."),
]
Speaks = Annotated[Language, typer.Option("--language", help="In which the desk speaks to them.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help="Take the password from this file, or - from standard input."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("create")
def create(
    username: Username,
    name: Name,
    staff_id: StaffId,
    grants: Grants,
    *,
    language: Speaks = "en",
    password_file: PasswordFile = None,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Make a user, and show a password for them, this once."""
    try:
        checked_username(username)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="USER") from None
    user = User(
        username=username,
        name=_text(name, "--name"),
        staff_id=_text(staff_id, "--staff-id"),
        grants=_grants(grants),
        language=language,
    )
    password = _password(username, password_file)
    _at_work(data_dir, lambda kept: kept.add(user, password))
    _hand_over(username, password, password_file)


@app.command("change")
def change(
    username: Username,
    *,
    name: Annotated[str | None, typer.Option("--name", help="As others see them.")] = None,
    staff_id: Annotated[str | None, typer.Option("--staff-id", help="Of the roster.")] = None,
    grants: Annotated[
        list[str] | None, typer.Option("--grant", help="All that they may from now on.")
    ] = None,
    language: Annotated[Language | None, typer.Option("--language")] = None,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Change who a user is, or what they may. They have to sign in again."""
    given: dict[str, Any] = {
        "name": None if name is None else _text(name, "--name"),
        "staff_id": None if staff_id is None else _text(staff_id, "--staff-id"),
        "grants": _grants(grants) if grants else None,
        "language": language,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("say what shall be otherwise: --grant, --name, --staff-id …")

    async def work(kept: KeptUsers) -> None:
        stored = await kept.found(username)
        await kept.change(replace(stored, user=replace(stored.user, **changes)))

    _at_work(data_dir, work)
    write([f"{username} is changed, and has to sign in again"])


@app.command("list")
def list_(*, data_dir: DataDir = DEFAULT_DIRECTORY, as_json: AsJson = False) -> None:
    """Who may sign in, and as what."""

    async def read(kept: KeptUsers) -> None:
        found = await kept.users.all()
        if as_json:
            write_json([as_data(each) for each in found])
        elif found:
            out.print(table(found))
        else:
            write(["no users; `aftercare users create` makes one"])

    _at_work(data_dir, read)


@app.command("reset")
def reset(
    username: Username,
    *,
    password_file: PasswordFile = None,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Give a user a new password, and show it, this once. They have to sign in again."""
    password = _password(username, password_file)
    _at_work(data_dir, lambda kept: kept.reset(username, password))
    _hand_over(username, password, password_file)


@app.command("disable")
def disable(username: Username, *, yes: Yes = False, data_dir: DataDir = DEFAULT_DIRECTORY) -> None:
    """Sign a user out everywhere, and let them in no more."""
    if not yes:
        confirm(f"Disable {username}?", to_go_on="disable them")
    _at_work(data_dir, lambda kept: kept.disable(username, SystemClock().now()))
    write([f"{username} is disabled, and signed in nowhere"])


@app.command("enable")
def enable(username: Username, *, data_dir: DataDir = DEFAULT_DIRECTORY) -> None:
    """Let a user in again who was disabled."""
    _at_work(data_dir, lambda kept: kept.enable(username))
    write([f"{username} may sign in"])


@app.command("trail")
def trail(
    *,
    known: Annotated[
        str | None, typer.Option("--known", help="The end as it was told before: NUMBER:MARK.")
    ] = None,
    data_dir: DataDir = DEFAULT_DIRECTORY,
) -> None:
    """Verify that the desk's trail is as it was written. Exits with 1 where it is not.

    Tells its end: whoever keeps that elsewhere can show later that nothing was taken back.
    """
    if known is not None:
        try:
            sequence_in(known)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong), param_hint="--known") from None

    async def work(kept: KeptUsers) -> Verification:
        if kept.record is None:
            raise CannotRun(f"{SECRET_VARIABLE} has to be what the desk has")
        return await kept.record.verified(known)

    found = _at_work(data_dir, work)
    write([fault_in_words(each) for each in found.faults])
    write([f"end {found.end.in_words()}"])
    if found.faults:
        raise typer.Exit(FAILED)


def _at_work(data_dir: Path, work: Callable[[KeptUsers], Coroutine[Any, Any, T]]) -> T:
    configured = from_environment(DeskSettings).desk_secret.get_secret_value()
    mongo = configuration.mongo_settings(addresses(data_dir).mongo)
    secret = secret_here(configured, data_dir)

    async def worked() -> T:
        async with kept_users(mongo, secret) as kept:
            return await work(kept)

    return asyncio.run(worked())


def _grants(texts: list[str]) -> tuple[str, ...]:
    try:
        found = checked_grants(texts)
    except WrongGrant as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--grant") from None
    settings = from_environment(ServiceSettings)
    known = settings.dealers()
    dealers = [text.partition("@")[2] for text in found]
    warn(
        f"{dealer} is no dealer of {settings.dealers_file}"
        for dealer in dealers
        if not dealer.endswith("*") and known.find(dealer) is None
    )
    return found


def _text(value: str, option: str) -> str:
    text = value.strip()
    if not 0 < len(text) <= 100 or not text.isprintable():
        raise typer.BadParameter("1 to 100 printable characters", param_hint=option)
    return text


def _password(username: str, file: Path | None) -> str:
    """The one that was given, else another. Raises `typer.BadParameter` where it is not good."""
    if file is None:
        return made_password()
    try:
        given = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter("it cannot be read", param_hint="--password-file") from None
    password = given.rstrip("\r\n")
    trouble = trouble_with(password, password, username=username)
    if trouble is not None:
        raise typer.BadParameter(_TROUBLES[trouble], param_hint="--password-file")
    return password


def _hand_over(username: str, password: str, file: Path | None) -> None:
    if file is None:
        write([password])
        warn([f"it is shown this once: {username} changes it at the desk, under their name"])
    else:
        write([f"{username} has the password of {file}"])
