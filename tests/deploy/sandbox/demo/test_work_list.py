"""Tomorrow's work list at a dealer, three times why, and three times why not."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import unquote

from rich.console import Console

from deploy.sandbox.demo.work_list import SHOWN, WorkList, asked, render_work_list
from services.followup.domain.occasion import EVER
from shared.contracts.followup import task_id
from shared.settings import ServiceSettings

PUDONG = ServiceSettings().dealers().all()[0]
NOW = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
"""One in the morning of the 27th in Shanghai."""
KEYS = [f"{PUDONG.id}/cdk/C{number}" for number in range(1, 6)]
NAMES = {KEYS[0]: "李伟"}
MOMENT = "2026-11-27T09:00:00Z"


def words(text: str) -> dict[str, str]:
    return {"en": text, "zh": f"中文 {text}"}


def line(key: str, kind: str) -> dict[str, Any]:
    return {
        "task_id": str(task_id(key, f"{kind}/{key}/1")),
        "customer_key": key,
        "kind": kind,
        "title_en": kind,
        "title_zh": kind,
        "purposes": [],
        "status": "open",
        "opens_at": MOMENT,
        "due_at": MOMENT,
        "next_attempt_at": None,
        "attempts": 0,
        "priority": 5,
        "urgent": False,
        "owner_role": "service_advisor",
        "person": None,
        "channel": "phone",
        "grade": None,
        "vin": None,
        "why_en": "because",
        "why_zh": "因为",
    }


def plan(key: str, kinds: list[str], causes: list[str]) -> dict[str, Any]:
    tasks = [
        {name: value for name, value in line(key, kind).items() if name not in ("attempts",)}
        | {
            "attempts": [],
            "assignments": [],
            "closed_at": None,
            "closed_because": None,
            "why": {"document_id": key} | words("because"),
            "why_now": [words(f"{kind} is due")],
            "purposes": [],
        }
        for kind in kinds
    ]
    suppressed = [
        {
            "kind": "declined_work",
            "title_en": "Speak of it",
            "title_zh": "跟进",
            "document_id": key,
            "vin": None,
            "due_at": MOMENT,
            "why": words("because"),
            "because": cause,
            "why_not": words(f"not, as {cause}"),
            "since": MOMENT,
            "until": MOMENT if cause == "recent_contact" else None,
        }
        for cause in causes
    ]
    return {
        "customer_key": key,
        "tasks": tasks,
        "suppressed": suppressed,
        "next_change_at": None,
        "as_of": EVER.isoformat(),
    }


class Followup:
    """Answers as its endpoints do."""

    def __init__(self, plans: dict[str, dict[str, Any]], listed: list[dict[str, Any]]) -> None:
        self.plans, self.listed = plans, listed
        self.due_before = ""

    async def get(self, service: str, path: str, **query: str | int) -> Any:
        assert service == "followup"
        if path == f"/v1/dealers/{PUDONG.id}/tasks":
            self.due_before = str(query["due_before"])
            return {
                "tasks": self.listed,
                "dealer_id": PUDONG.id,
                "after": None,
                "as_of": None,
                "behind_seconds": None,
            }
        return self.plans[unquote(path.removeprefix("/v1/customers/"))]


async def shown(followup: Followup, others: list[str]) -> WorkList:
    return await asked(followup.get, PUDONG, NOW, NAMES, others)


async def test_reasons_are_of_several_sorts_and_tomorrow_is_the_dealers() -> None:
    listed = [line(key, "silence") for key in KEYS[:3]] + [line(KEYS[3], "first_service")]
    plans = {
        **{key: plan(key, ["silence"], ["window_passed"]) for key in KEYS[:3]},
        KEYS[3]: plan(KEYS[3], ["first_service", "next_service"], ["complaint_open"] * 2),
        KEYS[4]: plan(KEYS[4], [], ["recent_contact"]),
    }
    followup = Followup(plans, listed)
    found = await shown(followup, KEYS[3:])
    assert followup.due_before == "2026-11-29", "all of the 28th, the dealer's tomorrow"
    assert found.tasks == 4
    assert [one.task.kind for one in found.why] == ["silence", "first_service", "silence"]
    causes = [one.suppressed.because for one in found.why_not]
    assert causes == ["complaint_open", "recent_contact", "window_passed"]
    assert len(causes) == SHOWN


async def test_it_is_shown_in_both_languages_with_names_and_until_when() -> None:
    plans = {KEYS[0]: plan(KEYS[0], ["silence"], ["recent_contact"])}
    found = await shown(Followup(plans, [line(KEYS[0], "silence")]), [])
    page = StringIO()
    Console(file=page, width=120).print(render_work_list(found))
    said = page.getvalue()
    for expected in ("李伟", "silence is due", "中文 silence is due", "not, as recent_contact"):
        assert expected in said
    assert "until Fri 27 Nov 17:00" in said


async def test_where_there_is_nothing_it_says_so() -> None:
    page = StringIO()
    Console(file=page, width=120).print(render_work_list(await shown(Followup({}, []), [])))
    assert page.getvalue().count("nothing so far") == 2
