"""``conflict-lint check``: find the files, check them, apply or show fixes, report."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from conflict_lint.cache import UntrustedError, own_folder
from conflict_lint.cli import terminal
from conflict_lint.cli.options import adjustment, parser
from conflict_lint.cli.outcome import Outcome, Task
from conflict_lint.cli.progress import Progress
from conflict_lint.cli.recall import Recall
from conflict_lint.config import LEVELS, ConfigError
from conflict_lint.knowledge import known
from conflict_lint.project import Discovery, File, Projects, absolute, discover, is_excluded, shown_path
from conflict_lint.report import FORMATS, Format, collect

if TYPE_CHECKING:
    from conflict_lint.config import Settings
    from conflict_lint.engine import RuleInfo


def run(arguments: Sequence[str]) -> int:
    """Check what the arguments name; returns the exit status."""
    options = parser()
    args = options.parse_intermixed_args(arguments)
    if "-" in args.paths and len(args.paths) > 1:
        options.error("- (standard input) cannot be combined with other paths")
    if args.unsafe_fixes and not (args.fix or args.diff):
        options.error("--unsafe-fixes needs --fix or --diff")
    try:
        projects = Projects(str(Path.cwd()), args.config, adjustment(args))
        from_stdin = args.paths == ["-"]
        found = _stdin(args, projects) if from_stdin else discover(args.paths or ["."], projects)
    except ConfigError as error:
        return _told([str(error)])
    found = _with_own_catalogues(_with_known_rules(found))
    if not found.files and found.problems:
        return _told(found.problems)
    if not (found.files or found.unlisted or found.problems):
        _told(["warning: no file checked: the paths given hold no Python file, or all are excluded"])
    data = sys.stdin.buffer.read() if from_stdin and found.files else None
    outcomes = _outcomes(found, args, projects.cwd, data)
    problems = list(found.problems)
    if args.diff:
        status = _diffed(outcomes, args, problems)
    else:
        if data is not None and args.fix:
            sys.stdout.buffer.write(outcomes[0].after or data)
        elif args.fix:
            problems += _written(found.files, outcomes)
        status = _reported(found, outcomes, args, problems, sys.stdout if data is None or not args.fix else sys.stderr)
    return _told(problems) if problems else 0 if args.exit_zero else status


def _stdin(args: Namespace, projects: Projects) -> Discovery:
    """Return the discovery of the one file that comes on standard input."""
    shown = args.stdin_filename or "<stdin>"
    path = absolute(shown, projects.cwd)
    project = projects.of(str(Path(path).parent))
    if project.settings.force_exclude and is_excluded(path, projects):
        return Discovery((), (), ())
    shown = shown_path(path, projects.cwd) if args.stdin_filename else shown
    file = File(path, shown, project.root, shown_path(path, project.root), project.settings)
    return Discovery((file,), (), ())


def _with_known_rules(found: Discovery) -> Discovery:
    """Turn settings that name no rule into problems, and leave out the files that they hold for."""
    asking = {file.settings for file in found.files if file.settings.names_rules}
    if not asking:
        return found
    known = {rule.code: rule.name for rule in _rules()}
    refused = {settings: problem for settings in asking if (problem := settings.unknown_rule(known))}
    files = tuple(file for file in found.files if file.settings not in refused)
    return Discovery(files, found.unlisted, (*found.problems, *sorted(set(refused.values()))))


def _with_own_catalogues(found: Discovery) -> Discovery:
    """Turn what is wrong in the users' own catalogues into problems, and leave out the files that they hold for."""
    asking = {file.settings.catalogue: file.settings for file in found.files if file.settings.catalogue}
    refused = {own: problems for own, settings in asking.items() if (problems := _wrong_in(settings))}
    files = tuple(file for file in found.files if file.settings.catalogue not in refused)
    return Discovery(files, found.unlisted, (*found.problems, *(line for told in refused.values() for line in told)))


def _wrong_in(settings: Settings) -> list[str]:
    """Return what is wrong in the catalogue files that settings name."""
    try:
        known(settings)
    except ConfigError as error:
        return str(error).splitlines()
    return []


def _outcomes(found: Discovery, args: Namespace, cwd: str, data: bytes | None) -> list[Outcome]:
    """Return the outcomes of the files and of the directories that could not be read, in the order of ``found``."""
    apply = {"safe", "unsafe"} if args.unsafe_fixes else {"safe"}
    with_fixes = FORMATS[args.output_format].fixes and not args.statistics
    task = Task(cwd, with_fixes, frozenset(apply if args.fix or args.diff else ()))
    if data is not None:
        from conflict_lint.cli.checking import check_file

        return [check_file(found.files[0], task, data)]
    recall = None if args.no_cache else _recall(args.cache_dir, task)
    outcomes = _checked(found.files, task._replace(group=recall.group if recall else ""), args.jobs, recall)
    if found.unlisted:
        from conflict_lint.cli.checking import unlisted

        outcomes += [Outcome(unlisted(directory, task)) for directory in found.unlisted]
    return outcomes


def _recall(cache_dir: str | None, task: Task) -> Recall | None:
    """Return what earlier runs found out, or None where no cache can be had."""
    try:
        return Recall(own_folder(absolute(cache_dir, task.cwd) if cache_dir else ""), task)
    except UntrustedError as error:
        _told([f"warning: the cache is not used: {error}"])
    except OSError:
        return None  # a home that is read-only or missing is nothing to complain about
    return None


def _checked(files: Sequence[File], task: Task, jobs: int, recall: Recall | None) -> list[Outcome]:
    """Return the outcome of every file: what is known already, and the check of the others."""
    known = {number: Outcome(report) for number, file in enumerate(files) if recall and (report := recall.find(file))}
    left = [number for number in range(len(files)) if number not in known]
    try:
        if left:
            from conflict_lint.cli.checking import check_files

            with Progress(len(files), len(known)) as progress:
                for number, outcome in check_files([files[number] for number in left], task, jobs):
                    known[left[number]] = outcome
                    if recall:
                        recall.note(files[left[number]], outcome)
                    progress.advance(1)
    finally:  # also what was found before Ctrl-C
        if recall:
            recall.save()
    return [known[number] for number in range(len(files))]


def _written(files: Sequence[File], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Write what the fixes have changed; yields what could not be written."""
    for file, outcome in zip(files, outcomes, strict=True):
        if outcome.after != outcome.before and (reason := _unwritten(file, outcome)):
            yield f"{file.shown}: not fixed: {reason}"


def _unwritten(file: File, outcome: Outcome) -> str:
    """Write what the fixes made of one file; returns why that was not possible, or ``''``."""
    from conflict_lint.cli.files import ChangedError, replace_file

    try:
        replace_file(Path(file.path), outcome.after, expected=outcome.before)
    except ChangedError:
        return "somebody saved it while it was being checked"
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _diffed(outcomes: Sequence[Outcome], args: Namespace, problems: list[str]) -> int:
    """Print the changes that the fixes would make; returns 1 when there are any."""
    from conflict_lint.cli.diff import unified
    from conflict_lint.report.text import plural

    changed = [outcome for outcome in outcomes if outcome.after != outcome.before]
    _put("".join(line for outcome in changed for line in unified(outcome)), args, problems, sys.stdout)
    unreadable = [row for outcome in outcomes if outcome.report.unreadable for row in outcome.report.rows]
    _told(f"{row['path']}: {row['message']}" for row in unreadable)
    fixes = plural(sum(outcome.report.fixed for outcome in changed), "finding")
    left = sum(len(outcome.report.rows) for outcome in outcomes) - len(unreadable)
    _told([f"{fixes} would be repaired in {plural(len(changed), 'file')}, {left} left"])
    return 1 if changed else 0


def _reported(
    found: Discovery, outcomes: Sequence[Outcome], args: Namespace, problems: list[str], stream: TextIO
) -> int:
    """Print the report; returns 1 when a finding reaches the level at which its file's settings fail."""
    reports = [outcome.report for outcome in outcomes]
    settings = [file.settings for file in found.files] + [directory.settings for directory in found.unlisted]
    layout = FORMATS[args.output_format]
    if args.statistics and layout.for_people:
        layout = Format("statistics", fixes=False, for_people=True)
    color = layout.for_people and not args.output_file and terminal.wants_color(stream)
    report = collect(reports, _rules() if layout.rules else (), color)
    _put("".join(layout.render(report)), args, problems, stream)
    return int(
        any(
            LEVELS[row["severity"]] >= its.fail_on
            for each, its in zip(reports, settings, strict=True)
            for row in each.rows
        )
    )


def _rules() -> tuple[RuleInfo, ...]:
    from conflict_lint import engine

    return engine.rules()


def _put(text: str, args: Namespace, problems: list[str], stream: TextIO) -> None:
    """Write a report to the output file, or else to ``stream``."""
    if args.output_file:
        from conflict_lint.cli.files import replace_file

        try:
            replace_file(Path(args.output_file), text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            problems.append(f"{args.output_file}: cannot be written: {error.strerror}")
        return
    terminal.write(text, stream)


def _told(problems: Iterable[str]) -> int:
    """Print what went wrong; returns the exit status for it."""
    for problem in problems:
        print(f"conflict-lint: {problem}", file=sys.stderr)
    return 2
