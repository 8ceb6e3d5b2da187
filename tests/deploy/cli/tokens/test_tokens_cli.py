"""`aftercare tokens`: what it makes, the services accept."""

import json
import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from shared.auth.principal import Principal
from shared.platform.doorman import Unauthenticated
from shared.platform.tokens import known_tokens
from shared.settings import AuthSettings
from shared.testing.clock import ManualClock
from shared.time.clock import SystemClock
from tests.deploy.cli.command import aftercare
from tests.issuer import Signer, jwks

USUAL: Mapping[str, str] = {}
WHO = ("--subject", "desk", "--grant", "manager@sunrise/berlin", "--grant", "operations@*")


def key(file: Path, *more: str) -> str:
    """The public part that is shown."""
    done = aftercare("tokens", "key", str(file), *more)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def issued(file: Path, *more: str, **environment: str) -> str:
    done = aftercare("tokens", "issue", "--key", str(file), *WHO, *more, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() not in done.stderr
    return done.stdout.strip()


async def accepted(
    token: str, keys: Path, *, after: timedelta = timedelta(0), agreed: Mapping[str, str] = USUAL
) -> Principal:
    """Whom the services take its holder for, so long after it was issued."""
    clock = ManualClock(SystemClock().now() + after)
    tokens = known_tokens(AuthSettings.model_validate({"jwks_file": keys, **agreed}), clock)
    assert tokens is not None
    return await tokens.principal(token)


async def test_a_token_is_accepted_by_who_has_the_public_key(tmp_path: Path) -> None:
    private, public = tmp_path / "desk.pem", tmp_path / "desk.json"
    public.write_text(key(private), "utf-8")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert "PRIVATE" not in public.read_text("utf-8")
    token = issued(private, "--minutes", "15")
    who = await accepted(token, public)
    assert who.may("scores:read", "sunrise/berlin")
    assert not who.may("scores:read", "sunrise/pudong")
    assert who.may_everywhere("operations")
    assert who.subject == "desk"
    await accepted(token, public, after=timedelta(minutes=14))
    with pytest.raises(Unauthenticated, match="expired"):
        await accepted(token, public, after=timedelta(minutes=16))


async def test_it_says_what_the_settings_agree_on(tmp_path: Path) -> None:
    private, public = tmp_path / "desk.pem", tmp_path / "desk.json"
    public.write_text(key(private), "utf-8")
    agreed = {"jwks_issuer": "desk", "audience": "care", "claim": "may"}
    token = issued(private, **{f"AFTERCARE_AUTH__{k.upper()}": v for k, v in agreed.items()})
    assert (await accepted(token, public, agreed=agreed)).has("scores:read")
    with pytest.raises(Unauthenticated):
        await accepted(token, public)


async def test_a_key_is_made_once_and_changed_while_the_old_one_is_still_accepted(
    tmp_path: Path,
) -> None:
    old, new, public = tmp_path / "old.pem", tmp_path / "new.pem", tmp_path / "keys.json"
    public.write_text(key(old), "utf-8")
    assert key(old) == public.read_text("utf-8"), "it is there already"
    both = key(new, "--with", str(public))
    public.write_text(both, "utf-8")
    assert key(new, "--with", str(public)) == both
    assert len({each["kid"] for each in json.loads(both)["keys"]}) == 2
    for file in (old, new):
        assert (await accepted(issued(file), public)).grants


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--grant", "emperor@*"), "roles"),
        (("--grant", "operations@sunrise/*"), "operations"),
        (("--minutes", "0"), "equal"),
        (("--minutes", "1441"), "equal"),
        (("--subject", ""), "printable"),
        (("--subject", "a\nb"), "printable"),
    ],
)
def test_what_the_services_would_not_accept_is_not_issued(
    arguments: tuple[str, ...], why: str
) -> None:
    done = aftercare("tokens", "issue", "--key", "none.pem", *WHO, *arguments)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("content", [None, "-----BEGIN PRIVATE KEY-----\nx\n"])
def test_a_key_that_is_none_is_told_without_it(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "desk.pem"
    if content is not None:
        file.write_text(content, "utf-8")
    done = aftercare("tokens", "issue", "--key", str(file), *WHO)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{file}: ")
    assert "tokens key" in done.stderr
    if content is not None:
        assert aftercare("tokens", "key", str(file)).returncode == 1
        assert file.read_text("utf-8") == content, "what is there is never replaced"


def test_private_keys_are_not_shown_among_public_ones(tmp_path: Path) -> None:
    others = tmp_path / "keys.json"
    others.write_bytes(jwks(Signer("other").jwk(d="c2VjcmV0")))
    done = aftercare("tokens", "key", str(tmp_path / "desk.pem"), "--with", str(others))
    assert done.returncode == 1
    assert "it is private" in done.stderr
    assert "c2VjcmV0" not in done.stdout + done.stderr
