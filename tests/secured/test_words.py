"""Whoever cannot reach the brokers is told which setting to look at, and no secret."""

import asyncio
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from deploy.sandbox.processes import free_port
from shared.platform.kafka import make_producer
from shared.platform.kafka_words import in_words
from shared.platform.publisher import ConnectingPublisher
from shared.settings import KafkaSettings
from tests.certificates import Authority
from tests.secured.broker import PASSWORDS, RIGHTS, SecuredBroker
from tests.servers import PATIENCE_SECONDS

pytestmark = pytest.mark.broker

Spoil = Callable[[SecuredBroker], KafkaSettings]
"""Settings of which one thing is wrong."""

SECRET = "close sesame"


def _password(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", sasl_password=SecretStr(SECRET))


def _user(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", sasl_username="scorer")


def _plain_password(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", sasl_mechanism="PLAIN", sasl_password=SecretStr(SECRET))


def _mechanism(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", sasl_mechanism="SCRAM-SHA-256")


def _strange_authority(secured: SecuredBroker) -> KafkaSettings:
    stranger = Authority(secured.authority.folder / "stranger")
    return secured.by_password("scoring", ssl_ca_file=stranger.file)


def _no_authority(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", ssl_ca_file=None)


def _misnamed(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", bootstrap_servers=secured.misnamed_at)


def _unencrypted(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", security_protocol="SASL_PLAINTEXT", ssl_ca_file=None)


def _encrypted(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", bootstrap_servers=secured.open.bootstrap_servers)


def _no_certificate(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_certificate("scoring", ssl_certificate_file=None, ssl_key_file=None)


def _strange_certificate(secured: SecuredBroker) -> KafkaSettings:
    stranger = Authority(secured.authority.folder / "stranger").certificate("scoring")
    return secured.by_certificate(
        "scoring", ssl_certificate_file=stranger.chain, ssl_key_file=stranger.key
    )


def _nobody(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", bootstrap_servers=f"127.0.0.1:{free_port()}")


def _unknown_name(secured: SecuredBroker) -> KafkaSettings:
    return secured.by_password("scoring", bootstrap_servers="kafka.invalid:9092")


@pytest.mark.parametrize(
    ("spoil", "words", "setting"),
    [
        (_password, "user or password is refused", "SASL_PASSWORD"),
        (_user, "user or password is refused", "SASL_USERNAME"),
        (_plain_password, "user or password is refused", "SASL_PASSWORD"),
        (_mechanism, "SCRAM-SHA-256 is not offered there", "SASL_MECHANISM"),
        (_strange_authority, "its certificate is not trusted", "SSL_CA_FILE"),
        (_no_authority, "its certificate is not trusted", "SSL_CA_FILE"),
        (_misnamed, "its certificate is for another name", "BOOTSTRAP_SERVERS"),
        (_unencrypted, "it closes the connection", "SECURITY_PROTOCOL"),
        (_encrypted, "", "SECURITY_PROTOCOL"),
        (_no_certificate, "it does not accept our certificate", "SSL_CERTIFICATE_FILE"),
        (_strange_certificate, "it does not accept our certificate", "SSL_CERTIFICATE_FILE"),
        (_nobody, "nothing listens there", "BOOTSTRAP_SERVERS"),
        (_unknown_name, "the name is not known", "BOOTSTRAP_SERVERS"),
    ],
)
async def test_what_is_wrong_is_told_with_its_setting(
    secured: SecuredBroker, spoil: Spoil, words: str, setting: str
) -> None:
    settings = spoil(secured)
    publisher = ConnectingPublisher(
        lambda: make_producer(settings), explain=lambda error: in_words(settings, error)
    )
    publisher.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while publisher.trouble == "broker: not connected":  # noqa: ASYNC110 # a task of its own
            await asyncio.sleep(0.02)
    trouble = publisher.trouble
    await publisher.stop()
    assert trouble is not None
    assert words in trouble
    assert f"AFTERCARE_KAFKA__{setting}" in trouble
    assert settings.bootstrap_servers in trouble
    for secret in (SECRET, *PASSWORDS.values()):
        assert secret not in trouble


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "PLAIN"])
async def test_who_is_let_in_has_no_trouble(secured: SecuredBroker, mechanism: str) -> None:
    settings = secured.by_password("scoring", sasl_mechanism=mechanism)
    await secured.allow("scoring", RIGHTS["scoring"])  # else no producer may begin
    async with asyncio.timeout(PATIENCE_SECONDS), make_producer(settings):
        pass
