"""The doorman of a service, put together from its settings."""

from collections.abc import Callable

from shared.platform.doorman import Doorman
from shared.platform.keys import MongoKeys
from shared.platform.mongo import Database
from shared.platform.tokens import known_tokens
from shared.settings import AuthSettings
from shared.time.clock import SystemClock


def connecting_doorman(settings: AuthSettings, database_of_keys: Callable[[], Database]) -> Doorman:
    """One that asks for keys in that database, and for the keys of tokens where they are.

    Connects on first use. Raises `WrongFile`. Its time is the computer's, however fast a demo's
    runs: keys and tokens are real ones.
    """
    clock = SystemClock()
    return Doorman(MongoKeys(database_of_keys), clock, tokens=known_tokens(settings, clock))
