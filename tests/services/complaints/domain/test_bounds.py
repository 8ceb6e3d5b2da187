"""What a source may report without end: the case goes on, and what it keeps and says is bounded."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.complaints.domain.course import MOST_STEPS
from services.complaints.domain.facts import SHORT
from services.complaints.domain.messages import MOST_REFUSALS
from shared.contracts import complaints
from shared.contracts.complaints import MOST_MERGES, MOST_TURNS, CaseMerged, CaseStandingChanged
from shared.contracts.envelope import Message
from shared.contracts.feed_parts import Severity
from shared.contracts.intake import ComplaintStepTaken
from shared.contracts.outputs import Output, Withdrawal
from tests.services.complaints.given import abouts, at, filed, given, step
from tests.services.complaints.several import Cases, complaint, taken

OF_ALL_MESSAGES = {*Output.model_fields, *Withdrawal.model_fields}


def unlimited(schema: Any, place: str = "") -> Iterator[str]:
    """The texts and sequences of a JSON schema that may be of any size."""
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if kind == "string" and not schema.keys() & {"maxLength", "enum", "const", "format", "pattern"}:
        yield place
    if kind == "array" and "maxItems" not in schema:
        yield place
    if kind == "object" and schema.get("additionalProperties") and "maxProperties" not in schema:
        yield place
    for name in ("items", "additionalProperties"):
        yield from unlimited(schema.get(name), f"{place}/{name}")
    for name in ("properties", "$defs"):
        for key, value in schema.get(name, {}).items():
            if place or name == "$defs" or key not in OF_ALL_MESSAGES:
                yield from unlimited(value, f"{place}/{key}")
    for each in schema.get("anyOf", ()):
        yield from unlimited(each, place)


@pytest.mark.parametrize("contract", complaints.ALL, ids=lambda each: each.__name__)
def test_every_text_and_sequence_has_a_limit(contract: type[Message]) -> None:
    assert list(unlimited(contract.model_json_schema())) == []


def test_a_case_of_many_steps_goes_on_and_refuses_those_beyond() -> None:
    many = [step("acknowledged", f"{number}s") for number in range(1, MOST_STEPS + 1)]
    case = given(filed(), *many, step("contacted", "1h")).when("3h")
    case.then("warning/contact/1", "breach/contact/1").then_of_the_case("refused/contacted 1h")
    case = given(filed(), *many[1:], step("contacted", "1h")).when("3h").then("verdict/contact/1")
    case.then_of_the_case()


def test_a_case_turns_no_more_often_than_is_told() -> None:
    assert MOST_TURNS == MOST_STEPS + 1
    grave: tuple[Severity, ...] = ("major", "normal")
    many = [
        step("regraded", f"{number}s", severity=grave[number % 2])
        for number in range(MOST_STEPS + 9)
    ]
    told = given(filed(), *many).when("1h").said["standing"]
    assert isinstance(told, CaseStandingChanged)
    assert len(told.turns) >= MOST_STEPS


def test_so_many_refusals_are_told_and_no_more() -> None:
    early = [step("contacted", f"-{number}s") for number in range(1, MOST_REFUSALS + 10)]
    case = given(filed(), *early).when("1h")
    assert len(abouts(case.decision)) == MOST_REFUSALS


def test_of_what_is_only_shown_little_is_kept() -> None:
    held, text = step("held", "1h"), "x" * 120
    assert isinstance(held.data, ComplaintStepTaken)
    long = held.data.model_copy(update={"by": text, "reason": text, "merged_into": text})
    [kept] = given(filed(), held._replace(data=long)).facts.steps
    assert kept.reason is not None
    assert (len(kept.by), len(kept.reason), kept.merged_into) == (SHORT, SHORT, None)


def test_a_case_with_too_many_merged_into_it_stands_by_itself() -> None:
    """One less, and it hands all of them on; its clocks count from their earliest start still."""
    cases = Cases().reported(complaint("A", "50m"), complaint("Z", "50m"))
    others = [f"K{number:03d}" for number in range(MOST_MERGES)]
    for number, name in enumerate(others):
        cases.reported(complaint(name, f"{number}s"), taken(name, "merged", "55m", into="A"))
        if number == MOST_MERGES - 2:
            cases.deliver().reported(taken("A", "merged", "56m", into="Z")).deliver()
            assert cases.is_merged("A")
            assert (cases.due("Z"), cases.refused("A")) == (at("2h"), [])
    cases.deliver()
    assert (cases.is_merged("A"), cases.refused("A")) == (False, ["too_many_merges"])
    assert (cases.due("A"), cases.due("Z")) == (at("2h"), at("2h 50m"))
    told = [said.data for said in cases.said if said.type == CaseMerged.TYPE]
    assert max(len(CaseMerged.model_validate_json(each).merges) for each in told) == MOST_MERGES
