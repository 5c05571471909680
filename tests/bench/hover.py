"""What a hover costs as a function of text and place: ``python tests/bench/hover.py``.

Opens a document of about 4,100 lines and hovers over every error code, status, exception class, SDK call and guard in
it, in a seeded order, then over the same again, and over seeded places where mostly nothing is known. The document is
the one that ``keystroke.py`` generates; with ``--azure`` one of calls to Azure and Google Cloud. Prints percentiles;
compares nothing.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterable

from conflict_lint.config import Settings
from conflict_lint.lsp.documents import Document, Place
from conflict_lint.project import ProjectView
from keystroke import LINES, generated, milliseconds

URI = "file:///hover/document.py"
TELLING = re.compile(
    r"\w+_(?:object|item|blob|table|policy|labels|or_update)(?=\()|\w*Error\b|IfMatch|etag=|\"(?:NoSuchKey|404)\"|\b412\b"
)
FUNCTION = '''
def {verb}_{noun}_{number}(zone, {noun}, change):
    """Add a change to the stored {noun}."""
    blob = BlobClient("https://account.example.net", "{noun}s", {noun})
    try:
        stream = blob.download_blob()
        stored = json.loads(stream.readall())
        stored["changes"].append(change)
        blob.upload_blob(json.dumps(stored), overwrite=True, etag=stream.properties.etag)
    except ResourceModifiedError as error:
        if error.status_code == 412:
            raise
    instances = compute_v1.InstancesClient()
    instances.set_labels(project="p", zone=zone, instance={noun}, request_id=change)
    dns = DnsManagementClient(None, "subscription")
    records = dns.record_sets.get("group", zone, {noun}, "A")
    dns.record_sets.create_or_update("group", zone, {noun}, "A", records, if_match=records.etag)
    return stored
'''
HEAD = """import json

from azure.core.exceptions import ResourceModifiedError
from azure.mgmt.dns import DnsManagementClient
from azure.storage.blob import BlobClient
from google.cloud import compute_v1

"""


def other_clouds(seed: int) -> str:
    """A module that reads and writes in Azure and Google Cloud all the time."""
    draw = random.Random(seed)
    return HEAD + "".join(
        FUNCTION.format(verb=draw.choice(["append", "record"]), noun=draw.choice(["order", "invoice"]), number=number)
        for number in range(LINES // FUNCTION.count("\n"))
    )


def hovers(document: Document, offsets: Iterable[int]) -> tuple[list[float], int]:
    """Seconds of processor time of each hover, and how many had something to tell."""
    text, times, told = document.source.text, [], 0
    for offset in offsets:
        line = text.count("\n", 0, offset)
        position = (line, offset - (text.rfind("\n", 0, offset) + 1))
        begun = time.process_time()
        told += document.hover(URI, position) is not None
        times.append(time.process_time() - begun)
    return times, told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--azure", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    text = (other_clouds if args.azure else generated)(args.seed)
    document = Document(URI, 1, text, Place("a.py", ProjectView("/"), Settings()), "utf-16")
    document.findings()
    draw = random.Random(args.seed)
    telling = [match.start() + 1 for match in TELLING.finditer(text)]
    draw.shuffle(telling)
    print(f"{text.count(chr(10))} lines, {len(telling)} places")
    anywhere = [draw.randrange(len(text)) for _ in range(500)]
    for label, offsets in (("first", telling), ("again", telling), ("anywhere", anywhere)):
        times, told = hovers(document, offsets)
        print(f"  {label:<10} {milliseconds(times)}, told {told} of {len(times)}")


if __name__ == "__main__":
    main()
