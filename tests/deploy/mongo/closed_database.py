"""A database that asks everybody who they are, and an administrator who runs `users.js` on it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.sandbox.embedded import other_database
from shared.settings import MongoSettings
from tests import PROJECT
from tests.servers import chosen_driver

NODE = shutil.which("node")
SHELL = Path(__file__).with_name("shell.js")
USERS = PROJECT / "deploy/mongo/users.js"
ADMINISTRATOR, PASSWORD, PREFIX = "root", "of-tests", "tried_"
WITHIN_SECONDS = 60.0


@dataclass
class ClosedDatabase:
    """A running one."""

    address: str
    said: list[str] = field(default_factory=list)
    """What `users.js` said when it ran last."""

    def settings(self, user: str) -> MongoSettings:
        """How somebody reaches it."""
        uri = f"mongodb://{user}:{PASSWORD}@{self.address}/?authSource=admin"
        return MongoSettings(uri=SecretStr(uri), database_prefix=PREFIX, driver=chosen_driver())

    def client(self, user: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.settings(user).uri.get_secret_value())

    def run_users(self) -> None:
        """As `mongosh --file deploy/mongo/users.js` does; each is given the same password."""
        assert NODE is not None
        self.said = []
        with (
            self.client(ADMINISTRATOR) as administrator,
            subprocess.Popen(
                [NODE, str(SHELL), str(USERS)],
                env={"AFTERCARE_MONGO__DATABASE_PREFIX": PREFIX},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as shell,
        ):
            assert shell.stdin is not None
            assert shell.stdout is not None
            for line in shell.stdout:
                shell.stdin.write(json.dumps(self._answer(administrator, json.loads(line))) + "\n")
                shell.stdin.flush()
            _, errors = shell.communicate(timeout=WITHIN_SECONDS)
            assert shell.returncode == 0, errors

    def _answer(
        self, administrator: MongoClient[dict[str, Any]], asked: dict[str, Any]
    ) -> dict[str, Any]:
        if "said" in asked:
            self.said.append(asked["said"])
            return {}
        if "asks" in asked:
            return {"password": PASSWORD}
        try:
            found = administrator[asked["database"]].command(asked["command"])
        except PyMongoError as error:
            return {"error": str(error)}
        return {name: found[name] for name in ("roles", "users") if name in found}


@contextmanager
def closed_database(directory: Path) -> Iterator[ClosedDatabase]:
    """The embedded database, with an administrator alone."""

    def command(port: int, *more: str) -> Sequence[str]:
        where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(directory / "d")]
        return [sys.executable, "-m", "secantus", *where, "--log-level", "WARNING", *more]

    administrator = {"createUser": ADMINISTRATOR, "pwd": PASSWORD, "roles": ["root"]}
    with (
        other_database(directory, command=command) as before,
        MongoClient[dict[str, Any]](f"mongodb://{before.address}") as anybody,
    ):
        anybody.admin.command(administrator)
    with other_database(directory, command=lambda port: command(port, "--auth")) as server:
        yield ClosedDatabase(server.address)
