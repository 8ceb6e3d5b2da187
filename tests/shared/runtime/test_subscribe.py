"""The subscription reaches the brokers with what every other client reaches them with."""

import pytest
from faststream.kafka.security import parse_security
from pydantic import SecretStr

from shared.platform.kafka import connection
from shared.runtime.subscribe import _security
from shared.settings import KafkaSettings

SASL = {"sasl_username": "aftercare", "sasl_password": SecretStr("secret")}
SETTINGS = [
    KafkaSettings(),
    KafkaSettings(security_protocol="SSL"),
    *(
        KafkaSettings.model_validate(
            {"security_protocol": protocol, "sasl_mechanism": mechanism, **SASL}
        )
        for protocol in ("SASL_PLAINTEXT", "SASL_SSL")
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    ),
]


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda each: f"{each.security_protocol}-{each.sasl_mechanism}"
)
def test_faststream_is_told_the_same_as_aiokafka(settings: KafkaSettings) -> None:
    ours = connection(settings)
    theirs = {"security_protocol": "PLAINTEXT"} | parse_security(_security(settings))
    assert (theirs.pop("ssl_context", None) is None) == (ours.pop("ssl_context", None) is None)
    del ours["bootstrap_servers"]
    assert theirs == ours
