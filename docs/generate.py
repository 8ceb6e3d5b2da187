"""Writes what can be derived from the code: schemas, the AsyncAPI document, operations tables.

`python -m docs.generate` writes them; with `--check` it changes nothing, says what differs and
exits 1.
"""

import argparse
import difflib
import json
import sys
from itertools import islice
from os.path import normpath
from pathlib import Path
from typing import Any

import yaml

from docs import (
    asyncapi,
    feed_errors,
    feeds_pages,
    followup_year,
    policy_schemas,
    rights_table,
    rule_tables,
    scoring_examples,
    tables,
)
from shared.contracts import complaints, feeds, followup, identity, intake, scoring
from shared.contracts.values import Contract

DOCS = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHOWN_LINES = 12


def contracts() -> list[type[Contract]]:
    """Every contract that travels under a type of its own."""
    return [
        *feeds.REPORTS.values(),
        *intake.ALL,
        *scoring.ALL,
        *followup.ALL,
        *complaints.ALL,
        *identity.ALL,
    ]


def documents() -> dict[str, str]:
    """Path within docs -> its content."""
    return {
        "asyncapi.yaml": _yaml(asyncapi.document()),
        "feeds.md": feeds_pages.page("en"),
        "feeds.zh-CN.md": feeds_pages.page("zh"),
        "feeds/errors.md": feed_errors.page("en"),
        "feeds/errors.zh-CN.md": feed_errors.page("zh"),
        "scoring/examples.md": scoring_examples.page("en"),
        "scoring/examples.zh-CN.md": scoring_examples.page("zh"),
        "followup/year.md": followup_year.page("en"),
        "followup/year.zh-CN.md": followup_year.page("zh"),
        "operations/settings.md": tables.settings_page(),
        "operations/metrics.md": tables.metrics_page(),
        **{f"schemas/{contract.TYPE}.json": _schema(contract) for contract in contracts()},
        **{f"../{page}": content for page, content in rule_tables.pages().items()},
        **{f"../{page}": content for page, content in rights_table.pages().items()},
        **{
            f"schemas/policies/{service}.json": _json(schema)
            for service, schema in policy_schemas.schemas().items()
        },
    }


def drift(wanted: dict[str, str]) -> list[str]:
    """What on disk differs from `wanted`, one paragraph each; nothing when all is current."""
    found = []
    for name, content in wanted.items():
        path, shown = DOCS / name, normpath(f"docs/{name}")
        if not path.exists():
            found.append(f"{shown} is missing")
        elif (there := path.read_text(encoding="utf-8")) != content:
            found.append(f"{shown} differs:\n{_difference(there, content)}")
    found.extend(f"docs/{name} is of no contract any more" for name in _stale(wanted))
    return found


def write(wanted: dict[str, str]) -> None:
    """Make the disk agree with `wanted`."""
    for name, content in wanted.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for name in _stale(wanted):
        (DOCS / name).unlink()


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on drift")
    wanted = documents()
    if not parser.parse_args().check:
        write(wanted)
        print(f"{len(wanted)} generated documents are current")
        return 0
    found = drift(wanted)
    for each in found:
        print(each)
    print("run `make docs`" if found else f"{len(wanted)} generated documents are current")
    return 1 if found else 0


def _schema(contract: type[Contract]) -> str:
    return _json(contract.model_json_schema())


def _json(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


def _yaml(document: asyncapi.Json) -> str:
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    return f"# Generated from the code by `make docs`: do not edit.\n{text}"


def _stale(wanted: dict[str, str]) -> list[str]:
    there = {path.relative_to(DOCS).as_posix() for path in (DOCS / "schemas").rglob("*.json")}
    return sorted(there - wanted.keys())


def _difference(there: str, wanted: str) -> str:
    lines = difflib.unified_diff(
        there.splitlines(), wanted.splitlines(), "on disk", "from the code", n=1, lineterm=""
    )
    return "\n".join(f"  {line}" for line in islice(lines, SHOWN_LINES))


if __name__ == "__main__":
    sys.exit(main())
