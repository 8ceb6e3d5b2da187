"""`aftercare keys` on a database: what is made opens what it should, once and no longer."""

import asyncio
import json
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.failures import CannotRun
from deploy.cli.keys.work import kept_keys
from shared.auth.principal import Principal
from shared.platform.doorman import Doorman, Unauthenticated
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from shared.time.clock import SystemClock

FEED = ("--name", "dms", "--dealer", "sunrise/berlin", "--source", "my-dms")
KEY = re.compile(r"ac_[a-z0-9]{10}_[A-Za-z0-9_-]{43}")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, mongo_settings: MongoSettings) -> Iterator[None]:
    monkeypatch.setenv("AFTERCARE_MONGO__URI", mongo_settings.uri.get_secret_value())
    monkeypatch.setenv("AFTERCARE_MONGO__DATABASE_PREFIX", mongo_settings.database_prefix)
    yield


async def _holder(mongo: MongoSettings, key: str, *, later: timedelta = timedelta()) -> Principal:
    """Who is let in with a key, at some time from now."""
    async with kept_keys(mongo) as keys:
        doorman = Doorman(keys, ManualClock(SystemClock().now() + later))
        return await doorman.principal(f"Bearer {key}", reads=False)


def holder(mongo: MongoSettings, key: str, *, later: timedelta = timedelta()) -> Principal:
    return asyncio.run(_holder(mongo, key, later=later))


class Typed(NamedTuple):
    """What came of a command."""

    status: int
    out: str
    err: str


def aftercare(*arguments: str) -> Typed:
    """The command as it is typed, in this process."""
    result = CliRunner().invoke(main.app, arguments)
    failed = str(result.exception) if isinstance(result.exception, CannotRun) else ""
    return Typed(result.exit_code, result.stdout, result.stderr + failed)


def listed(*options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(aftercare("keys", "list", "--json", *options).out)
    return found


def made(*more: str) -> str:
    return aftercare("keys", "create", *FEED, *more).out.strip()


def test_a_key_is_shown_once_and_opens_what_it_is_for(mongo_settings: MongoSettings) -> None:
    typed = aftercare("keys", "create", *FEED)
    key = typed.out.strip()
    assert KEY.fullmatch(key)
    assert "shown this once" in typed.err
    who = holder(mongo_settings, key)
    assert who.may("events:write", "sunrise/berlin", "my-dms")
    assert not who.may("events:write", "sunrise/berlin", "other")
    assert not who.may("events:write", "sunrise/pudong", "my-dms")
    assert not who.has("scores:read")
    [row] = listed()
    assert row["key"] == key[:13]
    assert (row["state"], row["source"], row["name"]) == ("valid", "my-dms", "dms")
    assert key[14:] not in aftercare("keys", "list", "--all").out + json.dumps(row)


def test_a_revoked_key_opens_nothing(mongo_settings: MongoSettings) -> None:
    key = made()
    assert aftercare("keys", "revoke", key[:13], "--yes").out == f"{key[:13]} (dms) is revoked\n"
    with pytest.raises(Unauthenticated, match="was revoked"):
        holder(mongo_settings, key)
    assert listed() == []
    assert [row["state"] for row in listed("--all")] == ["revoked"]


def test_a_key_expires(mongo_settings: MongoSettings) -> None:
    key = made("--days", "3")
    holder(mongo_settings, key, later=timedelta(days=2, hours=23))
    with pytest.raises(Unauthenticated, match="has expired"):
        holder(mongo_settings, key, later=timedelta(days=3, minutes=1))


def test_both_are_good_while_one_takes_the_place_of_the_other(
    mongo_settings: MongoSettings,
) -> None:
    old = made("--days", "30")
    typed = aftercare("keys", "rotate", old[:13], "--grace-hours", "2")
    assert f"{old[:13]} (dms): until " in typed.out
    [new] = KEY.findall(typed.out)
    for key in (old, new):
        assert (holder(mongo_settings, key)).may("events:write", "sunrise/berlin", "my-dms")
    after = timedelta(hours=2, minutes=1)
    with pytest.raises(Unauthenticated, match="was revoked"):
        holder(mongo_settings, old, later=after)
    holder(mongo_settings, new, later=after)
    with pytest.raises(Unauthenticated, match="has expired"):
        holder(mongo_settings, new, later=timedelta(days=31))


def test_one_that_has_ended_is_not_exchanged() -> None:
    key = made()
    aftercare("keys", "revoke", key[:13], "--yes")
    typed = aftercare("keys", "rotate", key[:13])
    assert typed.status == 1
    assert f"{key[:13]} is revoked" in typed.err


def test_a_file_has_a_valid_key_however_often_it_is_asked_for(
    mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    file = tmp_path / "metrics"
    asked = ("--name", "prometheus", "--dealer", "*", "--scope", "metrics:read")

    def ask(*more: str) -> Typed:
        return aftercare("keys", "create", *asked, "--to", str(file), "--unless-valid", *more)

    first = ask()
    key = file.read_text().strip()
    assert first.out == f"{key[:13]} is in {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "nothing was made" in ask().out
    assert file.read_text().strip() == key
    aftercare("keys", "revoke", key[:13], "--yes")
    ask()
    another = file.read_text().strip()
    assert another != key
    assert (holder(mongo_settings, another)).may_everywhere("metrics:read")
    ask("--scope", "operations")
    assert file.read_text().strip() != another, "one that may less is not what is asked for"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--dealer", "Sunrise/Berlin"), "a dealer is group/dealer"),
        (("--dealer", "sunrise"), "a dealer is group/dealer"),
        (("--dealer", "sunrise/berlin", "--scope", "events"), "there is no scope events"),
        (("--dealer", "sunrise/berlin", "--scope", "operations"), "can be had for all"),
        (
            ("--dealer", "sunrise/berlin", "--source", "dms", "--scope", "scores:read"),
            "not of a source",
        ),
        (("--dealer", "sunrise/berlin", "--source", "My DMS"), "a source is lower-case"),
        (("--dealer", "sunrise/berlin", "--unless-valid"), "it goes with --to"),
    ],
)
def test_what_cannot_be_granted_is_told(options: tuple[str, ...], told: str) -> None:
    typed = aftercare("keys", "create", "--name", "x", *options)
    assert typed.status == 2
    assert told in " ".join(typed.err.replace("│", " ").split())
    assert listed("--all") == []


def test_a_dealer_that_is_not_known_here_is_warned_of() -> None:
    typed = aftercare("keys", "create", "--name", "x", "--dealer", "sunrise/berlni")
    assert "warning: sunrise/berlni is no dealer of" in typed.err


def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_MONGO__URI", "mongodb://127.0.0.1:9")
    typed = aftercare("keys", "list")
    assert typed.status == 1
    assert "AFTERCARE_MONGO__URI says where it is" in typed.err
