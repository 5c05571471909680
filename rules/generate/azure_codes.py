"""The error codes that Azure's storage clients spell, from their own enumerations.

    python -m pip install azure-storage-blob==12.31.1 azure-data-tables==12.7.0
    python rules/generate/azure_codes.py

Facts only: wire codes.
"""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

PINNED = {"azure-storage-blob": "12.31.1", "azure-data-tables": "12.7.0"}
OUT = Path(__file__).parent.parent / "conflict_lint_rules/catalogue/generated/azure_codes.json"


def main() -> None:
    """Write the file."""
    for distribution, version in PINNED.items():
        if importlib.metadata.version(distribution) != version:
            raise SystemExit(f"{distribution} {version} is needed")
    from azure.data.tables import TableErrorCode
    from azure.storage.blob import StorageErrorCode

    facts = {"storage": StorageErrorCode, "tables": TableErrorCode}
    lines = [
        f"{json.dumps(name)}: {json.dumps(' '.join(sorted(code.value for code in codes)))}"
        for name, codes in facts.items()
    ]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
