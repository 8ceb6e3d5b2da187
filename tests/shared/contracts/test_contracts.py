"""What travels: every contract has a sample, and no topic but the profiles holds a person."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from docs import generate
from docs.asyncapi import services
from shared.contracts import intake, topics
from shared.contracts.envelope import Message
from shared.contracts.feeds import REPORTS
from shared.contracts.topics import PROFILES
from shared.contracts.values import Contract

GOLDEN = Path(__file__).parent / "golden"
CONTRACTS = generate.contracts()
MESSAGES = [contract for contract in CONTRACTS if issubclass(contract, Message)]
PERSONAL = {
    "address",
    "birth_date",
    "customer",
    "description",
    "desired_outcome",
    "e164",
    "email",
    "first_name",
    "last_name",
    "name",
    "narrative",
    "number",
    "phones",
    "plate",
    "source_customer_id",
}

each_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)


def sample(contract: type[Contract]) -> dict[str, Any]:
    text = (GOLDEN / f"{contract.TYPE}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@each_contract
def test_its_sample_is_accepted_and_written_back_as_it_was(contract: type[Contract]) -> None:
    there = sample(contract)
    read = contract.model_validate_json(json.dumps(there))
    assert read.model_dump(mode="json", exclude_unset=True) == there


@each_contract
def test_what_it_writes_it_reads(contract: type[Contract]) -> None:
    read = contract.model_validate_json(json.dumps(sample(contract)))
    assert contract.model_validate_json(read.model_dump_json()) == read


@each_contract
def test_fields_of_later_versions_are_ignored(contract: type[Contract]) -> None:
    there = sample(contract)
    later = {**there, "added_in_a_later_version": {"anything": [1, None]}}
    read = contract.model_validate_json(json.dumps(later))
    assert read == contract.model_validate_json(json.dumps(there))


@each_contract
def test_its_sample_leaves_out_only_what_is_optional_there(contract: type[Contract]) -> None:
    left_out = contract.model_fields.keys() - sample(contract).keys()
    assert not [name for name in left_out if contract.model_fields[name].is_required()]


@each_contract
def test_its_type_is_named_like_all_others(contract: type[Contract]) -> None:
    assert re.fullmatch(r"dev\.aftercare\.[a-z]+(-[a-z]+)*\.[a-z]+\.v[1-9]", contract.TYPE)


def test_types_are_unique() -> None:
    names = [contract.TYPE for contract in CONTRACTS]
    assert len(names) == len(set(names))


def test_every_contract_has_a_sample_and_every_sample_a_contract() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {each.TYPE for each in CONTRACTS}


def test_every_message_travels_on_a_known_topic_of_its_producer() -> None:
    for service in services():
        for contract in service.writes:
            assert contract.TOPIC in topics.ALL
            assert service.name == contract.TOPIC.producer


def test_what_a_service_reads_is_written_by_some_service() -> None:
    written = {contract for service in services() for contract in service.writes}
    for service in services():
        assert set(service.reads) <= written


def test_only_profiles_hold_personal_fields() -> None:
    personal = {
        contract.__name__: sorted(PERSONAL & set(_field_names(contract)))
        for contract in MESSAGES
        if PROFILES != contract.TOPIC
    }
    assert {name: fields for name, fields in personal.items() if fields} == {}


def test_the_personal_fields_are_looked_for_by_names_that_reports_and_profiles_use() -> None:
    used = set(_field_names(intake.ProfileRecorded))
    for report in REPORTS.values():
        used |= set(_field_names(report))
    assert {"name", "phones", "email", "plate", "narrative", "source_customer_id"} <= used


def test_nothing_personal_of_the_reports_samples_is_in_the_pseudonymous_samples() -> None:
    told = json.dumps([sample(contract) for contract in REPORTS.values()], ensure_ascii=False)
    secrets = ["李伟", "王芳", "138 0013 8000", "+8613800138000", "li.wei", "沪A·12345", "squeal"]
    assert [each for each in secrets if each in told] == [s for s in secrets if s[0] != "+"]
    for contract in MESSAGES:
        if PROFILES != contract.TOPIC:
            text = json.dumps(sample(contract), ensure_ascii=False)
            assert [each for each in secrets if each in text] == [], contract.TYPE


def test_the_generated_documents_agree_with_the_code() -> None:
    assert generate.drift(generate.documents()) == [], "run `make docs`"


def test_drift_is_told_with_the_lines_that_differ() -> None:
    wanted = generate.documents()
    name = next(iter(wanted))
    told = generate.drift({**wanted, name: wanted[name] + "added: line\n"})
    assert len(told) == 1
    assert name in told[0]
    assert "+added: line" in told[0]


def test_a_schema_of_no_contract_is_drift() -> None:
    wanted = generate.documents()
    gone = next(name for name in wanted if name.startswith("schemas/"))
    told = generate.drift({name: content for name, content in wanted.items() if name != gone})
    assert told == [f"docs/{gone} is of no contract any more"]


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()
    found = list(_references(document))
    assert len(found) > len(MESSAGES)
    for reference in found:
        if reference.startswith("./"):
            assert (generate.DOCS / reference).is_file(), reference
        else:
            _resolve(document, reference)


def test_the_asyncapi_document_is_complete() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {channel["address"] for channel in document["channels"].values()} == {
        topic.name for topic in topics.ALL
    }
    names = {message["name"] for message in document["components"]["messages"].values()}
    assert names == {contract.TYPE for contract in MESSAGES} | {
        "dead-letter",
        "dead-letter-resolved",
    }


def test_operations_name_messages_of_their_own_channel_only() -> None:
    document = asyncapi()
    for name, operation in document["operations"].items():
        assert operation["action"] in {"send", "receive"}, name
        channel = operation["channel"]["$ref"]
        offered = _resolve(document, channel)["messages"]
        for message in operation["messages"]:
            owner, _, chosen = message["$ref"].rpartition("/")
            assert owner == f"{channel}/messages", name
            assert chosen in offered, name


def test_every_type_a_service_reads_or_writes_is_in_one_operation_of_it() -> None:
    document = asyncapi()
    for service in services():
        for verb, contracts in (("receives", service.reads), ("sends", service.writes)):
            named = [
                message["$ref"].rpartition("/")[2]
                for name, operation in document["operations"].items()
                if name.startswith(f"{service.name}-{verb}-")
                for message in operation["messages"]
            ]
            wanted = sorted(contract.__name__ for contract in contracts)
            assert sorted(name for name in named if name != "DeadLetter") == wanted


def asyncapi() -> dict[str, Any]:
    text = (generate.DOCS / "asyncapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _field_names(model: type[BaseModel]) -> Iterator[str]:
    """The names of all properties in the model's schema, at whatever depth."""
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "$ref":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found
