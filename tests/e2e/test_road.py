"""The whole road, from intake's endpoint to a score, a task and an escalation."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from shared.contracts.identifiers import aggregate_within, customer_key, document_id
from shared.contracts.topics import (
    CASES,
    ESCALATIONS,
    MERGES,
    PROFILES,
    SALES,
    SCORES,
    TASKS,
    VISITS,
    Topic,
)
from shared.settings import MongoSettings
from tests.e2e.house import DEALER, House, ago, house, latest, reported, visit
from tests.servers import Broker

pytestmark = [pytest.mark.broker, pytest.mark.database]

ERIKA = customer_key(DEALER, "dms", "1001")


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("road"), own_broker, own_mongo) as running:
        yield running


def sale(number: str, customer: str) -> dict[str, object]:
    return reported(
        "sale",
        f"sale-{number}",
        deal_no=number,
        status="delivered",
        source_modified_at=ago(hours=20),
        deal_date=ago(days=9)[:10],
        delivered_at=ago(hours=20),
        sale_type="retail",
        vehicle={"vin": "WVWZZZ1JZXW000001"},
        price={"amount": "31500.00", "currency": "EUR"},
        customer={
            "source_customer_id": customer,
            "name": "Erika Mustermann",
            "email": "erika@example.com",
            "phones": [{"number": "+49 30 901820"}],
        },
    )


def complaint(
    number: str, customer: str, received_at: str, revised_at: str | None = None
) -> dict[str, object]:
    return reported(
        "complaint",
        f"complaint-{number}",
        case_no=number,
        source_modified_at=revised_at or received_at,
        received_at=received_at,
        channel="phone",
        category="noise",
        narrative="Erika says it rattles",
        customer={"source_customer_id": customer},
    )


def step(case_no: str, step_id: str, name: str, at: str, **more: object) -> dict[str, object]:
    return reported(
        "complaint-step",
        f"step-{case_no}-{step_id}",
        case_no=case_no,
        step_id=step_id,
        step=name,
        at=at,
        by="staff-7",
        source_modified_at=at,
        **more,
    )


def case_id(case_no: str) -> str:
    return document_id(DEALER, "dms", "complaint", case_no)


def escalations(aftercare: House, case_no: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """What stands on aftercare.escalations of a case: subject -> noun and content."""
    kept = {
        subject: (said.type.removeprefix("dev.aftercare.").removesuffix(".v1"), said.value)
        for subject, said in latest(aftercare.said(ESCALATIONS)).items()
    }
    contents = {subject: (noun, json.loads(value)) for subject, (noun, value) in kept.items()}
    return {
        subject: (noun, content)
        for subject, (noun, content) in contents.items()
        if content["case_no"] == case_no
    }


def score_of(aftercare: House, customer: str) -> dict[str, Any]:
    """What scoring tells of a customer; nothing while it knows nothing of them."""
    answer = aftercare.get("scoring", f"/v1/customers/{quote(customer, safe='/')}")
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return found


def test_a_delivery_becomes_a_score_and_a_thank_you_task(aftercare: House) -> None:
    answer = aftercare.send(sale("D-1", "1001"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1
    aftercare.until(lambda: score_of(aftercare, ERIKA).get("value", 0) > 0)
    aftercare.until(
        lambda: "delivery_thanks" in aftercare.get("followup", f"/v1/customers/{ERIKA}").text
    )
    score = score_of(aftercare, ERIKA)
    assert sum(reason["points"] for reason in score["reasons"]) == score["score"]
    aftercare.until(lambda: any(said.key == ERIKA for said in aftercare.said(TASKS)))
    aftercare.until(lambda: any(said.key == ERIKA for said in aftercare.said(SCORES)))


def test_personal_data_is_on_the_profiles_alone(aftercare: House) -> None:
    aftercare.send(sale("D-2", "2002"), visit(2, "2002"), complaint("C-2", "2002", ago(hours=1)))
    key = customer_key(DEALER, "dms", "2002")
    for topic in (PROFILES, SALES, VISITS, SCORES, TASKS, CASES):
        aftercare.until(partial(_is_told_of, aftercare, topic, key))
    assert b"Erika" in b"".join(said.value for said in aftercare.said(PROFILES))
    for topic in (SALES, VISITS, SCORES, TASKS, CASES, ESCALATIONS):
        text = b"".join(said.value for said in aftercare.said(topic))
        assert b"Erika" not in text
        assert b"example.com" not in text
        assert b"901820" not in text
    logs = b"".join(child.log.read_bytes() for child in aftercare.stack.children)
    assert b"Erika" not in logs


def survey(overall: int, revised_at: str) -> dict[str, object]:
    return reported(
        "survey",
        f"survey-{overall}",
        survey_no="S-1",
        source_customer_id="3003",
        survey="csi",
        scale="1-5",
        at=ago(minutes=1),
        overall=overall,
        source_modified_at=revised_at,
        ro_no="RO-3",
    )


def test_a_low_answer_becomes_a_complaint_whose_clocks_run(aftercare: House) -> None:
    key = customer_key(DEALER, "dms", "3003")

    def standings() -> list[dict[str, Any]]:
        """How the one case stood, each time that it was said."""
        case = f"{key}|{document_id(DEALER, 'followup', 'complaint', 'survey-')}"
        said = (each for each in aftercare.said(CASES) if each.key.startswith(case))
        return [json.loads(each.value) for each in said]

    aftercare.send(visit(3, "3003"), survey(1, ago(minutes=1)))
    aftercare.until(lambda: bool(standings()))
    assert standings()[0]["status"] == "open"
    aftercare.send(survey(5, ago()))
    aftercare.until(lambda: standings()[-1].get("status") != "open")


def _is_told_of(aftercare: House, topic: Topic, customer: str) -> bool:
    return any(said.key.partition("|")[0] == customer for said in aftercare.said(topic))


def test_a_breach_is_announced_within_a_second_and_withdrawn_by_a_late_report(
    aftercare: House,
) -> None:
    received = ago(hours=2.5)
    aftercare.send(complaint("C-1", "1001", received))

    def said(noun: str) -> list[str]:
        return [
            found.subject
            for found in aftercare.said(ESCALATIONS)
            if noun in found.type and b'"C-1"' in found.value
        ]

    aftercare.until(lambda: len(said("deadline.breached")) == 1)
    aftercare.send(step("C-1", "s1", "contacted", ago(hours=2)))
    (breach,) = said("deadline.breached")
    aftercare.until(lambda: breach in said("escalation.withdrawn"))
    aftercare.until(lambda: len(said("clock.stopped")) > 0)
    kept = latest(aftercare.said(ESCALATIONS))
    assert kept[breach].type.endswith("escalation.withdrawn.v1")


def test_after_three_silent_hours_only_the_general_manager_is_told_and_a_late_report_takes_it_back(
    aftercare: House,
) -> None:
    aftercare.send(complaint("C-11", "1101", ago(hours=3.25)))

    def nouns() -> Counter[str]:
        return Counter(noun for noun, _ in escalations(aftercare, "C-11").values())

    aftercare.until(lambda: nouns().total() == 3)
    said = escalations(aftercare, "C-11")
    assert {noun: content["notified"] for noun, content in said.values()} == {
        "deadline.warned": False,
        "deadline.breached": False,
        "escalation.raised": True,
    }
    (raised,) = (content for noun, content in said.values() if noun == "escalation.raised")
    assert (raised["step"], raised["recipients"]) == ("general_manager", ["general_manager"])
    assert {each["because"] for each in raised["addressees"]} == {"no_roster"}

    aftercare.send(step("C-11", "s1", "contacted", ago(hours=2.25)))
    aftercare.until(lambda: nouns()["clock.stopped"] == 1)
    aftercare.until(lambda: nouns()["escalation.withdrawn"] == 3)
    after = escalations(aftercare, "C-11")
    assert {after[subject][0] for subject in said} == {"escalation.withdrawn"}
    (verdict,) = (content for noun, content in after.values() if noun == "clock.stopped")
    assert (verdict["clock"], verdict["verdict"]) == ("contact", "kept")


def test_a_merge_hands_the_earlier_start_over_to_another_customers_case(
    aftercare: House,
) -> None:
    earlier, later = ago(hours=6), ago(hours=1)
    aftercare.send(
        complaint("C-21", "2101", earlier), step("C-21", "s1", "contacted", ago(hours=5.5))
    )
    aftercare.send(complaint("C-22", "2102", later))
    winner = aggregate_within(customer_key(DEALER, "dms", "2102"), case_id("C-22"))

    def answer_due_from() -> datetime | None:
        found = aftercare.get("complaints", f"/v1/cases/{quote(winner)}")
        clocks = found.json()["clocks"] if found.is_success else []
        starts = [each["started_at"] for each in clocks if each["clock"] == "answer"]
        return datetime.fromisoformat(starts[0]) if starts else None

    aftercare.until(lambda: answer_due_from() is not None)
    assert answer_due_from() == millisecond(later)
    aftercare.send(step("C-21", "s2", "merged", ago(minutes=30), merged_into="C-22"))
    aftercare.until(lambda: answer_due_from() == millisecond(earlier))

    clocks = aftercare.get("complaints", f"/v1/cases/{quote(winner)}").json()["clocks"]
    (contact,) = (each for each in clocks if each["clock"] == "contact")
    assert datetime.fromisoformat(contact["started_at"]) == millisecond(later)
    contents = (json.loads(said.value) for said in latest(aftercare.said(MERGES)).values())
    handed = [each for each in contents if each["merged_case_id"] == case_id("C-21")]
    assert [each["case_id"] for each in handed] == [case_id("C-22")]

    def outcomes() -> list[str]:
        said = escalations(aftercare, "C-21").values()
        return [content["outcome"] for noun, content in said if "case" in noun]

    aftercare.until(lambda: outcomes() == ["merged"])


def millisecond(instant: str) -> datetime:
    moment = datetime.fromisoformat(instant)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_a_step_from_before_the_receipt_is_refused(aftercare: House) -> None:
    aftercare.send(complaint("C-31", "3101", ago(hours=1)))
    answer = aftercare.send(step("C-31", "s1", "contacted", ago(hours=2)))
    assert answer.json()["accepted"] == 1

    def refused() -> list[dict[str, Any]]:
        said = escalations(aftercare, "C-31").values()
        return [content for noun, content in said if noun == "complaint-step.refused"]

    aftercare.until(lambda: len(refused()) == 1)
    (content,) = refused()
    assert (content["step_id"], content["refusal"]) == ("s1", "before_receipt")
    assert "does not count" in content["why"]["en"] and "不计入" in content["why"]["zh"]
    assert not any(noun == "clock.stopped" for noun, _ in escalations(aftercare, "C-31").values())


def test_a_correction_moves_a_visit_to_its_customer(aftercare: House) -> None:
    wrong, right = (customer_key(DEALER, "dms", number) for number in ("3001", "3002"))
    aftercare.send(visit(31, "3001"))
    aftercare.until(lambda: score_of(aftercare, wrong).get("value", 0) > 0)
    before = score_of(aftercare, wrong)["score"]
    aftercare.send(visit(31, "3002", source_modified_at=ago(hours=1)))
    aftercare.until(lambda: score_of(aftercare, right).get("score") == before)

    def withdrawn() -> bool:
        return any(
            found.key == wrong and "score.withdrawn" in found.type
            for found in aftercare.said(SCORES)
        )

    aftercare.until(withdrawn)


def test_a_duplicate_and_a_bad_item_are_told_apart(aftercare: House) -> None:
    aftercare.send(visit(41, "4001"))
    line = {"line_no": "1", "pay_type": "customer", "labour_amount": "0.00001"}
    bad = visit(42, "4001", lines=[line])
    answer = aftercare.send(visit(41, "4001"), bad, visit(43, "4001")).json()
    assert [item["outcome"] for item in answer["items"]] == ["duplicate", "rejected", "accepted"]
    (problem,) = answer["items"][1]["problem"]["errors"]
    assert problem["pointer"] == "/data/lines/0/labour_amount"


def test_steps_that_came_before_their_complaint_alarm_nobody_about_it(aftercare: House) -> None:
    """Nor do those of a complaint whose customer is corrected; both are past their deadline."""
    numbers = range(5)

    def alarms() -> list[str]:
        said = [found for found in aftercare.said(ESCALATIONS) if b'"C-5' in found.value]
        return [found.type for found in said if "breached" in found.type or "raised" in found.type]

    def held_at(customer: int, number: int) -> bool:
        key = customer_key(DEALER, "dms", f"{customer + number}")
        case = aggregate_within(key, case_id(f"C-5{number}"))
        found = aftercare.get("complaints", f"/v1/cases/{quote(case)}")
        return found.is_success and "kept" in found.text

    for number in numbers:
        aftercare.send(step(f"C-5{number}", "s1", "contacted", ago(hours=3)))
    for number in numbers:
        aftercare.send(complaint(f"C-5{number}", f"{5100 + number}", ago(hours=3.25)))
    aftercare.until(lambda: all(held_at(5100, number) for number in numbers))
    assert alarms() == []
    for number in numbers:
        customer, received_at = f"{5200 + number}", ago(hours=3.25)
        aftercare.send(complaint(f"C-5{number}", customer, received_at, revised_at=ago(hours=1)))
    aftercare.until(lambda: all(held_at(5200, number) for number in numbers))
    assert alarms() == []


def _is_shown(aftercare: House, path: str) -> bool:
    return aftercare.get("complaints", path).is_success


@pytest.mark.parametrize("number", ["K-90", "K/91", "投诉 92", "93%"])
def test_the_id_that_intake_answers_finds_the_case(aftercare: House, number: str) -> None:
    answer = aftercare.send(complaint(number, f"9{number}", ago(hours=1))).json()
    (item,) = answer["items"]
    for written in (item["document_id"], quote(item["document_id"])):
        path = f"/v1/cases/{written}"
        aftercare.until(partial(_is_shown, aftercare, path))
        shown = aftercare.get("complaints", path).json()
        assert shown["id"] == aggregate_within(item["customer_keys"][0], item["document_id"])


@pytest.mark.parametrize("service", ["intake", "scoring", "followup", "complaints"])
def test_what_is_not_there_is_a_problem(aftercare: House, service: str) -> None:
    answer = aftercare.get(service, "/v1/nowhere")
    assert answer.status_code == answer.json()["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_taken_back_or_refused_of_a_complaint_weighs_nothing_off(aftercare: House) -> None:
    """Scoring goes by what complaints makes of the steps: both cases stand open."""
    customer = customer_key(DEALER, "dms", "2601")

    def weighs() -> tuple[int, int] | None:
        reasons = score_of(aftercare, customer).get("reasons", ())
        found = (each for each in reasons if each["rule"] == "complaints")
        return next(((each["points"], each["count"]) for each in found), None)

    received = ago(hours=1)
    aftercare.send(complaint("C-61", "2601", received), complaint("C-62", "2601", received))
    aftercare.until(lambda: weighs() == (-30, 2))
    aftercare.send(step("C-61", "s1", "merged", ago(hours=0.5), merged_into="C-62"))
    aftercare.until(lambda: weighs() == (-15, 1))
    aftercare.send(step("C-62", "s1", "withdrawn", ago(hours=2)))
    aftercare.until(lambda: "before_receipt" in str(escalations(aftercare, "C-62")))
    aftercare.send(step("C-61", "s2", "unmerged", ago(hours=0.2)))
    aftercare.until(lambda: weighs() == (-30, 2))
    keys = {said.key for said in aftercare.said(CASES)}
    assert {f"{customer}|{case_id(case_no)}" for case_no in ("C-61", "C-62")} <= keys
