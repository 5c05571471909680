"""What the SDKs' operations, errors and resources are, and what conflict-lint says about them.

``load()`` gives the whole catalogue from one compiled file; services are decoded when they are first asked for, and the
records (``model``, ``service``) are imported then.
"""

from conflict_lint.catalogue.store import Catalogue, load

__all__ = ["Catalogue", "load"]
