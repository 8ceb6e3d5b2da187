"""What outputs are about is composed and parsed in one place, and each undoes the other."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.scoring import Grade, Risk
from shared.contracts.subjects import (
    ABOUT_THE_SCORE,
    ABOUT_THE_STANDING,
    CaseSubject,
    GradeSubject,
    NoticeKind,
    RiskSubject,
    TaskSubject,
    change_subject,
    digest_of,
)
from shared.contracts.values import to_milliseconds
from tests import PROJECT

CLOCKS = st.from_regex(r"[a-z][a-z_]{0,39}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,39}", fullmatch=True)
GENERATIONS = st.integers(1, 10_000)
MOMENTS = st.datetimes(timezones=st.just(UTC))
FROM_OUTSIDE = st.text(min_size=1, max_size=120)
NOTICES = st.builds(
    CaseSubject,
    kind=st.sampled_from(get_args(NoticeKind)),
    clock=CLOCKS,
    generation=GENERATIONS,
    rung=st.none() | NAMES,
    instants=st.just("")
    | st.lists(MOMENTS, min_size=3, max_size=3).map(lambda moments: digest_of(*moments)),
    repeat=st.integers(0, 20),
)
OF_CASES = NOTICES | st.one_of(
    st.builds(CaseSubject, kind=st.just("verdict"), clock=CLOCKS, generation=GENERATIONS),
    st.builds(CaseSubject, kind=st.just("closed"), generation=GENERATIONS),
    st.builds(CaseSubject, kind=st.just("refused"), step_id=FROM_OUTSIDE),
    st.builds(CaseSubject, kind=st.just("merged"), into=FROM_OUTSIDE),
    st.just(CaseSubject(kind="standing")),
)
GRADES = st.builds(
    GradeSubject,
    at=MOMENTS.map(to_milliseconds),
    before=st.sampled_from(get_args(Grade)),
    after=st.sampled_from(get_args(Grade)),
)
RISKS = st.builds(
    RiskSubject,
    at=MOMENTS.map(to_milliseconds),
    before=st.sampled_from(get_args(Risk)),
    after=st.sampled_from(get_args(Risk)),
)
TASKS = st.builds(TaskSubject, kind=NAMES, document_id=FROM_OUTSIDE)
PIECES = ["", "/", ".", "breach", "step", "refused", "merged", "grade", "standing", "1", "01", "-1"]
ALMOST = st.lists(st.sampled_from(PIECES) | NAMES, max_size=8).map("".join) | st.text(max_size=40)


REFUSALS = {
    "not the name of a change of grade",
    "not how a change of grade is named",
    "not the name of a change of risk",
    "not how a change of risk is named",
    "not the name of a task",
    "not the name of anything that complaints says",
    "not how anything that complaints says is named",
    "not a number, in the name of a subject",
}
"""All that is said of a name that is none: nothing of the name."""


@given(OF_CASES | GRADES | RISKS | TASKS)
def test_what_is_composed_is_parsed(subject: CaseSubject | GradeSubject | TaskSubject) -> None:
    assert type(subject).parse(str(subject)) == subject


@given(st.sampled_from([CaseSubject, GradeSubject, RiskSubject, TaskSubject]), ALMOST)
def test_what_is_parsed_is_what_would_be_composed(
    kind: type[CaseSubject | GradeSubject | TaskSubject], about: str
) -> None:
    try:
        subject = kind.parse(about)
    except ValueError as error:
        assert str(error) in REFUSALS
    else:
        assert str(subject) == about


@given(NOTICES)
def test_without_its_instants_a_notice_is_of_the_same_rung(notice: CaseSubject) -> None:
    undated = CaseSubject.parse(notice.undated)
    assert (undated.instants, undated.undated) == ("", notice.undated)
    assert (undated.kind, undated.clock, undated.rung) == (notice.kind, notice.clock, notice.rung)
    assert (undated.generation, undated.repeat) == (notice.generation, notice.repeat)


@given(st.lists(MOMENTS, min_size=3, max_size=3), st.integers(0, 2))
def test_another_instant_is_another_name(moments: list[datetime], which: int) -> None:
    moved = list(moments)
    moved[which] = moments[which].replace(microsecond=0) + timedelta(seconds=1)
    assert digest_of(*moved) != digest_of(*moments)


@pytest.mark.parametrize(
    "about",
    [
        "",
        "score",
        "breach",
        "breach/contact",
        "breach/contact/first",
        "breach/contact/01",
        "breach/contact/1/0",
        "closed/1/2",
        "verdict/a/b",
        "verdict.late/contact/1",
        "refused/",
        "merged/",
        "standing/",
    ],
)
def test_what_complaints_never_says_is_refused(about: str) -> None:
    with pytest.raises(ValueError, match=r"^not "):
        CaseSubject.parse(about)


@pytest.mark.parametrize("about", ["score", "grade/today/a-b", "grade/2026-11-21T02:05:00.000Z/a"])
def test_what_is_no_change_of_grade_is_refused(about: str) -> None:
    with pytest.raises(ValueError):
        GradeSubject.parse(about)


def test_a_change_of_grade_or_risk_is_known_by_its_name() -> None:
    at = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
    for subject in (GradeSubject(at, "general", "quality"), RiskSubject(at, "due", "at_risk")):
        found = change_subject(str(subject))
        assert (type(found), found) == (type(subject), subject)
    with pytest.raises(ValueError, match="not the name of a change of grade"):
        change_subject("score")


def test_the_names_on_the_topics_stay_as_they_are() -> None:
    """Another name would be another message: what is out could never be taken back."""
    at = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
    assert [
        ABOUT_THE_SCORE,
        ABOUT_THE_STANDING,
        str(GradeSubject(at, "general", "quality")),
        str(RiskSubject(at, "due", "at_risk")),
        str(TaskSubject("next_service", "sunrise/pudong/cdk/visit/R-1")),
        str(CaseSubject(kind="step", clock="answer", generation=2, rung="group", repeat=1)),
        str(CaseSubject(kind="breach", clock="contact", generation=1, instants=digest_of(at))),
        str(CaseSubject(kind="refused", step_id="S-7")),
    ] == [
        "score",
        "standing",
        "grade/2026-11-21T02:05:00.000Z/general-quality",
        "risk/2026-11-21T02:05:00.000Z/due-at_risk",
        "next_service/sunrise/pudong/cdk/visit/R-1",
        "step.group/answer/2/1",
        "breach/contact/1/1a0571d0ad",
        "refused/S-7",
    ]


OF_TEXT = {
    *("split", "rsplit", "partition", "rpartition", "startswith", "endswith", "join", "format"),
    *("removeprefix", "removesuffix", "replace", "find", "index", "match", "fullmatch", "search"),
}
TAKES_AN_ABOUT = {"State": 0, "Announcement": 0, "task_id": 1, "subject_id": 2}
"""What is called with an about, and where among its arguments."""
OTHER_ABOUTS = ("services/intake/", "deploy/sandbox/feed/feed.py", "deploy/sandbox/feed/dirt.py")
"""Where the word has its plain sense: nothing there is an output."""
GRAMMAR = "shared/contracts/subjects.py"


def _is_about(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "about" or name.endswith("_about")
        case ast.Subscript(slice=ast.Constant(value="about")):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="about"), *_]):
            return True
    return False


def _is_composed(node: ast.AST | None) -> bool:
    """Whether this is text that is put together here, or written out."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=ast.Attribute(attr="join" | "format")):
            return True
    return False


def _by_hand(tree: ast.AST) -> Iterator[int]:
    """The lines on which an about is composed or taken apart."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr=name), args=args):
                taken_apart = name in OF_TEXT and any(_is_about(each) for each in (of, *args))
                found = taken_apart or any(
                    each.arg == "about" and _is_composed(each.value) for each in node.keywords
                )
            case ast.Call(func=ast.Name(id=name), args=args):
                about = args[TAKES_AN_ABOUT[name] :][:1] if name in TAKES_AN_ABOUT else []
                found = any(map(_is_composed, about)) or any(
                    each.arg == "about" and _is_composed(each.value) for each in node.keywords
                )
            case ast.JoinedStr(values=values):
                parts = [each.value for each in values if isinstance(each, ast.FormattedValue)]
                texts = [each.value for each in values if isinstance(each, ast.Constant)]
                found = any(map(_is_about, parts)) and any(
                    set("/|.") & set(str(each)) for each in texts
                )
            case ast.Subscript(value=of, slice=ast.Slice()):
                found = _is_about(of)
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=value)
            ):
                found = _is_about(target) and _is_composed(value)
            case ast.FunctionDef(name=name):
                returned = (each for each in ast.walk(node) if isinstance(each, ast.Return))
                named = name == "about" or name.endswith("_about")
                found = named and any(_is_composed(each.value) for each in returned)
            case _:
                found = False
        if found:
            yield getattr(node, "lineno", 0)


def _sources() -> Iterator[Path]:
    for package in ("services", "shared", "deploy", "docs"):
        yield from (PROJECT / package).rglob("*.py")


def test_nobody_composes_or_takes_apart_an_about_by_hand() -> None:
    wrong = []
    for path in _sources():
        name = path.relative_to(PROJECT).as_posix()
        if name == GRAMMAR or name.startswith(OTHER_ABOUTS):
            continue
        wrong += [f"{name}:{line}" for line in _by_hand(ast.parse(path.read_text("utf-8")))]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        'about = f"closed/{generation}"',
        'State(f"{kind}/{name}", content)',
        'Announcement("score", content)',
        'task_id(key, f"{kind}/{document}")',
        'subject_id(NAME, key, "score")',
        'CaseMerged(about="merged/" + into)',
        'contracts.CaseMerged(about=f"merged/{into}")',
        'kind, _, rest = about.partition("/")',
        'kind = output.about.split("/")[0]',
        'data["about"].startswith("breach/")',
        'data.get("about", "").removeprefix("step.")',
        're.match(r"(\\w+)/", output.about)',
        "head = about[:6]",
        'key = f"{case_id}/{message.about}"',
        'def about(change):\n    return f"grade/{change}"',
        'last_about: str = "/".join(parts)',
    ],
)
def test_an_about_composed_or_taken_apart_by_hand_is_found(source: str) -> None:
    assert list(_by_hand(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        'about = str(CaseSubject(kind="closed", generation=1))',
        "State(ABOUT_THE_SCORE, content)",
        "CaseSubject.parse(output.about).kind",
        "CaseMerged(about=str(subject))",
    ],
)
def test_what_goes_through_the_grammar_is_not(source: str) -> None:
    assert not list(_by_hand(ast.parse(source)))
