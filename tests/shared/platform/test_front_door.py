"""The doorman that a service is put together with."""

from pathlib import Path

import pytest

from shared.platform.doorman import Unauthenticated
from shared.platform.front_door import connecting_doorman
from shared.platform.mongo import Database
from shared.settings import AuthSettings
from shared.time.clock import SystemClock
from tests.issuer import Signer, claims_of, jwks

SIGNER = Signer("desk")


class Asked(Exception):
    """That the database of keys was asked."""


def database() -> Database:
    raise Asked


def bearing(text: str) -> str:
    return f"Bearer {text}"


async def test_tokens_are_known_by_their_issuer_and_keys_by_the_database(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(jwks(SIGNER.jwk()))
    doorman = connecting_doorman(AuthSettings(jwks_file=file), database)
    token = SIGNER.token(claims_of("aftercare", SystemClock().now()))
    who = await doorman.principal(bearing(token), reads=False)
    assert who.id.startswith("token/")
    with pytest.raises(Asked):
        await doorman.principal(bearing(f"ac_{'k' * 10}_{'s' * 43}"), reads=False)


async def test_where_no_issuer_is_named_no_token_is_accepted() -> None:
    doorman = connecting_doorman(AuthSettings(), database)
    token = SIGNER.token(claims_of("aftercare", SystemClock().now()))
    with pytest.raises(Unauthenticated):
        await doorman.principal(bearing(token), reads=False)
