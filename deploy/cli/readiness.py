"""Whether a service does its work, as it says itself."""

import httpx

_ASK_SECONDS = 3.0


def what_keeps(url: str) -> list[str]:
    """What keeps the service at `url` from being ready; nothing: it is."""
    try:
        response = httpx.get(f"{url}/health/ready", timeout=_ASK_SECONDS)
    except httpx.HTTPError:
        return ["it does not answer"]
    if response.status_code == httpx.codes.OK:
        return []
    try:
        return [str(reason) for reason in response.json()["because"]]
    except (ValueError, KeyError):
        return [f"it answers {response.status_code}"]
