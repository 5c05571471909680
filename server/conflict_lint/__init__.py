"""conflict-lint: finds writes to cloud services that silently lose or duplicate data."""

__version__ = "0.1.0"
