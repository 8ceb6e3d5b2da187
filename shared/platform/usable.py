"""Whether a service can be started as it is configured, before anything is."""

from shared.platform.mongo_words import require_uri
from shared.platform.tls import require_files
from shared.platform.tokens import known_tokens
from shared.settings import ServiceSettings


def require_usable(settings: ServiceSettings) -> None:
    """Raises `WrongFile` or `WrongSettings`, with a line for each file and setting that is named
    and cannot be used. Connects to nobody."""
    require_files(settings)
    require_uri(settings.mongo)
    known_tokens(settings.auth, settings.clock.clock())
