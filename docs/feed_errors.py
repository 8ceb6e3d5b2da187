"""docs/feeds/errors.md and its Chinese sister: what is said of bad input, out of the code."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from docs.feeds_pages import Language

PROJECT = Path(__file__).parent.parent
INTAKE = "services/intake/domain"
WORDS: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "feed_errors.yaml").read_text("utf-8")
)
"""What to do: `problems` by type, `sections` by name: title and text, in both languages."""
SECTIONS: Mapping[str, Sequence[str]] = {
    "file": (f"{INTAKE}/mappings/readers", f"{INTAKE}/mappings/columns.py"),
    "record": (
        f"{INTAKE}/mappings/values",
        f"{INTAKE}/mappings/leaf_plan.py",
        f"{INTAKE}/mappings/plan.py",
        f"{INTAKE}/mappings/convert.py",
        f"{INTAKE}/mappings/reading.py",
    ),
    "event": (
        f"{INTAKE}/examine",
        f"{INTAKE}/decode/body.py",
        f"{INTAKE}/decode/strict_json.py",
        f"{INTAKE}/documents",
        "shared/contracts/feeds.py",
        "shared/contracts/feed_parts.py",
        "shared/contracts/leads.py",
    ),
    "mapping": (f"{INTAKE}/mappings/check.py", "services/intake/adapters/mappings.py"),
}
"""Section -> the code whose messages it holds, in the order in which input goes through it."""
PROBLEMS = ("services/intake", "shared/platform/problems.py")
_PLACE: Mapping[Language, int] = {"en": 0, "zh": 1}
_HEADS = {
    "en": ("type", "status", "says", "what to do"),
    "zh": ("类型", "状态码", "原文", "怎么办"),
}
FEWEST_WORDS = 3
"""What has fewer is part of a message."""
_WORD = re.compile(r"[a-zA-Z]{2,}")
_LIKE_A_MESSAGE = re.compile(r"[a-z0-9…'%][^|]*(?: [^ ]+){2,}", re.DOTALL)


class ProblemKind(NamedTuple):
    """A kind of problem details."""

    type: str
    status: int
    title: str


def page(language: Language) -> str:
    """The whole page in one language."""
    at = _PLACE[language]
    lines = ["<!-- Generated from the code by `make docs`: do not edit. -->", ""]
    for number, (name, words) in enumerate(WORDS["sections"].items()):
        title, text = words[2 * at : 2 * at + 2]
        lines += [f"{'#' if number == 0 else '##'} {title}", "", *text.rstrip().splitlines(), ""]
        if name == "problems":
            lines += [*_problems(language), ""]
        elif name in SECTIONS:
            lines += [*(f"- `{message}`" for message in messages(SECTIONS[name])), ""]
    return "\n".join(lines).rstrip() + "\n"


def problems() -> list[ProblemKind]:
    """All that are made with a type, status and title of their own."""
    found: set[ProblemKind] = set()
    for path in _files(PROBLEMS):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) == "problem":
                values = [each.value for each in node.args if isinstance(each, ast.Constant)]
                match values:
                    case [str() as kind, str() as title, int() as status, *_]:
                        found.add(ProblemKind(kind, status, title))
                    case _:
                        continue
    return sorted(found, key=lambda one: (one.status, one.type, one.title))


def messages(places: Sequence[str]) -> list[str]:
    """What is said there, sorted; `…` stands for what differs."""
    found: set[str] = set()
    for path in _files(places):
        found.update(_of(ast.parse(path.read_text("utf-8"))))
    return sorted(found)


def _problems(language: Language) -> Iterator[str]:
    yield "| " + " | ".join(_HEADS[language]) + " |"
    yield "|---|---|---|---|"
    for one in problems():
        to_do = WORDS["problems"][one.type][_PLACE[language]]
        yield f"| `{one.type}` | {one.status} | {one.title} | {to_do} |"


def _files(places: Sequence[str]) -> Iterator[Path]:
    for place in places:
        path = PROJECT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _of(tree: ast.Module) -> Iterator[str]:
    """Texts that people read: those of several words that are no docstring, and no pattern."""
    inner = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))
        elif isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _is_none_of(node)):
            inner.update(id(each) for each in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            inner.update(id(each) for each in ast.walk(node) if each is not node)
    for node in ast.walk(tree):
        if id(node) not in inner and (text := _text(node)):
            found = text.strip(" ;:,").replace("`", "'")
            if _LIKE_A_MESSAGE.fullmatch(found) and len(_WORD.findall(found)) >= FEWEST_WORDS:
                yield found


def _is_none_of(node: ast.Call) -> bool:
    return _called(node) in ("compile", "fullmatch", "match", "search", "Field", "field")


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            parts = (
                each.value
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
                else "…"
                for each in values
            )
            return "".join(parts)
        case _:
            return ""
