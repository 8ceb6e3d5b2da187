"""`aftercare users` on a database: whom it makes may sign in, and whom it changes is signed out."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.failures import CannotRun
from deploy.cli.users.work import KeptUsers, kept_users
from services.desk.adapters.passwords import is_theirs
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.trail import TrailAsked
from shared.settings import MongoSettings
from shared.time.clock import SystemClock

SECRET = "a secret of the tests, long enough for all"
LIN = ("lin", "--name", "Lin Wei 林伟", "--staff-id", "s1", "--grant", "agent@sunrise/pudong")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, mongo_settings: MongoSettings) -> Iterator[None]:
    monkeypatch.setenv("AFTERCARE_MONGO__URI", mongo_settings.uri.get_secret_value())
    monkeypatch.setenv("AFTERCARE_MONGO__DATABASE_PREFIX", mongo_settings.database_prefix)
    monkeypatch.setenv("AFTERCARE_DESK_SECRET", SECRET)
    yield


class Said(NamedTuple):
    """What came of a command."""

    status: int
    out: str
    err: str


def users(*arguments: str, typed: str | None = None) -> Said:
    """`aftercare users` as it is typed, in this process."""
    result = CliRunner().invoke(main.app, ("users", *arguments), input=typed)
    failed = str(result.exception) if isinstance(result.exception, CannotRun) else ""
    return Said(result.exit_code, result.stdout, result.stderr + failed)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(users("list", "--json").out)
    return found


def opens(mongo: MongoSettings, username: str, password: str) -> bool:
    """Whether this password lets somebody in."""

    async def tried() -> bool:
        async with kept_users(mongo, SECRET) as kept:
            return await is_theirs(password, await kept.users.find(username))

    return asyncio.run(tried())


def signed_in(mongo: MongoSettings, username: str) -> int:
    """In how many browsers they are; they are in one more from now on."""

    async def begun(kept: KeptUsers) -> int:
        found = await kept.sessions.all_of(username)
        now = SystemClock().now()
        user = (await kept.found(username)).user
        digest = digest_of(f"{username} {len(found)}")
        await kept.sessions.begin(Session(digest=digest, user=user, began_at=now, used_at=now))
        return len(found)

    async def work() -> int:
        async with kept_users(mongo, SECRET) as kept:
            return await begun(kept)

    return asyncio.run(work())


def noted(mongo: MongoSettings) -> list[tuple[str, str]]:
    """What was done with whom, the first first."""

    async def read() -> list[tuple[str, str]]:
        async with kept_users(mongo, SECRET) as kept:
            assert kept.record is not None
            found = await kept.record.find(TrailAsked(), limit=100)
        return [(each.noted.what, each.noted.about) for each in reversed(found)]

    return asyncio.run(read())


def test_a_user_is_made_whose_password_is_shown_once(mongo_settings: MongoSettings) -> None:
    made = users("create", *LIN, "--grant", "privacy@*", "--language", "zh")
    assert made.status == 0, made.err
    password = made.out.strip()
    assert len(password) == 23 and "shown this once" in made.err
    assert opens(mongo_settings, "lin", password)
    assert not opens(mongo_settings, "lin", "another password")
    [row] = listed()
    assert row == {
        "user": "lin",
        "name": "Lin Wei 林伟",
        "staff_id": "s1",
        "grants": ["agent@sunrise/pudong", "privacy@*"],
        "language": "zh",
        "has_password": True,
        "disabled_at": None,
    }
    assert password not in users("list").out and "Lin Wei" in users("list").out
    assert noted(mongo_settings) == [("created_user", "lin")]


def test_the_password_may_be_given(mongo_settings: MongoSettings, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from a file, long enough\n")
    made = users("create", *LIN, "--password-file", str(tmp_path / "password"))
    assert made.status == 0 and "from a file, long" not in made.out
    assert opens(mongo_settings, "lin", "from a file, long enough")
    reset = users("reset", "lin", "--password-file", "-", typed="typed in, long enough\n")
    assert reset.status == 0
    assert opens(mongo_settings, "lin", "typed in, long enough")
    assert not opens(mongo_settings, "lin", "from a file, long enough")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("Lin", *LIN[1:]), "lower-case letters", id="name"),
        pytest.param((*LIN, "--grant", "manger@*"), "meant manager@*?", id="role"),
        pytest.param((*LIN, "--grant", "events:write@*"), "users have roles", id="scope"),
        pytest.param((*LIN, "--grant", "agent"), "a grant is ROLE@DEALERS", id="no dealers"),
        pytest.param((*LIN, "--grant", "agent@Berlin"), "a dealer is group/dealer", id="dealer"),
        pytest.param((*LIN[:4], " ", *LIN[5:]), "printable characters", id="staff id"),
        pytest.param((*LIN, "--password-file", "no-such-file"), "cannot be read", id="file"),
        pytest.param((*LIN, "--password-file", "-"), "at least 12 characters", id="password"),
    ],
)
def test_what_cannot_be_is_said(arguments: tuple[str, ...], words: str) -> None:
    typed = users("create", *arguments, typed="short")
    assert typed.status == 2
    assert words in " ".join(typed.err.replace("│", " ").split())
    assert listed() == []


def test_a_dealer_that_is_not_known_is_warned_of() -> None:
    made = users("create", *LIN, "--grant", "agent@sunrise/nowhere")
    assert made.status == 0 and "sunrise/nowhere is no dealer of" in made.err


def test_there_is_one_of_each_name() -> None:
    users("create", *LIN)
    again = users("create", *LIN)
    assert again.status == 1 and "there is a user lin" in again.err
    other = users("reset", "lim")
    assert other.status == 1 and "meant lin?" in other.err


def test_whoever_is_changed_is_signed_out(mongo_settings: MongoSettings) -> None:
    users("create", *LIN)
    signed_in(mongo_settings, "lin")
    assert users("change", "lin", "--grant", "head@sunrise/*", "--name", "Lin").status == 0
    assert listed()[0]["grants"] == ["head@sunrise/*"] and listed()[0]["staff_id"] == "s1"
    assert signed_in(mongo_settings, "lin") == 0
    users("reset", "lin")
    assert signed_in(mongo_settings, "lin") == 0
    assert users("change", "lin").status == 2
    assert noted(mongo_settings) == [
        ("created_user", "lin"),
        ("changed_user", "lin"),
        ("reset_user", "lin"),
    ]


def test_whoever_is_disabled_is_in_nowhere_until_enabled(mongo_settings: MongoSettings) -> None:
    password = users("create", *LIN).out.strip()
    signed_in(mongo_settings, "lin")
    assert users("disable", "lin").status == 2  # nobody is there to be asked
    assert users("disable", "lin", "--yes").status == 0
    assert signed_in(mongo_settings, "lin") == 0
    assert not opens(mongo_settings, "lin", password)
    assert "disabled" in users("list").out
    assert users("enable", "lin").status == 0
    assert opens(mongo_settings, "lin", password)


def test_the_trail_is_verified(
    mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    users("create", *LIN)
    users("reset", "lin")
    found = users("trail")
    assert found.status == 0 and found.out.startswith("end 2:")
    known = found.out.split()[1]
    assert users("trail", "--known", known).status == 0
    assert users("trail", "--known", "2:0123456789abcdef").status == 1
    assert users("trail", "--known", "two").status == 2
    monkeypatch.setenv("AFTERCARE_DESK_SECRET", SECRET[::-1])
    other = users("trail")
    assert other.status == 1 and "entry 1 is not as it was written" in other.out


def test_without_the_secret_it_is_said_that_the_trail_tells_nothing(
    mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AFTERCARE_DESK_SECRET")
    monkeypatch.chdir(tmp_path)
    made = users("create", *LIN)
    assert made.status == 0 and "AFTERCARE_DESK_SECRET is not set here" in made.err
    assert users("trail").status == 1
    assert noted(mongo_settings) == []
