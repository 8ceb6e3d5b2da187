"""Whatever is asked, each service answers as its own OpenAPI document says, and never with a
defect.

Schemathesis makes the requests out of the document: what it allows, what it forbids, the bounds of
every parameter, texts that break what is careless, and (where there is time) the answer to one
request in the next.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from shared.settings import MongoSettings
from shared.testing.doorman import SHOWN
from tests.examples import EXAMPLES
from tests.openapi.services import KNOWN, SERVICES, made

IS_LONG = EXAMPLES > 100
OF_EACH_OPERATION = max(4, EXAMPLES // 10)
LONG_TEXT = 10
"""Characters of a text that is not in an answer by chance."""
BREAKING = (
    "\x00",
    "a\x00b",
    "%00",
    "%",
    "9" * 400,
    "-1",
    "1e400",
    "NaN",
    "0000-00",
    "0001-01",
    "9999-12",
    "0001-01-01",
    "9999-12-31",
    "2025-02-30",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59-14:00|x",
    "2025-01-01T00:00:00Z|x",
    "0001-01-01T00:00:00+14:00|",
    "99999999999999999999|x",
    "-1|x",
    "|",
    "a|b",
    "\u202e\ufffe\U0001d54f",
    "x" * 5_000,
    "../..",
    "$where",
    "{}",
    "(",
)
"""Texts that were read by somebody as something else."""


@schemathesis.check
def it_repeats_nothing(ctx: Any, response: Any, case: Any) -> None:
    """What was sent may be personal: no refusal has it."""
    if not 400 <= response.status_code < 500:
        return
    sent = [*(case.query or {}).values(), *(case.path_parameters or {}).values()]
    for text in sent:
        is_telling = isinstance(text, str) and len(text) >= LONG_TEXT and text not in _WORDS
        assert not is_telling or text not in response.text, "what was sent is in the answer"


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Generated parts of a path have no slash: `~` stands for those of what is known."""
    for name, value in (case.path_parameters or {}).items():
        if value in _WORDS:
            case.path_parameters[name] = value.replace("~", "/")


_WORDS = {value for values in KNOWN.values() for value in values}


def configuration() -> SchemathesisConfig:
    """The same requests in each run of as many examples."""
    names = {place: place.replace(".", "-") for place in KNOWN}
    return SchemathesisConfig.from_dict(
        {
            "seed": EXAMPLES,
            "generation": {
                "max-examples": OF_EACH_OPERATION,
                "deterministic": True,
                "database": "none",
                "dictionaries": {"string": {"dictionary": "breaking", "probability": 0.3}},
            },
            "dictionaries": {
                "breaking": {"values": list(BREAKING)},
                **{names[place]: {"values": list(values)} for place, values in KNOWN.items()},
            },
            "parameters": {
                place: {"dictionary": name, "probability": 0.8} for place, name in names.items()
            },
            # What belongs together cannot be said in OpenAPI, such as `to`, which is not before
            # `from`: that it is refused is right.
            "checks": {"positive_data_acceptance": {"enabled": False}},
            "phases": {"stateful": {"enabled": IS_LONG}},
            # Bodies that are read as they are: their own tests have them, and a batch with what
            # cannot be is answered 200.
            "operations": [
                {
                    "include-path": path,
                    "checks": {"negative_data_rejection": {"enabled": False}},
                    "phases": {"coverage": {"enabled": IS_LONG}},
                    "generation": {"max-examples": OF_EACH_OPERATION if IS_LONG else 3},
                }
                for path in ("/v1/events", "/v1/webhooks/{name}")
            ],
        }
    )


def faults(app: Any, headers: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with its answers, each kind of fault once. `headers`: of every request."""
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=configuration(), headers=dict(headers)
    )
    schema.config.update(headers=dict(headers))
    seen = set[tuple[str, str]]()
    done = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            yield f"{event.label}: {event.value}"
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.ScenarioFinished):
            done += len(event.recorder.cases)
            for name, each in _failures(event.recorder):
                if (name, each.failure.title) not in seen:
                    seen.add((name, each.failure.title))
                    yield f"{name}: {each.failure}\n{each.code_sample}"
    assert done > 50, "it was not asked"


def _failures(recorder: Any) -> Iterator[tuple[str, Any]]:
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                yield recorder.label, check.failure_info


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
def test_what_is_answered_is_what_the_document_says(
    service: str, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    app = made(service, mongo_settings, tmp_path)
    found = list(faults(app, headers={"Authorization": f"Bearer {SHOWN.text()}"}))
    assert not found, "\n\n".join(found)
