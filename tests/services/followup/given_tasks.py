"""Words to tell what there is to do at a dealer in, and followup's endpoints over it, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from services.followup.api import routes
from services.followup.app import service
from services.followup.domain.documents import Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.domain.summary import summary_of
from services.followup.settings import FollowUpSettings
from shared.contracts.followup import TaskChanged, TaskPurpose, task_id
from shared.contracts.identifiers import dealer_of
from shared.contracts.values import Bilingual
from shared.decider.decision import Decision
from shared.decider.snapshot import Snapshot
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.services.followup.given import DEALER, at

FOLLOWUP = service(FollowUpSettings())
TITLES = {"csi": ("Ask how it went", "满意度回访"), "service": ("Invite", "保养邀约")}


def task(
    due: str,
    *kinds: str,
    opened: str = "2025-01-01 09:00",
    role: str = "service_advisor",
    **more: Any,
) -> TaskChanged:
    """A conversation to be had, for these kinds; `csi` where none is said."""
    purposes = [
        TaskPurpose(
            kind=kind,
            document_id=f"{DEALER}/cdk/visit/R1",
            due_at=at(due),
            title=_title(kind),
            why=Bilingual(en=f"{kind} is due", zh=f"{kind} 到期"),
        )
        for kind in kinds or ("csi",)
    ]
    title = purposes[0].title
    return TaskChanged(
        **{
            "customer_key": f"{DEALER}/cdk/C1",
            "dealer_id": DEALER,
            "kind": purposes[0].kind,
            "status": "open",
            "document_id": purposes[0].document_id,
            "opens_at": at(opened),
            "due_at": at(due),
            "owner_role": role,
            "channel": "phone",
            "title_en": title.en,
            "title_zh": title.zh,
            "purposes": tuple(purposes),
            **more,
        }
    )


def _title(kind: str) -> Bilingual:
    en, zh = TITLES.get(kind, (f"About {kind}", f"关于 {kind}"))
    return Bilingual(en=en, zh=zh)


class DealerTasksOf:
    """Asks about these tasks to do, by name, at that moment. Each is that of a customer whose
    number is its name, up to a `/`; names may say the dealer, too: `sunrise/berlin:T1`."""

    def __init__(
        self,
        tasks: Mapping[str, TaskChanged],
        now: str,
        *,
        policy: FollowUpRulebook | None = None,
        done: Mapping[str, Mapping[str, datetime]] | None = None,
        tried: Sequence[Outcome] = (),
    ) -> None:
        """`done`: customer's number -> staff id -> when they were done with a task of theirs;
        `tried`: the last attempts at tasks."""
        self.names: dict[str, str] = {}
        of_customers: dict[str, dict[str, TaskChanged]] = {}
        for name, each in tasks.items():
            dealer, _, number = name.rpartition(":")
            key = f"{dealer or DEALER}/cdk/{number.partition('/')[0]}"
            of_customers.setdefault(key, {})[name] = each.model_copy(update={"customer_key": key})
            self.names[str(task_id(key, name))] = name
        self.now = at(now)
        done_of = {f"{DEALER}/cdk/{number}": by for number, by in (done or {}).items()}
        of_customers |= {key: {} for key in done_of if key not in of_customers}
        self.reader: MemoryReader[FollowUpFacts, Any] = MemoryReader(
            [_snapshot(key, self.now) for key in of_customers],
            policy=policy or FOLLOWUP.policy,
            dealers=DEALERS,
            summaries={
                key: summary_of(
                    key,
                    held,
                    DEALERS.zone_of(dealer_of(key)),
                    done=done_of.get(key, {}),
                    tried={each.task_id: each for each in tried},
                )
                for key, held in of_customers.items()
            },
        )

    @cached_property
    def _client(self) -> AsyncClient:
        app = make_app(title="followup", doorman=KnowsEverybody())
        app.include_router(routes(self.reader, ManualClock(self.now), dealers=DEALERS))
        return AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")

    async def answer(
        self, path: str, headers: Mapping[str, str] | None = None, *, dealer: str = DEALER
    ) -> Response:
        """Whatever is answered of the dealer's tasks."""
        return await self._client.get(f"/v1/dealers/{dealer}/tasks{path}", headers=headers)

    async def get(self, path: str = "", *, dealer: str = DEALER) -> dict[str, Any]:
        """What is told."""
        answer = await self.answer(path, dealer=dealer)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def listed(self, query: str = "", *, dealer: str = DEALER) -> list[str]:
        """The names of the tasks of all pages, in their order."""
        found = await self.get(f"?{query}", dealer=dealer)
        names = self.named(found)
        for _ in range(50):
            if found["after"] is None:
                return names
            found = await self.get(f"?{query}&after={found['after']}", dealer=dealer)
            names += self.named(found)
        raise AssertionError("the pages do not end")

    def named(self, found: Mapping[str, Any]) -> list[str]:
        """The names of the tasks of one answer."""
        return [self.names[line["task_id"]] for line in found["tasks"]]

    async def table(self, path: str) -> list[list[str]]:
        """The rows of a table, headings first."""
        answer = await self.answer(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return [row.split(",") for row in answer.text.removeprefix("\ufeff").splitlines()]

    async def refused(self, path: str) -> str:
        """Which parameter is wrong."""
        answer = await self.answer(path)
        assert answer.status_code == 422, answer.text
        [place] = answer.json()["errors"]
        assert place["detail"]
        pointer: str = place["pointer"]
        return pointer.removeprefix("/query/")


def _snapshot(key: str, now: datetime) -> Snapshot[FollowUpFacts]:
    return Snapshot(
        id=key,
        dealer_id=dealer_of(key),
        facts=FollowUpFacts(customer_key=key),
        decision=Decision(),
        announced={},
        due_at=None,
        policy_version="",
        updated_at=now,
    )
