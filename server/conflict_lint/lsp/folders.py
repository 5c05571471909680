"""Which settings hold for an open document; a configuration that breaks leaves the last good settings in force."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

from conflict_lint.config import ConfigError, Settings
from conflict_lint.project import OpenFiles, Project, Projects, ProjectView, is_excluded, shown_path, view_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: its label (relative to the root, with ``/``), its project and its settings."""

    label: str
    view: ProjectView
    settings: Settings
    excluded: bool = False


class Folders:
    """The workspace's folders (absolute paths), the settings found in them, and the texts of the open files."""

    def __init__(self, roots: Sequence[str]) -> None:
        self.open_files = OpenFiles()
        self.roots = tuple(sorted(roots, key=len, reverse=True))
        self._projects: dict[str, Projects] = {}
        self._good: dict[str, Project] = {}

    def reload(self, roots: Sequence[str] | None = None) -> None:
        """Read the configuration anew when it is next asked for."""
        self._projects = {}
        if roots is not None:
            self.roots = tuple(sorted(roots, key=len, reverse=True))

    def place(self, path: str) -> Place:
        """Where the document at the absolute ``path`` belongs; ``""`` stands for one that has no file yet."""
        directory = os.path.dirname(path) if path else self._root("")  # noqa: PTH120 - an editor's path need not exist
        projects = self._of(self._root(directory))
        project = self._project(projects, directory)
        label = shown_path(path, project.root) if path else ""
        settings = project.settings.for_file(path) if path else project.settings
        view = view_of(project.root, project.settings, self.open_files)
        return Place(label, view, settings, self._excluded(path, projects))

    def _root(self, directory: str) -> str:
        inside = (
            root for root in self.roots if directory == root or directory.startswith(root.rstrip(os.sep) + os.sep)
        )
        return next(inside, directory or next(iter(self.roots), os.getcwd()))  # noqa: PTH109 - paths are strings here

    def _of(self, root: str) -> Projects:
        if root not in self._projects:
            self._projects[root] = Projects(root)
        return self._projects[root]

    def _project(self, projects: Projects, directory: str) -> Project:
        try:
            project = projects.of(directory)
        except ConfigError as error:
            logger.error("%s; the last good settings stay in force", error)
            return self._good.get(directory) or Project(projects.cwd, Settings(), frozenset(), None)
        self._good[directory] = project
        return project

    def _excluded(self, path: str, projects: Projects) -> bool:
        try:
            return bool(path) and is_excluded(path, projects)
        except ConfigError:
            return False
