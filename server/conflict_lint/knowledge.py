"""The catalogue that settings ask for: ours, and what the users' own files add to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conflict_lint.config import ConfigError, Settings
from conflict_lint.project import Projects, own_catalogue

if TYPE_CHECKING:
    from conflict_lint.catalogue import Catalogue


def known(settings: Settings) -> Catalogue:
    """Return the catalogue for a project with these settings.

    Raises ConfigError where one of its own files is wrong: about the first problem, with a line for each of the others.
    """
    from conflict_lint.catalogue import load
    from conflict_lint.catalogue.schema import CatalogueError

    try:
        return load(own_catalogue(settings))
    except CatalogueError as error:
        first, *others = error.problems
        raise ConfigError(str(first.path), "\n".join((first.message, *map(str, others))), first.line) from error


def here() -> Catalogue:
    """Return the catalogue for the project in which the working directory is. Raises ConfigError."""
    directory = str(Path.cwd())
    return known(Projects(directory).of(directory).settings)
