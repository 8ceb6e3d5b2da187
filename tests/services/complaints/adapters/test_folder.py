"""What the service follows: editions and rosters as files, read at start and while it runs."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.complaints.adapters.metrics import show_rules
from services.complaints.adapters.policies import FOLLOWED, read_rulebook
from services.complaints.app import decider, rules_watch
from services.complaints.domain.coverage import missing_years
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, OpenCases
from services.complaints.settings import ComplaintSettings
from shared.dealers.roster import Roster
from shared.policies.applied import write_edition
from shared.policies.folder import RulesFolder
from shared.policies.paths import RulesPaths
from shared.policies.watch import RulesWatch
from shared.time.deadlines import Span
from shared.yaml_file import WrongFile
from tests.services.complaints.given import DEALER, RECEIVED, at
from tests.services.complaints.rules import BUSINESS, CALENDAR, CLIMBING

ROSTER = "dealer: sunrise/pudong\nroles:\n  responsible_person: [wang, li]\n  group: [chen]\n"
COVERED = CALENDAR.model_copy(update={"covered_years": (2025, 2026)})


def edition(applied: str = "0s", open_cases: OpenCases = "rebase") -> CaseEdition:
    return CaseEdition(
        applied_at=at(applied), open_cases=open_cases, policy=BUSINESS, calendar=COVERED
    )


def paths(root: Path) -> RulesPaths:
    return RulesPaths(root, "complaints")


def with_roster(folder: Path, text: str = ROSTER) -> Path:
    path = folder / "rosters" / "pudong.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def said(failing: Callable[[], object]) -> list[str]:
    with pytest.raises(WrongFile) as caught:
        failing()
    return caught.value.lines


# --- files ------------------------------------------------------------------------------------


def test_an_edition_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = [edition("1h"), edition("2h", "keep")]
    for each in reversed(written):
        write_edition(paths(tmp_path), DEALER, each, note="as agreed")
    rulebook = read_rulebook(tmp_path)
    assert rulebook == CaseRulebook(editions={DEALER: tuple(written)})
    expected = CaseRulebook(editions={DEALER: tuple(written)})
    assert rulebook.version_for(DEALER) == expected.version_for(DEALER)


def test_dealers_of_like_names_have_folders_of_their_own(tmp_path: Path) -> None:
    found = [write_edition(paths(tmp_path), dealer, edition()) for dealer in ("a/b-c", "a-b/c")]
    assert [each.parent.name for each in found] == ["a_b-c", "a-b_c"]
    assert read_rulebook(tmp_path).editions.keys() == {"a/b-c", "a-b/c"}


def test_an_edition_is_never_written_over(tmp_path: Path) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_edition(paths(tmp_path), DEALER, edition(open_cases="keep"))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["20261121T020000.000Z.json"]


def test_drafts_do_not_influence_the_service(tmp_path: Path) -> None:
    for name in ("complaints/policies", "calendars"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "pudong.yaml").write_text("{not: [right", encoding="utf-8")
    assert read_rulebook(tmp_path) == CaseRulebook()


def test_a_roster_belongs_to_a_dealer(tmp_path: Path) -> None:
    with_roster(tmp_path)
    found = read_rulebook(tmp_path).rosters[DEALER]
    assert type(found) is Roster
    assert found.roles["responsible_person"] == {"any": ("wang", "li")}


def test_what_is_wrong_with_files_is_said_all_at_once(tmp_path: Path) -> None:
    roster = with_roster(tmp_path, "dealer: sunrise/pudong\nroles:\n  boss: [wang]\n")
    path = write_edition(paths(tmp_path), DEALER, edition())
    path.write_text(path.read_text("utf-8").replace('"due"', '"soon"', 1), encoding="utf-8")
    first, second = said(lambda: read_rulebook(tmp_path))
    assert first.startswith(f"{path}:") and "edition.policy.clocks.0.ladder.1.at: a place" in first
    assert second.startswith(f"{roster}:3: roles.boss: Input should be 'responsible_person'")


def test_two_rosters_of_a_dealer_are_one_too_many(tmp_path: Path) -> None:
    with_roster(tmp_path)
    (tmp_path / "rosters" / "shanghai.yml").write_text(ROSTER, encoding="utf-8")
    assert said(lambda: read_rulebook(tmp_path)) == [
        f"{tmp_path}/rosters/shanghai.yml:1: dealer: {DEALER} has pudong.yaml already"
    ]


def test_an_edition_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    text = path.read_text("utf-8")
    path.write_text(text.replace("2 business hours", "3 business hours"), encoding="utf-8")
    assert said(lambda: read_rulebook(tmp_path)) == [
        f"{path}:1: edition: was changed after it was applied; "
        "restore the file, and apply a new one"
    ]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("sunrise_berlin/20261121T020000.000Z.json", "has its editions in another folder"),
        ("sunrise_pudong/first.json", "would be named 20261121T020000.000Z.json"),
    ],
)
def test_an_edition_in_a_wrong_place_is_refused(tmp_path: Path, place: str, why: str) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    moved = paths(tmp_path).applied / place
    moved.parent.mkdir(exist_ok=True)
    path.rename(moved)
    (line,) = said(lambda: read_rulebook(tmp_path))
    assert line.startswith(f"{moved}:1: ") and why in line


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", ":1: is not JSON"),
        (b'{"format":\n1,}', ":2: is not JSON"),
        (b"\xff", ": is not UTF-8"),
    ],
)
def test_what_is_no_edition_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    path.write_bytes(content)
    (line,) = said(lambda: read_rulebook(tmp_path))
    assert line.startswith(f"{path}{why}")


def test_a_folder_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (line,) = said(lambda: read_rulebook(tmp_path / "none"))
    assert "there is no such folder; AFTERCARE_RULES_DIR" in line


def test_the_settings_name_the_folder(tmp_path: Path) -> None:
    with_roster(tmp_path)
    assert ComplaintSettings().rulebook() == CaseRulebook()
    assert ComplaintSettings(rules_dir=tmp_path).rulebook().rosters.keys() == {DEALER}


# --- while it runs ----------------------------------------------------------------------------


def watching(folder: Path) -> RulesWatch[CaseEdition, CaseRulebook]:
    return RulesWatch(RulesFolder(folder, FOLLOWED), read_rulebook(folder), show=show_rules)


async def test_nothing_changes_as_long_as_no_file_does(tmp_path: Path) -> None:
    write_edition(paths(tmp_path), DEALER, edition())
    watch = watching(tmp_path)
    assert [await watch.look(RECEIVED) for _ in range(3)] == [None, None, None]


async def test_an_edition_that_is_applied_is_taken_up(tmp_path: Path) -> None:
    watch = watching(tmp_path)
    await watch.look(RECEIVED)
    write_edition(paths(tmp_path), DEALER, edition())
    found = await watch.look(RECEIVED)
    assert found is not None and found.current(DEALER).policy == BUSINESS
    assert await watch.look(RECEIVED) is None


async def test_what_changes_between_start_and_the_first_look_is_not_missed(tmp_path: Path) -> None:
    watch = watching(tmp_path)
    write_edition(paths(tmp_path), DEALER, edition())
    assert await watch.look(RECEIVED) is not None


async def test_a_wrong_file_is_told_once_and_the_running_rules_stay(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    watch = watching(tmp_path)
    roster = with_roster(tmp_path, "dealer: sunrise/pudong\nroles: {boss: [wang]}\n")
    for _ in range(3):
        with pytest.raises(WrongFile, match=r"pudong.yaml:2: roles.boss: "):
            await watch.look(RECEIVED)
    assert capfd.readouterr().out.count("rules are wrong") == 1
    roster.write_text(ROSTER, encoding="utf-8")
    found = await watch.look(RECEIVED)
    assert found is not None and found.rosters.keys() == {DEALER}


async def test_editions_do_not_go_away_while_the_service_runs(tmp_path: Path) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    watch = watching(tmp_path)
    hidden = path.rename(tmp_path / "elsewhere.json")
    for _ in range(2):
        with pytest.raises(WrongFile, match=f"the edition of {DEALER} of .* is gone"):
            await watch.look(RECEIVED)
    hidden.rename(path)
    assert await watch.look(RECEIVED) is None


async def test_a_folder_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "rules", tmp_path / "elsewhere"
    write_edition(paths(folder), DEALER, edition())
    watch = watching(folder)
    await watch.look(RECEIVED)
    folder.rename(elsewhere)
    for _ in range(2):
        with pytest.raises(WrongFile, match="no such folder"):
            await watch.look(RECEIVED)
    elsewhere.rename(folder)
    assert await watch.look(RECEIVED) is None
    write_edition(paths(folder), DEALER, edition("1h"))
    assert await watch.look(RECEIVED) is not None


async def test_a_look_reads_only_what_changed(tmp_path: Path) -> None:
    path = write_edition(paths(tmp_path), DEALER, edition())
    watch = watching(tmp_path)
    await watch.look(RECEIVED)
    stamp = path.stat()
    path.write_bytes(b"x" * stamp.st_size)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with_roster(tmp_path)
    found = await watch.look(RECEIVED)
    assert found is not None and found.rosters.keys() == {DEALER}


async def test_a_roster_alone_is_taken_up_without_deciding_anything_anew(tmp_path: Path) -> None:
    settings = ComplaintSettings(rules_dir=tmp_path)
    service = decider(settings)
    watch = rules_watch(service, settings)
    assert watch is not None
    with_roster(tmp_path)
    found = await watch(RECEIVED)
    assert found is not None
    assert found.rosters.keys() == {DEALER}
    assert found.version == service.policy.version


def test_without_a_folder_nothing_is_watched() -> None:
    assert rules_watch(decider(ComplaintSettings()), ComplaintSettings()) is None


# --- years ------------------------------------------------------------------------------------


def year_missing(year: int) -> float | None:
    labels = {"dealer": DEALER, "year": str(year)}
    return REGISTRY.get_sample_value("aftercare_calendar_year_missing", labels)


async def test_a_year_that_the_calendar_lacks_is_told_when_clocks_run_into_it(
    tmp_path: Path,
) -> None:
    write_edition(paths(tmp_path), DEALER, edition())
    watch = watching(tmp_path)
    early = RECEIVED - timedelta(days=60)
    await watch.look(early)
    assert year_missing(2027) is None
    await watch.look(RECEIVED)
    assert (year_missing(2027), year_missing(2028)) == (1, None)
    await watch.look(RECEIVED.replace(year=2027))
    assert (year_missing(2027), year_missing(2028)) == (1, 1)
    write_edition(
        paths(tmp_path),
        DEALER,
        edition("1h").model_copy(
            update={"calendar": CALENDAR.model_copy(update={"covered_years": (2026, 2027)})}
        ),
    )
    await watch.look(RECEIVED)
    assert year_missing(2027) is None


def test_a_long_clock_needs_later_years() -> None:
    long = BUSINESS.model_copy(
        update={
            "clocks": tuple(
                rule.model_copy(update={"target": Span.of_seconds(86400 * 800)})
                if rule.name == "executive_answer"
                else rule
                for rule in BUSINESS.clocks
            )
        }
    )
    assert missing_years(CaseEdition(policy=long, calendar=COVERED), RECEIVED) == (2027, 2028, 2029)


def test_no_calendar_lacks_no_year() -> None:
    assert missing_years(CaseEdition(policy=CLIMBING), RECEIVED) == ()


def test_the_file_is_for_people_to_read(tmp_path: Path) -> None:
    content = json.loads(write_edition(paths(tmp_path), DEALER, edition()).read_text("utf-8"))
    assert (content["format"], content["dealer"]) == (1, DEALER)
    assert content["edition"]["applied_at"] == "2026-11-21T02:00:00.000Z"
    assert content["edition"]["policy"]["clocks"][0]["target"] == "2 business hours"
