"""Firestore: single attributes of documents, set from what was read."""

from __future__ import annotations

from collections.abc import Callable

from google.cloud import firestore

db = firestore.Client()


def rename_attribute(name: str, old: str, new: str) -> None:
    document = db.collection("tasks").document(name)
    response = document.get()
    data = response.to_dict()
    data[new] = data.pop(old)
    document.update(data, option=response.update_time)  # bad: CL101


def add_label(name: str, label: str) -> None:
    document = db.collection("tasks").document(name)
    response = document.get()
    labels = response.to_dict().get("labels", [])
    document.update({"labels": [*labels, label]}, option=response.update_time)  # bad: CL101


# good: another attribute
def run(name: str, work: Callable[[dict], str]) -> None:
    document = db.collection("tasks").document(name)
    result = work(document.get().to_dict()["parameters"])
    document.update({"status": "done", "result": result})
