"""What Google's APIs replace without a precondition: ranges of sheets, firewalls, routers, tasks."""

from __future__ import annotations

from typing import Any

from googleapiclient.discovery import build


def count(spreadsheet: str, cells: str) -> None:
    sheets = build("sheets", "v4").spreadsheets()
    rows = sheets.values().get(spreadsheetId=spreadsheet, range=cells).execute().get("values", [])
    rows[0][1] = int(rows[0][1]) + 1
    sheets.values().update(  # bad: CL106
        spreadsheetId=spreadsheet, range=cells, valueInputOption="RAW", body={"values": rows}
    ).execute()


# good: another resource
def add_row(service: Any, spreadsheet: str, row: list[str]) -> None:
    values = service.spreadsheets().values()
    rows = values.get(spreadsheetId=spreadsheet, range="A:A").execute().get("values", [])
    body = {"values": [row]}
    last = f"A{len(rows) + 1}"
    values.update(spreadsheetId=spreadsheet, range=last, valueInputOption="RAW", body=body).execute()


def allow(project: str, firewall: str, source: str) -> None:
    firewalls = build("compute", "beta").firewalls()
    found = firewalls.get(project=project, firewall=firewall).execute()
    found["sourceRanges"].append(source)
    firewalls.update(project=project, firewall=firewall, body=found).execute()  # bad: CL106


def add_peer(service: Any, project: str, region: str, router: str, peer: dict[str, str]) -> None:
    found = service.routers().get(project=project, region=region, router=router).execute()
    peers = found.get("bgpPeers", [])
    peers.append(peer)
    body = {"bgpPeers": peers}
    service.routers().patch(project=project, region=region, router=router, body=body).execute()  # bad: CL106


# good: compared only
def describe(service: Any, project: str, firewall: str, text: str) -> None:
    found = service.firewalls().get(project=project, firewall=firewall).execute()
    if found["description"] != text:
        body = {"name": found["name"], "description": text}
        service.firewalls().patch(project=project, firewall=firewall, body=body).execute()


class Tasks:
    def __init__(self, service: Any) -> None:
        self.service = service

    def note(self, tasklist: str, task: str, text: str) -> None:
        found = self.service.tasks().get(tasklist=tasklist, task=task).execute()
        found["notes"] = found.get("notes", "") + text
        self.service.tasks().update(tasklist=tasklist, task=task, body=found).execute()  # bad: CL106
