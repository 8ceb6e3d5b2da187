"""A dealer group's own rule of a known trigger is a few lines of YAML, and nothing else."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from services.followup.api import routes
from services.followup.app import decider, service
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from services.followup.settings import FollowUpSettings
from shared.contracts.followup import TaskChanged
from shared.platform.http import make_app
from shared.policies.by_edition import by_edition
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from shared.yaml_file import WrongFile
from tests import PROJECT
from tests.dealers import DEALERS
from tests.services.followup.given import (
    CAR,
    CUSTOMER,
    DEALER,
    POLICY,
    at,
    delivery,
    given,
    outcome,
    visit,
)

PAGE = (PROJECT / "services" / "followup" / "README.md").read_text(encoding="utf-8")
MONTH_CALL = PAGE.split("```yaml\n")[1].split("```")[0]
"""The rule that the README shows."""


def settings(tmp_path: Path, text: str = MONTH_CALL) -> FollowUpSettings:
    file = tmp_path / "followup.yaml"
    file.write_text(text, encoding="utf-8")
    return FollowUpSettings(followup_policy_file=file)


def policy(tmp_path: Path, text: str = MONTH_CALL) -> FollowUpPolicy:
    return settings(tmp_path, text).policy()


async def shown(
    tmp_path: Path, facts: FollowUpFacts, now: str, text: str = MONTH_CALL
) -> dict[str, str]:
    """The task of the month call, as the endpoint answers it."""
    app = make_app(title="followup", doorman=KnowsEverybody())
    memory = MemoryReader.deciding(
        service(settings(tmp_path, text)), {CUSTOMER: facts}, at(now), dealers=DEALERS
    )
    app.include_router(routes(memory, ManualClock(at(now)), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://aftercare") as http:
        answer = await http.get(f"/v1/customers/{CUSTOMER}")
    [task] = [each for each in answer.json()["tasks"] if each["kind"] == "month_call"]
    return {"title_zh": task["title_zh"], "en": task["why"]["en"], "zh": task["why"]["zh"]}


def test_the_rule_opens_its_task_beside_those_that_ship(tmp_path: Path) -> None:
    tasks = given(visit("2025-01-10")).by(policy(tmp_path)).when("2025-02-10")
    tasks.then("service_satisfaction/R1 overdue", "month_call/R1 open")
    task = tasks.of_kind("month_call")
    assert (task.title_en, task.title_zh) == ("Ask after the repair", "维修后回访")
    assert (task.owner_role, task.channel) == ("service_advisor", "phone")
    assert (task.opens_at, task.due_at) == (at("2025-02-09 09:00"), at("2025-02-16 18:00"))
    assert TaskChanged.model_validate_json(task.model_dump_json()) == task


async def test_the_endpoint_says_why_in_both_languages(tmp_path: Path) -> None:
    task = await shown(tmp_path, given(visit("2025-01-10 23:30")).facts, "2025-02-10")
    assert task["title_zh"] == "维修后回访"
    assert task["en"] == f"{CAR} was in the workshop on 2025-01-10 (order R1)"
    assert task["zh"] == f"{CAR} 于 2025-01-10 进厂维修(工单 R1)"


async def test_a_car_without_a_number_is_the_car(tmp_path: Path) -> None:
    task = await shown(tmp_path, given(visit("2025-01-10", vin=None)).facts, "2025-02-10")
    assert task["en"] == "the car was in the workshop on 2025-01-10 (order R1)"
    assert task["zh"] == "该车 于 2025-01-10 进厂维修(工单 R1)"


async def test_the_due_day_is_the_one_it_was_postponed_to(tmp_path: Path) -> None:
    words = MONTH_CALL.replace("(order {document})", "and is due on {due}")
    story = given(
        visit("2025-01-10"),
        outcome("2025-02-10", "month_call/visit/R1", "postponed", next_contact_on="2025-03-01"),
    )
    task = await shown(tmp_path, story.facts, "2025-02-11", words)
    assert task["en"] == f"{CAR} was in the workshop on 2025-01-10 and is due on 2025-03-01"


async def test_braces_written_twice_are_braces(tmp_path: Path) -> None:
    words = MONTH_CALL.replace("(order {document})", "{{sic}}")
    task = await shown(tmp_path, given(visit("2025-01-10")).facts, "2025-02-10", words)
    assert task["en"] == f"{CAR} was in the workshop on 2025-01-10 {{sic}}"


async def test_a_dealer_with_rules_of_its_own_is_answered_in_their_words(tmp_path: Path) -> None:
    """Those in force, whatever comes later, and nobody else."""
    own, coming = (
        FollowUpEdition(
            applied_at=at(applied),
            policy=policy(tmp_path, MONTH_CALL.replace("(order {document})", words)),
        )
        for applied, words in (("2025-01-01", "by {due}"), ("2025-06-01", "some day"))
    )
    rulebook = FollowUpRulebook(
        shipped=FollowUpEdition(policy=policy(tmp_path)), editions={DEALER: (own, coming)}
    )
    elsewhere = "sunrise/berlin/cdk/C1"
    facts = given(visit("2025-01-10")).facts
    held = {CUSTOMER: facts, elsewhere: facts.model_copy(update={"customer_key": elsewhere})}
    memory = MemoryReader.deciding(
        by_edition(decider(FollowUpSettings()), rulebook), held, at("2025-02-10"), dealers=DEALERS
    )
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(routes(memory, ManualClock(at("2025-02-10")), dealers=DEALERS))
    why = {}
    async with AsyncClient(transport=ASGITransport(app), base_url="http://aftercare") as http:
        for key in held:
            answer = await http.get(f"/v1/customers/{key}")
            [why[key]] = [
                task["why"]["en"] for task in answer.json()["tasks"] if "month" in task["kind"]
            ]
    assert why == {
        CUSTOMER: f"{CAR} was in the workshop on 2025-01-10 by 2025-02-16",
        elsewhere: f"{CAR} was in the workshop on 2025-01-10 (order R1)",
    }


@pytest.mark.parametrize(
    ("closed_by", "status"),
    [
        ("closed_by: [visit]", "done: visit"),
        ("closed_by: []", "open"),
        ("", "open"),
    ],
)
def test_a_rule_says_whether_a_visit_closes_it(tmp_path: Path, closed_by: str, status: str) -> None:
    text = MONTH_CALL.replace("closed_by: [visit]", closed_by)
    story = given(visit("2025-01-10"), visit("2025-02-12", "R2"))
    assert story.by(policy(tmp_path, text)).when("2025-02-13").statuses["month_call/R1"] == status


def test_a_rule_that_ships_may_be_closed_by_nothing_or_by_a_visit(tmp_path: Path) -> None:
    text = "rules: {next_service: {closed_by: []}, delivery_satisfaction: {closed_by: [visit]}}\n"
    story = given(delivery("2025-01-10"), visit("2025-01-14", "R1"), visit("2025-07-01", "R2"))
    before = story.by(policy(tmp_path, text)).when("2025-01-15")
    assert before.statuses["delivery_satisfaction/D1"] == "done: visit"
    after = story.by(policy(tmp_path, text)).when("2025-07-02")
    assert after.statuses["next_service/R1"] == "open"
    shipped = story.by(POLICY).when("2025-07-02")
    assert shipped.statuses["next_service/R1"] == "done: visit"


def test_every_trigger_takes_a_rule_of_a_fresh_name(tmp_path: Path) -> None:
    story = given(delivery("2025-01-10"), visit("2025-01-20"))
    for trigger, when, expected in (
        ("delivery", "2025-02-12", {"month_call/D1"}),
        ("closing", "2025-02-22", {"month_call/R1"}),
        ("predicted_service", "2025-08-20", {"month_call/D1", "month_call/R1"}),
    ):
        text = MONTH_CALL.replace("trigger: closing", f"trigger: {trigger}")
        rules = policy(tmp_path, text.replace("closed_by: [visit]", "closed_by: []"))
        tasks = story.by(rules).when(when)
        found = {each for each in tasks.statuses if each.startswith("month_call")}
        assert found == expected, trigger


REFUSED: list[tuple[str, str, int, str, str]] = [
    ("trigger: closing", "trigger: closng", 3, "rules.0.trigger", "did you mean 'closing'?"),
    ("trigger: closing", "trigger: 3", 3, "rules.0.trigger", "should be a valid string"),
    ("kind: month_call", "kind: Month Call", 2, "rules.0.kind", "should match pattern"),
    ("channel: phone", "channel: pigeon", 7, "rules.0.channel", "Input should be"),
    ("days: 37", "days: 3", 2, "rules.0", "due lies before opens"),
    ("days: 37", "days: 99999999", 5, "rules.0.due.days", "less than or equal to 36525"),
    ('at: "18:00"', "at: 18", 5, "rules.0.due.at", "a time of day is written like 18:00"),
    ("on {day}", "on {dya}", 10, "rules.0.why_en", "in braces there is one of {car}, {document}"),
    ("on {day}", "on {day.year}", 10, "rules.0.why_en", "in braces there is one of"),
    ("on {day}", "on {day!r}", 10, "rules.0.why_en", "in braces there is one of"),
    ("on {day}", "on {day:>9}", 10, "rules.0.why_en", "in braces there is one of"),
    ("on {day}", "on {}", 10, "rules.0.why_en", "in braces there is one of"),
    ("on {day}", "on {day", 10, "rules.0.why_en", "a brace without its other one"),
    ("于 {day}", "于 {日}", 11, "rules.0.why_zh", "in braces there is one of"),
    ("closed_by: [visit]", 'hint_en: "Ask {who}"', 12, "rules.0.hint_en", "in braces there is"),
    ("closed_by: [visit]", 'hint_zh: "{谁}"', 12, "rules.0.hint_zh", "in braces there is one of"),
    ("closed_by: [visit]", "closed_by: [vist]", 12, "rules.0.closed_by.0", "mean 'visit'?"),
    (
        "closed_by: [visit]",
        "closed_by: [renewal]",
        12,
        "rules.0.closed_by",
        "a task of this trigger is not closed by renewal; by visit, service, survey",
    ),
    ("on {day}", "on {until}", 10, "rules.0.why_en", "in braces there is one of {car}, {document}"),
    (
        "closed_by: [visit]",
        "for_grade: {quality: {due: {days: 1}}}",
        2,
        "rules.0",
        "due lies before opens for grade quality",
    ),
    (
        "closed_by: [visit]",
        "for_grade: {qualty: {priority: 1}}",
        12,
        "rules.0.for_grade.qualty",
        "did you mean 'quality'?",
    ),
    (
        "closed_by: [visit]",
        "for_grade: {quality: {priority: 0}}",
        12,
        "rules.0.for_grade.quality.priority",
        "greater than or equal to 1",
    ),
    ("closed_by: [visit]", "contact: seling", 12, "rules.0.contact", "did you mean 'selling'?"),
    ("closed_by: [visit]", "grades: [good]", 12, "rules.0.grades.0", "'quality'"),
    ("closed_by: [visit]", "instead: [emial]", 12, "rules.0.instead.0", "did you mean 'email'?"),
    ("closed_by: [visit]", "closed_by: visit", 12, "rules.0.closed_by", "valid tuple"),
    ("owner_role: service_advisor", "owner_role: ''", 6, "rules.0.owner_role", "at least 1"),
    ("why_en:", "why:", 10, "rules.0.why", "there is no such field; did you mean 'why_"),
    ("title_zh: 维修后回访", "", 2, "rules.0", "it must be complete: without title_zh"),
]


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_refused_with_its_file_line_and_field(
    tmp_path: Path, mistake: tuple[str, str, int, str, str]
) -> None:
    right, wrong, line, field, message = mistake
    assert right in MONTH_CALL
    with pytest.raises(WrongFile) as refused:
        policy(tmp_path, MONTH_CALL.replace(right, wrong))
    [said] = refused.value.lines
    assert said.startswith(f"{tmp_path / 'followup.yaml'}:{line}: {field}: "), said
    assert message in said


def test_a_rule_written_before_rules_said_why_is_read(tmp_path: Path) -> None:
    text = "".join(line for line in MONTH_CALL.splitlines(keepends=True) if "why_" not in line)
    [rule] = [rule for rule in policy(tmp_path, text).rules if rule.kind == "month_call"]
    assert rule.why_en == "A rule of the group's own policy asks for it"


def test_a_rule_may_be_otherwise_for_a_grade(tmp_path: Path) -> None:
    text = (
        "rules: {silence: {for_grade: {quality: {opens: {days: 30}, due: {days: 40}}}}}\n"
        "warranty: {months: 24}\nlow_answers: {overall_at_most: 7}\nreturn_right: {months: 36}\n"
    )
    changed = policy(tmp_path, text)
    silence = changed.by_kind["silence"]
    assert [each.days for each in silence.times_for("quality")] == [30, 40]
    assert [each.days for each in silence.times_for("general")] == [180, 194]
    assert (changed.warranty.months, changed.warranty.km) == (24, 100_000)
    assert (changed.low_answers.overall_at_most, changed.low_answers.item_at_most) == (7, 4)
    assert (changed.return_right.months, changed.return_right.severe_repairs) == (36, 2)


THE_FOUR_RULES_OF_BEFORE = """\
rules:
  - {kind: delivery_thanks, due: {hours: 12}}
  - {kind: delivery_satisfaction, closed_by: []}
  - {kind: service_satisfaction, opens: {days: 2, at: "09:00"}}
  - {kind: next_service, closed_by: [visit], due: {at: "17:00"}}
service_interval: {first_km: 4000, km: 7500, days: 150, shortest_days: 30}
"""


def test_a_file_of_before_the_other_rules_shipped_is_read(tmp_path: Path) -> None:
    changed = policy(tmp_path, THE_FOUR_RULES_OF_BEFORE)
    assert changed.by_kind["delivery_thanks"].due.hours == 12
    assert changed.by_kind["next_service"].closers == ("visit",)
    assert changed.by_kind["delivery_satisfaction"].closers == ()
    assert changed.service_interval.first_km == 4000


def test_an_edition_stored_before_the_other_rules_shipped_is_read_and_means_the_same() -> None:
    """Word by word what was written then: four rules, and none of the later fields."""
    stored = (PROJECT / "tests" / "services" / "followup" / "policy_of_before.json").read_text(
        "utf-8"
    )
    before = FollowUpPolicy.model_validate_json(stored)
    assert [rule.kind for rule in before.rules] == [
        "delivery_thanks",
        "delivery_satisfaction",
        "service_satisfaction",
        "next_service",
    ]
    assert FollowUpPolicy.model_validate_json(before.model_dump_json()) == before
    story = given(visit("2025-01-10"), visit("2025-07-05", "R2"))
    story.by(before).when("2025-07-06").then(
        "service_satisfaction/R1 expired: window passed",
        "next_service/R1 done: visit",
        "service_satisfaction/R2 open",
    )
