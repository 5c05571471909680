"""Which kinds of objects each API class of the Kubernetes client creates, reads, replaces, patches and deletes.

    python -m pip install kubernetes==37.0.1
    python rules/generate/kubernetes_things.py

Facts only: names of classes and of the things that end their methods' names.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

PINNED = "37.0.1"
VERBS = ("create", "read", "replace", "patch", "delete")
SUBRESOURCES = re.compile(r"_(?:status|scale|approval|eviction|binding|resize|ephemeralcontainers|log)$")
OUT = Path(__file__).parent.parent / "conflict_lint_rules/catalogue/generated/kubernetes_things.json"


def things(cls: type) -> list[str]:
    """What can be created, read, replaced, patched and deleted through a class, in the order of names."""
    found = [
        {name.removeprefix(f"{verb}_") for name in dir(cls) if name.startswith(f"{verb}_") and "with_http" not in name}
        for verb in VERBS
    ]
    return sorted(thing for thing in set.intersection(*found) if not SUBRESOURCES.search(thing))


def main() -> None:
    """Write the file."""
    installed = importlib.metadata.version("kubernetes")
    if installed != PINNED:
        raise SystemExit(f"kubernetes {PINNED} is needed, {installed} is installed")
    from kubernetes import client

    classes = {
        name: cls for name in dir(client) if name.endswith("Api") and isinstance(cls := getattr(client, name), type)
    }
    facts = {name: " ".join(found) for name, cls in sorted(classes.items()) if (found := things(cls))}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found)}" for name, found in facts.items())
    OUT.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
