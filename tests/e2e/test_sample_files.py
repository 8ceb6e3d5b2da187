"""The sample files of every format, through a running intake: all of each is accounted for, and its
documents are registered and published."""

import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from deploy.cli.client_key import shown
from shared.contracts.topics import CUSTOMERS, SALES, VISITS
from shared.settings import MongoSettings
from tests import PROJECT
from tests.e2e.house import House, house, latest
from tests.servers import Broker

pytestmark = pytest.mark.timeout(300)

FEEDS = PROJECT / "deploy/examples/feeds"
WITHIN_SECONDS = 120


class Sample(NamedTuple):
    """What becomes of a file."""

    mapping: str
    dealer_id: str
    records: int
    skipped: int
    """Of the records: totals."""
    documents: frozenset[str]
    """Their kinds and numbers."""
    unpublished: frozenset[str] = frozenset()
    """Those of them that concern no customer, or not yet."""
    warned: int = 0


def numbers(kind: str, *each: str) -> frozenset[str]:
    return frozenset(f"{kind}/{number}" for number in each)


PUDONG, CHICAGO, BERLIN = "sunrise/pudong", "sunrise/chicago", "sunrise/berlin"
WORKSHOP = numbers(
    "visit", "RO2601050001", "RO2601050002", "RO2601060003", "RO2601060004", "RO2601070005"
)
WITHOUT_CUSTOMER = numbers("visit", "RO2601060004")
DEALS = numbers("sale", "HT26010001", "HT26010002", "HT26010003", "HT26010004")
SAMPLES = {
    "generic-visits.csv": Sample(
        "generic-csv-visits", PUDONG, 5, 1, numbers("visit", "R-1001", "R-1002", "R-1003")
    ),
    "generic-sales.csv": Sample(
        "generic-csv-sales", PUDONG, 2, 0, numbers("sale", "D-501", "D-502")
    ),
    "generic-visits.ndjson": Sample(
        "generic-ndjson-visits", PUDONG, 2, 0, numbers("visit", "R-1001", "R-1002")
    ),
    "chinese-workshop.csv": Sample("chinese-workshop", PUDONG, 7, 1, WORKSHOP, WITHOUT_CUSTOMER),
    "chinese-workshop.xlsx": Sample(
        "chinese-workshop-xlsx", PUDONG, 7, 1, WORKSHOP, WITHOUT_CUSTOMER
    ),
    "chinese-sales.csv": Sample(
        "chinese-sales", PUDONG, 5, 1, DEALS, numbers("sale", "HT26010003"), warned=1
    ),
    "reynolds-ro.xml": Sample(
        "reynolds-ro", CHICAGO, 3, 0, numbers("visit", "602341", "602342", "602343"), warned=1
    ),
    "reynolds-deals.xml": Sample(
        "reynolds-deals", CHICAGO, 2, 0, numbers("sale", "77120", "77121"), numbers("sale", "77121")
    ),
    "star-ro.json": Sample(
        "star-ro", CHICAGO, 3, 0, numbers("visit", "RO-88291", "RO-88292", "RO-88293")
    ),
    "jtt-1132.json": Sample("jtt-1132", PUDONG, 1, 0, numbers("visit", "JS2601050001")),
    "adf-leads.xml": Sample(
        "adf-leads",
        CHICAGO,
        2,
        0,
        numbers("lead", "7e03a5bd0dc301e74a535bc0", "EP-90210"),
        warned=2,
    ),
    "another-dms.csv": Sample("another-dms", BERLIN, 3, 0, numbers("visit", "4711", "4712")),
}
KINDS = ("visit", "sale", "lead")
TOPICS = (VISITS, SALES, CUSTOMERS)


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("samples")
    (folder / "mappings").mkdir()
    shutil.copy(FEEDS / "another-dms.yaml", folder / "mappings")
    environment = {"AFTERCARE_MAPPINGS_DIR": str(folder / "mappings")}
    with house(folder, own_broker, own_mongo, environment, only=("intake",)) as found:
        yield found


def source_of(name: str) -> str:
    """Each file is of a system of its own."""
    return name.replace(".", "-")


def send(running: House, name: str, sample: Sample) -> str:
    """The id of the import that the file becomes."""
    query = {"mapping": sample.mapping, "dealer_id": sample.dealer_id, "source": source_of(name)}
    sent = httpx.post(
        f"{running.stack.urls['intake']}/v1/imports",
        params={**query, "name": name},
        content=(FEEDS / name).read_bytes(),
        headers=shown(running.stack.key),
        timeout=30,
    )
    assert sent.status_code == 202, sent.text
    return str(sent.json()["import_id"])


def ended(running: House, import_id: str) -> dict[str, Any]:
    """What is told of it when it has ended."""

    def told() -> dict[str, Any]:
        found: dict[str, Any] = running.get("intake", f"/v1/imports/{import_id}").json()
        return found

    running.child("intake").wait_until(
        lambda: told()["ended_at"] is not None, within_seconds=WITHIN_SECONDS
    )
    return told()


def registered(running: House, name: str, dealer_id: str) -> set[str]:
    """Kind and number of what the register knows of a file's system, but for what follows of it."""
    found = running.get("intake", "/v1/documents", dealer_id=dealer_id, source=source_of(name))
    return {
        document["document_id"].removeprefix(f"{dealer_id}/{source_of(name)}/")
        for document in found.json()
        if document["kind"] in KINDS
    }


@pytest.fixture(scope="module")
def imports(running: House) -> dict[str, str]:
    """File -> its import: all are sent, and then it is looked what becomes of each."""
    return {name: send(running, name, sample) for name, sample in SAMPLES.items()}


def test_all_of_them_are_sent() -> None:
    assert SAMPLES.keys() == {path.name for path in FEEDS.iterdir()} - {
        "README.md",
        "another-dms.yaml",
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_all_of_a_file_is_accounted_for_and_registered(
    running: House, imports: dict[str, str], name: str
) -> None:
    sample, found = SAMPLES[name], ended(running, imports[name])
    counts = found["counts"]
    assert (found["state"], found["bytes_read"]) == ("done", found["size"]), found
    assert (found["records"], counts["skipped"]) == (sample.records, sample.skipped)
    assert counts["accepted"] == len(sample.documents)
    assert (counts["duplicate"], counts["rejected"], counts["refused"]) == (0, 0, 0)
    assert (counts["warned"], len(found["first"])) == (sample.warned, sample.warned)
    assert registered(running, name, sample.dealer_id) == sample.documents


def test_what_concerns_a_customer_is_published(running: House, imports: dict[str, str]) -> None:
    for import_id in imports.values():
        ended(running, import_id)
    published = {id_ for topic in TOPICS for id_ in latest(running.said(topic))}
    wanted = {
        f"{sample.dealer_id}/{source_of(name)}/{document}"
        for name, sample in SAMPLES.items()
        for document in sample.documents - sample.unpublished
    }
    assert {id_ for id_ in published if id_.split("/")[3] in KINDS} == wanted
