"""Which settings hold for an open document; a configuration that breaks leaves the last good settings in force."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conflict_lint import config, engine
from conflict_lint.config import ConfigError, Settings
from conflict_lint.knowledge import known
from conflict_lint.project import (
    Discovery,
    OpenFiles,
    Project,
    Projects,
    ProjectView,
    absolute,
    discover,
    is_excluded,
    shown_path,
    view_of,
)

logger = logging.getLogger(__name__)

EDITOR = "the editor's settings"
MIRRORED = (
    *("select", "ignore", "per-file-ignores", "severity", "strict", "exclude", "extend-exclude"),
    *("respect-gitignore", "src", "tests.paths", "tests.severity"),
)
"""Keys of the configuration that an editor's settings may have too, in camel case."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: its label (relative to the root, with ``/``), its project and its settings.

    ``silence`` says why it is not analysed, ``configuration`` where its settings come from and ``problem`` what is
    wrong there; ``link`` is the pattern of the addresses of rules' pages.
    """

    label: str
    view: ProjectView
    settings: Settings
    silence: str = ""
    configuration: str = ""
    problem: str = ""
    link: str = ""


class Folders:
    """The workspace's folders (absolute paths), the settings found in them, and the texts of the open files."""

    def __init__(self, roots: Sequence[str], link: str = "") -> None:
        self.open_files = OpenFiles()
        self.link = link
        self.roots: tuple[str, ...] = ()
        self.problems: dict[str, ConfigError] = {}
        """What is wrong with the configuration files that are in use, by absolute path; ``""``: with the editor's."""
        self._projects: dict[str, Projects] = {}
        self._good: dict[str, Project] = {}
        self._editors: dict[str, Mapping[str, Any]] = {}
        self._off: dict[str, bool] = {}
        self._excluded: dict[str, bool] = {}
        self.reload(roots)

    def reload(self, roots: Sequence[str]) -> None:
        """Read the configuration anew when it is next asked for."""
        self._projects, self.problems = {}, {}
        self.roots = tuple(sorted(roots, key=len, reverse=True))

    def adjust(self, root: str, given: Mapping[str, Any]) -> None:
        """Let the editor's settings for the folder ``root`` (``""``: all folders) overrule the configuration's."""
        self._off[root] = given.get("enable") is False
        table = {key: given[camel(key)] for key in MIRRORED if given.get(camel(key)) is not None}
        try:
            self._editors[root] = config.fields(table, EDITOR)
        except ConfigError as error:
            logger.error("%s; they are as they were", error)
            self.problems[""] = error

    def look(self) -> None:
        """Find what is wrong with the folders' own configuration before anything in them is opened."""
        for root in self.roots:
            self._project(self._of(root), root)

    def place(self, path: str) -> Place:
        """Where the document at the absolute ``path`` belongs; ``""`` stands for one that has no file yet."""
        directory = os.path.dirname(path) if path else self._root("")  # noqa: PTH120 - an editor's path need not exist
        root = self._root(directory)
        projects = self._of(root)
        project, problem = self._project(projects, directory)
        label = shown_path(path, project.root) if path else ""
        settings = project.settings.for_file(path) if path else project.settings
        view = view_of(project.root, project.settings, self.open_files)
        silence = self._silence(path, root, projects)
        return Place(label, view, settings, silence, configuration(project.settings), problem, self.link)

    def files(self) -> Iterator[Discovery]:
        """The files of each folder, as the command line would find them."""
        for root in self.roots:
            yield discover(["."], self._of(root))

    def _root(self, directory: str) -> str:
        inside = (
            root for root in self.roots if directory == root or directory.startswith(root.rstrip(os.sep) + os.sep)
        )
        return next(inside, directory or next(iter(self.roots), os.getcwd()))  # noqa: PTH109 - paths are strings here

    def _of(self, root: str) -> Projects:
        if root not in self._projects:
            values = {**self._editors.get("", {}), **self._editors.get(root, {})}
            self._projects[root] = Projects(root, adjust=lambda settings: settings.overlaid(EDITOR, **values))
        return self._projects[root]

    def _project(self, projects: Projects, directory: str) -> tuple[Project, str]:
        """The project of a directory as it was when its configuration was good, and what is wrong with that now."""
        try:
            project = projects.of(directory)
            if project.settings.names_rules:
                names = {rule.code: rule.name for rule in engine.rules()}
                if problem := project.settings.unknown_rule(names):
                    raise unknown(problem, projects.cwd)
            if project.settings.catalogue:
                known(project.settings)
        except ConfigError as error:
            path = absolute(error.path, projects.cwd) if error.path not in ("", EDITOR) else ""
            if path not in self.problems:
                logger.error("%s; the last good settings stay in force", error)
            self.problems[path] = error
            return self._good.get(directory) or Project(projects.cwd, Settings(), frozenset(), None), str(error)
        self._good[directory] = project
        return project, ""

    def _silence(self, path: str, root: str, projects: Projects) -> str:
        if self._off.get(root, self._off.get("", False)):
            return "switched off in the editor's settings"
        with contextlib.suppress(ConfigError):  # then it is as it was before
            self._excluded[path] = bool(path) and is_excluded(path, projects)
        return "excluded by the configuration or by .gitignore" if self._excluded.get(path) else ""


def configuration(settings: Settings) -> str:
    """The configuration file that settings come from; empty where there is none."""
    origins = (origin for _, origin in settings.origins if origin != EDITOR)
    return next(origins, "")


def unknown(problem: str, cwd: str) -> ConfigError:
    """A setting that names no rule, as a problem of the file it stands in."""
    origin, _, reason = problem.partition(": ")
    key = reason.partition(" ")[0]
    line = 0 if origin in ("", EDITOR) else config.line_of(absolute(origin, cwd), key)
    return ConfigError(origin, reason, line)


def camel(key: str) -> str:
    """``per-file-ignores`` as ``perFileIgnores``, ``tests.paths`` as ``testsPaths``."""
    return re.sub(r"[-.](\w)", lambda found: found[1].upper(), key)
