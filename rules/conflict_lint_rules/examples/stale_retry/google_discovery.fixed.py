"""Policies and events that are sent again with the etag that was refused, through clients made of descriptions."""

from __future__ import annotations

import time
from typing import Any

from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

projects = build("cloudresourcemanager", "v3").projects()
events = build("calendar", "v3").events()


def grant(project: str, binding: dict[str, Any]) -> None:
    for attempt in range(5):
        policy = projects.getIamPolicy(resource=project, body={}).execute()
        policy["bindings"].append(binding)
        try:
            projects.setIamPolicy(resource=project, body={"policy": policy}).execute()  # bad: CL301
            return
        except HttpError as error:
            if error.resp.status != 409:
                raise
            time.sleep(2**attempt)


# good: read again
def grant_and_read_again(project: str, binding: dict[str, Any]) -> None:
    for attempt in range(5):
        policy = projects.getIamPolicy(resource=project, body={}).execute()
        policy["bindings"].append(binding)
        try:
            projects.setIamPolicy(resource=project, body={"policy": policy}).execute()
            return
        except HttpError as error:
            if error.resp.status != 409:
                raise
            time.sleep(2**attempt)


# good: errors that pass
def grant_when_the_service_is_back(project: str, binding: dict[str, Any]) -> None:
    policy = projects.getIamPolicy(resource=project, body={}).execute()
    policy["bindings"].append(binding)
    for attempt in range(5):
        try:
            projects.setIamPolicy(resource=project, body={"policy": policy}).execute()
            return
        except HttpError as error:
            if error.resp.status != 503:
                raise
            time.sleep(2**attempt)


def rename(calendar: str, event: str, title: str) -> None:
    found = events.get(calendarId=calendar, eventId=event).execute()
    found["summary"] = f"{title}: {found['summary']}"
    request = events.update(calendarId=calendar, eventId=event, body=found)  # bad: CL301
    request.headers["If-Match"] = found["etag"]
    for attempt in range(5):
        try:
            request.execute()
            return
        except HttpError as error:
            if error.status_code != 412:
                raise
            time.sleep(2**attempt)


# good: read again
def rename_and_read_again(calendar: str, event: str, title: str) -> None:
    for attempt in range(5):
        found = events.get(calendarId=calendar, eventId=event).execute()
        found["summary"] = f"{title}: {found['summary']}"
        request = events.update(calendarId=calendar, eventId=event, body=found)
        request.headers["If-Match"] = found["etag"]
        try:
            request.execute()
            return
        except HttpError as error:
            if error.status_code != 412:
                raise
            time.sleep(2**attempt)
