"""The documents lead somewhere, name what there is, and miss nothing that they should tell."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from packaging.requirements import Requirement

from deploy.cli import example
from docs import feeds_pages
from tests import PROJECT

NOT_OURS = {".venv", ".git", ".aftercare", "node_modules", "build", "libs"}
PAGES = sorted(
    path for path in PROJECT.rglob("*.md") if not NOT_OURS & set(path.relative_to(PROJECT).parts)
)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)>\s]+)>?\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))


def anchors(page: Path) -> set[str]:
    """What a link may name of a page, as repositories show headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        times = sum(1 for each in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", each))
        found.add(f"{slug}-{times}" if times else slug)
    return found


@each_page
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / unquote(path)).resolve() if path else page
        assert found.exists(), target
        assert PROJECT in (found, *found.parents), f"{target} leads out of the project"
        if anchor:
            assert unquote(anchor) in anchors(found), target


def test_the_way_in_leads_to_every_document() -> None:
    index = PROJECT / "docs" / "index.md"
    found = {(index.parent / target).resolve() for target in LINK.findall(index.read_text("utf-8"))}
    for page in PAGES:
        if page.is_relative_to(PROJECT / "docs") and page != index:
            assert found & {page, *page.parents}, page.relative_to(PROJECT)


def test_the_way_in_is_found() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        assert "](docs/index.md)" in (PROJECT / readme).read_text("utf-8"), readme


def test_every_path_that_contributors_are_told_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:services|shared|tests|docs|deploy)/[\w./-]+)`", text)
    assert len(named) > 20
    for path in named:
        assert list(PROJECT.glob(path.replace("NAME", "*"))), path


def test_every_name_that_contributors_are_told_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("services", "shared", "deploy", "tests")
        for path in (PROJECT / folder).rglob("*.py")
    )
    named = set(re.findall(r"`(_?[A-Z][A-Za-z_]{3,})`", text)) - {"ManualClock", "TYPE"}
    assert {"TaskRule", "AnyReport", "READ_BY", "TRIGGERS"} <= named
    for name in named:
        assert re.search(rf"^(class )?{name}\b", code, re.MULTILINE), name


def test_every_dependency_is_explained_and_none_else() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = {
        Requirement(line).name
        for line in (*project["dependencies"], *(each for extra in extras for each in extra))
    }
    page = (PROJECT / "docs" / "dependencies.md").read_text("utf-8")
    taken, _, not_taken = page.partition("## Looked at and not taken")
    assert set(re.findall(r"^\| `([\w-]+)` \|", taken, re.MULTILINE)) == wanted
    first_cells = re.findall(r"^\| (`[^|]+) \|", not_taken, re.MULTILINE)
    assert first_cells
    assert not {name for cell in first_cells for name in re.findall(r"`([\w-]+)`", cell)} & wanted


def test_a_decision_has_a_number_of_its_own() -> None:
    pages = sorted((PROJECT / "docs/decisions").glob("*.md"))
    assert len({path.name[:4] for path in pages}) == len(pages)
    for path in pages:
        assert path.read_text("utf-8").startswith(f"# {int(path.name[:4])}. "), path.name


def test_every_field_of_a_report_is_told_in_both_languages() -> None:
    assert feeds_pages.without_words() == [], "docs/feed_words.yaml"
    for field, words in feeds_pages.WORDS.items():
        assert len(words) == 2 and all(words), field


def test_both_languages_of_the_feeds_tell_the_same() -> None:
    english, chinese = feeds_pages.page("en"), feeds_pages.page("zh")
    for pattern in (r"^##+ ", r"^\| `\w+` \|", r"^```json", r"^- \*\*"):
        counts = {len(re.findall(pattern, page, re.MULTILINE)) for page in (english, chinese)}
        assert len(counts) == 1, pattern
    assert english.count("```json") == len(example.NAMES)


def test_a_word_of_the_glossary_is_in_both_languages() -> None:
    text = (PROJECT / "docs" / "glossary.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    assert len(rows) > 60
    for word, chinese, meaning in rows:
        if word == "word":  # the head of a table
            continue
        assert word and meaning
        assert re.search(r"[\u4e00-\u9fff]", chinese), word
