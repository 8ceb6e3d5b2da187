"""What a list says of a case: by what it came, how far its clocks are, who has to be told."""

from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.rulebook import rulebook_of
from services.complaints.views.case import line, show
from shared.contracts.http.complaints import CaseLine
from tests.services.complaints.given import RULES, Case, filed, given, step
from tests.services.complaints.reading import ID, snapshot_of
from tests.services.complaints.rules import CLIMBING


def of_a_regulator() -> CaseEvent:
    """A complaint that a regulator passed on, about an order and a sale."""
    event = filed()
    more = {
        "department": "body",
        "regulator_ref": "12315-7",
        "related_ro_no": "RO-1",
        "related_deal_no": "D-1",
    }
    return event._replace(data=event.data.model_copy(update=more))


def listed(case: Case) -> CaseLine:
    return line(snapshot_of(ID, case), case.policy, case.now)


def test_a_line_says_how_the_complaint_came() -> None:
    found = listed(given(of_a_regulator()).when("1m"))
    assert (found.channel, found.category) == ("phone", "repair quality")
    assert (found.department, found.regulator_ref) == ("body", "12315-7")


def test_what_is_not_known_yet_is_not_said() -> None:
    found = listed(given(step("contacted", "1m")).when("2m"))
    assert (found.channel, found.department, found.regulator_ref) == (None, None, None)
    assert (found.running, found.stopped, found.rung) == ((), (), None)


def test_a_case_says_what_it_is_about() -> None:
    case = given(of_a_regulator()).when("1m")
    shown = show(snapshot_of(ID, case), case.policy, case.now)
    assert (shown.channel, shown.category, shown.department) == ("phone", "repair quality", "body")
    assert (shown.regulator_ref, shown.related_ro_no, shown.related_deal_no) == (
        "12315-7",
        "RO-1",
        "D-1",
    )


def test_stopped_clocks_are_kept_or_broken_and_no_longer_run() -> None:
    found = listed(given(filed(), step("contacted", "1h"), step("answered", "25h")).when("26h"))
    assert [(each.clock, each.state) for each in found.stopped] == [
        ("contact", "kept"),
        ("answer", "broken"),
    ]
    assert found.stopped[0].title_en == "Contact" and found.stopped[0].title_zh == "联系客户"
    assert found.running == ()


def test_clocks_of_an_earlier_generation_are_over() -> None:
    steps = [step("answered", "1h"), step("reopened", "2h"), step("contacted", "3h")]
    found = listed(given(filed(), *steps).when("4h"))
    assert found.generation == 2
    assert [(each.clock, each.generation) for each in found.stopped] == [("contact", 2)]
    assert [(each.clock, each.generation) for each in found.running] == [("answer", 2)]


def test_the_rung_is_the_highest_of_those_that_run() -> None:
    case = given(filed(), rules=rulebook_of(CLIMBING))
    assert listed(case.when("10m")).rung is None
    rungs = [listed(given(filed(), rules=RULES).when(when)).rung for when in ("95m", "130m")]
    assert [rung and (rung.clock, rung.name, rung.kind) for rung in rungs] == [
        ("contact", "warning", "warning"),
        ("contact", "breach", "breach"),
    ]
    assert rungs[1] is not None and "department_head" in rungs[1].to
    # the contact is made: what is left has only begun
    assert listed(given(filed(), step("contacted", "3h")).when("4h")).rung is None
