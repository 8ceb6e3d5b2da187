"""Answering with a calendar, where the caller has not got it already."""

from hashlib import blake2b

from fastapi import Response

from services.followup.views.calendar import CALENDAR


def calendar_response(content: bytes, if_none_match: str, *, name: str) -> Response:
    """The calendar, to be kept as `name`.ics; 304 where the caller's is the same."""
    etag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    if etag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    file_name = f"{name.replace('/', '-')}.ics"
    headers["content-disposition"] = f'inline; filename="{file_name}"'
    return Response(content, media_type=f"{CALENDAR}; charset=utf-8", headers=headers)
