"""Google's APIs through clients that are made of their descriptions: policies, events, tables, settings, objects."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import googleapiclient.discovery
from googleapiclient import discovery
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload


def grant(project: str, role: str, member: str) -> None:
    manager = discovery.build("cloudresourcemanager", "v1", cache_discovery=False)
    policy = manager.projects().getIamPolicy(resource=project, body={}).execute()
    bindings = [*policy["bindings"], {"role": role, "members": [member]}]
    body = {"policy": {"bindings": bindings, "version": policy["version"]}}
    manager.projects().setIamPolicy(resource=project, body=body).execute()  # bad: CL101


# good: guarded
def grant_in_place(project: str, role: str, member: str) -> None:
    manager = discovery.build("cloudresourcemanager", "v1", cache_discovery=False)
    policy = manager.projects().getIamPolicy(resource=project, body={}).execute()
    for binding in policy["bindings"]:
        if binding["role"] == role:
            binding["members"].append(member)
            policy = manager.projects().setIamPolicy(resource=project, body={"policy": policy}).execute()


# good: guarded
def grant_a_copy(project: str, role: str, member: str) -> None:
    manager = discovery.build("cloudresourcemanager", "v3")
    policy = manager.projects().getIamPolicy(resource=project).execute()
    changed = {**policy, "bindings": [*policy["bindings"], {"role": role, "members": [member]}]}
    manager.projects().setIamPolicy(resource=project, body={"policy": changed}).execute()


# good: guarded
def grant_with_the_etag(project: str, role: str, member: str) -> None:
    manager = googleapiclient.discovery.build(serviceName="cloudresourcemanager", version="v3")
    policy = manager.projects().getIamPolicy(resource=project).execute()
    bindings = [*policy.get("bindings", []), {"role": role, "members": [member]}]
    body = {"policy": {"bindings": bindings, "etag": policy["etag"]}}
    manager.projects().setIamPolicy(resource=project, body=body).execute()


# good: guarded
def grant_all_that_is_copied(account: str, member: str) -> None:
    accounts = build("iam", "v1").projects().serviceAccounts()
    policy = accounts.getIamPolicy(resource=account).execute()
    copied = {}
    for name, value in policy.items():
        copied[name] = value
    copied["bindings"] = [*policy["bindings"], {"role": "roles/iam.serviceAccountUser", "members": [member]}]
    accounts.setIamPolicy(resource=account, body={"policy": copied}).execute()


class Calendar:
    def __init__(self, credentials: Any, calendar: str) -> None:
        self.service = build("calendar", "v3", credentials=credentials)
        self.calendar = calendar

    def found(self, event: str) -> dict[str, Any]:
        return self.service.events().get(calendarId=self.calendar, eventId=event).execute(num_retries=3)

    def invite(self, event: str, guest: str) -> None:
        attendees = self.found(event).get("attendees", [])
        attendees.append({"email": guest})
        body = {"attendees": attendees}
        request = self.service.events().patch(calendarId=self.calendar, eventId=event, body=body)  # bad: CL101
        request.execute()

    # good: guarded
    def invite_unless_changed(self, event: str, guest: str) -> None:
        found = self.found(event)
        found["attendees"].append({"email": guest})
        request = self.service.events().update(calendarId=self.calendar, eventId=event, body=found)
        request.headers["If-Match"] = found["etag"]
        request.execute()

    # good: compared only
    def rename(self, event: str, title: str) -> None:
        if self.found(event)["summary"] != title:
            self.service.events().patch(calendarId=self.calendar, eventId=event, body={"summary": title}).execute()

    # good: another resource
    def copy(self, event: str, other: str) -> None:
        found = self.found(event)
        body = {"summary": found["summary"], "description": found["description"]}
        self.service.events().patch(calendarId=self.calendar, eventId=other, body=body).execute()


async def answer(service: Any, calendar: str, event: str, answer: str) -> None:
    found = await asyncio.to_thread(lambda: service.events().get(calendarId=calendar, eventId=event).execute())
    attendees = [dict(one) for one in found["attendees"]]
    attendees[0]["responseStatus"] = answer
    changed = {"attendees": attendees}
    await asyncio.to_thread(
        service.events().patch(calendarId=calendar, eventId=event, body=changed).execute  # bad: CL101
    )


# good: not a cloud
def schedule(service: Any, day: str, visitor: str) -> None:
    found = service.events().get(day=day)
    found["visitors"].append(visitor)
    service.events().update(day=day, body=found)


def let_read(project: str, dataset: str, reader: str) -> None:
    bigquery = build("bigquery", "v2")
    access = bigquery.datasets().get(projectId=project, datasetId=dataset).execute()["access"]
    access.append({"role": "READER", "userByEmail": reader})
    changed = {"access": access}
    bigquery.datasets().patch(projectId=project, datasetId=dataset, body=changed).execute()  # bad: CL101


def tag_video(video: str, tag: str) -> None:
    youtube = build("youtube", "v3")
    found = youtube.videos().list(id=video, part="snippet").execute()["items"][0]
    found["snippet"]["tags"].append(tag)
    body = {"id": video, "snippet": found["snippet"]}
    youtube.videos().update(part="snippet", body=body).execute()  # bad: CL101


def set_flag(project: str, instance: str, flag: str, value: str) -> None:
    instances = build("sqladmin", "v1beta4").instances()
    flags = instances.get(project=project, instance=instance).execute()["settings"].get("databaseFlags", [])
    settings = {"databaseFlags": [*flags, {"name": flag, "value": value}]}
    instances.patch(project=project, instance=instance, body={"settings": settings}).execute()  # bad: CL101


# good: guarded
def set_flag_of_these_settings(project: str, instance: str, flag: str, value: str) -> None:
    instances = build("sqladmin", "v1beta4").instances()
    settings = instances.get(project=project, instance=instance).execute()["settings"]
    settings["databaseFlags"].append({"name": flag, "value": value})
    instances.patch(project=project, instance=instance, body={"settings": settings}).execute()


def append(bucket: str, name: str, line: bytes) -> None:
    objects = build("storage", "v1").objects()
    data = objects.get_media(bucket=bucket, object=name).execute()
    media = MediaIoBaseUpload(io.BytesIO(data + line), mimetype="text/plain")
    objects.insert(bucket=bucket, name=name, media_body=media).execute()  # bad: CL101


# good: guarded
def append_to_this_generation(bucket: str, name: str, line: bytes) -> None:
    objects = build("storage", "v1").objects()
    generation = objects.get(bucket=bucket, object=name).execute()["generation"]
    data = objects.get_media(bucket=bucket, object=name, generation=generation).execute()
    media = MediaIoBaseUpload(io.BytesIO(data + line), mimetype="text/plain")
    try:
        objects.insert(bucket=bucket, name=name, media_body=media, ifGenerationMatch=generation).execute()
    except HttpError as error:
        if error.resp.status != 412:
            raise
        append_to_this_generation(bucket, name, line)
