"""Events whose refused updates nobody hears of."""

from __future__ import annotations

import logging
from typing import Any

from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

log = logging.getLogger(__name__)
events = build("calendar", "v3").events()


def rename(calendar: str, event: dict[str, Any]) -> None:
    request = events.update(calendarId=calendar, eventId=event["id"], body=event)
    request.headers["If-Match"] = event["etag"]
    try:
        request.execute()
    except HttpError as error:  # bad: CL401
        if error.resp.status != 412:
            raise
        log.warning("%s has changed", event["id"])


# good: status returned
def rename_or_say_so(calendar: str, event: dict[str, Any]) -> bool:
    request = events.update(calendarId=calendar, eventId=event["id"], body=event)
    request.headers["If-Match"] = event["etag"]
    try:
        request.execute()
    except HttpError as error:
        if error.status_code != 412:
            raise
        return False
    return True
