"""What happened to a case, in sentences: the newest first, and each kind has one."""

import pytest

from services.complaints.domain.facts import CaseEvent
from services.desk.adapters.words import translations
from services.desk.domain.users import LANGUAGES, Language
from services.desk.views.case_timeline import TimelineLine, TimelineStory
from services.desk.views.speech import Speech
from tests.services.complaints.given import absorbed, filed, step
from tests.services.desk.given_cases import case_of

NAMES = {"advisor-7": "Wang", "s-9": "Zhao"}


def speech(language: Language = "en") -> Speech:
    """Says things as pages do."""

    def word(message: str, **inserted: object) -> str:
        found = translations(language).gettext(message)
        return found % inserted if inserted else found

    return Speech(language, word)


def told(
    *events: CaseEvent, when: str = "5h", noticed: tuple[str, ...] = (), language: Language = "en"
) -> list[TimelineLine]:
    case = case_of(*events, when=when, noticed=noticed)
    return TimelineStory(case, NAMES, speech(language)).told()


def test_the_newest_comes_first_and_names_are_known() -> None:
    found = told(filed(), step("contacted", "1h"), step("answered", "2h"))
    texts = [each.text for each in found if each.kind in ("step", "received")]
    assert texts == [
        "Wang answered the customer",
        "Wang contacted the customer",
        "Received: Telephone",
    ]
    assert found[-1].notes == ("repair quality",)


def test_a_verdict_says_of_which_clock_and_why() -> None:
    verdicts = [
        each
        for each in told(filed(), step("contacted", "3h"), step("answered", "4h"))
        if each.kind == "verdict"
    ]
    assert [(each.text, each.tone, each.chip) for each in verdicts] == [
        ("Answer", "good", "kept"),
        ("Contact", "bad", "broken"),
    ]
    assert verdicts[1].why.endswith("1 h late.")


@pytest.mark.parametrize(
    ("taken", "text"),
    [
        (step("reassigned", "1h", to="s-9"), "Wang made Zhao responsible"),
        (step("regraded", "1h", severity="major"), "Wang changed the severity to Major"),
        (
            step("called_back", "1h", satisfied=False),
            "Wang called back: the customer is not satisfied",
        ),
        (step("called_back", "1h", satisfied=True), "Wang called back: the customer is satisfied"),
        (step("merged", "1h"), "Wang merged it into another case"),
        (step("held", "1h"), "Wang put it on hold"),
        (step("withdrawn", "1h"), "The customer withdrew it, noted by Wang"),
    ],
)
def test_each_step_has_its_sentence(taken: CaseEvent, text: str) -> None:
    assert text in [each.text for each in told(filed(), taken)]


def test_what_does_not_count_says_so_and_why() -> None:
    refused = next(
        each for each in told(filed(), step("contacted", "-1h", id="S")) if each.kind == "step"
    )
    assert (refused.tone, refused.chip) == ("bad", "does not count")
    assert "before the complaint was received" in refused.why
    later = next(
        each for each in told(filed(), step("contacted", "9h"), when="1h") if each.kind == "step"
    )
    assert (later.tone, later.chip) == ("warn", "counts later")


def test_a_merge_leads_to_the_other_case() -> None:
    out = next(e for e in told(filed(), step("merged", "1h")) if e.kind == "merge")
    assert (out.place, out.other) == ("sunrise/pudong/cases/cdk/K-0", "K-0")
    assert out.text == "It was merged into case K-0"
    back = next(
        e for e in told(filed(), step("merged", "1h"), step("unmerged", "2h")) if e.kind == "merge"
    )
    assert (back.chip, back.until is not None) == ("taken back", True)
    came = next(e for e in told(filed(), absorbed({"contact": "0s"}, "1h")) if e.kind == "merge")
    assert came.text == "Case K-0 was merged into it"


def test_a_notice_says_to_whom_it_went() -> None:
    found = told(filed(), when="2h", noticed=("90m",))
    assert [(each.text, each.tone) for each in found if each.kind == "notice"] == [
        ("Deadline passed: Contact", "bad"),
        ("Warning: Contact", "warn"),
    ]
    assert found[-2].notes == ("responsible person: no roster says who that is",)


def test_what_was_reported_late_says_when() -> None:
    late = told(filed(), step("contacted", "1h", recorded="4h"))
    assert [each.recorded_at is not None for each in late if each.kind == "step"] == [True]
    soon = told(filed(), step("contacted", "1h", recorded="61m"))
    assert [each.recorded_at for each in soon if each.kind == "step"] == [None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_can_happen_can_be_said(language: Language) -> None:
    found = told(
        filed(severity="major", limit="20h", channel="regulator"),
        step("contacted", "1h"),
        step("held", "2h", until="150m"),
        step("regraded", "3h", severity="normal"),
        step("resolved", "4h"),
        step("called_back", "5h", satisfied=False),
        step("answered", "6h"),
        step("resolved", "7h"),
        step("called_back", "8h", satisfied=True),
        absorbed({"contact": "0s"}, "1h"),
        when="9h",
        language=language,
    )
    kinds = {each.kind for each in found}
    assert kinds >= {"received", "step", "hold", "regraded", "verdict", "reopened", "closed"}
    assert all(each.text.strip() for each in found)
    if language == "zh":
        assert all(any("一" <= sign <= "鿿" for sign in each.text) for each in found)
