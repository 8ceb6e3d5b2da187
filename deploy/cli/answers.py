"""What a service answered, in words for people."""

import httpx
from pydantic import ValidationError

from shared.contracts.http.problem import Problem


def in_words(response: httpx.Response) -> str:
    """The status, and what its problem document says."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return str(response.status_code)
    return f"{response.status_code}: {problem.detail or problem.title}"
