"""Asks a service over HTTP; what it answered, or in words for people why it did not."""

from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from deploy.cli.client_key import VARIABLE
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from deploy.cli.trust import mistrust
from shared.contracts.http.problem import Problem

KEY_REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
KEY_HINT = (
    f"{VARIABLE} names the key to show; a running `aftercare up` has its own, where --data-dir is "
    "its directory"
)

M = TypeVar("M", bound=BaseModel)

FOR_THE_MOMENT = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
"""Answers after which the same may be sent again."""


def answer(
    http: httpx.Client,
    kind: type[M],
    *,
    service: str,
    url: str,
    path: str,
    method: str = "GET",
    params: Mapping[str, str] | None = None,
    content: str | bytes | None = None,
) -> M:
    """What the service at `url` answers at a path. `content`: the JSON that it is sent.

    Raises `CannotRun` where nobody answers, where it refuses, and where it is another service.
    """
    address = url.rstrip("/")
    where = f"{service} at {address}"
    try:
        response = http.request(
            method,
            f"{address}{path}",
            params=params,
            content=content,
            headers={} if content is None else {"content-type": "application/json"},
        )
    except (httpx.TransportError, httpx.InvalidURL) as error:
        mistrust(error, where)
        raise CannotRun(
            f"{where} does not answer; --url says where it is, {hint('up')} starts one"
        ) from None
    if response.status_code != httpx.codes.OK:
        raise CannotRun(f"{where} answers {in_words(response)}")
    try:
        return kind.model_validate_json(response.content)
    except ValidationError:
        raise CannotRun(f"what answers at {address} is not {service}") from None


def in_words(response: httpx.Response) -> str:
    """The status, and what its problem document says, with each place that is wrong; of a key that
    does not open it, where the command looks for one."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return str(response.status_code)
    said = f"{response.status_code}: {problem.in_words()}"
    return f"{said}. {KEY_HINT}" if response.status_code in KEY_REFUSED else said


def asked_to_wait(response: httpx.Response) -> float:
    """The seconds of its `Retry-After`; 0 where it has none."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
