"""The whole road where everything is encrypted and each service is a user with the least rights."""

import asyncio
import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.cli.address_file import BACKENDS
from deploy.cli.client_key import shown
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import start_service
from shared.contracts.identifiers import customer_key
from shared.contracts.topics import ESCALATIONS, PERSONS, SCORES, TASKS, VISITS, Topic
from shared.platform.rights import Right
from shared.settings import MongoSettings
from tests.e2e.house import ANY_HOUR, DEALER, ago, reported, visit
from tests.keys import key_in_hand
from tests.polled import written
from tests.secured.broker import PASSWORDS, RIGHTS, SecuredBroker
from tests.servers import PATIENCE_SECONDS

pytestmark = pytest.mark.broker

SECRET = "the-word-of-a-key"
LATER: Mapping[str, Right] = {
    "intake": Right("topic", "aftercare.sales", "Write"),
    "scoring": Right("group", "aftercare.scoring", "Read"),
    "followup": Right("topic", "aftercare.visits", "Read"),
    "complaints": Right("topic", "aftercare.escalations", "Write"),
    "identity": Right("topic", "aftercare.dead-letters", "Write"),
}
"""What each service is allowed only once it has said that it is not."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A service that is reached over TLS."""

    child: Child
    url: str
    http: httpx.Client

    def troubles(self) -> Sequence[str] | None:
        """What it says keeps it from working; None while it does not answer."""
        try:
            answer = self.http.get(f"{self.url}/health/ready")
        except httpx.TransportError:
            return None
        found: Sequence[str] = answer.json().get("because", [])
        return found

    def until_it_says(self, words: str) -> None:
        self.until(lambda: any(words in each for each in self.troubles() or ()))

    def until_ready(self) -> None:
        self.until(lambda: self.troubles() == [])

    def until(self, condition: Any) -> None:
        self.child.wait_until(condition, within_seconds=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, secured: SecuredBroker, own_mongo: MongoSettings
) -> Iterator[Mapping[str, Instance]]:
    """All services; scoring and identity show certificates to Kafka, the others say passwords."""
    logs = tmp_path_factory.mktemp("secured-road")
    certificate = secured.authority.certificate("aftercare")
    trusted = ssl.create_default_context(cafile=secured.authority.file)
    with ExitStack() as stopping:
        key = stopping.enter_context(key_in_hand(own_mongo))
        http = httpx.Client(verify=trusted, headers=shown(key), timeout=30)
        started = {}
        for name in BACKENDS:
            port = free_port()
            environment = {
                **os.environ,
                **_kafka(secured, name),
                "AFTERCARE_FOLLOWUP_POLICY_FILE": str(ANY_HOUR),
                "AFTERCARE_MONGO__URI": own_mongo.uri.get_secret_value(),
                "AFTERCARE_MONGO__DATABASE_PREFIX": own_mongo.database_prefix,
                "AFTERCARE_HTTP__TLS_CERTIFICATE_FILE": str(certificate.chain),
                "AFTERCARE_HTTP__TLS_KEY_FILE": str(certificate.encrypted(SECRET)),
                "AFTERCARE_HTTP__TLS_KEY_PASSWORD": SECRET,
            }
            child = start_service(name, port=port, environment=environment, logs=logs)
            stopping.enter_context(running(child))
            started[name] = Instance(child, f"https://127.0.0.1:{port}", http)
        yield started


def _kafka(secured: SecuredBroker, name: str) -> dict[str, str]:
    by_certificate = name in ("scoring", "identity")
    settings = secured.by_certificate(name) if by_certificate else secured.by_password(name)
    variables = {
        field: str(value)
        for field, value in settings.model_dump(exclude_unset=True).items()
        if value is not None and field != "sasl_password"
    }
    if not by_certificate:
        variables["sasl_password"] = PASSWORDS[name]
    return {f"AFTERCARE_KAFKA__{field.upper()}": value for field, value in variables.items()}


def test_services_that_lack_a_right_say_so_and_begin_once_they_have_it(
    secured: SecuredBroker, services: Mapping[str, Instance], tmp_path: Path
) -> None:
    for name, later in LATER.items():
        asyncio.run(secured.allow(name, [each for each in RIGHTS[name] if each != later]))
    for name, later in LATER.items():
        services[name].until_it_says(f"not allowed: {later}; 'aftercare acls --service {name}'")
    for name, later in LATER.items():
        asyncio.run(secured.allow(name, [later]))
    for service in services.values():
        service.until_ready()


def test_each_does_its_work_with_no_more_rights_than_that(
    secured: SecuredBroker, services: Mapping[str, Instance]
) -> None:
    for service in services.values():
        service.until_ready()
    intake = services["intake"]
    events = [
        visit(1, "1001"),
        _sale("1", customer="1001"),
        _sale("2", customer="1002"),  # the same person, by their number
        _complaint(customer="1001"),
    ]
    answer = intake.http.post(
        f"{intake.url}/v1/events",
        json=events,
        headers={"content-type": "application/cloudevents-batch+json"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == len(events), answer.text
    key = customer_key(DEALER, "dms", "1001")
    for topic in (SCORES, TASKS, ESCALATIONS, PERSONS):
        intake.until(partial(_is_told_of, secured, topic, key))
    logs = b"".join(each.child.log.read_bytes() for each in services.values())
    for secret in (SECRET, *PASSWORDS.values()):
        assert secret.encode() not in logs


_PERSON = {"name": "Erika Mustermann", "phones": [{"number": "+49 30 901820", "verified": True}]}


def _sale(number: str, *, customer: str) -> dict[str, object]:
    return reported(
        "sale",
        f"sale-{number}",
        deal_no=number,
        status="delivered",
        source_modified_at=ago(hours=20),
        deal_date=ago(days=9)[:10],
        delivered_at=ago(hours=20),
        sale_type="retail",
        vehicle={"vin": f"WVWZZZ1JZXW00000{number}"},
        price={"amount": "31500.00", "currency": "EUR"},
        customer={"source_customer_id": customer, **_PERSON},
    )


def _complaint(*, customer: str) -> dict[str, object]:
    received = ago(hours=2.5)
    return reported(
        "complaint",
        "complaint-1",
        case_no="C-1",
        source_modified_at=received,
        received_at=received,
        channel="phone",
        category="noise",
        customer={"source_customer_id": customer},
    )


def _is_told_of(secured: SecuredBroker, topic: Topic, customer: str) -> bool:
    records = asyncio.run(written(secured.open, topic.name))
    return any((each.key or b"").decode().partition("|")[0] == customer for each in records)


@pytest.mark.parametrize(
    "right",
    [
        Right("topic", TASKS.name, "Write"),
        Right("topic", VISITS.name, "Read"),
        Right("group", "aftercare.followup", "Read"),
    ],
    ids=str,
)
def test_a_right_that_is_taken_back_under_way_is_told(
    secured: SecuredBroker, services: Mapping[str, Instance], right: Right
) -> None:
    for service in services.values():
        service.until_ready()
    asyncio.run(secured.forbid("followup", right))
    intake, followup = services["intake"], services["followup"]
    intake.http.post(
        f"{intake.url}/v1/events",
        json=visit(3, "3003"),
        headers={"content-type": "application/cloudevents+json"},
    ).raise_for_status()
    followup.until_it_says(f"not allowed: {right}")
    asyncio.run(secured.allow("followup", [right]))
    followup.until_ready()
