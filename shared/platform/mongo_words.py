"""What keeps us from the database, in words for the operator: which setting to look at.

PyMongo's own texts may hold parts of the URI, and so a password; none is repeated.
"""

import re
import warnings
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from shared.settings import PREFIX, MongoSettings, WrongSettings

URI = f"{PREFIX}MONGO__URI"
_TLS = f"{PREFIX}MONGO__TLS_"
_REFUSED = frozenset({18, 8000})
"""Codes of credentials that are wrong; the second is that of hosted MongoDB."""
_FORBIDDEN = 13
_MEANT = re.compile(r"Did you mean (?:one of )?\(?([\w, ]+)\)?")
_HANDSHAKES = (
    ("mismatch", f"the server's certificate is not for the name that {URI} has"),
    ("certificate has expired", "the server's certificate has expired"),
    (
        "certificate verify failed",
        f"the server's certificate is not trusted: look at {_TLS}CA_FILE, or tlsCAFile in {URI}",
    ),
    (
        "alert",
        "the server does not accept our certificate, or that there is none: look at "
        f"{_TLS}CERTIFICATE_FILE",
    ),
    ("wrong version number", f"the server does not speak TLS: look at {URI} and {_TLS}CA_FILE"),
    (
        "closed",
        "the server closes the connection: it may want TLS, or a client's certificate: look at "
        f"{URI}, {_TLS}CA_FILE and {_TLS}CERTIFICATE_FILE",
    ),
)
"""What texts of OpenSSL and PyMongo hold, the most telling first."""


def in_words(error: PyMongoError) -> str:
    """Why the database does not do what it was asked."""
    if isinstance(error, OperationFailure) and error.code in _REFUSED:
        return f"user or password is refused: look at {URI}"
    if isinstance(error, OperationFailure) and error.code == _FORBIDDEN:
        return f"the user of {URI} may not do this: it needs readWrite on this service's database"
    # the first sentence: what follows tells the state of every server
    text = str(error).partition(", Timeout:")[0].lower().replace("_", " ")
    found = next((words for sign, words in _HANDSHAKES if sign in text), None)
    return type(error).__name__ if found is None else found


def tls_options(settings: MongoSettings) -> dict[str, Any]:
    """What a client is made with, beside the URI."""
    options: dict[str, Any] = {}
    if settings.tls_ca_file is not None:
        options |= {"tls": True, "tlsCAFile": str(settings.tls_ca_file)}
    if settings.tls_certificate_file is not None:
        options |= {"tls": True, "tlsCertificateKeyFile": str(settings.tls_certificate_file)}
    if password := settings.tls_key_password.get_secret_value():
        options["tlsCertificateKeyFilePassword"] = password
    return options


def require_uri(settings: MongoSettings) -> None:
    """Raises `WrongSettings` where the URI cannot be used. Asks nobody: what a name of
    mongodb+srv:// stands for is found out later."""
    uri = settings.uri.get_secret_value()
    if uri.startswith("mongodb+srv://"):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # of options that are ignored
            MongoClient(uri, connect=False, **tls_options(settings)).close()
    except UserWarning as warning:
        meant = _MEANT.search(str(warning))
        hint = f"; meant {meant[1]}?" if meant else ""
        raise WrongSettings([f"{URI}: one of its options is unknown or has no use{hint}"]) from None
    except OSError as error:
        why = error.strerror if type(error) is not OSError and error.filename else None
        reason = why or "what it names is no certificate in PEM"
        raise WrongSettings([f"{URI}: tlsCAFile or tlsCertificateKeyFile: {reason}"]) from None
    except (PyMongoError, ValueError, TypeError):
        raise WrongSettings(
            [
                f"{URI}: it cannot be used: it begins with mongodb://, what is special in user and "
                "password is escaped (%40 for @), and what its options name is there"
            ]
        ) from None
