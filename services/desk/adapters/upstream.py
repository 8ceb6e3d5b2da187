"""Asks the other services, in the name of a user."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from services.desk.adapters.passes import Passes
from services.desk.domain.users import User
from shared.contracts.envelope import CloudEvent
from shared.contracts.http.complaints import CasePage, CaseView
from shared.contracts.http.complaints_statistics import Statistics
from shared.contracts.http.followup import CustomerTasks
from shared.contracts.http.followup_figures import DoneToday, Leads, SurveyAnswers
from shared.contracts.http.followup_leads import LeadMonths
from shared.contracts.http.followup_lists import DayOfTasks, DealerTasks, TaskCounts
from shared.contracts.http.followup_satisfaction import Satisfaction
from shared.contracts.http.identity import CustomerPerson
from shared.contracts.http.intake import BatchAnswer, Item, Narrative, TaskNotes
from shared.contracts.http.problem import PlaceInEvent, Problem
from shared.contracts.http.scoring import CustomerScore, ScoreHistory
from shared.contracts.http.scoring_lists import Customers
from shared.contracts.http.scoring_months import Grades
from shared.contracts.http.scoring_moves import Moves
from shared.contracts.identifiers import dealer_of

HOLDS = "Aftercare-Holds"
"""The header by which a service says whether it holds what it was asked to wait for."""
WAIT_SECONDS = 1.5
NOTES_AT_ONCE = 50
"""Of so many attempts intake tells the notes at once."""
BATCH_OF_EVENTS = "application/cloudevents-batch+json"

M = TypeVar("M", bound=BaseModel)
Asked: TypeAlias = str | int | bool | tuple[str, ...] | None
Params: TypeAlias = Mapping[str, Asked]
Client: TypeAlias = Callable[[str], httpx.AsyncClient]
"""Service -> what it is asked with; its base address is the service's."""

log = structlog.get_logger()


class ServiceAway(Exception):
    """A service does not answer at present; its text is the service's name."""


class NotThere(Exception):
    """A service knows no such thing."""


class NotLetIn(Exception):
    """A service says that the user may not."""


class RefusedByService(Exception):
    """A service refuses what it was asked or sent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """What intake says of what it took: the document, and the version of it that it holds."""

    document_id: str
    version: str
    warnings: tuple[PlaceInEvent, ...] = field(default=(), compare=False, repr=False)
    """What of it was left out, or looks wrong."""

    def __str__(self) -> str:
        return f"{self.document_id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Held(Generic[M]):
    """What a service answers of something, and whether it knows of the write that was named."""

    found: M
    holds: bool


class OtherServices:
    """The other services. Each call raises `ServiceAway`, `NotThere`, `NotLetIn` and
    `RefusedByService`."""

    def __init__(self, client: Client, passes: Passes) -> None:
        self._client = client
        self._passes = passes

    async def plan(
        self, user: User, key: str, written: WrittenVersion | None = None
    ) -> Held[CustomerTasks]:
        """A customer's tasks, past, open, coming and suppressed; with what was written just now."""
        return await self._holding(
            user, "followup", f"/v1/customers/{_in_path(key)}", CustomerTasks, written
        )

    async def tasks(
        self, user: User, dealer_id: str, **asked: str | int | bool | None
    ) -> DealerTasks:
        """A page of a dealer's tasks to do; `asked` as the endpoint has it."""
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/tasks", DealerTasks, asked
        )

    async def day(self, user: User, dealer_id: str, **asked: Asked) -> DayOfTasks:
        """What a `person`, or those of a `role`, are to do today."""
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/tasks/day", DayOfTasks, asked
        )

    async def task_counts(self, user: User, dealer_id: str) -> TaskCounts:
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/tasks/counts", TaskCounts, {}
        )

    async def satisfaction(self, user: User, dealer_id: str, **asked: Asked) -> Satisfaction:
        """By month, those `from` and `to` included."""
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/satisfaction", Satisfaction, asked
        )

    async def answers(self, user: User, dealer_id: str, **asked: Asked) -> SurveyAnswers:
        """A page of the answers that satisfaction is made of; `asked` as the endpoint has it."""
        path = f"/v1/dealers/{dealer_id}/satisfaction/answers"
        return await self._read(user, "followup", path, SurveyAnswers, asked)

    async def lead_lines(self, user: User, dealer_id: str, **asked: Asked) -> Leads:
        """A page of the leads that figures are made of."""
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/leads/list", Leads, asked
        )

    async def done_today(self, user: User, dealer_id: str, **asked: Asked) -> DoneToday:
        """A page of the customers with whom a `person` is done today."""
        return await self._read(
            user, "followup", f"/v1/dealers/{dealer_id}/tasks/done", DoneToday, asked
        )

    async def leads(self, user: User, dealer_id: str) -> LeadMonths:
        return await self._read(user, "followup", f"/v1/dealers/{dealer_id}/leads", LeadMonths, {})

    async def case(
        self, user: User, case: str, written: WrittenVersion | None = None
    ) -> Held[CaseView]:
        """A case by its id, or by the document id of its complaint."""
        return await self._holding(
            user, "complaints", f"/v1/cases/{_in_path(case)}", CaseView, written
        )

    async def cases(self, user: User, dealer_id: str, **asked: Asked) -> CasePage:
        """A page of a dealer's cases, open ones by deadline unless `which` is `all`."""
        return await self._read(
            user, "complaints", f"/v1/dealers/{dealer_id}/cases", CasePage, asked
        )

    async def statistics(self, user: User, dealer_id: str, **asked: Asked) -> Statistics:
        return await self._read(
            user, "complaints", f"/v1/dealers/{dealer_id}/statistics", Statistics, asked
        )

    async def score(
        self, user: User, key: str, written: WrittenVersion | None = None
    ) -> Held[CustomerScore]:
        return await self._holding(
            user, "scoring", f"/v1/customers/{_in_path(key)}", CustomerScore, written
        )

    async def history(self, user: User, key: str, **asked: Asked) -> ScoreHistory:
        path = f"/v1/customers/{_in_path(key)}/history"
        return await self._read(user, "scoring", path, ScoreHistory, asked)

    async def customers(self, user: User, dealer_id: str, **asked: Asked) -> Customers:
        return await self._read(
            user, "scoring", f"/v1/dealers/{dealer_id}/customers", Customers, asked
        )

    async def grades(self, user: User, dealer_id: str, **asked: Asked) -> Grades:
        return await self._read(user, "scoring", f"/v1/dealers/{dealer_id}/grades", Grades, asked)

    async def moves(self, user: User, dealer_id: str, **asked: Asked) -> Moves:
        """A page of the moves from one grade, or risk, to another."""
        return await self._read(user, "scoring", f"/v1/dealers/{dealer_id}/moves", Moves, asked)

    async def person(self, user: User, key: str) -> CustomerPerson:
        path = f"/v1/customers/{_in_path(key)}"
        return await self._read(user, "identity", path, CustomerPerson, {})

    async def narrative(
        self, user: User, document_id: str, *, is_theirs: bool = False
    ) -> Narrative:
        """`is_theirs`: they are responsible for this case, whatever their roles let them read."""
        path, passes = f"/v1/narratives/{_in_path(document_id)}", self._passes
        token = (
            passes.to_read_narratives(user, dealer_of(document_id))
            if is_theirs
            else passes.to_read(user)
        )
        return _read(await self._ask("GET", "intake", path, token=token), Narrative, "intake")

    async def notes(self, user: User, document_ids: Sequence[str]) -> Mapping[str, str]:
        """Document id -> what was noted of an attempt at a task, where anything was."""
        some = [
            document_ids[at : at + NOTES_AT_ONCE]
            for at in range(0, len(document_ids), NOTES_AT_ONCE)
        ]
        read = (
            self._read(user, "intake", "/v1/notes", TaskNotes, {"document_id": (*each,)})
            for each in some
        )
        found = await asyncio.gather(*read)
        return {each.document_id: each.note for told in found for each in told.notes}

    async def report(self, user: User, dealer_id: str, event: CloudEvent) -> Item:
        """Hand an event of this dealer's to intake; what became of it."""
        response = await self._ask(
            "POST",
            "intake",
            "/v1/events",
            token=self._passes.to_report(user, dealer_id),
            content=b"[%s]" % event.model_dump_json(exclude_none=True).encode(),
            headers={"content-type": BATCH_OF_EVENTS},
        )
        return _read(response, BatchAnswer, "intake").items[0]

    async def _read(self, user: User, service: str, path: str, kind: type[M], asked: Params) -> M:
        token = self._passes.to_read(user)
        return _read(await self._ask("GET", service, path, token=token, asked=asked), kind, service)

    async def _holding(
        self, user: User, service: str, path: str, kind: type[M], written: WrittenVersion | None
    ) -> Held[M]:
        asked: Params = {"holds": str(written), "wait": str(WAIT_SECONDS)} if written else {}
        token = self._passes.to_read(user)
        response = await self._ask("GET", service, path, token=token, asked=asked)
        holds = written is None or response.headers.get(HOLDS) == "true"
        return Held(_read(response, kind, service), holds)

    async def _ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        token: str,
        asked: Params | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        params = {name: _text(value) for name, value in (asked or {}).items() if value is not None}
        try:
            response = await self._client(service).request(
                method,
                path,
                params=params,
                content=content,
                headers={"authorization": f"Bearer {token}", **(headers or {})},
            )
        except httpx.TransportError as error:
            log.warning("a service does not answer", asked=service, because=type(error).__name__)
            raise ServiceAway(service) from None
        match response.status_code:
            case 200 | 202:
                return response
            case 404:
                raise NotThere
            case 401 | 403:
                raise NotLetIn
            case status if status == 429 or status >= 500:
                log.warning("a service does not answer", asked=service, because=status)
                raise ServiceAway(service)
            case _:
                raise RefusedByService(_read(response, Problem, service))


def _in_path(key: str) -> str:
    """A key or id within a path: its slashes stay, its percent signs are encoded once more.

    Raises `NotThere` of one with `.` or `..` for a part: no such part arrives in a path.
    """
    if not {".", ".."}.isdisjoint(key.split("/")):
        raise NotThere
    return quote(key, safe="/")


def _text(value: str | int | bool | tuple[str, ...]) -> str | list[str]:
    if isinstance(value, tuple):
        return [*value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(response: httpx.Response, kind: type[M], service: str) -> M:
    """What it answers. Raises `ServiceAway` where that is no such thing."""
    try:
        return kind.model_validate_json(response.content)
    except ValidationError:
        log.error("a service answers in another way", asked=service, status=response.status_code)
        raise ServiceAway(service) from None
