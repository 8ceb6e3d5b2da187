"""Keys for tests that ask running services."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from deploy.cli.client_key import VARIABLE
from deploy.sandbox.stack import key_of_everything
from shared.settings import MongoSettings


@contextmanager
def key_in_hand(mongo: MongoSettings) -> Iterator[str]:
    """A key that may do everything, which the command shows as well."""
    with key_of_everything(mongo, "tests") as key, patch.dict(os.environ, {VARIABLE: key}):
        yield key
