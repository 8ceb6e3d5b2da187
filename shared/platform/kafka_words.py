"""What keeps us from the brokers, in words for the operator: which setting to look at.

aiokafka says of all that goes wrong at first that it cannot connect. So each broker is tried once
more, alone, and what it answers is told; no secret is.
"""

import asyncio
import ssl
from socket import gaierror

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from shared.platform.kafka import connection
from shared.settings import PREFIX, KafkaSettings

PATIENCE_SECONDS = 5.0
_KAFKA = f"{PREFIX}KAFKA__"
_FORBIDDEN = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
_EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 10, 62, 64
"""What OpenSSL finds wrong with a certificate."""
_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING"}
)


async def in_words(settings: KafkaSettings, error: BaseException) -> str:
    """Why the brokers do not do what they were asked; asks them, within some seconds."""
    if isinstance(error, _FORBIDDEN):
        what = f" ({error})" if str(error) else ""
        return f"{type(error).__name__}{what}: 'aftercare acls' prints what each service needs"
    return await _what_keeps(settings) or str(error) or type(error).__name__


async def _what_keeps(settings: KafkaSettings) -> str | None:
    """What is wrong at the first broker that can be told anything of; None: nothing is, now."""
    options = connection(settings)
    del options["bootstrap_servers"]
    for host, port, _ in collect_hosts(settings.bootstrap_servers):
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reached = await create_conn(host, port, **options)
        except (KafkaError, OSError) as error:  # a TimeoutError is one
            return f"{host}:{port}: {_why(settings, error)}"
        except Exception as error:  # what a SCRAM client finds wrong in an answer
            return f"{host}:{port}: {type(error).__name__}"
        reached.close()
    return None


def _why(settings: KafkaSettings, error: KafkaError | OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return _mistrust(error)
        case ssl.SSLError() if error.reason in _NO_TLS:
            return f"no TLS is spoken there: look at {_KAFKA}SECURITY_PROTOCOL"
        case ssl.SSLError():
            return _unwanted()
        case AuthenticationFailedError() | SaslAuthenticationFailed():
            return (
                f"user or password is refused: look at {_KAFKA}SASL_USERNAME and "
                f"{_KAFKA}SASL_PASSWORD"
            )
        case UnsupportedSaslMechanismError():
            return f"{settings.sasl_mechanism} is not offered there: look at {_KAFKA}SASL_MECHANISM"
        case gaierror():
            return f"the name is not known: look at {_KAFKA}BOOTSTRAP_SERVERS"
        case ConnectionRefusedError():
            return f"nothing listens there: is it up, and {_KAFKA}BOOTSTRAP_SERVERS right?"
        case TimeoutError() if settings.encrypted:
            return f"no answer in time: is TLS spoken there? Look at {_KAFKA}SECURITY_PROTOCOL"
        case TimeoutError():
            return "no answer in time"
        case KafkaConnectionError() | ConnectionError() if settings.security_protocol == "SSL":
            return _unwanted()
        case KafkaConnectionError() | ConnectionError():
            return (
                "it closes the connection: it may want another "
                f"{_KAFKA}SECURITY_PROTOCOL than {settings.security_protocol}"
            )
    return type(error).__name__


def _mistrust(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in (_OTHER_NAME, _OTHER_ADDRESS):
        return (
            f"its certificate is for another name: name it in {_KAFKA}BOOTSTRAP_SERVERS as its "
            "certificate does"
        )
    if error.verify_code == _EXPIRED:
        return "its certificate has expired"
    return f"its certificate is not trusted: look at {_KAFKA}SSL_CA_FILE ({error.verify_message})"


def _unwanted() -> str:
    return (
        "it does not accept our certificate, or that there is none: look at "
        f"{_KAFKA}SSL_CERTIFICATE_FILE"
    )
