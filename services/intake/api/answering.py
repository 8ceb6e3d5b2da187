"""What an endpoint answers that takes things: what it took, or why it took nothing."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from services.intake.adapters.monitor import Monitor
from services.intake.domain.decode.binary import WrongHeaders
from services.intake.domain.decode.body import UnreadableBody, WrongMediaType
from services.intake.domain.decode.file_kinds import binary_kind
from services.intake.domain.mappings.records import UnreadableFile
from services.intake.domain.webhooks.handshake import WrongHandshake
from services.intake.views import problems
from shared.contracts.http.problem import Problem
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal, internal, problem_response
from shared.platform.tracebacks import where_raised

AGAIN_AFTER_SECONDS = 1
"""When what is in hand is likely to be answered."""

log = structlog.get_logger()


async def answered(work: Callable[[], Awaitable[Response]], monitor: Monitor) -> Response:
    """What `work` answers; what it raises is answered with a problem, and refusals are counted."""
    try:
        return await work()
    except Refusal as refusal:
        return _refused(monitor, refusal.problem, refusal.again_seconds)
    except WrongMediaType as error:
        return _refused(monitor, problems.wrong_media_type(str(error)))
    except WrongHeaders as error:
        return _refused(monitor, problems.invalid_event(error.findings))
    except (UnreadableBody, UnreadableFile) as error:
        return _refused(monitor, problems.unreadable(str(error)))
    except WrongHandshake as error:
        return problem_response(problems.wrong_handshake(str(error)))
    except ClientDisconnect:
        return _refused(monitor, problems.unreadable("the body was cut off"))
    except TransientFailure as failure:
        return not_taken(failure)
    except Exception as error:  # its text may hold what was reported: only its kind is logged
        log.error("intake failed", because=where_raised(error))
        return problem_response(internal("Intake failed"))


def refuse_what_is_no_text(body: bytes) -> None:
    """Say it once of a whole body, where decoding would say it of each line."""
    if kind := binary_kind(body):
        raise Refusal(problems.unreadable(f"this looks like {kind}: send JSON in UTF-8"))


def not_taken(failure: TransientFailure) -> Response:
    """The broker or the database is away."""
    log.warning("not taken", because=str(failure))
    metrics.transient_failures.labels("intake", type(failure).__name__).inc()
    return problem_response(problems.unavailable())


def json_response(status: int, content: BaseModel) -> Response:
    """The content as JSON, without what it does not have."""
    body = content.model_dump_json(exclude_none=True)
    return Response(body, status_code=status, media_type="application/json")


def _refused(monitor: Monitor, problem: Problem, again_seconds: int | None = None) -> Response:
    monitor.request(problem)
    response = problem_response(problem, again_seconds=again_seconds)
    match problem.status:
        case 401:
            response.headers["WWW-Authenticate"] = "StandardWebhooks"
        case 409:
            response.headers["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    return response
