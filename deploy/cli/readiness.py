"""Whether a service does its work, as it says itself."""

import httpx

from deploy.cli.failures import CannotRun
from deploy.cli.trust import mistrust, verify

_ASK_SECONDS = 3.0


def what_keeps(url: str) -> list[str]:
    """What keeps the service at `url` from being ready; nothing: it is."""
    try:
        response = httpx.get(f"{url}/health/ready", timeout=_ASK_SECONDS, verify=verify())
    except httpx.HTTPError as error:
        try:
            mistrust(error, url)
        except CannotRun as failure:
            return [str(failure)]
        return ["it does not answer"]
    if response.status_code == httpx.codes.OK:
        return []
    try:
        return [str(reason) for reason in response.json()["because"]]
    except (ValueError, KeyError):
        return [f"it answers {response.status_code}"]
