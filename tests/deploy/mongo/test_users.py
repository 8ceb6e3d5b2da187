"""`users.js` on a database that asks everybody who they are: each service may do its work, and
nothing beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from deploy.cli import configuration
from services.intake.adapters.first_answers import MongoFirstAnswers
from services.intake.adapters.imports.store import MongoImports
from services.intake.adapters.register import MongoRegister
from services.intake.adapters.rejected.store import MongoRejected
from shared.auth.keys import ApiKey, digest_of
from shared.auth.principal import Grant
from shared.platform.errors import TransientFailure
from shared.platform.keys import DATABASE as ACCESS
from shared.platform.keys import MongoKeys
from shared.platform.mongo import Mongo
from tests.deploy.mongo.closed_database import (
    ADMINISTRATOR,
    NODE,
    PREFIX,
    ClosedDatabase,
    closed_database,
)

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not here, which runs users.js")

SERVICES = list(configuration.SETTINGS)
EVERYBODY = [*SERVICES, "keys"]
AT = datetime(2026, 11, 21, tzinfo=UTC)
KEY = ApiKey(
    id="a" * 10,
    name="dms",
    digest=digest_of("s" * 43),
    grant=Grant(scopes=frozenset({"events:write"}), dealers=frozenset({"sunrise/pudong"})),
    created_at=AT,
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClosedDatabase]:
    with closed_database(tmp_path_factory.mktemp("closed")) as found:
        found.run_users()
        assert found.said == [f"{user}: its password" for user in EVERYBODY]
        yield found


def may(closed: ClosedDatabase, user: str, database: str) -> set[str]:
    """What somebody may do in a database."""
    found = set()
    with closed.client(user) as client:
        rows = client[f"{PREFIX}{database}"]["tried"]
        tries: dict[str, Any] = {
            "insert": lambda: rows.insert_one({"by": user}),
            "find": lambda: rows.find_one({"by": user}),
            "update": lambda: rows.update_one({"by": user}, {"$set": {"again": True}}),
            "index": lambda: rows.create_index("by"),
            "delete": lambda: rows.delete_many({"by": user}),
        }
        for name, attempt in tries.items():
            try:
                attempt()
            except OperationFailure as failure:
                assert failure.code == 13, "not authorized"
            else:
                found.add(name)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_works_in_its_own_database_and_in_no_other(
    closed: ClosedDatabase, service: str
) -> None:
    rights = {name: may(closed, service, name) for name in (*SERVICES, ACCESS)}
    assert rights.pop(service) == {"insert", "find", "update", "index", "delete"}
    assert rights.pop(ACCESS) == {"find", "update"}
    assert not any(rights.values())


def test_who_runs_the_command_of_keys_works_on_keys_alone(closed: ClosedDatabase) -> None:
    rights = {name: may(closed, "keys", name) for name in (*SERVICES, ACCESS)}
    assert {"insert", "find", "update", "delete"} <= rights.pop(ACCESS)
    assert not any(rights.values())


def test_nobody_of_them_may_make_users(closed: ClosedDatabase) -> None:
    for user in EVERYBODY:
        with closed.client(user) as client, pytest.raises(OperationFailure) as refused:
            client.admin.command({"createUser": "another", "pwd": "x", "roles": ["root"]})
        assert refused.value.code == 13


async def test_keys_are_made_by_one_and_looked_at_by_the_others(closed: ClosedDatabase) -> None:
    makes = Mongo(closed.settings("keys"), "keys")
    await MongoKeys(lambda: makes.beside(ACCESS)).add(KEY)
    await makes.close()
    for service in SERVICES:
        mongo = Mongo(closed.settings(service), service)
        keys = MongoKeys(lambda mongo=mongo: mongo.beside(ACCESS))  # type: ignore[misc] # of this turn
        assert await keys.find(KEY.id) is not None
        await keys.used(KEY.id, AT)
        with pytest.raises(TransientFailure):
            await keys.add(KEY)
        await mongo.close()


async def test_intake_has_the_rights_for_all_that_it_keeps(closed: ClosedDatabase) -> None:
    mongo = Mongo(closed.settings("intake"), "intake")
    register = MongoRegister(lambda: mongo, hash_key="")
    for store in (register, MongoFirstAnswers(lambda: mongo), MongoImports(lambda: mongo)):
        await store.prepare()
    rejected = MongoRejected(lambda: mongo)
    await rejected.prepare()
    await register.ping()
    assert await register.hash_key()
    assert await rejected.count_by_dealer() == {}
    await mongo.close()


def test_a_right_that_was_given_by_hand_is_taken_back(closed: ClosedDatabase) -> None:
    more = [{"role": "readWrite", "db": f"{PREFIX}intake"}]
    with closed.client(ADMINISTRATOR) as administrator:
        administrator.admin.command({"grantRolesToUser": "scoring", "roles": more})
    assert may(closed, "scoring", "intake")
    closed.run_users()
    assert closed.said == [f"{user}: has its rights" for user in EVERYBODY]
    assert not may(closed, "scoring", "intake")
    assert may(closed, "scoring", "scoring")
