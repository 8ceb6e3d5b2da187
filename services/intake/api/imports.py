"""`/v1/imports`: files in, and what becomes of them."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints
from starlette.requests import ClientDisconnect

from services.intake.adapters.imports.store import ImportStore, changed
from services.intake.adapters.imports.upload import Uploads, WantedImport
from services.intake.adapters.mappings import Mappings
from services.intake.api.callers import Callers
from services.intake.domain.imports import job as life
from services.intake.domain.imports.job import ImportJob, Wish
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.views import problems
from services.intake.views.imports import (
    import_answer,
    import_detail,
    import_taken,
    records_answer,
    records_csv,
)
from services.intake.views.openapi import FILE_BODY, problems_of
from shared.contracts.http.intake_imports import (
    Import,
    ImportDetail,
    ImportedRecords,
    ImportPage,
    ImportTaken,
    RecordOutcome,
)
from shared.contracts.values import DealerId, SourceName
from shared.dealers.dealer import Dealers
from shared.platform.errors import TransientFailure
from shared.platform.needs import (
    asked_feed,
    later,
    needs,
    principal_of,
    require,
    seen_by,
    source_asked,
)
from shared.platform.problems import (
    Refusal,
    invalid_query,
    problem_response,
    unknown,
    wrongly_asked,
)
from shared.platform.tables import AS_A_TABLE, AskedTable, with_next
from shared.time.clock import TimeSource
from shared.yaml_file import WrongFile

_ASKED = frozenset({"mapping", "dealer_id", "source", "name", "again"})
"""What may be asked with a file."""
FIRST_SHOWN = 20
"""The records that are told with an import, the first that are to be looked at."""
MOST_RECORDS, MOST_IMPORTS = 1_000, 200

MappingName = Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", description="its name")]
FileName = Annotated[
    str, StringConstraints(max_length=200), Query(description="the file's, for people")
]
ImportId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$", description="as it was answered")]
OfDealer = Annotated[DealerId, Query(description="group/dealer")]

log = structlog.get_logger()


class ImportsDesk:
    """What the endpoints need."""

    def __init__(
        self,
        store: ImportStore,
        uploads: Uploads,
        *,
        mappings: Mappings,
        dealers: Dealers,
        clock: TimeSource,
        callers: Callers,
        wake: Callable[[], None],
    ) -> None:
        """`wake`: called when there is something to do."""
        self.store = store
        self.uploads = uploads
        self.mappings = mappings
        self.dealers = dealers
        self.clock = clock
        self.callers = callers
        self.wake = wake

    def known_dealer(self, dealer_id: str) -> None:
        """Raises `Refusal` (404) where the dealer is none of ours."""
        if self.dealers.find(dealer_id) is None:
            raise Refusal(unknown("no such dealer here"))

    def mapping(self, name: str) -> FeedMapping:
        """Raises `Refusal` where there is none of this name, or it cannot be used."""
        try:
            found = self.mappings.find(name)
            near = "" if found is not None else self.mappings.nearest(name)
        except WrongFile as wrong:
            raise wrongly_asked("mapping", f"it cannot be used as it is: {wrong}") from None
        if found is None:
            meant = f"; did you mean {near}?" if near else ""
            raise wrongly_asked("mapping", f"there is no such mapping{meant}")
        return found

    async def job(self, import_id: str, may_see: Callable[[str, str], bool]) -> ImportJob:
        """Raises `Refusal` (404) where there is none, or none that who asks may see: of a dealer
        and a source of theirs."""
        found = await self.store.find(import_id)
        is_there = found is not None and found.state != "arriving"
        if found is None or not is_there or not may_see(found.dealer_id, found.source):
            raise Refusal(unknown("no such import"))
        return found


def imports_router(desk: ImportsDesk) -> APIRouter:
    """`/v1/imports`."""
    router = APIRouter(tags=["imports"])
    _route_of_files(router, desk)
    _routes_of_imports(router, desk)
    _route_of_records(router, desk)
    for wish, summary in _WISHES.items():
        _route_of_wish(router, desk, wish, summary)
    return router


_WISHES: dict[Wish, str] = {
    "pause": "Pause an import; what the dealer sent after it goes on without it",
    "resume": "Go on with a paused import, or begin one anew that failed or has rejected records",
    "cancel": "End an import; what was taken stays, its file is deleted",
}


def _route_of_files(router: APIRouter, desk: ImportsDesk) -> None:
    @router.post(
        "/v1/imports",
        dependencies=[needs("events:write", asked_feed)],
        summary="Send a file, which is taken in by a mapping",
        openapi_extra={"requestBody": FILE_BODY},
        response_model=None,
        responses={
            200: {"model": ImportTaken, "description": "The same file was sent before"},
            202: {"model": ImportTaken, "description": "All of it is stored; `Location` tells on"},
            **problems_of(400, 404, 408, 413, 415, 422, 429, 503),
        },
    )
    async def send(
        request: Request,
        *,
        mapping: MappingName,
        dealer_id: OfDealer,
        source: Annotated[
            SourceName | None, Query(description="of the documents; else the mapping's")
        ] = None,
        name: FileName = "",
        again: Annotated[
            bool, Query(description="also where the same file was sent before")
        ] = False,
    ) -> Response:
        """The body is the file as it is: CSV, xlsx, XML, JSON or lines of JSON, packed with gzip
        or not. Of a file that does not come whole nothing is kept.
        """
        _refuse_what_is_no_file(request)
        found = desk.mapping(mapping)
        source = source or found.source
        if source is None:
            raise wrongly_asked("source", "the mapping names none: say which system it comes from")
        require(request, "events:write", dealer_id, source)
        desk.known_dealer(dealer_id)
        wanted = WantedImport(
            dealer_id=dealer_id,
            source=source,
            mapping=mapping,
            mapping_digest=life.digest_of(found),
            name=_printable(name),
            again=again,
            by=desk.callers.of_dealer(dealer_id),
            sent_by=principal_of(request).id,
        )
        is_packed = _is_packed(request)
        try:
            job, is_duplicate = await desk.uploads.take(
                request.stream(), wanted, is_packed=is_packed
            )
        except ClientDisconnect:
            return problem_response(problems.unreadable("the file was cut off"))
        except TransientFailure as failure:
            log.warning("file not taken", because=str(failure))
            return problem_response(problems.unavailable())
        desk.wake()
        answer = import_taken(job, desk.clock.now(), duplicate=is_duplicate)
        return Response(
            answer.model_dump_json(),
            status_code=HTTPStatus.OK if is_duplicate else HTTPStatus.ACCEPTED,
            media_type="application/json",
            headers={"Location": f"/v1/imports/{job.import_id}"},
        )


def _routes_of_imports(router: APIRouter, desk: ImportsDesk) -> None:
    @router.get(
        "/v1/imports",
        dependencies=[needs("documents:read", asked_feed)],
        summary="A dealer's imports",
        responses=problems_of(404, 422, 503),
    )
    async def imports(
        dealer_id: OfDealer,
        source: Annotated[str | None, source_asked("documents:read")],
        after: Annotated[str, Query(description="the last import_id of the page before")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_IMPORTS)] = 50,
    ) -> ImportPage:
        """The newest first."""
        desk.known_dealer(dealer_id)
        found = await desk.store.page(dealer_id, source=source, after=after, limit=limit + 1)
        shown, now = found[:limit], desk.clock.now()
        return ImportPage(
            imports=tuple(import_answer(job, now) for job in shown),
            after=shown[-1].import_id if len(found) > limit else None,
        )

    @router.get(
        "/v1/imports/{import_id}",
        dependencies=[needs("documents:read", later)],
        summary="How far an import has come",
        responses=problems_of(404, 422, 503),
    )
    async def one(request: Request, import_id: ImportId) -> ImportDetail:
        """And the first of its records that are to be looked at."""
        job = await desk.job(import_id, seen_by(request, "documents:read"))
        first = await desk.store.troubles(import_id, kind=None, after=0, limit=FIRST_SHOWN)
        return import_detail(job, desk.clock.now(), first)


def _route_of_records(router: APIRouter, desk: ImportsDesk) -> None:
    @router.get(
        "/v1/imports/{import_id}/records",
        dependencies=[needs("documents:read", later)],
        summary="The records of an import that are to be looked at",
        response_model=ImportedRecords,
        responses={**AS_A_TABLE, **problems_of(404, 422, 503)},
    )
    async def records(
        request: Request,
        import_id: ImportId,
        *,
        outcome: RecordOutcome | None = None,
        after: Annotated[int, Query(ge=0, le=10**11, description="the last number before")] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_RECORDS)] = 100,
        table: AskedTable,
    ) -> ImportedRecords | Response:
        """In the order of the file: which record, where, which column, and what is wrong there."""
        await desk.job(import_id, seen_by(request, "documents:read"))
        found = await desk.store.troubles(import_id, kind=outcome, after=after, limit=limit + 1)
        shown = records_answer(found[:limit])
        page = ImportedRecords(
            records=shown, after=shown[-1].number if len(found) > limit else None
        )
        answer = table.answer(
            page, lambda told, lang: records_csv(told.records, lang), name=f"import-{import_id}"
        )
        following = None if page.after is None else str(page.after)
        return with_next(answer, request, after=following)


def _route_of_wish(router: APIRouter, desk: ImportsDesk, wish: Wish, summary: str) -> None:
    @router.post(
        f"/v1/imports/{{import_id}}/{wish}",
        dependencies=[needs("events:write", later)],
        summary=summary,
        name=f"{wish}_import",
        responses=problems_of(404, 409, 422, 503),
    )
    async def ask(request: Request, import_id: ImportId) -> Import:
        """One that runs ends the portion in hand first: `asked` says so until then."""
        allowed = seen_by(request, "events:write")
        await desk.job(import_id, allowed)
        now = desk.clock.now()
        asked = partial(life.wished, wish=wish, now=now, by=principal_of(request).id)
        found = await changed(desk.store, import_id, asked)
        if found is None:
            job = await desk.job(import_id, allowed)
            raise Refusal(problems.not_in_this_state(wish, job.state))
        desk.wake()
        return import_answer(found, now)


def _refuse_what_is_no_file(request: Request) -> None:
    """Raises `Refusal` where parameters are not known, or a form is sent that holds a file."""
    asked = [name for name, _ in request.query_params.multi_items()]
    if not set(asked) <= _ASKED or len(asked) > len(set(asked)):
        taken = ", ".join(f"query.{name}" for name in sorted(_ASKED))
        raise Refusal(invalid_query(f"not valid: only {taken} are taken, once each"))
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise Refusal(
            problems.wrong_media_type("send the file itself as the body, such as --data-binary")
        )


def _is_packed(request: Request) -> bool:
    """Raises `Refusal` (415) where it is packed otherwise than with gzip."""
    match request.headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            return False
        case "gzip" | "x-gzip":
            return True
        case _:
            raise Refusal(problems.wrong_media_type("send the file with gzip, or as it is"))


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)
